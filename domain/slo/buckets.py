"""Counts of durations by bucket: they add up, percentiles do not. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import pairwise

FASTEST, SLOWEST = Decimal("0.01"), Decimal(600)
"""A model answers no sooner than in 10 ms, and nobody waits longer than ten minutes."""
LARGEST_RATIO = Decimal("1.2")
"""A percentile interpolated in a bucket this wide is at most 9 % off."""
_ROUNDED = Context(prec=4, rounding=ROUND_HALF_EVEN)
_WORKING = Context(prec=28)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many lasted at most each of `bounds` (seconds, ascending); `total` counts those above the last, too.

    Raises ValueError when bounds or counts do not ascend.
    """

    bounds: tuple[Decimal, ...]
    cumulative: tuple[Fraction, ...]
    total: Fraction

    def __post_init__(self) -> None:
        if not self.bounds or len(self.bounds) != len(self.cumulative):
            raise ValueError("a histogram needs one count for each of its bounds, and at least one")
        if any(a >= b for a, b in pairwise(self.bounds)):
            raise ValueError("the bounds of a histogram ascend")
        if any(a > b for a, b in pairwise((Fraction(0), *self.cumulative, self.total))):
            raise ValueError("the cumulative counts of a histogram never fall")

    def share_at_most(self, seconds: Decimal) -> Fraction | None:
        """The part that lasted no longer, exactly; None when nothing did. Raises ValueError when it is no bound."""
        if seconds not in self.bounds:
            raise ValueError(f"{seconds} s is no bound of these buckets; use one of {', '.join(map(str, self.bounds))}")
        return self.cumulative[self.bounds.index(seconds)] / self.total if self.total else None

    def percentile(self, share: Fraction) -> float | None:
        """As Prometheus' histogram_quantile: linear inside a bucket; above the last bound it is that bound.

        None when nothing was counted. Raises ValueError unless 0 < share < 1.
        """
        if not 0 < share < 1:
            raise ValueError(f"a percentile lies between 0 and 1, not at {share}")
        if not self.total:
            return None
        rank = share * self.total
        place = next((number for number, count in enumerate(self.cumulative) if count >= rank), None)
        if place is None:
            return float(self.bounds[-1])
        start, below = (self.bounds[place - 1], self.cumulative[place - 1]) if place else (Decimal(0), Fraction(0))
        if self.bounds[place] <= 0:
            return float(self.bounds[place])
        width = Fraction(self.bounds[place]) - Fraction(start)
        return float(Fraction(start) + width * (rank - below) / (self.cumulative[place] - below))


def merged(histograms: Sequence[Histogram]) -> Histogram:
    """All of them as one, at the bounds that all have. Raises ValueError when they share none."""
    bounds = sorted(set.intersection(*(set(histogram.bounds) for histogram in histograms)))
    if not bounds:
        raise ValueError("these histograms have no bound in common and cannot be added up")
    cumulative = tuple(sum((h.cumulative[h.bounds.index(bound)] for h in histograms), Fraction(0)) for bound in bounds)
    return Histogram(tuple(bounds), cumulative, sum((h.total for h in histograms), Fraction(0)))


def ladder(thresholds: Iterable[Decimal] = ()) -> tuple[Decimal, ...]:
    """The edges of our own buckets in seconds: steps of a ratio below 1.2 from 10 ms to 600 s, and every threshold."""
    return tuple(sorted({*_STEPS, *thresholds}))


def _steps() -> tuple[Decimal, ...]:
    span = _WORKING.ln(SLOWEST / FASTEST)
    count = int(span / _WORKING.ln(LARGEST_RATIO)) + 1
    return tuple(_ROUNDED.plus(FASTEST * _WORKING.exp(span * step / count)) for step in range(count + 1))


_STEPS = _steps()
