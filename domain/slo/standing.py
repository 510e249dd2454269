"""How a promise stands at one moment: what it attained, what is left of its budget, how fast that goes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from domain.slo.attainment import NOTHING, Counts, State, attained, burn_rate, interval, remaining, state
from domain.slo.composite import Composite, Part, composite
from domain.slo.definition import Objective, SloDefinition
from domain.slo.exhaustion import calendar_minutes_left, minutes_left
from domain.slo.pairs import AlertPair
from domain.slo.period import CalendarPeriod, Period
from domain.window import Window

SHOWN_MINUTES = (60, 360, 4320)
"""The windows whose burn rates stand beside each other: an hour, six hours, three days."""
RECENT_MINUTES = 360
"""What goes on: long enough that one bad minute is no trend, short enough to see today's outage."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One objective at `at`. `counts` are of its first period so far, `burns` of the last minutes by their number.

    `events` are the same windows as events, whatever the budgeting method counts. `others` are the further periods.
    """

    slo: SloDefinition
    objective: Objective
    at: datetime
    counts: Counts
    burns: Mapping[int, Counts]
    events: Mapping[int, Counts]
    excluded_count: int = 0
    others: tuple[tuple[Period, Counts], ...] = ()

    @property
    def key(self) -> str:
        """Its name across all SLOs."""
        return self.slo.key(self.objective)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.slo.title(self.objective)

    @property
    def period(self) -> Period:
        """What the budget goes by."""
        return self.slo.windows[0]

    @property
    def attained(self) -> Fraction | None:
        """The ratio of good; None without events."""
        return attained(self.counts)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of it."""
        return interval(self.counts)

    @property
    def state(self) -> State:
        """Met, missed, or nothing to tell yet."""
        return state(self.counts, self.objective.target)

    @property
    def remaining(self) -> Fraction | None:
        """The part of the budget that is left; negative when overspent."""
        return remaining(self.counts, self.objective.budget)

    def burn(self, minutes: int) -> Fraction | None:
        """How many times as fast as allowed the budget went lately; None without events."""
        return burn_rate(self.burns.get(minutes, NOTHING), self.objective.budget)

    @property
    def firing(self) -> tuple[AlertPair, ...]:
        """The pairs that alert now."""
        return tuple(pair for pair in self.objective.pairs if self._fires(pair))

    @property
    def exhausted_at(self) -> datetime | None:
        """When the budget is gone if the last six hours go on; None when they do not burn it, or nothing is known."""
        left = self.remaining
        if left is None:
            return None
        recent = self.burns.get(RECENT_MINUTES, NOTHING)
        if isinstance(self.period, CalendarPeriod):
            end = self.period.span_until(self.at).end
            minutes = calendar_minutes_left(
                self.counts, self.objective.budget, recent, RECENT_MINUTES, (end - self.at) // timedelta(minutes=1)
            )
        else:
            burn = self.burn(RECENT_MINUTES)
            found = minutes_left(left, self.period.nominal_minutes, burn if burn and burn > 1 else None)
            minutes = None if found is None else int(found)
        return None if minutes is None else self.at + timedelta(minutes=minutes)

    @property
    def may_still_fire(self) -> bool:
        """Whether a pair burns over its long window, and nothing at all was counted in its short one: it fires no
        more, and nobody knows whether it is over."""
        return any(
            self._burns(pair, pair.long_minutes) and not self.burns.get(pair.short_minutes, NOTHING).total
            for pair in self.objective.pairs
        )

    def _fires(self, pair: AlertPair) -> bool:
        return self._burns(pair, pair.long_minutes) and self._burns(pair, pair.short_minutes)

    def _burns(self, pair: AlertPair, minutes: int) -> bool:
        if self.events.get(pair.long_minutes, NOTHING).bad < self.slo.min_bad:
            return False
        counts = self.burns.get(minutes, NOTHING)
        return counts.bad > Fraction(pair.factor * self.objective.budget) * counts.total


def together(standings: Sequence[Standing]) -> Composite:
    """The objectives of one composite SLO as one."""
    return composite([Part(s.objective.name, s.counts, s.objective.budget, s.objective.weight) for s in standings])


def windows_of(slos: Iterable[SloDefinition]) -> list[int]:
    """The lengths in minutes that standings need, shortest first."""
    pairs = [pair for slo in slos for objective in slo.objectives for pair in objective.pairs]
    lengths = {minutes for pair in pairs for minutes in (pair.long_minutes, pair.short_minutes)}
    return sorted({*SHOWN_MINUTES, *lengths})


def trailing(at: datetime, minutes: int) -> Window:
    """The last minutes up to `at`, which is not in them."""
    return Window(at - timedelta(minutes=minutes), at)


def slice_of(objective: Objective) -> tuple[int, Decimal]:
    """Length in minutes and target of an objective's slices; one minute where it has none."""
    return (objective.slice_seconds or 60) // 60, objective.slice_target or objective.target
