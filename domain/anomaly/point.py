"""The one-day channel: is this day off, given its weekday, its day of the month and the holidays?"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from domain.forecast.month_days import MAX_MONTHS, SPECIAL_DAYS, special_day
from domain.forecast.series import Values, median

HABIT_SCALES = 2.5
"""A day of the month has a habit when its earlier errors lie further off than this many spreads."""
HABIT_VARIANCE, HABIT_DOUBT = 1.25, 0.15
"""A habit known from few months is itself uncertain: by a quarter of a day's variance and 15 % of its size."""
HOLIDAY_DIVISOR, AFTER_DIVISOR = 2.0, 1.5
"""On a holiday less use is no news; the day after is unusual itself."""


def month_day_habits(error: Values, first_day: date, since: int = 0) -> Values:
    """Series × days from `since` on: the median error of the same special day in up to six earlier months, else 0."""
    habits = np.zeros((len(error), error.shape[1] - since))
    kinds = np.array([special_day(first_day + timedelta(days=number)) for number in range(error.shape[1])])
    for kind in SPECIAL_DAYS:
        columns = np.flatnonzero(kinds == kind)
        for number, column in enumerate(columns[1:], start=1):
            if column >= since:
                earlier = median(error[:, columns[max(0, number - MAX_MONTHS) : number]])
                habits[:, column - since] = np.nan_to_num(earlier)
    return habits


def point_scores(error: Values, scale: Values, habits: Values) -> tuple[Values, Values]:
    """The one-day score, and the habit that was taken off the error (0 where it is none)."""
    habit = np.where(np.abs(habits) > HABIT_SCALES * scale, habits, 0.0)
    doubt = np.sqrt(HABIT_VARIANCE * scale**2 + (HABIT_DOUBT * habit) ** 2)
    return (error - habit) / np.where(habit == 0, scale, doubt), habit


def eased_on_holidays(scores: Values, holidays: Sequence[int]) -> Values:
    """The same with only the excess of a holiday, halved, and the day after it eased. `holidays` are columns."""
    eased = scores.copy()
    on = set(holidays)
    for column in sorted(on | {column + 1 for column in on}):
        if 0 <= column < scores.shape[1]:
            day = scores[:, column]
            eased[:, column] = np.maximum(day, 0) / HOLIDAY_DIVISOR if column in on else day / AFTER_DIVISOR
    return eased
