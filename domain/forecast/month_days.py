"""Days of the month that cost more or less than their weekday: batches on the 1st, payroll on the 15th."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from domain.forecast.series import Values, median

LAST = 0
"""Stands for the last day of a month, whatever its number."""
USUAL = -1
SPECIAL_DAYS = (1, 2, 3, 15, LAST)
MIN_MONTHS = 2
"""One expensive first of the month is an accident."""
MAX_MONTHS = 6
"""Older months say little of the next."""
SAME_WEEKDAYS = (7, 14, 21)
"""Days back to what a special day is compared with."""
HIGH, LOW = 1.5, 0.67
"""Every earlier month must lie beyond one of them, on the same side."""


@lru_cache(maxsize=4096)
def special_day(day: date) -> int:
    """1, 2, 3, 15 or LAST; USUAL for the other days."""
    if (day + timedelta(days=1)).day == 1:
        return LAST
    return day.day if day.day in SPECIAL_DAYS else USUAL


def month_day_factors(values: Values, first_day: date, ends: Sequence[int], offsets: Sequence[int]) -> Values:
    """Series × ends × offsets: what to multiply the day `offset` days after an end's last day by; mostly 1.

    Looks only at columns before each end.
    """
    wanted = np.array(ends)[:, np.newaxis] - 1 + np.array(offsets)
    earliest = min(0, int(wanted.min()))
    span = range(earliest, max(max(ends), int(wanted.max()) + 1))
    calendar = np.array([special_day(first_day + timedelta(days=column)) for column in span])
    kinds = calendar[wanted - earliest]
    factors = np.ones((len(values), *wanted.shape))
    for kind in SPECIAL_DAYS:
        columns = np.flatnonzero(calendar[: max(ends) - earliest] == kind) + earliest
        columns = columns[columns >= SAME_WEEKDAYS[0]]
        ratios = _ratios(values, columns)
        months = np.searchsorted(columns, ends)
        for count in np.unique(months):
            days = (kinds == kind) & (months == count)[:, np.newaxis]
            if days.any():
                factors[:, days] = _factor(ratios[:, max(0, count - MAX_MONTHS) : count])[:, np.newaxis]
    return factors


def _ratios(values: Values, columns: NDArray[np.int64]) -> Values:
    """Each of these days over the median of the same weekday one to three weeks before; NaN without a positive one."""
    back = columns[:, np.newaxis] - np.array(SAME_WEEKDAYS)
    earlier = np.where(back >= 0, values[:, np.maximum(back, 0)], np.nan)
    usual = median(earlier)
    comparable = np.nan_to_num(usual) > 0
    ratios: Values = np.divide(values[:, columns], usual, out=np.full(usual.shape, np.nan), where=comparable)
    return ratios


def _factor(ratios: Values) -> Values:
    known = ~np.isnan(ratios)
    alike = (known & (ratios > HIGH)).sum(axis=1), (known & (ratios < LOW)).sum(axis=1)
    count = known.sum(axis=1)
    counts = (count >= MIN_MONTHS) & ((alike[0] == count) | (alike[1] == count))
    return np.where(counts, np.maximum(median(ratios), 0.0), 1.0)
