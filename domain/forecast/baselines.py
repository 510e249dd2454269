"""What anybody would guess: the yardsticks of the forecast."""

from datetime import date, timedelta

import numpy as np

from domain.forecast.series import Values, as_matrix, mean

SEASON_DAYS = 7


def run_rate(values: Values, first_day: date, start: date, end: date) -> Values:
    """Total of `[start, end)` per series: the mean of its known days so far on each other day.

    Before the first known day of the period the mean of the last 28 days is used; NaN where neither is known.
    """
    matrix = as_matrix(values)
    days = _period(matrix, first_day, start, end)
    average = mean(days)
    average = np.where(np.isnan(average), mean(matrix[:, -28:]), average)
    total: Values = np.where(np.isnan(days), average[:, np.newaxis], days).sum(axis=1)
    return total


def seasonal_naive(values: Values, first_day: date, start: date, end: date) -> Values:
    """Total of `[start, end)` per series: each unknown day costs what the same weekday last did; NaN if never known."""
    matrix = as_matrix(values)
    days = _period(matrix, first_day, start, end)
    last_day = first_day + timedelta(days=matrix.shape[1] - 1)
    latest = np.stack([_latest(matrix[:, matrix.shape[1] - 1 - back :: -SEASON_DAYS]) for back in range(7)], axis=1)
    backs = [(last_day - start - timedelta(days=number)).days % SEASON_DAYS for number in range(days.shape[1])]
    total: Values = np.where(np.isnan(days), latest[:, backs], days).sum(axis=1)
    return total


def _latest(newest_first: Values) -> Values:
    if not newest_first.shape[1]:
        return np.full(len(newest_first), np.nan)
    known = ~np.isnan(newest_first)
    found: Values = newest_first[np.arange(len(newest_first)), known.argmax(axis=1)]
    return found


def _period(values: Values, first_day: date, start: date, end: date) -> Values:
    columns = np.arange((start - first_day).days, (end - first_day).days)
    inside = (columns >= 0) & (columns < values.shape[1])
    return np.where(inside, values[:, np.clip(columns, 0, values.shape[1] - 1)], np.nan)
