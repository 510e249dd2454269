"""Several promises as one: how much of their budgets is spent, by weight. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from domain.slo.attainment import Counts, State, burn_rate, state


@dataclass(frozen=True, slots=True)
class Part:
    """One objective of a composite with what was counted."""

    name: str
    counts: Counts
    budget: Decimal
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Composite:
    """`remaining` is None when no part has data; `unknown` names the parts without, whose weight the others take."""

    remaining: Fraction | None
    state: State
    unknown: tuple[str, ...]


def composite(parts: Sequence[Part]) -> Composite:
    """One minus the weighted mean of what each part spent of its own budget, so a strict part is not drowned.

    Missed when the budget is overspent and some part is surely missed; met when every known part surely is; between
    them there is not enough data. Ratios of unlike things have no mean, so a composite has no attainment.
    """
    burns = {part.name: burn for part in parts if (burn := burn_rate(part.counts, part.budget)) is not None}
    known = [part for part in parts if part.name in burns]
    unknown = tuple(part.name for part in parts if part.name not in burns)
    if not known:
        return Composite(None, State.NO_DATA, unknown)
    weight = sum((Fraction(part.weight) for part in known), Fraction(0))
    spent = sum((Fraction(part.weight) * burns[part.name] for part in known), Fraction(0)) / weight
    states = {state(part.counts, 1 - part.budget) for part in known}
    if spent > 1 and State.MISSED in states:
        verdict = State.MISSED
    else:
        verdict = State.MET if states == {State.MET} else State.NOT_ENOUGH
    return Composite(1 - spent, verdict, unknown)
