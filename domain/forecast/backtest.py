"""How good the forecast was at a series' own earlier month ends. Never looks past the day it stands on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from domain.forecast.baselines import run_rate, seasonal_naive
from domain.forecast.fit import CLIP_DAYS
from domain.forecast.month import MonthForecasts, forecast_month
from domain.forecast.series import Values, as_matrix

DAYS_LEFT = (25, 20, 15, 10, 5)
MONTHS = 12
COVERAGE_MONTHS, COVERAGE_DAYS_LEFT = 3, (20, 10)
MIN_COVERED_RATIO, WIDER = 0.75, 1.15
"""An 80 % interval that held under 75 % of three months is stretched by 15 %."""


@dataclass(frozen=True, slots=True)
class BacktestLine:
    """The month ends of all given series, seen with `days_left`; errors are medians of |guess / actual − 1|.

    `covered_80` and `covered_95` are shares of the `interval_count` month ends that had a range. None without any.
    """

    days_left: int
    month_count: int
    error_ratio: float | None
    run_rate_error_ratio: float | None
    seasonal_naive_error_ratio: float | None
    interval_count: int
    covered_80_ratio: float | None
    covered_95_ratio: float | None


def backtest(
    values: Values, first_day: date, days_left: Sequence[int] = DAYS_LEFT, months: int = MONTHS
) -> list[BacktestLine]:
    """One line per number of days left, over the last whole months with four weeks of history before them.

    Only month ends of which every day is known and whose cost is not 0 count. `values` as in `forecast_month`.
    """
    matrix = as_matrix(values)
    periods = list(_whole_months(first_day, matrix.shape[1]))[-months:]
    return [_line(matrix, first_day, periods, left) for left in days_left]


def recent_coverage(values: Values, first_day: date) -> float | None:
    """Share of the 80 % intervals that held, over the last three whole months of all series; None without any."""
    matrix = as_matrix(values)
    periods = list(_whole_months(first_day, matrix.shape[1]))[-COVERAGE_MONTHS:]
    checks = [_held(matrix, first_day, start, end, left) for start, end in periods for left in COVERAGE_DAYS_LEFT]
    held = np.concatenate(checks) if checks else np.empty(0)
    known = held[~np.isnan(held)]
    return float(known.mean()) if len(known) else None


def widening(covered_80_ratio: float | None) -> float:
    """What to stretch an interval by, from its realised coverage over three months; 1 while that is unknown."""
    return WIDER if covered_80_ratio is not None and covered_80_ratio < MIN_COVERED_RATIO else 1.0


def _whole_months(first_day: date, days: int) -> Iterator[tuple[date, date]]:
    start = _next_month(first_day + timedelta(days=CLIP_DAYS - 1))
    while (end := _next_month(start)) <= first_day + timedelta(days=days):
        yield start, end
        start = end


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _line(values: Values, first_day: date, periods: Sequence[tuple[date, date]], left: int) -> BacktestLine:
    checks = [_check(values, first_day, start, end, left) for start, end in periods]
    columns = np.concatenate(checks, axis=1) if checks else np.full((5, 0), np.nan)
    error, rate, naive, in_80, in_95 = (column[~np.isnan(column)] for column in columns)
    return BacktestLine(
        days_left=left,
        month_count=len(error),
        error_ratio=_median(error),
        run_rate_error_ratio=_median(rate),
        seasonal_naive_error_ratio=_median(naive),
        interval_count=len(in_80),
        covered_80_ratio=float(in_80.mean()) if len(in_80) else None,
        covered_95_ratio=float(in_95.mean()) if len(in_95) else None,
    )


def _check(values: Values, first_day: date, start: date, end: date, left: int) -> Values:
    """Five rows over the series: three relative errors, and 1 or 0 for each interval; NaN where there is none."""
    actual = _actual(values, first_day, start, end)
    known = values[:, : (end - first_day).days - left]
    forecast = forecast_month(known, first_day, start, end)
    guesses = (forecast.total, run_rate(known, first_day, start, end), seasonal_naive(known, first_day, start, end))
    size = np.where(actual == 0, np.nan, np.abs(actual))
    errors = [np.abs(guess - actual) / size for guess in guesses]
    return np.stack([*errors, _holds(forecast, 0.80, actual), _holds(forecast, 0.95, actual)])


def _held(values: Values, first_day: date, start: date, end: date, left: int) -> Values:
    known = values[:, : (end - first_day).days - left]
    return _holds(forecast_month(known, first_day, start, end), 0.80, _actual(values, first_day, start, end))


def _actual(values: Values, first_day: date, start: date, end: date) -> Values:
    """What each series cost; NaN where a day is unknown."""
    days = values[:, (start - first_day).days : (end - first_day).days]
    known: Values = np.where(np.isnan(days).any(axis=1), np.nan, np.nansum(days, axis=1))
    return known


def _holds(forecast: MonthForecasts, probability: float, actual: Values) -> Values:
    low, high = forecast.bounds(probability)
    held = np.where((low <= actual) & (actual <= high), 1.0, 0.0)
    return np.where(np.isnan(low) | np.isnan(actual) | (actual == 0), np.nan, held)


def _median(values: Values) -> float | None:
    return float(np.median(values)) if len(values) else None
