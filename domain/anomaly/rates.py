"""Bad events out of a known number of them: is today's share above its own eight weeks, beyond chance?"""

import re
from enum import StrEnum

import numpy as np

from domain.anomaly.baseline import LEARNING_DAYS, OWN_PROFILE_DAYS
from domain.anomaly.daily import Scores
from domain.anomaly.method import RATE_THRESHOLD, YOUNG_FACTOR
from domain.anomaly.robust import Flags, known_before, known_count, mad_spread, trailing
from domain.forecast.series import Values

HISTORY_DAYS = 56
SPREAD_DAYS = 42
"""Earlier scores tell how much the share moves beyond chance."""
ROOT_SHIFT = 3 / 8
"""2 √(k + 3/8) of a Poisson count has a spread of nearly 1, whatever its mean (Anscombe 1948)."""
TOLERANCE = 1e-9
"""A share of 1 times its total may come out above it by the last digit."""
PERCENT_NAMES = {"percent", "percentage", "pct", "%"}
"""0.5 may be half or half a percent; only the name tells."""


class RateForm(StrEnum):
    """What stands beside the total: the number of bad events, their share of it, or their percentage."""

    COUNT = "count"
    SHARE = "share"
    PERCENT = "percent"

    def size(self, totals: Values) -> Values:
        """What to multiply a value by to count bad events."""
        return {RateForm.COUNT: np.ones_like(totals), RateForm.SHARE: totals, RateForm.PERCENT: totals / 100}[self]


def score_rates(bad: Values, total: Values, planned: Flags | None = None) -> Scores:
    """Scores every day of series × days from the days before it; `expected` is a number of bad events.

    Days without a total, with more bad than total or less than none, and `planned` days are unknown.
    """
    fine = (np.nan_to_num(total) > 0) & (np.nan_to_num(bad, nan=-1.0) >= 0) & (bad <= total * (1 + TOLERANCE))
    fine &= True if planned is None else ~planned
    k, n = np.where(fine, bad, np.nan), np.where(fine, total, np.nan)
    share = (_before(k) + 0.5) / (_before(n) + 1)
    expected = n * share
    z = 2 * (np.sqrt(k + ROOT_SHIFT) - np.sqrt(expected + ROOT_SHIFT))
    age = known_before(k)
    recent = np.cumsum(np.concatenate([np.zeros((len(k), HISTORY_DAYS + 1), dtype=np.int64), fine], axis=1), axis=1)
    enough = recent[:, HISTORY_DAYS:-1] - recent[:, : -HISTORY_DAYS - 1] >= LEARNING_DAYS
    z = np.where(enough, z, np.nan)
    usual = trailing(z, SPREAD_DAYS, 1)
    width = np.where(known_count(usual) > 0, np.fmax(mad_spread(usual), 1.0), 1.0)
    return Scores(
        score=np.maximum(z, 0) / width,
        expected=np.where(enough, expected, np.nan),
        threshold=RATE_THRESHOLD * np.where(age < OWN_PROFILE_DAYS, YOUNG_FACTOR, 1.0),
        learning=fine & (age < LEARNING_DAYS),
    )


def _before(values: Values) -> Values:
    """The sum of the 56 days before each day; unknown days add nothing."""
    padded = np.concatenate([np.zeros((len(values), HISTORY_DAYS + 1)), np.nan_to_num(values)], axis=1)
    total = np.cumsum(padded, axis=1)
    before: Values = total[:, HISTORY_DAYS:-1] - total[:, : -HISTORY_DAYS - 1]
    return before


def form_of(metric: str, values: Values, totals: Values) -> RateForm:
    """How the rates of one metric are written: as its name says, else by the earliest day that tells.

    A value that is neither 0 nor 1 tells: whole numbers are counts, others a share up to 1 and percent above.
    """
    if PERCENT_NAMES & set(re.findall(r"[a-z]+|%", metric.lower())):
        return RateForm.PERCENT
    telling = ~np.isnan(values) & (np.nan_to_num(totals) > 0) & (values > 0) & (values != 1)
    days = np.flatnonzero(telling.any(axis=0))
    if not len(days):
        return RateForm.COUNT if (np.nan_to_num(totals) > 1).any() else RateForm.SHARE
    first = values[telling[:, days[0]], days[0]]
    if (first == np.round(first)).all():
        return RateForm.COUNT
    return RateForm.SHARE if first.max() <= 1 else RateForm.PERCENT
