"""The clocks of a period: which incidents are in it, their spread, what is odd and what is still open."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.incident.clocks import Clock, acknowledge, detect, restore
from domain.incident.incident import Incident, as_known_at
from domain.incident.spread import Spread, spread
from domain.incident.still_open import StillOpen, still_open
from domain.window import Window

IN_FUTURE = "a time of it is later than now"

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PeriodClocks:
    """`declared_count` incidents were declared in the period, `restored_count` restored in it.

    Detect and acknowledge are of those declared in it, restore of those restored in it. `open` is of now, whatever
    the period. `flags`: (incident, what is odd about it) of those in the period or open.
    """

    declared_count: int
    restored_count: int
    detect: Spread
    acknowledge: Spread
    restore: Spread
    open: StillOpen
    flags: tuple[tuple[Key, str], ...]


def period_clocks(incidents: Iterable[Incident], period: Window, now: datetime) -> PeriodClocks:
    """The clocks of a period as they are known at `now`. Merged and declined incidents count nowhere.

    An incident that is declared later than `now` is not there yet.
    """
    told = [one for one in incidents if one.counts and one.declared_at <= now]
    known = [as_known_at(one, now) for one in told]
    all_known = [one for one, _ in known]
    declared = [one for one in all_known if _is_in(one.declared_at, period)]
    restored = [one for one in all_known if _is_in(one.restored_at, period)]
    restoring = _spread_of(restored, restore)
    opened = still_open(all_known, now, restoring.mean_seconds)
    shown = {one.key for one in (*declared, *restored)} | {one.key for one in opened.incidents}
    flags = {(one.key, IN_FUTURE) for one, is_cut in known if is_cut and one.key in shown}
    flags |= _flags(declared, detect) | _flags(declared, acknowledge) | _flags(restored, restore)
    return PeriodClocks(
        declared_count=len(declared),
        restored_count=len(restored),
        detect=_spread_of(declared, detect),
        acknowledge=_spread_of(declared, acknowledge),
        restore=restoring,
        open=opened,
        flags=tuple(sorted(flags)),
    )


def _is_in(moment: datetime | None, period: Window) -> bool:
    return moment is not None and period.start <= moment < period.end


def _spread_of(incidents: Sequence[Incident], clock: Callable[[Incident], Clock]) -> Spread:
    seconds = [clock(one).seconds for one in incidents]
    return spread([value for value in seconds if value is not None], len(incidents))


def _flags(incidents: Sequence[Incident], clock: Callable[[Incident], Clock]) -> set[tuple[Key, str]]:
    return {(one.key, flag) for one in incidents if (flag := clock(one).flag)}
