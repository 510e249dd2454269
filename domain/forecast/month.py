"""The cost of a period at its end: what is known so far plus every remaining day, and how sure that is."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.forecast.expected import expected_days
from domain.forecast.fit import HISTORY_DAYS
from domain.forecast.interval import MIN_CUTOFFS, Errors, past_errors
from domain.forecast.series import Values, as_matrix, started

LOOKBACK_DAYS = 400
"""Six earlier months before the oldest cut-off; older days change nothing."""


@dataclass(frozen=True, slots=True)
class MonthForecast:
    """One series' `[start, end)`; `total` = `actual` + `ahead`. Costs are estimates in the unit of the series.

    `actual` is the sum of the known days, `ahead` of the expected rest. Bounds are None where `reason` says why;
    `total` is None for a series without a known day. `day_weights` is the expected shape of the period's days.
    """

    start: date
    end: date
    actual: float
    ahead: float | None
    total: float | None
    low_80: float | None
    high_80: float | None
    low_95: float | None
    high_95: float | None
    cutoffs: int
    reason: str | None
    day_weights: tuple[float, ...]


@dataclass(frozen=True)
class MonthForecasts:
    """The same for many series, as arrays; NaN is unknown. `days` is series × days of the period."""

    start: date
    end: date
    actual: Values
    ahead: Values
    days: Values
    day_weights: Values
    sign: Values
    open_days: NDArray[np.int64]
    errors: Errors

    @property
    def total(self) -> Values:
        """Cost of the whole period."""
        return self.actual + self.ahead

    def bounds(self, probability: float) -> tuple[Values, Values]:
        """Low and high of the total that hold it with `probability`; NaN below three cut-offs."""
        low, high = self.errors.bounds(self.sign * self.ahead, probability)
        turned, settled = self.sign < 0, self.open_days == 0
        low, high = np.where(turned, -high, low), np.where(turned, -low, high)
        return self.actual + np.where(settled, 0.0, low), self.actual + np.where(settled, 0.0, high)

    @cached_property
    def _usual_bounds(self) -> tuple[tuple[Values, Values], tuple[Values, Values]]:
        return self.bounds(0.80), self.bounds(0.95)

    def probability_over(self, budgets: Values) -> Values:
        """Chance that each total exceeds its budget; NaN below three cut-offs or without a budget."""
        room = np.asarray(budgets, dtype=np.float64) - self.actual
        up = self.errors.exceeds(self.sign * self.ahead, self.sign * room)
        chance = np.where(self.sign < 0, 1 - up, up)
        chance = np.where(self.open_days == 0, np.where(room < 0, 1.0, 0.0), chance)
        return np.where(np.isnan(room) | np.isnan(self.ahead), np.nan, chance)

    def __getitem__(self, index: int) -> MonthForecast:
        """One series' forecast."""
        (low_80, high_80), (low_95, high_95) = self._usual_bounds
        return MonthForecast(
            start=self.start,
            end=self.end,
            actual=float(self.actual[index]),
            ahead=_known(self.ahead[index]),
            total=_known(self.total[index]),
            low_80=_known(low_80[index]),
            high_80=_known(high_80[index]),
            low_95=_known(low_95[index]),
            high_95=_known(high_95[index]),
            cutoffs=int(self.errors.cutoffs[index]),
            reason=self._reason(index),
            day_weights=tuple(float(weight) for weight in self.day_weights[index]),
        )

    def _reason(self, index: int) -> str | None:
        if np.isnan(self.ahead[index]):
            return "No day of the last eight weeks is known, so there is nothing to forecast from."
        found = int(self.errors.cutoffs[index])
        if self.open_days[index] and found < MIN_CUTOFFS:
            return f"The history is too short for a range: it allows {found} of at least {MIN_CUTOFFS} past checks."
        return None


def forecast_month(values: Values, first_day: date, start: date, end: date, widen: float = 1.0) -> MonthForecasts:
    """Forecasts `[start, end)` for each row of series × days, whose first column is `first_day`.

    The last column is the last day that is complete. NaN is unknown, inside the period it is expected like the days
    ahead. Negative days are credits and count. The errors of all rows are pooled: pass the series of one portfolio.
    `widen` stretches the interval (see `backtest.widening`). Raises ValueError for an empty array or period.
    """
    matrix = as_matrix(values)
    if not matrix.shape[1] or end <= start:
        raise ValueError(f"a forecast needs at least one day of history and of the period {start} to {end}")
    last_day = first_day + timedelta(days=matrix.shape[1] - 1)
    history = started(matrix)[:, -LOOKBACK_DAYS:]
    sign = np.where(np.nansum(history[:, -HISTORY_DAYS:], axis=1) < 0, -1.0, 1.0)
    upward = history * sign[:, np.newaxis]
    oldest = last_day - timedelta(days=history.shape[1] - 1)
    offsets = range((start - last_day).days, (end - last_day).days)
    expected = expected_days(upward, oldest, [history.shape[1]], offsets)
    days = _period(_absent_as_nothing(matrix), offsets)
    unknown = np.isnan(days)
    cost = expected.cost[:, 0] * sign[:, np.newaxis]
    ahead = np.where(unknown, cost, 0.0).sum(axis=1)
    first_ahead, last_ahead = max(1, offsets[0]), offsets[-1]
    return MonthForecasts(
        start=start,
        end=end,
        actual=np.where(unknown, 0.0, days).sum(axis=1),
        ahead=ahead,
        days=np.where(unknown, cost, days),
        day_weights=expected.weight[:, 0],
        sign=sign,
        open_days=unknown.sum(axis=1),
        errors=past_errors(upward, oldest, first_ahead, max(first_ahead, last_ahead), ahead * sign, widen),
    )


def _absent_as_nothing(values: Values) -> Values:
    """Days before the first known one cost 0 in the period: what was not there yet is not expected either."""
    begun = np.logical_or.accumulate(~np.isnan(values), axis=1)
    return np.where(begun, values, 0.0)


def _period(values: Values, offsets: range) -> Values:
    """The period's columns, NaN for days outside of the history."""
    columns = values.shape[1] - 1 + np.array(offsets)
    inside = (columns >= 0) & (columns < values.shape[1])
    picked = values[:, np.clip(columns, 0, values.shape[1] - 1)]
    return np.where(inside, picked, np.nan)


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
