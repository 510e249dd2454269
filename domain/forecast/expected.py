"""What each series is expected to cost on days after an end: level × weekday × day of the month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from domain.forecast.fit import Fit, fit
from domain.forecast.month_days import month_day_factors
from domain.forecast.series import Values


@dataclass(frozen=True, slots=True)
class Expected:
    """Series × ends × offsets: `cost` a day, and `weight`, the part of it that is calendar and not level."""

    fit: Fit
    weight: Values
    cost: Values


def expected_days(values: Values, first_day: date, ends: Sequence[int], offsets: Sequence[int]) -> Expected:
    """Offset 1 is the first day after an end, the column of that number; nothing from there on is looked at."""
    fitted = fit(values, ends)
    weekday = (np.array(offsets, dtype=np.int64) - 1) % 7
    factors = month_day_factors(values, first_day, ends, offsets)
    factors = np.where(fitted.seasonal[..., np.newaxis], factors, 1.0)
    weight = fitted.profile[..., weekday] * factors
    return Expected(fitted, weight, fitted.level[..., np.newaxis] * weight)
