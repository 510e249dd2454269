"""Counts of good and all events per step as minutes of an objective; what cannot be one is told with its reason."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from collectors.histograms import INFINITY, Cumulative, at_most
from collectors.prometheus_api import Counts
from domain.slo.counting import Counting
from domain.window import floor_hour
from store.tables import SliMinute

Refuse = Callable[[datetime, str], None]
"""Told the first moment of a step that cannot be loaded, and why."""

NOISE = Decimal("1e-9")
"""By how much of the whole a part may be greater: the server adds floats."""


class Rounding:
    """Whole events of fractional increases, so that an hour's sum is right to half an event.

    Rates are extrapolated: 60 requests come back as 59.4, and a single one as 1.33. What rounding leaves is carried to
    the next step of the hour; it begins anew with every hour, so a window gives the same counts wherever it begins.
    """

    def __init__(self) -> None:
        self._hour: datetime | None = None
        self._exact = [Decimal(0), Decimal(0)]
        self._given = [0, 0]

    def whole(self, start: datetime, bad: Decimal, total: Decimal) -> tuple[int, int]:
        """(bad, total) of the step that begins at `start`; never more bad than total."""
        if floor_hour(start) != self._hour:
            self._hour, self._exact, self._given = floor_hour(start), [Decimal(0), Decimal(0)], [0, 0]
        self._exact = [self._exact[0] + bad, self._exact[1] + total]
        due = [int(e.to_integral_value(ROUND_HALF_EVEN)) - g for e, g in zip(self._exact, self._given, strict=True)]
        events = max(due[1], 0)
        failures = min(max(due[0], 0), events)
        self._given = [self._given[0] + failures, self._given[1] + events]
        return failures, events


def from_counts(good: Counts | None, bad: Counts | None, total: Counts, refuse: Refuse, step: timedelta) -> Counts:
    """Good events by the end of each step; steps that cannot be counted are left out and told.

    A good or bad series that is absent had no event, as long as the total is there; without a total nothing is known.
    """
    part = good if good is not None else bad or {}
    found: Counts = {}
    for end in sorted(total.keys() | part.keys()):
        reason = _wrong(total.get(end), part.get(end, Decimal(0)), "good" if good is not None else "bad")
        if reason:
            refuse(end - step, reason)
            continue
        counted = min(part.get(end, Decimal(0)), total[end])
        found[end] = counted if good is not None else total[end] - counted
    return found


def from_histograms(
    histograms: Mapping[datetime, Cumulative], threshold: Decimal, refuse: Refuse, step: timedelta
) -> tuple[Counts, Counts]:
    """Good and all events by the end of each step: good lasted at most `threshold`, which is in the edges' unit."""
    good: Counts = {}
    total: Counts = {}
    for end, found in sorted(histograms.items()):
        reason = _no_histogram(found, threshold)
        if reason:
            refuse(end - step, reason)
            continue
        good[end], total[end] = at_most(found, threshold), found[INFINITY]
    return from_counts(good, None, total, refuse, step), total


def minutes(counting: Counting, source: str, good: Counts, total: Counts, step: timedelta) -> Iterator[SliMinute]:
    """Rows of whole events in order of time, also of steps without any. A step that touches maintenance is excluded."""
    rounding = Rounding()
    for end, counted in sorted(good.items()):
        start = end - step
        bad, events = rounding.whole(start, total[end] - counted, total[end])
        excluded = any(e.window.start < end and start < e.window.end for e in counting.exclusions)
        yield SliMinute(
            minute=start,
            slo=counting.slo,
            source=source,
            good_count=0 if excluded else events - bad,
            total_count=0 if excluded else events,
            excluded_count=events if excluded else 0,
        )


def _wrong(total: Decimal | None, part: Decimal, name: str) -> str | None:
    if total is None:
        return f"{name} is counted and total is not"
    for word, value in (("total", total), (name, part)):
        if not value.is_finite():
            return f"{word} is {value}"
        if value < 0:
            return f"{word} is negative ({value}); a counter's increase never is"
    if part > total + total * NOISE:
        return f"{name} is {part} and total is {total}"
    return None


def _no_histogram(found: Cumulative, threshold: Decimal) -> str | None:
    if INFINITY not in found:
        return "the buckets lack le=+Inf, so nobody knows how many there were"
    if threshold not in found and not found.is_native:
        edges = ", ".join(f"{edge:f}" for edge in sorted(found) if edge.is_finite())
        return f"{threshold:f} is no edge of the buckets ({edges}), so what lies below it cannot be counted"
    return None
