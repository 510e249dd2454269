"""Good and total by minute, as integers: sums over any window are exact. Pure NumPy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.slo.attainment import Counts
from domain.window import Window

Integers = NDArray[Any]
"""int64, or Python's integers where int64 could overflow."""
Flags = NDArray[np.bool_]
Minutes = NDArray[np.int64]
SAFE = 2**62
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def minute_of(moment: datetime) -> int:
    """Minutes from 1970 to the minute that holds `moment`."""
    return (moment - EPOCH) // timedelta(minutes=1)


def moment_of(minute: int) -> datetime:
    """The start of a minute, in UTC."""
    return EPOCH + timedelta(minutes=minute)


@dataclass(frozen=True)
class MinuteSeries:
    """Counts of the minutes `start`, `start` + 1, … (since 1970), each times `scale`.

    A minute that is not `known` counts nothing; it is neither good nor bad.
    """

    start: int
    good: Integers
    total: Integers
    known: Flags
    scale: int = 1

    @property
    def end(self) -> int:
        """The minute after the last."""
        return self.start + len(self.known)

    def counts(self, first: int, end: int) -> Counts:
        """The sum over the minutes [first, end); what lies outside of the series is nothing."""
        low, high = (min(max(0, minute - self.start), len(self.known)) for minute in (first, max(first, end)))
        good, total = (int(sums[high]) - int(sums[low]) for sums in (self._good_sums, self._total_sums))
        return Counts(Fraction(good, self.scale), Fraction(total, self.scale))

    def known_minutes(self, first: int, end: int) -> int:
        """How many of the minutes [first, end) are known."""
        low = max(0, first - self.start)
        return int(np.count_nonzero(self.known[low : max(low, end - self.start)]))

    def trailing(self, minutes: int) -> tuple[Integers, Integers]:
        """Bad and total of the last `minutes` up to and with each minute, times `scale`; fewer at the beginning."""
        ends = np.arange(1, len(self.known) + 1)
        good, total = self.between(np.maximum(ends - minutes, 0), ends)
        return total - good, total

    def between(self, starts: Minutes, ends: Minutes) -> tuple[Integers, Integers]:
        """Good and total of the minutes from each start up to its end, which is not in it, counted from `start`."""
        return self._good_sums[ends] - self._good_sums[starts], self._total_sums[ends] - self._total_sums[starts]

    def replaced(self, places: Minutes, good: Integers, total: Integers, scale: int) -> "MinuteSeries":
        """Other counts over the same minutes: those at `places`, counted from `start`; the others are unknown."""
        known = np.zeros(len(self.known), dtype=np.bool_)
        known[places] = True
        return MinuteSeries(self.start, *_columns(places, good, total, len(known)), known, scale)

    def without(self, windows: Sequence[Window]) -> "MinuteSeries":
        """The series in which every minute that touches one of the windows is unknown."""
        kept = self.known.copy()
        for window in windows:
            first = minute_of(window.start) - self.start
            end = minute_of(window.end - timedelta(microseconds=1)) + 1 - self.start
            kept[max(0, first) : max(0, end)] = False
        return MinuteSeries(self.start, self.good * kept, self.total * kept, kept, self.scale)

    @cached_property
    def _good_sums(self) -> Integers:
        return _sums(self.good)

    @cached_property
    def _total_sums(self) -> Integers:
        return _sums(self.total)


def minute_series(minutes: Minutes, good: Integers, total: Integers, scale: int = 1) -> MinuteSeries:
    """A series from counts of distinct minutes in any order; at least one. The others between them are unknown."""
    start, length = int(minutes.min()), int(minutes.max()) - int(minutes.min()) + 1
    known = np.zeros(length, dtype=np.bool_)
    known[minutes - start] = True
    return MinuteSeries(start, *_columns(minutes - start, good, total, length), known, scale)


def exceeds(part: Integers, whole: Integers, ratio: Fraction) -> Flags:
    """Where part > ratio × whole, without rounding."""
    largest = max((int(abs(counts).max()) for counts in (part, whole) if len(counts)), default=0)
    if largest * max(ratio.numerator, ratio.denominator) >= SAFE:
        part, whole = part.astype(object), whole.astype(object)
    return np.asarray(part * ratio.denominator > whole * ratio.numerator, dtype=np.bool_)


def _columns(places: Minutes, good: Integers, total: Integers, length: int) -> tuple[Integers, Integers]:
    """Both on the grid; as Python's integers when their sum would leave int64."""
    big = max(sum(map(abs, counts.tolist())) for counts in (good, total)) >= SAFE
    columns = []
    for counts in (good, total):
        column: Integers = np.zeros(length, dtype=object if big else np.int64)
        column[places] = counts
        columns.append(column)
    return columns[0], columns[1]


def _sums(counts: Integers) -> Integers:
    sums: Integers = np.zeros(len(counts) + 1, dtype=counts.dtype)
    np.cumsum(counts, out=sums[1:])
    return sums
