"""In which minutes a pair of windows alerts: exact, and for all minutes of a series at once. Pure NumPy."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np

from domain.slo.pairs import AlertPair
from domain.slo.series import Flags, MinuteSeries, exceeds

Span = tuple[int, int]
"""First and last alerting minute, since 1970."""


def alerting(judged: MinuteSeries, events: MinuteSeries, pair: AlertPair, budget: Decimal, min_bad: int) -> list[Span]:
    """The spans of minutes in which the burn rate over both windows exceeds the pair's factor, strictly.

    `judged` is what the budgeting method counts over the minutes of `events`; the long window must hold at
    least `min_bad` bad events. Minute m sees what happened in m and in the minutes of the window before it; at the
    beginning a window holds what there is. A window without events does not alert.
    """
    bad, _ = events.trailing(pair.long_minutes)
    fires: Flags = np.asarray(bad >= min_bad * events.scale, dtype=np.bool_)
    for minutes in (pair.long_minutes, pair.short_minutes):
        fires &= exceeds(*judged.trailing(minutes), Fraction(pair.factor * budget))
    return [(events.start + first, events.start + last) for first, last in _spans(fires)]


def _spans(flags: Flags) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(first), int(end) - 1) for first, end in pairwise(edges.tolist())][::2]
