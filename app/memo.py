"""A value that is asked for many times in one rerun and may be a few seconds old."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memo(Generic[T]):
    """Keeps one value for `seconds` and makes it once however many ask at the same time.

    For values in every cache key: a lookup takes a microsecond, Streamlit's own caches a quarter millisecond.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: tuple[Hashable, float, T] | None = None

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of `key`; another key, or age, makes it anew. What `make` raises is not kept."""
        kept = self._kept
        if kept and kept[0] == key and time.monotonic() < kept[1]:
            return kept[2]
        with self._lock:
            kept = self._kept
            if kept and kept[0] == key and time.monotonic() < kept[1]:
                return kept[2]
            value = make()
            self._kept = (key, time.monotonic() + self._seconds, value)
            return value

    def clear(self) -> None:
        """Forgets the value."""
        self._kept = None
