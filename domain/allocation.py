"""Who bears a shared cost: split by fixed shares, evenly or by weights, to the last decimal, in the order of rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from domain.exact import PLACES, from_units, places_of, to_units

Method: TypeAlias = Literal["fixed", "even", "proportional"]
Weight: TypeAlias = int | Decimal | Fraction


@dataclass(frozen=True, slots=True)
class SplitRule:
    """Moves what `origin` bears when the rule's turn comes to the receivers, by their `weights`.

    `fixed`: weights are shares of the whole, at most 1 together; the rest stays. `even`: only the names count.
    `proportional`: requests, tokens or direct costs; None is unknown.
    """

    name: str
    origin: str
    method: Method
    weights: Mapping[str, Weight | None]


@dataclass(frozen=True, slots=True)
class Move:
    """What a rule moved from one to another."""

    rule: str
    origin: str
    receiver: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Allocation:
    """`costs` after all rules, of everybody named; they add up to the costs before. `notes` say what stayed and why."""

    costs: dict[str, Decimal]
    moves: list[Move] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def split(amount: Decimal, weights: Mapping[str, Weight]) -> dict[str, Decimal]:
    """Parts of `amount` at 12 decimals that add up to it exactly; the largest remainders get what rounding left.

    Negative amounts (credits) split alike. Raises ValueError for a weight below 0, when no weight is above 0, and for
    an amount with more than 12 decimals.
    """
    if places_of([amount]) > PLACES:
        raise ValueError(f"{amount} has more than {PLACES} decimals; round it to the decimals of the store first")
    exact = {name: Fraction(weight) for name, weight in weights.items()}
    for name, weight in exact.items():
        if weight < 0:
            raise ValueError(f"the weight of {name} is {float(weight):g}; a share cannot be below 0")
    total = sum(exact.values())
    if not total:
        raise ValueError("no receiver has a weight above 0, so there is nobody to split the cost over")
    (units,) = to_units([amount])
    due = {name: abs(units) * weight / total for name, weight in exact.items()}
    parts = {name: int(part) for name, part in due.items()}
    left = abs(units) - sum(parts.values())
    for name in sorted(due, key=lambda name: (parts[name] - due[name], name))[:left]:
        parts[name] += 1
    sign = -1 if units < 0 else 1
    return {name: from_units(sign * part) for name, part in parts.items()}


def allocate(costs: Mapping[str, Decimal], rules: Sequence[SplitRule]) -> Allocation:
    """Applies the rules in order to the costs that each one bears directly; a later rule moves on what came in.

    A cost stays with its origin, and a note says so, when all weights are 0 or one is unknown: unknown is not 0.
    Raises ValueError when a rule gives to itself or back to an origin of an earlier rule, and for wrong weights.
    """
    units = {name: _units(name, cost) for name, cost in costs.items()}
    found = Allocation({})
    emptied: dict[str, str] = {}
    for rule in rules:
        emptied[rule.origin] = rule.name
        _refuse_return(rule, emptied)
        why = _stays(rule)
        if why:
            found.notes.append(f"{rule.name}: the cost stays with {rule.origin}, because {why}.")
            continue
        try:
            parts = _parts(rule, units.get(rule.origin, 0))
        except ValueError as error:
            raise ValueError(f"{rule.name}: {error}") from None
        for receiver, amount in parts.items():
            moved = _units(receiver, amount)
            units[rule.origin] = units.get(rule.origin, 0) - moved
            units[receiver] = units.get(receiver, 0) + moved
            found.moves.append(Move(rule.name, rule.origin, receiver, amount))
    found.costs.update({name: from_units(amount) for name, amount in units.items()})
    return found


def _parts(rule: SplitRule, units: int) -> dict[str, Decimal]:
    weights = {name: Fraction(1 if rule.method == "even" else weight or 0) for name, weight in rule.weights.items()}
    if rule.method != "fixed":
        return split(from_units(units), weights)
    rest = 1 - sum(weights.values())
    if rest < 0:
        raise ValueError(f"the fixed shares add up to {float(1 - rest):g}; they may be 1 at most")
    parts = split(from_units(units), {**weights, rule.origin: rest})
    del parts[rule.origin]
    return parts


def _stays(rule: SplitRule) -> str | None:
    """Why a rule moves nothing; None when it does."""
    if not rule.weights:
        return "the rule names no receiver"
    if rule.method == "even":
        return None
    unknown = sorted(name for name, weight in rule.weights.items() if weight is None)
    if unknown:
        return f"the weight of {', '.join(unknown)} is unknown"
    return None if any(rule.weights.values()) else "all weights are 0"


def _refuse_return(rule: SplitRule, emptied: Mapping[str, str]) -> None:
    for receiver in rule.weights:
        if receiver == rule.origin:
            raise ValueError(f"{rule.name}: {receiver} cannot receive its own cost; take it off the receivers")
        if receiver in emptied:
            raise ValueError(
                f"{rule.name}: {receiver} was allocated by {emptied[receiver]!r} before, and no cost flows back; "
                f"put this rule first or take {receiver} off its receivers"
            )


def _units(name: str, amount: Decimal) -> int:
    if places_of([amount]) > PLACES:
        raise ValueError(f"the cost of {name}, {amount}, has more than {PLACES} decimals; round it first")
    return to_units([amount])[0]
