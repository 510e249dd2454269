"""How each kind of series is judged, and how sensitively."""

from dataclasses import dataclass
from enum import StrEnum

YOUNG_FACTOR = 1.4
"""A series of under four weeks borrows its weekdays, so it must be further off: 7 instead of 5."""
NOT_USEFUL_TIMES, NOT_USEFUL_FACTOR = 2, 1.2
"""Every second "not useful" on a series raises its threshold by a fifth."""


class Sensitivity(StrEnum):
    """What the organisation chose; normal is the default."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def factor(self) -> float:
        """Of the threshold: 4, 5 and 6 where normal is 5."""
        return {Sensitivity.HIGH: 0.8, Sensitivity.NORMAL: 1.0, Sensitivity.LOW: 1.2}[self]


@dataclass(frozen=True, slots=True)
class Method:
    """`floor` is the least spread of a day (logarithm), `weight` what a score counts, `month_days` whether days of
    the month have habits of their own, `rises_only` whether less is never a problem."""

    floor: float = 0.04
    threshold: float = 5.0
    weight: float = 1.0
    month_days: bool = True
    rises_only: bool = False


AMOUNT = Method()
"""Costs, requests, tokens and whatever else adds up over the day."""
RATIO = Method(floor=0.03, weight=0.7)
"""Cost per request, tokens per request: steadier than amounts, so a smaller spread is believed and counts less."""
LATENCY = Method(floor=0.03, threshold=6.0, month_days=False)
"""A daily percentile."""
LEVEL = Method(rises_only=True)
"""A rate of bad events without its denominator."""
RATE_THRESHOLD = 3.4
"""Of bad events out of a known number."""


def raised(threshold: float, not_useful: int, sensitivity: Sensitivity = Sensitivity.NORMAL) -> float:
    """The threshold at this sensitivity after so many answers "not useful" on the series."""
    return float(threshold * sensitivity.factor * NOT_USEFUL_FACTOR ** (not_useful // NOT_USEFUL_TIMES))
