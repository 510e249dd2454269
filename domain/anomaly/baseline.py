"""What each day was expected to be from the eight weeks before it, and how far off it was, in logarithms."""

from dataclasses import dataclass, fields

import numpy as np

from domain.anomaly.robust import Flags, known_before, known_count, spread, trailing
from domain.forecast.series import Values, mean, median

HISTORY_DAYS = 56
"""Eight whole weeks, so that the first of them falls on the weekday of the scored day."""
OFFSET_SHARE = 0.05
"""Added before taking logarithms, as a part of the mean: a day of 0 is low, not infinitely low."""
LEVEL_DAYS = 14
MIN_LEVEL_DAYS = 3
"""After a gap the level is unknown until three of the last fourteen days are known."""
RAMP_DAYS = 3
"""A launch ramps up: a young series may also be where its last three days were."""
RECENT_DAYS = 7
BASE_FIRST, BASE_LAST = 37, 10
"""The four weeks that the last seven days are compared with, in days before the scored one."""
MIN_BASE_DAYS = 14
SCALE_MARGIN = 1.15
"""The profile was fitted on the days whose spread is measured, which makes that a little too small."""
LEARNING_DAYS, OWN_PROFILE_DAYS = 14, 28
"""Under 14 known days nothing is said; under 28 the weekdays are those of the parent."""
MIN_CLOSED_WEEKS = 2
"""A weekday that was 0 once is not yet known to be closed."""
CHUNK = 4096
"""Windows worked on at once: small enough to stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Arrays over series × days, NaN where unknown. All but `offset` are logarithms of value + `offset`.

    `expected` by the level of the last two weeks, `usual` by that of the four weeks before the last ten days.
    `error` is the day less `expected`; `shift` the last seven days less the four weeks; `scale` the spread of a day.
    """

    offset: Values
    expected: Values
    usual: Values
    error: Values
    shift: Values
    scale: Values


def baseline(
    actual: Values, history: Values, floor: float, since: int = 0, parent_profile: Values | None = None
) -> Baseline:
    """The baseline of the columns from `since` on.

    `history` is `actual` without what must not teach: planned days unknown, holidays replaced. `floor` is the least
    spread of a day. `parent_profile` (1 or series × days from `since` on × 7, position 0 the scored day's weekday)
    stands in for series of under four weeks. Only days that `actual` knows have one.
    """
    windows = trailing(history, HISTORY_DAYS, 1, since)
    young = known_before(history)[:, since:] < OWN_PROFILE_DAYS
    found = {field.name: np.full(young.shape, np.nan) for field in fields(Baseline)}
    rows, columns = np.nonzero(~np.isnan(actual[:, since:]))
    for start in range(0, len(rows), CHUNK):
        at = rows[start : start + CHUNK], columns[start : start + CHUNK]
        lent = None
        if parent_profile is not None and young[at].any():
            lent = parent_profile[at[0] if len(parent_profile) > 1 else 0, at[1]]
        part = _part(actual[:, since:][at], windows[at], floor, young[at], lent)
        for field in fields(Baseline):
            found[field.name][at] = getattr(part, field.name)
    return Baseline(**found)


def weekday_profiles(history: Values, since: int = 0) -> Values:
    """Series × days from `since` on × 7: the profile as known before each day; position 0 is that day's weekday."""
    windows = trailing(history, HISTORY_DAYS, 1, since)
    return _profile(_log(_on_open_days(windows), _offset(windows)[..., np.newaxis]))


def _part(actual: Values, window: Values, floor: float, young: Flags, parent_profile: Values | None) -> Baseline:
    offset = _offset(window)
    x = _log(_on_open_days(window), offset[..., np.newaxis])
    profile = _profile(x)
    if parent_profile is not None:
        lent = young[..., np.newaxis] & ~np.isnan(parent_profile).any(axis=-1, keepdims=True)
        profile = np.where(lent, parent_profile, profile)
    level_days = x - np.tile(profile, HISTORY_DAYS // 7)
    today = profile[..., 0]
    x_today = _log(actual, offset)
    level = _median_of(level_days[..., -LEVEL_DAYS:], MIN_LEVEL_DAYS)
    if young.any():
        latest = _median_of(level_days[..., -RAMP_DAYS:], 1)
        nearer = young & (np.abs(x_today - latest - today) < np.abs(x_today - level - today))
        level = np.where(nearer, latest, level)
    base = _median_of(level_days[..., HISTORY_DAYS - BASE_FIRST : HISTORY_DAYS - BASE_LAST + 1], MIN_BASE_DAYS)
    recent = np.concatenate([level_days[..., 1 - RECENT_DAYS :], (x_today - today)[..., np.newaxis]], axis=-1)
    weeks = _weeks(level_days)
    rest = weeks - median(weeks)[..., np.newaxis]
    scored = known_count(window) >= LEARNING_DAYS
    return Baseline(
        offset=offset,
        expected=np.where(scored, level + today, np.nan),
        usual=np.where(scored, base + today, np.nan),
        error=np.where(scored, x_today - level - today, np.nan),
        shift=np.where(scored & ~np.isnan(x_today), _median_of(recent, MIN_LEVEL_DAYS) - base, np.nan),
        scale=SCALE_MARGIN * np.fmax(spread(rest.reshape(level_days.shape)), floor),
    )


def _on_open_days(window: Values) -> Values:
    """The same with weekdays that were 0 in every week as unknown: they say nothing of the level or its spread."""
    weeks = _weeks(window)
    if not (weeks == 0).any():
        return window
    zeros = np.count_nonzero(weeks == 0, axis=-2)
    closed = (zeros >= MIN_CLOSED_WEEKS) & (zeros == np.count_nonzero(~np.isnan(weeks), axis=-2))
    return np.where(np.tile(closed, HISTORY_DAYS // 7), np.nan, window)


def _offset(window: Values) -> Values:
    """NaN where the history is unknown or all 0: it has no logarithm."""
    offset = OFFSET_SHARE * mean(window)
    return np.where(np.nan_to_num(offset) > 0, offset, np.nan)


def _log(values: Values, offset: Values) -> Values:
    logarithms: Values = np.log(values + offset)
    return logarithms


def _profile(x: Values) -> Values:
    """Median over the weeks of a day less its week's median, with mean 0."""
    weeks = _weeks(x)
    profile = median(np.swapaxes(weeks - median(weeks)[..., np.newaxis], -1, -2))
    return profile - mean(profile)[..., np.newaxis]


def _weeks(days: Values) -> Values:
    return days.reshape(*days.shape[:-1], HISTORY_DAYS // 7, 7)


def _median_of(values: Values, at_least: int) -> Values:
    return np.where(known_count(values) >= at_least, median(values), np.nan)
