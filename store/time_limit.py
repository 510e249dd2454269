"""How long reading may take: a question without end must not hold up what comes after it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from store.errors import StoreError


class TimeLimit(threading.local):
    """What is left of the time that a thread gave itself; None without a limit."""

    _ends_at: float | None = None
    _seconds = 0.0

    @contextmanager
    def of(self, seconds: float) -> Iterator[None]:
        """All that this thread reads inside may take so long together."""
        self._ends_at, self._seconds = time.monotonic() + seconds, seconds
        try:
            yield
        finally:
            self._ends_at = None

    def left(self) -> float | None:
        """In seconds. Raises StoreError when nothing is left."""
        if self._ends_at is None:
            return None
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise self.error()
        return left

    def error(self) -> StoreError:
        """What is said of a question that took too long."""
        return StoreError(f"The store did not answer within {self._seconds:g} s; the question was stopped.")

    @contextmanager
    def stopping(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Interrupts what DuckDB does inside when the time is over. Raises StoreError then."""
        left = self.left()
        if left is None:
            yield
            return
        timer = threading.Timer(left, interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        except duckdb.InterruptException:
            raise self.error() from None
        finally:
            timer.cancel()
            timer.join()  # an interrupt that comes late would stop the next reader of this cursor
