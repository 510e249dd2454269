"""Alerting days become incidents, with what they cost and whether that is worth a message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from domain.anomaly.robust import Flags
from domain.forecast.series import Values

JOINED_DAYS = 3
"""Alerts of one series at most this far apart are one incident."""
MIN_IMPACT = Decimal(5)
MIN_IMPACT_RATIO = Decimal("0.0005")
"""Of the organisation's daily spend."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Columns `[start, end)` of one series, from the first to the last alerting day."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Impact:
    """Money, negative when less was spent than expected.

    `so_far` is Σ (actual − expected) over the known days; `to_month_end` adds the rate of those days for what is left
    of the month of the last one, and is `so_far` for an incident that is over.
    """

    so_far: Decimal
    to_month_end: Decimal


def incidents(alerts: Flags) -> list[list[Incident]]:
    """The incidents of each series, oldest first."""
    found: list[list[Incident]] = [[] for _ in alerts]
    for row, column in zip(*(axis.tolist() for axis in np.nonzero(alerts)), strict=True):
        mine = found[row]
        if mine and column - (mine[-1].end - 1) <= JOINED_DAYS:
            mine[-1] = Incident(mine[-1].start, column + 1)
        else:
            mine.append(Incident(column, column + 1))
    return found


def impact(actual: Values, expected: Values, first_day: date, *, is_open: bool) -> Impact:
    """Of one incident's days, the first of them `first_day`; days without actual or expected count nothing."""
    excess = actual - expected
    known = [Decimal(repr(float(one))) for one in excess[~np.isnan(excess)]]
    so_far = sum(known, Decimal(0))
    if not is_open or not known:
        return Impact(so_far, so_far)
    last = first_day + timedelta(days=len(excess) - 1)
    month_end = (last.replace(day=1) + timedelta(days=32)).replace(day=1)
    days_left = (month_end - last).days - 1
    return Impact(so_far, so_far + so_far / len(known) * days_left)


def money_gate(daily_spend: Decimal, least: Decimal = MIN_IMPACT, ratio: Decimal = MIN_IMPACT_RATIO) -> Decimal:
    """What an incident's impact must exceed to be sent, given the organisation's daily spend. Never for detection."""
    return max(least, ratio * daily_spend)


def is_material(found: Impact, gate: Decimal) -> bool:
    """Whether an incident is worth a message: by its size, up or down, until the month ends."""
    return max(abs(found.so_far), abs(found.to_month_end)) > gate


def ranked(impacts: Iterable[Impact]) -> list[int]:
    """The numbers of the incidents, largest impact first."""
    sizes = [abs(one.to_month_end) for one in impacts]
    return sorted(range(len(sizes)), key=lambda number: (-sizes[number], number))
