"""What other attribution rules would change: the cost of each rule, what moves, what stays unowned. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.attribution import Dimensions, Rule, ownership, tags_of
from domain.rule_index import RuleIndex


@dataclass(frozen=True, slots=True)
class KeyCost:
    """The cost of one attribution key on one day and the feature that owns it now; None: nobody."""

    day: date
    dimensions: Dimensions
    feature: str | None
    cost: Decimal


@dataclass(frozen=True, slots=True)
class RuleCost:
    """What one rule would own, and the part that is somebody else's or nobody's now. `rule` None: what none matches."""

    rule: str | None
    feature: str | None
    cost: Decimal
    moved_cost: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """`rules` in their order, then what nobody owns; their costs add up to the bill. `moves`: (from, to) → cost."""

    rules: tuple[RuleCost, ...]
    moves: dict[tuple[str | None, str | None], Decimal]
    unattributed_before: Decimal

    @property
    def unattributed_after(self) -> Decimal:
        """What no rule would own."""
        return self.rules[-1].cost


def preview(costs: Iterable[KeyCost], rules: Sequence[Rule]) -> Preview:
    """The costs under these rules, each key matched once."""
    index, spans = RuleIndex(rules), {}
    owned: dict[str | None, Decimal] = defaultdict(Decimal)
    moved: dict[str | None, Decimal] = defaultdict(Decimal)
    moves: dict[tuple[str | None, str | None], Decimal] = defaultdict(Decimal)
    unowned = Decimal(0)
    for one in costs:
        if one.dimensions not in spans:
            candidates = index.candidates(one.dimensions)
            spans[one.dimensions] = ownership(candidates, one.dimensions, tags_of(one.dimensions.tags))
        rule = next(s.rule for s in spans[one.dimensions] if s.valid_from <= one.day < s.valid_to)
        name, feature = (rule.name, rule.feature) if rule else (None, None)
        owned[name] += one.cost
        if one.feature is None:
            unowned += one.cost
        if feature != one.feature:
            moved[name] += one.cost
            moves[one.feature, feature] += one.cost
    listed = [RuleCost(rule.name, rule.feature, owned[rule.name], moved[rule.name]) for rule in rules]
    return Preview((*listed, RuleCost(None, None, owned[None], moved[None])), dict(moves), unowned)
