"""Level and weekday profile of each series, as they stood at each of several ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.forecast.series import Values, mean, median

HISTORY_DAYS = 56
"""Eight whole weeks: enough for a median per weekday, short enough to follow the series."""
LEVEL_WEIGHT = 0.10
"""λ of the exponentially weighted level."""
CLIP_DAYS = 28
CLIP_SDS = 3.0
"""A value further than this from the median of the last four weeks counts as if it were there."""
CLOSED_SHARE = 0.05
"""A weekday below this part of an average day is closed and says nothing of the level."""
ACTIVE_RATIO = 0.75
"""Active on fewer of its open days, a series has no level to follow; its plain mean is the best guess."""
PROFILE_WEEKS = 2
"""A weekday seen once has no profile."""
WEEK_DAYS = 5
"""With fewer known days the mean of a week is not the mean of a week."""
RUN_RATE_DAYS = 7
"""A series too young for a profile runs on at the mean of its last week."""
ROBUST = 1.4826
"""Median absolute deviation → standard deviation of a normal distribution."""

_AGES = np.arange(HISTORY_DAYS - 1, -1, -1)
_WEIGHTS = (1 - LEVEL_WEIGHT) ** _AGES


@dataclass(frozen=True, slots=True)
class Fit:
    """Arrays over series × ends; `profile` has a third axis, the days after the end modulo 7.

    `level` is NaN where nothing is known. Where `seasonal` is False the profile is 1 and month days do not count.
    """

    level: Values
    profile: Values
    seasonal: NDArray[np.bool_]
    known_days: NDArray[np.int64]


def fit(values: Values, ends: Sequence[int]) -> Fit:
    """Fits on the 56 columns before each end and on nothing after it."""
    padded = np.concatenate([np.full((len(values), HISTORY_DAYS), np.nan), values], axis=1)
    history = np.stack([padded[:, end : end + HISTORY_DAYS] for end in ends], axis=1)
    known = ~np.isnan(history)
    profile, has_profile = _profile(history)
    everyday = np.tile(profile, HISTORY_DAYS // 7)
    known_days = known.sum(axis=-1)
    open_days = known & (everyday >= CLOSED_SHARE)
    active = (open_days & (history != 0)).sum(axis=-1) >= ACTIVE_RATIO * open_days.sum(axis=-1)
    seasonal = has_profile & active & open_days.any(axis=-1)
    plain = np.where(known_days < 7 * PROFILE_WEEKS, _run_rate(history), mean(history))
    adjusted = np.divide(history, everyday, out=np.full(history.shape, np.nan), where=open_days)
    return Fit(
        level=np.where(seasonal, _level(adjusted), plain),
        profile=np.where(seasonal[..., np.newaxis], profile, 1.0),
        seasonal=seasonal,
        known_days=known_days,
    )


def _profile(history: Values) -> tuple[Values, NDArray[np.bool_]]:
    """Median over the weeks of a day's part of its week's mean, 1 on average; and whether there is one."""
    weeks = history.reshape(*history.shape[:-1], HISTORY_DAYS // 7, 7)
    average = mean(weeks)
    usable = ((~np.isnan(weeks)).sum(axis=-1) >= WEEK_DAYS) & (np.nan_to_num(average) > 0)
    parts = np.full(weeks.shape, np.nan)
    np.divide(weeks, average[..., np.newaxis], out=parts, where=usable[..., np.newaxis])
    seen = (~np.isnan(parts)).sum(axis=-2).min(axis=-1)
    profile = np.maximum(median(np.swapaxes(parts, -1, -2)), 0.0)
    average_day = np.nan_to_num(profile).mean(axis=-1)
    has_shape = (seen >= PROFILE_WEEKS) & (average_day > 0)
    shaped = np.ones(profile.shape)
    np.divide(profile, average_day[..., np.newaxis], out=shaped, where=has_shape[..., np.newaxis])
    return shaped, has_shape


def _level(adjusted: Values) -> Values:
    recent = adjusted[..., -CLIP_DAYS:]
    centre = median(recent)[..., np.newaxis]
    spread = CLIP_SDS * ROBUST * median(np.abs(recent - centre))[..., np.newaxis]
    known = ~np.isnan(adjusted)
    clipped = np.clip(adjusted, centre - spread, centre + spread)
    clipped = np.where(np.isnan(centre), adjusted, clipped)
    weights = np.where(known, _WEIGHTS, 0.0)
    total = weights.sum(axis=-1)
    weighted = (np.where(known, clipped, 0.0) * weights).sum(axis=-1)
    level: Values = np.divide(weighted, total, out=np.full(total.shape, np.nan), where=total > 0)
    return level


def _run_rate(history: Values) -> Values:
    """Mean of the last week, of the whole history where the last week is unknown."""
    recent = mean(history[..., -RUN_RATE_DAYS:])
    return np.where(np.isnan(recent), mean(history), recent)
