"""How many accidents are found, how soon, and how often nothing was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.anomaly.incidents import incidents
from tests.domain.anomaly.generator import GRACE_DAYS, QUIET_DAYS, Accident

DAYS_A_MONTH = 30.4


@dataclass(frozen=True, slots=True)
class Found:
    """Of one kind of accident."""

    count: int
    recall: float
    median_delay: float
    excess_share: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Over all series and months from day `QUIET_DAYS` on; an incident that touches no accident is a false alert."""

    recall: float
    precision: float
    false_per_series_month: float
    excess_share: float
    kinds: dict[str, Found]

    @property
    def f1(self) -> float:
        """The harmonic mean of recall and precision."""
        return 2 * self.recall * self.precision / (self.recall + self.precision)


def quality(alerts: NDArray[np.bool_], accidents: Sequence[Accident], since: int = QUIET_DAYS) -> Quality:
    """Found means an alert inside the accident; `excess_share` is the part of all excess in found ones."""
    watched = alerts.copy()
    watched[:, :since] = False
    delays = [_delay(watched, one) for one in accidents]
    false = right = 0
    for row, found in enumerate(incidents(watched)):
        mine = [one for one in accidents if one.feature == row]
        for incident in found:
            hit = any(incident.start < one.end + GRACE_DAYS and one.start < incident.end for one in mine)
            right, false = right + hit, false + (not hit)
    months = watched.shape[0] * (watched.shape[1] - since) / DAYS_A_MONTH
    kinds = {
        kind: _found([pair for pair in zip(accidents, delays, strict=True) if pair[0].kind == kind])
        for kind in sorted({one.kind for one in accidents})
    }
    every = _found(list(zip(accidents, delays, strict=True)))
    return Quality(every.recall, right / max(1, right + false), false / months, every.excess_share, kinds)


def _delay(alerts: NDArray[np.bool_], one: Accident) -> int | None:
    inside = np.flatnonzero(alerts[one.feature, one.start : one.end])
    return int(inside[0]) if len(inside) else None


def _found(pairs: Sequence[tuple[Accident, int | None]]) -> Found:
    delays = [delay for _, delay in pairs if delay is not None]
    excess = sum(one.excess.clip(0).sum() for one, _ in pairs)
    seen = sum(one.excess.clip(0).sum() for one, delay in pairs if delay is not None)
    return Found(
        count=len(pairs),
        recall=len(delays) / max(1, len(pairs)),
        median_delay=float(np.median(delays)) if delays else float("nan"),
        excess_share=float(seen / excess) if excess else float("nan"),
    )
