"""What a period is compared with: the same weekdays of the four weeks before it, scaled to as many days."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

WEEKS = 4
"""One odd week weighs a quarter; older weeks say little of today."""


def comparison_weights(start: date, end: date, known_from: date | None = None) -> dict[date, Fraction]:
    """Each day before `[start, end)` to compare with, and how often it counts; weights add up to the period's days.

    Of a history that begins at `known_from` only whole weeks count, at most four. Raises ValueError for an empty
    period or when no whole week before it is known.
    """
    if end <= start:
        raise ValueError(f"a period ends after it starts: {start} to {end}")
    weeks = WEEKS if known_from is None else min(WEEKS, (start - known_from).days // 7)
    if weeks < 1:
        raise ValueError(f"nothing to compare with: no whole week before {start} is known; choose a later period")
    wanted = Counter((start + timedelta(days=number)).weekday() for number in range((end - start).days))
    earlier = (start - timedelta(days=back) for back in range(7 * weeks, 0, -1))
    return {day: Fraction(wanted[day.weekday()], weeks) for day in earlier if wanted[day.weekday()]}
