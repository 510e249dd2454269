"""Answers kept by question, for as long as the store does not change: a lookup takes a microsecond."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Answers:
    """The `most` answers used last, none older than `seconds`; many who ask the same at once wait for one."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The kept answer, else what `make` gives."""
        found = self._found(key)
        if found:
            kept: T = found[1]
            return kept
        with self._lock:
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            found = self._found(key)
            if found:
                made: T = found[1]
                return made
            try:
                value = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._kept[key] = (time.monotonic() + self._seconds, value)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return value

    def _found(self, key: Hashable) -> tuple[float, Any] | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None or time.monotonic() >= found[0]:
                return None
            self._kept.move_to_end(key)
            return found

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._kept.clear()
