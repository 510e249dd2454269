"""What other attribution rules would change: the cost of each rule, what moves, what stays unowned. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeAlias, TypeVar

from domain.attribution import Dimensions, Rule, ownership, tags_of
from domain.exact import PLACES
from domain.rule_index import RuleIndex

Feature: TypeAlias = str | None
"""None: nobody's."""
Costs: TypeAlias = dict[Feature, Decimal]
Moves: TypeAlias = dict[tuple[Feature, Feature], Decimal]

Name = TypeVar("Name")

_UNIT = Decimal(1).scaleb(-PLACES)
_EXACT = Context(prec=100)


@dataclass(frozen=True, slots=True)
class KeyCost:
    """What one feature bears of the cost of one attribution key on one day now; None: nobody."""

    day: date
    dimensions: Dimensions
    feature: Feature
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """The part `[share_from, share_to)` of a key's day that a feature would bear; the parts of a key cover 0 to 1."""

    feature: str
    share_from: Decimal
    share_to: Decimal


Shares: TypeAlias = Mapping[tuple[date, Dimensions], Sequence[Share]]
"""Day and key → who would share it, where a rule splits."""


@dataclass(frozen=True, slots=True)
class RuleCost:
    """What one rule would own, and the part that is somebody else's or nobody's now. `rule` None: what none matches.

    `split_by` names the log by which the rule would split, `parts` what each feature would bear of it.
    """

    rule: str | None
    feature: Feature
    cost: Decimal
    moved_cost: Decimal
    split_by: str | None = None
    parts: Costs = field(default_factory=dict)

    @property
    def shares_nothing(self) -> bool:
        """True when a rule that splits owns costs, and leaves all of them to its own feature."""
        return self.split_by is not None and bool(self.cost) and self.parts.keys() <= {self.feature}


@dataclass(frozen=True, slots=True)
class Preview:
    """`rules` in their order, then what nobody owns; their costs add up to the bill. `moves`: (from, to) → cost."""

    rules: tuple[RuleCost, ...]
    moves: Moves
    unattributed_before: Decimal

    @property
    def unattributed_after(self) -> Decimal:
        """What no rule would own."""
        return self.rules[-1].cost


def preview(costs: Iterable[KeyCost], rules: Sequence[Rule], shares: Shares | None = None) -> Preview:
    """The costs under these rules, each key matched once; a key with `shares` is split by them."""
    index, spans = RuleIndex(rules), {}
    owned: dict[str | None, Decimal] = defaultdict(Decimal)
    moved: dict[str | None, Decimal] = defaultdict(Decimal)
    parts: dict[str | None, Costs] = defaultdict(lambda: defaultdict(Decimal))
    moves: Moves = defaultdict(Decimal)
    borne = _by_key(costs)
    for (day, dimensions), before in borne.items():
        if dimensions not in spans:
            candidates = index.candidates(dimensions)
            spans[dimensions] = ownership(candidates, dimensions, tags_of(dimensions.tags))
        rule = next(s.rule for s in spans[dimensions] if s.valid_from <= day < s.valid_to)
        name = rule.name if rule else None
        whole = sum(before.values(), Decimal())
        after = {rule.feature if rule else None: whole}
        if rule and rule.split_by:
            after = _divided(whole, (shares or {}).get((day, dimensions), ())) or after
            _add(parts[name], after)
        owned[name] += whole
        changes = _moves(before, after)
        moved[name] += sum(changes.values(), Decimal())
        _add(moves, changes)
    listed = [
        RuleCost(r.name, r.feature, owned[r.name], moved[r.name], r.split_by, dict(parts[r.name]) if r.split_by else {})
        for r in rules
    ]
    unowned = sum((before.get(None, Decimal()) for before in borne.values()), Decimal())
    return Preview((*listed, RuleCost(None, None, owned[None], moved[None])), dict(moves), unowned)


def _by_key(costs: Iterable[KeyCost]) -> dict[tuple[date, Dimensions], Costs]:
    found: dict[tuple[date, Dimensions], Costs] = defaultdict(lambda: defaultdict(Decimal))
    for one in costs:
        found[one.day, one.dimensions][one.feature] += one.cost
    return found


def _divided(cost: Decimal, shares: Sequence[Share]) -> Costs:
    """The parts of a cost as the store makes them: differences of rounded amounts, which add up to it."""
    found: Costs = defaultdict(Decimal)
    for share in shares:
        found[share.feature] += _rounded(cost, share.share_to) - _rounded(cost, share.share_from)
    return found


def _rounded(cost: Decimal, share: Decimal) -> Decimal:
    return _EXACT.multiply(cost, share).quantize(_UNIT, ROUND_HALF_UP, context=_EXACT)


def _moves(before: Costs, after: Costs) -> Moves:
    """Who gives how much to whom: what a feature keeps does not move. Credits move like costs."""
    sign = -1 if sum(before.values(), Decimal()) < 0 else 1
    changes = {
        feature: sign * (after.get(feature, Decimal()) - before.get(feature, Decimal()))
        for feature in sorted(before.keys() | after.keys(), key=lambda feature: feature or "")
    }
    takers = [(feature, change) for feature, change in changes.items() if change > 0]
    found: Moves = {}
    for giver, change in changes.items():
        left = -change
        while left > 0 and takers:
            taker, wanted = takers.pop(0)
            amount = min(left, wanted)
            found[giver, taker] = sign * amount
            left -= amount
            if wanted > amount:
                takers.insert(0, (taker, wanted - amount))
    return found


def _add(total: dict[Name, Decimal], more: Mapping[Name, Decimal]) -> None:
    for name, cost in more.items():
        total[name] = total.get(name, Decimal()) + cost
