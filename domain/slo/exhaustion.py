"""When the budget is gone, if what happened lately goes on. Pure NumPy."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from domain.slo.attainment import Counts, burn_rate
from domain.slo.series import MinuteSeries, exceeds


def minutes_left(remaining: Fraction, period_minutes: int, burn: Fraction | None) -> Fraction | None:
    """Remaining × period ÷ burn: 0 when nothing is left, None when it is not burning or that is unknown.

    It forgets that a rolling window also loses old errors; `rolling_minutes_left` does not.
    """
    if remaining <= 0:
        return Fraction(0)
    return remaining * period_minutes / burn if burn else None


def rolling_minutes_left(
    series: MinuteSeries, period_minutes: int, budget: Decimal, recent: Counts, recent_minutes: int
) -> int | None:
    """Minutes until the rolling window after the series' last minute is overspent; None when that never happens.

    Each coming minute brings the mean of the `recent_minutes`, and one old minute leaves the window with its errors.
    """
    if not recent_minutes:
        return None
    ahead = np.arange(period_minutes + 1)
    old = np.maximum(len(series.known) - period_minutes + ahead, 0)
    ends = np.full(len(ahead), len(series.known))
    good, total = series.between(np.minimum(old, ends), ends)
    each = Fraction(series.scale, recent_minutes)
    bad_each, total_each = recent.bad * each, recent.total * each
    common = bad_each.denominator * total_each.denominator
    coming = ahead.astype(object)
    bad = (total - good).astype(object) * common + coming * int(bad_each * common)
    whole = total.astype(object) * common + coming * int(total_each * common)
    spent = np.flatnonzero(exceeds(bad, whole, Fraction(budget)))
    return int(spent[0]) if len(spent) else None


def calendar_minutes_left(
    so_far: Counts, budget: Decimal, recent: Counts, recent_minutes: int, minutes_to_end: int
) -> int | None:
    """Minutes until the calendar window is overspent; None when it lasts to the end. Nothing leaves such a window."""
    burn = burn_rate(so_far, budget)
    if burn is not None and burn > 1:
        return 0
    if not recent_minutes:
        return None
    allowed = Fraction(budget)
    pace = (recent.bad - allowed * recent.total) / recent_minutes
    if pace <= 0:
        return None
    minutes = (allowed * so_far.total - so_far.bad) // pace + 1
    return minutes if minutes <= minutes_to_end else None
