"""The 7-day channel: has the level moved, against how much it usually moves?"""

import numpy as np
from numpy.typing import NDArray

from domain.anomaly.robust import Flags, mad_spread, trailing
from domain.forecast.series import Values

SPREAD_FIRST, SPREAD_LAST = 63, 7
"""The earlier shifts that tell how much the level usually moves, in days before the scored one."""
MIN_SCALE_SHARE = 0.5
"""A shift of seven days is never believed to be steadier than half a day's spread."""
FULL_DAYS = 70
"""Known days before the usual movement of a level can be told."""
RETURN_DAYS, RETURN_SCORE, RETURN_FACTOR = 45, 4.0, 0.5
"""A move back within 45 days of one beyond 4 is mostly the return to normal."""


def shift_scores(shift: Values, scale: Values, ages: NDArray[np.int64], silent: Flags) -> Values:
    """Series × days; `ages` are the known days before each. 0 where too young or `silent` after a launch."""
    usual = mad_spread(trailing(shift, SPREAD_FIRST, SPREAD_LAST))
    scores = shift / np.fmax(usual, MIN_SCALE_SHARE * scale)
    scores = np.where((ages >= FULL_DAYS) & ~silent, np.nan_to_num(scores), 0.0)
    back = trailing(scores, RETURN_DAYS, 1)
    beyond = np.nan_to_num(back)
    returning = np.where(scores < 0, beyond.max(axis=-1) > RETURN_SCORE, beyond.min(axis=-1) < -RETURN_SCORE)
    return np.where(returning, RETURN_FACTOR * scores, scores)
