"""Process-behaviour (XmR) limits: when a change is a signal and when it is what the process always does. Pure.

Wheeler, *Understanding Variation* (1993): limits at 2.66 mean moving ranges from the mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum

from domain.kpi.target import TOLERANCE

NATURAL = 2.66
"""3 / 1.128: three sigma from the mean moving range of two neighbours."""
FEWEST = 6
"""With fewer periods limits are a guess."""
RUN = 8
NEAR, OF = 3, 4


@dataclass(frozen=True, slots=True)
class Process:
    """Where a KPI usually moves. `signal` is -1 or 1 for the side of the newest value's signal, 0 for noise; `reason`
    says which rule found it."""

    centre: float
    lower: float
    upper: float
    signal: int = 0
    reason: str = ""


def process(values: Sequence[float | None]) -> Process | None:
    """Limits of the periods before the newest one, and what the newest one says; oldest first.

    None while fewer than six periods before it are known, or the newest is not.
    """
    known = [value for value in values if value is not None]
    if not values or values[-1] is None or len(known) <= FEWEST:
        return None
    before = known[:-1]
    ranges = [abs(b - a) for a, b in pairwise(before)]
    centre = fsum(before) / len(before)
    reach = NATURAL * fsum(ranges) / len(ranges) + TOLERANCE * max(1.0, abs(centre))
    limits = Process(centre, centre - reach, centre + reach)
    side, reason = _signal(known, limits)
    return Process(limits.centre, limits.lower, limits.upper, side, reason)


def _signal(known: Sequence[float], limits: Process) -> tuple[int, str]:
    newest = known[-1]
    if newest > limits.upper:
        return 1, "above its usual limits"
    if newest < limits.lower:
        return -1, "below its usual limits"
    for side in (1, -1):
        away = [side * (value - limits.centre) for value in known]
        least = TOLERANCE * max(1.0, abs(limits.centre))
        if len(away) >= RUN and all(value > least for value in away[-RUN:]):
            return side, f"{RUN} periods in a row on one side of its mean"
        near = side * ((limits.upper if side > 0 else limits.lower) - limits.centre) / 2
        if near > least and away[-1] > near and len(away) >= OF and sum(value > near for value in away[-OF:]) >= NEAR:
            return side, f"{NEAR} of {OF} periods closer to a limit than to its mean"
    return 0, ""
