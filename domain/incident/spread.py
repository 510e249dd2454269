"""Mean, median and P90 of a clock, never one without the others, and of how many they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

P90 = 90
"""The percentile of the KPI; between two values it is interpolated linearly, as the median is."""


@dataclass(frozen=True, slots=True)
class Spread:
    """`count` of `of_count` incidents have this clock; the three are None when none has."""

    mean_seconds: float | None
    median_seconds: float | None
    p90_seconds: float | None
    count: int
    of_count: int

    @property
    def coverage_ratio(self) -> float | None:
        """The share of the incidents that have this clock; None of no incident."""
        return self.count / self.of_count if self.of_count else None


def spread(seconds: Sequence[float], of_count: int) -> Spread:
    """Of the seconds known, among `of_count` incidents."""
    if not seconds:
        return Spread(None, None, None, 0, of_count)
    values = np.asarray(seconds, dtype=np.float64)
    median, p90 = np.percentile(values, (50, P90))
    return Spread(float(values.mean()), float(median), float(p90), len(seconds), of_count)
