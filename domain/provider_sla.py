"""What a provider promises of a model, and whether it was kept. Exact; floats only to draw. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction

from domain.slo.attainment import Counts, State, state
from domain.slo.buckets import Histogram

P95 = Fraction(95, 100)
ANY_MODEL = "*"


@dataclass(frozen=True, slots=True)
class Sla:
    """A promise of a provider for the models that the glob `model` matches; None promises nothing of that kind.

    `throttled_is_bad` False: requests over the agreed rate (429) are in neither good nor bad. `url` and `note` name
    the contract.
    """

    provider: str
    model: str = ANY_MODEL
    availability: Decimal | None = None
    p95_seconds: Decimal | None = None
    throttled_is_bad: bool = True
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of requests; `rejected` (another 4xx than 429) are the caller's fault."""

    request_count: int
    throttled_count: int
    rejected_count: int
    failed_count: int

    @property
    def valid_count(self) -> int:
        """All but what the caller got wrong."""
        return self.request_count - self.rejected_count

    @property
    def error_ratio(self) -> Fraction | None:
        """Failed of valid; None of nothing."""
        return Fraction(self.failed_count, self.valid_count) if self.valid_count else None

    @property
    def throttle_ratio(self) -> Fraction | None:
        """Throttled of valid; None of nothing."""
        return Fraction(self.throttled_count, self.valid_count) if self.valid_count else None

    def served(self, *, throttled_is_bad: bool = True) -> Counts:
        """Good and all that count for the availability."""
        good = self.valid_count - self.failed_count - self.throttled_count
        total = self.valid_count if throttled_is_bad else self.valid_count - self.throttled_count
        return Counts(Fraction(good), Fraction(total))

    def __add__(self, other: "Fates") -> "Fates":
        return Fates(
            self.request_count + other.request_count,
            self.throttled_count + other.throttled_count,
            self.rejected_count + other.rejected_count,
            self.failed_count + other.failed_count,
        )


def sla_of(slas: Iterable[Sla], provider: str, model: str | None) -> Sla | None:
    """The first whose glob matches a model; of a provider as a whole (None) the one for all its models."""
    for sla in slas:
        if sla.provider == provider and (sla.model == ANY_MODEL or (model and fnmatchcase(model, sla.model))):
            return sla
    return None


def availability_state(fates: Fates | None, sla: Sla) -> State | None:
    """Whether the availability was kept; None when none is promised."""
    if sla.availability is None:
        return None
    if fates is None:
        return State.NO_DATA
    return state(fates.served(throttled_is_bad=sla.throttled_is_bad), sla.availability)


def p95_state(durations: Histogram | None, sla: Sla) -> State | None:
    """Whether 95 % were answered in time; None when nothing is promised.

    Between two edges of the buckets nobody knows the count: kept only if it is even at the edge below, broken only if
    it is even at the edge above.
    """
    if sla.p95_seconds is None:
        return None
    if durations is None or not durations.total:
        return State.NO_DATA
    least, most = _at_most(durations, sla.p95_seconds)
    target = Decimal("0.95")
    if state(Counts(least, durations.total), target) is State.MET:
        return State.MET
    if state(Counts(most, durations.total), target) is State.MISSED:
        return State.MISSED
    return State.NOT_ENOUGH


def together(states: Sequence[State | None]) -> State | None:
    """Missed when one is; kept when all with data are; None when nothing is promised."""
    known = [one for one in states if one is not None]
    for worst in (State.MISSED, State.NOT_ENOUGH, State.MET, State.NO_DATA):
        if worst in known:
            return worst
    return None


def _at_most(durations: Histogram, seconds: Decimal) -> tuple[Fraction, Fraction]:
    """How many took no longer at least, and at most."""
    pairs = list(zip(durations.bounds, durations.cumulative, strict=True))
    least = max((count for bound, count in pairs if bound <= seconds), default=Fraction(0))
    most = min((count for bound, count in pairs if bound >= seconds), default=durations.total)
    return least, most
