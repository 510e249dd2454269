"""How each provider and model did for us, beside what it promises. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

from app import format as fmt
from domain.provider_sla import P95, Fates, Sla, availability_state, p95_state, sla_of, together
from domain.slo.attainment import State, attained
from domain.slo.buckets import Histogram, ladder, merged

Row = Mapping[str, Any]
Key = tuple[str, str | None]

STATES = {
    State.MISSED: "✕ Broken",
    State.NOT_ENOUGH: "? Not enough data",
    State.MET: "✓ Kept",
    State.NO_DATA: "– No data",
    None: "– No SLA",
}
_ORDER = (State.MISSED, State.NOT_ENOUGH, State.MET, State.NO_DATA, None)
FATES = ("request_count", "throttled_count", "rejected_count", "failed_count")
DURATION, FIRST_TOKEN = "duration", "time_to_first_token"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a period knows of a provider's or a model's answers; None is unknown."""

    fates: Fates | None = None
    durations: Histogram | None = None
    first_tokens: Histogram | None = None

    def p95(self) -> float | None:
        """Seconds within which 95 % were answered whole."""
        return self.durations.percentile(P95) if self.durations else None

    def first_token_p95(self) -> float | None:
        """Seconds within which 95 % had their first token."""
        return self.first_tokens.percentile(P95) if self.first_tokens else None

    def available(self, sla: Sla | None) -> Fraction | None:
        """Good of all requests that count, as the contract counts throttled ones."""
        if self.fates is None:
            return None
        return attained(self.fates.served(throttled_is_bad=sla is None or sla.throttled_is_bad))


@dataclass(frozen=True, slots=True)
class Spent:
    """Money and usage of a period; estimates at list price stand apart from bills."""

    billed: Decimal | None = None
    before: Decimal | None = None
    estimated: Decimal | None = None
    reported: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Incidents of a provider that hurt in a period, and how long in all; None where no status page is known."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Score:
    """One row: a provider as a whole (`is_whole`), or one of its models. `parts` are the models of a whole."""

    provider: str
    model: str | None
    is_whole: bool
    sla: Sla | None
    now: Answers
    before: Answers
    spent: Spent
    trouble: Trouble | None = None
    trouble_before: Trouble | None = None
    parts: tuple["Score", ...] = ()

    @property
    def name(self) -> str:
        """The provider as it writes itself."""
        return fmt.provider(self.provider)

    @property
    def own_states(self) -> tuple[State | None, State | None]:
        """Of the availability and of the P95, by the contract for this very row."""
        if self.sla is None:
            return None, None
        return availability_state(self.now.fates, self.sla), p95_state(self.now.durations, self.sla)

    @property
    def state(self) -> State | None:
        """Broken when one promise of it, or one of a model with a contract of its own, is broken."""
        of_parts = [part.state for part in self.parts if part.sla is not None and part.sla != self.sla]
        return together([*self.own_states, *of_parts])

    @property
    def status(self) -> str:
        """Sign and word."""
        return STATES[self.state]

    @property
    def has_answers(self) -> bool:
        """True where a request log tells of it."""
        return self.now.fates is not None


def scores(
    requests: Iterable[Row],
    latency: Iterable[Row],
    spend: Iterable[Row],
    trouble: Mapping[str, Trouble],
    trouble_before: Mapping[str, Trouble],
    slas: Sequence[Sla],
) -> list[Score]:
    """One score per provider with its models as parts, what needs a person first.

    Rows of provider/requests, provider/latency and provider/spend; troubles by provider.
    """
    asked, timed = list(requests), list(latency)
    fates = {is_now: _fates(asked, "" if is_now else "previous_") for is_now in (True, False)}
    histograms = {is_now: _histograms(timed, "" if is_now else "previous_") for is_now in (True, False)}
    spent = {(row["provider"], row["model"]): _spent(row) for row in spend}
    keys = {*fates[True], *fates[False], *spent}
    models: dict[str, list[Score]] = defaultdict(list)
    for provider, model in keys:
        key = (provider, model)
        now, before = (
            Answers(
                fates[is_now].get(key),
                histograms[is_now].get((*key, DURATION)),
                histograms[is_now].get((*key, FIRST_TOKEN)),
            )
            for is_now in (True, False)
        )
        sla = sla_of(slas, provider, model) if model or key in fates[True] else None
        models[provider].append(Score(provider, model, False, sla, now, before, spent.get(key, Spent())))
    providers = {*models, *trouble, *(sla.provider for sla in slas)}
    found = [
        _whole(name, models.get(name, []), sla_of(slas, name, None), trouble.get(name), trouble_before.get(name))
        for name in providers
    ]
    return sorted(found, key=_urgency)


def listed_models(found: Iterable[Score]) -> list[Score]:
    """All models of the providers in their order, the dearest or most used first."""
    return [part for score in found for part in score.parts]


def headline(found: Sequence[Score]) -> str:
    """Who broke a promise, or how many kept theirs; what is missing where nothing can be said."""
    promised = [score for score in found if score.state is not None]
    if not promised:
        known = [score for score in found if score.has_answers]
        if not known:
            return "No provider has an SLA declared, and no request log tells how they answered"
        worst = min(known, key=lambda score: score.now.available(None) or Fraction(0))
        available = fmt.attainment(worst.now.available(None))
        return f"No SLA is declared; {worst.name} answered worst, with {available} available"
    broken = [score for score in promised if score.state is State.MISSED]
    if broken:
        others = len(broken) - 1
        more = f"; {fmt.plural(others, 'more provider')} broke what was promised" if others else ""
        return f"{reason(broken[0])}{more}"
    kept = sum(score.state is State.MET for score in promised)
    return f"{kept} of {fmt.plural(len(promised), 'provider')} with an SLA kept it"


def reason(score: Score) -> str:
    """The first promise that was broken, in numbers."""
    for one in (score, *score.parts):
        available, p95 = one.own_states
        what = f"{one.name}'s {one.model}" if one.model else one.name
        if one.sla and one.sla.availability and available is State.MISSED:
            told = fmt.attainment(one.now.available(one.sla))
            return f"{what} was {told} available instead of {fmt.target(one.sla.availability)}"
        if one.sla and one.sla.p95_seconds and p95 is State.MISSED:
            told = fmt.seconds(one.now.p95())
            return f"{what} took {told} at P95 instead of {fmt.seconds(float(one.sla.p95_seconds))}"
    return ""


def _whole(provider: str, models: list[Score], sla: Sla | None, now: Trouble | None, before: Trouble | None) -> Score:
    parts = sorted(models, key=lambda one: (-(one.spent.billed or 0), -_asked(one), one.model or ""))
    return Score(
        provider=provider,
        model=None,
        is_whole=True,
        sla=sla,
        now=_added([one.now for one in parts]),
        before=_added([one.before for one in parts]),
        spent=Spent(
            _sum([one.spent.billed for one in parts]),
            _sum([one.spent.before for one in parts]),
            _sum([one.spent.estimated for one in parts]),
            _count([one.spent.reported for one in parts]),
        ),
        trouble=now,
        trouble_before=before,
        parts=tuple(parts),
    )


def _asked(score: Score) -> int:
    return score.now.fates.request_count if score.now.fates else 0


def _added(answers: Sequence[Answers]) -> Answers:
    fates = [one.fates for one in answers if one.fates]
    durations = [one.durations for one in answers if one.durations]
    tokens = [one.first_tokens for one in answers if one.first_tokens]
    return Answers(
        sum(fates[1:], fates[0]) if fates else None,
        merged(durations) if durations else None,
        merged(tokens) if tokens else None,
    )


def _fates(rows: Iterable[Row], prefix: str) -> dict[Key, Fates]:
    return {
        (row["provider"], row["model"]): Fates(*(row[prefix + name] for name in FATES))
        for row in rows
        if row[f"{prefix}request_count"] is not None
    }


def _histograms(rows: Sequence[Row], prefix: str) -> dict[tuple[str, str | None, str], Histogram]:
    """All at the same edges: the ladder's and those that SLOs added. A bucket without a row counted nothing."""
    edges = ladder(Decimal(str(row["le_seconds"])) for row in rows if isfinite(row["le_seconds"]))
    counted: dict[tuple[str, str | None, str], dict[Decimal, int]] = defaultdict(dict)
    beyond: dict[tuple[str, str | None, str], int] = defaultdict(int)
    for row in rows:
        key = (row["provider"], row["model"], row["measure"])
        if isfinite(row["le_seconds"]):
            counted[key][Decimal(str(row["le_seconds"]))] = row[f"{prefix}request_count"]
        else:
            beyond[key] += row[f"{prefix}request_count"]
    found = {}
    for key in {*counted, *beyond}:
        cumulative, reached = [], Fraction(0)
        for edge in edges:
            reached += counted[key].get(edge, 0)
            cumulative.append(reached)
        if total := reached + beyond[key]:
            found[key] = Histogram(edges, tuple(cumulative), total)
    return found


def _spent(row: Row) -> Spent:
    return Spent(row["billed_cost"], row["previous_billed_cost"], row["estimated_cost"], row["reported_request_count"])


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal()) if known else None


def _count(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _urgency(score: Score) -> tuple[Any, ...]:
    return _ORDER.index(score.state), -(score.spent.billed or 0), score.provider
