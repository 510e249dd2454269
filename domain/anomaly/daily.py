"""The daily verdict on amounts, ratios and latencies: one score a day from the channels, and what was expected."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from domain.anomaly.baseline import LEARNING_DAYS, OWN_PROFILE_DAYS, baseline
from domain.anomaly.calendar import Span, days_of, holiday_columns, without_holidays
from domain.anomaly.method import AMOUNT, YOUNG_FACTOR, Method
from domain.anomaly.point import eased_on_holidays, month_day_habits, point_scores
from domain.anomaly.robust import Flags, known_before
from domain.anomaly.shift import eased_on_return, moves
from domain.anomaly.sparse import resting_days, sparse_scores
from domain.forecast.series import Values, as_matrix, started


@dataclass(frozen=True, slots=True)
class Known:
    """What the organisation knows of the days of all series."""

    holidays: Collection[date] = ()
    planned: Collection[Span] = ()
    launches: Collection[Span] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """Series × days of earlier nights, kept so that a night scores its own days: errors, shifts, and moves."""

    error: Values
    shift: Values
    moved: Values

    def until(self, column: int) -> "Past":
        """The same without the columns from this one on."""
        return Past(self.error[:, :column], self.shift[:, :column], self.moved[:, :column])


@dataclass(frozen=True, slots=True)
class Scores:
    """Series × scored days. `score` is NaN where nothing can be said: too young, unknown, or planned.

    `threshold` holds the cold start, not yet sensitivity and feedback. `past` goes on with these days.
    """

    score: Values
    expected: Values
    threshold: Values
    learning: Flags
    past: Past | None = field(default=None, repr=False)

    def alerts(self, factor: Values | float = 1.0) -> Flags:
        """Where the score is above the threshold times `factor`, per series or for all."""
        alerting: Flags = np.nan_to_num(self.score) > self.threshold * np.reshape(factor, (-1, 1))
        return alerting


def score_days(
    values: Values,
    first_day: date,
    method: Method = AMOUNT,
    known: Known | None = None,
    parent_profile: Values | None = None,
    past: Past | None = None,
) -> Scores:
    """Scores every day of series × days from the days before it; with `past`, only the days after those it holds.

    Values below 0 (credits) are unknown, and so is what was before a series' first value. `parent_profile` as in
    `baseline`. Raises ValueError for values that are not finite.
    """
    known = known or Known()
    actual = as_matrix(values)
    actual = started(np.where(actual < 0, np.nan, actual))
    series, days = actual.shape
    since = 0 if past is None else past.error.shape[1]
    holidays = holiday_columns(known.holidays, days, first_day)
    actual = np.where(days_of(known.planned, series, days, first_day), np.nan, actual)
    history = without_holidays(actual, holidays)
    base = baseline(actual, history, method.floor, since, parent_profile)
    ages = known_before(history)[:, since:]
    silent = days_of(known.launches, series, days, first_day)[:, since:]
    error = base.error if past is None else np.concatenate([past.error, base.error], axis=1)
    shifts = base.shift if past is None else np.concatenate([past.shift, base.shift], axis=1)
    moved = moves(shifts, base.scale, ages, silent)
    moved = moved if past is None else np.concatenate([past.moved, moved], axis=1)

    habits = month_day_habits(error, first_day, since) if method.month_days else np.zeros(base.error.shape)
    point, habit = point_scores(base.error, base.scale, habits)
    point = eased_on_holidays(point, [column - since for column in holidays])
    point = eased_on_return(point, moved)
    shift = np.where(np.isnan(point), np.nan, eased_on_return(moved[:, since:], moved))
    if method.rises_only:
        point, shift = np.maximum(point, 0), np.maximum(shift, 0)
    by_shift = np.abs(shift) > np.abs(point)
    score = np.where(by_shift, np.abs(shift), np.abs(point))
    expected = np.where(by_shift, base.usual, base.expected + habit)
    expected = np.maximum(np.exp(expected) - base.offset, 0.0)

    sparse, closed = resting_days(history, since)
    sparse |= closed
    sparse_score, sparse_expected = sparse_scores(actual, history, sparse, since)
    return Scores(
        score=method.weight * np.where(sparse, sparse_score, score),
        expected=np.where(sparse, sparse_expected, expected),
        threshold=method.threshold * np.where(ages < OWN_PROFILE_DAYS, YOUNG_FACTOR, 1.0),
        learning=(ages < LEARNING_DAYS) & ~np.isnan(actual[:, since:]),
        past=Past(error, shifts, moved),
    )
