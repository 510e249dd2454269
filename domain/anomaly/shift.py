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
"""A move back, or a day in its direction, within 45 days of a move beyond 4 is mostly the return to normal."""


def moves(shift: Values, scale: Values, ages: NDArray[np.int64], silent: Flags) -> Values:
    """Each of the last days' shift in its usual movement; 0 where too young or `silent` after a launch.

    `shift` holds all days; the others the last ones, and `ages` the known days before each.
    """
    since = shift.shape[1] - scale.shape[1]
    usual = mad_spread(trailing(shift, SPREAD_FIRST, SPREAD_LAST, since))
    found = shift[:, since:] / np.fmax(usual, MIN_SCALE_SHARE * scale)
    return np.where((ages >= FULL_DAYS) & ~silent, np.nan_to_num(found), 0.0)


def eased_on_return(scores: Values, moved: Values) -> Values:
    """The scores of the last days, halved where they undo a move of the other direction. `moved` holds all days."""
    since = moved.shape[1] - scores.shape[1]
    back = np.nan_to_num(trailing(moved, RETURN_DAYS, 1, since))
    returning = np.where(scores < 0, back.max(axis=-1) > RETURN_SCORE, back.min(axis=-1) < -RETURN_SCORE)
    return np.where(returning, RETURN_FACTOR * scores, scores)
