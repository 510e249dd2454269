"""Series that are 0 on many days: how large is an active day against other active days?"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from domain.anomaly.baseline import CHUNK, LEARNING_DAYS
from domain.anomaly.robust import ROBUST, Flags, known_count, trailing
from domain.forecast.series import Values, median

HISTORY_DAYS = 84
ACTIVE_RATIO = 0.75
"""Active on fewer days than this a series has no level to leave."""
CLOSED_RATIO = 0.1
MIN_CLOSED_WEEKS = 2
"""A weekday active once in twelve weeks is closed: an office's Saturday is no sign of a series that rests often."""
MIN_ACTIVE_DAYS = 5
"""A median of fewer active days says little of the next."""
MIN_SPREAD = 0.5
SCORE_FACTOR = 1.5


def resting_days(history: Values, since: int = 0) -> tuple[Flags, Flags]:
    """Series × days from `since` on: whether the series is sparse, and whether the day's weekday is closed.

    Sparse: under three quarters of the days of the twelve weeks before were above 0, closed weekdays left out.
    """
    cut = max(0, since - HISTORY_DAYS)
    recent = history[:, cut:]
    known, active = (_by_weekday(flags, since - cut) for flags in (~np.isnan(recent), recent > 0))
    closed = (active <= CLOSED_RATIO * known) & (known >= MIN_CLOSED_WEEKS)
    days, lively = (np.where(closed, 0, counts).sum(axis=-1) for counts in (known, active))
    return lively < ACTIVE_RATIO * days, closed[..., 0]


def _by_weekday(flags: Flags, since: int) -> NDArray[np.int16]:
    """Series × days × 7: how many of the twelve same weekdays before; position 0 is the day's own weekday."""
    weekly = np.concatenate([np.zeros((len(flags), HISTORY_DAYS + 7), dtype=np.int16), flags], axis=1)
    for start in range(7, weekly.shape[1], 7):
        week = weekly[:, start : start + 7]
        week += weekly[:, start - 7 : start - 7 + week.shape[1]]
    spans = weekly[:, HISTORY_DAYS:] - weekly[:, :-HISTORY_DAYS]
    counts = sliding_window_view(spans, 7, axis=1)[:, since : flags.shape[1]]
    return np.ascontiguousarray(counts)


def sparse_scores(actual: Values, history: Values, chosen: Flags, since: int = 0) -> tuple[Values, Values]:
    """Score and expected value of the `chosen` days, series × days from `since` on; NaN elsewhere.

    A day of 0 scores 0: such a series rests often. What is expected is an active day's median.
    """
    score, expected = np.full(chosen.shape, np.nan), np.full(chosen.shape, np.nan)
    windows = trailing(history, HISTORY_DAYS, 1, since)
    rows, columns = np.nonzero(chosen)
    for start in range(0, len(rows), CHUNK):
        at = rows[start : start + CHUNK], columns[start : start + CHUNK]
        window, value = windows[at], actual[:, since:][at]
        sizes = np.log(np.where(window > 0, window, np.nan))
        middle = median(sizes)
        width = np.maximum(ROBUST * median(np.abs(sizes - middle[:, np.newaxis])), MIN_SPREAD)
        size = np.log(np.where(value > 0, value, np.nan))
        found = SCORE_FACTOR * np.maximum(0.0, (size - middle) / width)
        enough = (known_count(window) >= LEARNING_DAYS) & (known_count(sizes) >= MIN_ACTIVE_DAYS)
        score[at] = np.where(enough & ~np.isnan(value), np.nan_to_num(found), np.nan)
        expected[at] = np.where(enough, np.exp(middle), np.nan)
    return score, expected
