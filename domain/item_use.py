"""What one item cost and how it was used in two periods, and the leaves that its cost change is split by.

An item is a model as one feature uses it. Its volume is counted in requests, or in tokens where requests are not
reported in both periods; items of either kind are split among themselves, so requests and tokens are never added.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias, cast

from domain.cost_change import CostChange, split_change
from domain.cost_factors import Count, Leaf
from domain.exact import PLACES

KINDS = ("uncached_input_tokens", "cache_read_input_tokens", "cache_write_input_tokens", "output_tokens")
"""The kinds of tokens that daily usage tells apart."""
OTHER = "other"
"""The kind of a cost for which the bill names none of these: a fee, a tool call, a bill without kinds."""
ALL_TOKENS = "all_tokens"
"""The one kind of an item whose bill names no kinds: its cost is divided by all its tokens."""
NO_USAGE = "no_usage"
"""The kind of a cost whose item reports neither requests nor tokens in that period."""

Basis: TypeAlias = Literal["requests", "tokens"]


class Item(NamedTuple):
    """Whose cost: `model` None where the bill names none, `project` and `key` only when costs are split by key."""

    provider: str
    feature: str
    team: str
    environment: str
    model: str | None
    project: str | None = None
    key: str | None = None


@dataclass(slots=True)
class Side:
    """One period of one item: cost and tokens by kind, without those that are 0; `requests` 0 when not reported."""

    costs: dict[str, Decimal] = field(default_factory=dict)
    tokens: dict[str, Count] = field(default_factory=dict)
    requests: Count = 0

    @property
    def cost(self) -> Decimal:
        """All kinds together."""
        return sum(self.costs.values(), Decimal())

    @property
    def token_count(self) -> Count:
        """All kinds together."""
        return sum(self.tokens.values())


Sides: TypeAlias = tuple[Side, Side]
"""Before, after."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What the billed items used in one period, for words beside the effects.

    `requests` and `tokens` count the items whose volume they are; `cached` and `input` are tokens of all items.
    """

    requests: Count
    tokens: Count
    cached: Count
    input: Count


@dataclass(frozen=True)
class UseChange:
    """The split of all items together, leaf by leaf, and what they used before and after."""

    split: CostChange
    before: Totals
    after: Totals

    @cached_property
    def items(self) -> list[Item]:
        """The item of each leaf."""
        return [cast(Item, leaf.item) for leaf in self.split.leaves]


def split_use(items: Mapping[Item, Sides]) -> UseChange:
    """Splits the cost change of the items, which together are the scope. Costs have at most 12 decimals.

    Items without a cost in both periods count nowhere: what is not billed is no reason for a bill.
    """
    groups: dict[str, list[Leaf]] = {"requests": [], "tokens": [], NO_USAGE: []}
    totals: list[dict[str, Count]] = [dict.fromkeys(("requests", "tokens", "cached", "input"), 0) for _ in range(2)]
    for item, sides in items.items():
        if not any(side.costs for side in sides):
            continue
        basis = basis_of(sides)
        uses = _uses(sides, basis)
        groups[NO_USAGE] += _without_usage(item, sides, uses)
        if basis:
            groups[basis] += _leaves(item, sides, uses)
            for total, side, use in zip(totals, sides, uses, strict=True):
                total[basis] += use
                _count_input(total, side)
    return UseChange(_together([split_change(leaves) for leaves in groups.values()]), *(Totals(**t) for t in totals))


def basis_of(sides: Sides) -> Basis | None:
    """In what the item's volume is counted: requests if they are reported wherever tokens are."""
    requests = [bool(side.requests) for side in sides]
    tokens = [bool(side.token_count) for side in sides]
    if any(requests) and all(asked or not used for asked, used in zip(requests, tokens, strict=True)):
        return "requests"
    return "tokens" if any(tokens) else None


def _uses(sides: Sides, basis: Basis | None) -> tuple[Count, Count]:
    if basis is None:
        return 0, 0
    before, after = (side.requests if basis == "requests" else side.token_count for side in sides)
    return before, after


def _leaves(item: Item, sides: Sides, uses: tuple[Count, Count]) -> list[Leaf]:
    """A period with a cost but without use has no leaf here, see `_without_usage`."""
    used = [side if use else Side() for side, use in zip(sides, uses, strict=True)]
    before, after = used if _names_kinds(used) else [_pooled(side) for side in used]
    kinds = dict.fromkeys((*before.costs, *after.costs, *before.tokens, *after.tokens))
    return [
        Leaf(
            item,
            kind,
            before.costs.get(kind, Decimal()),
            after.costs.get(kind, Decimal()),
            before.tokens.get(kind, 0),
            after.tokens.get(kind, 0),
            *uses,
        )
        for kind in kinds
    ]


def _names_kinds(used: Sequence[Side]) -> bool:
    """Whether the bill names a kind of token wherever it bills; else kinds cannot be compared."""
    return all(any(kind in KINDS for kind in side.costs) for side in used if side.costs)


def _pooled(side: Side) -> Side:
    costs = {ALL_TOKENS: side.cost} if side.costs else {}
    tokens = {ALL_TOKENS: side.token_count} if side.tokens else {}
    return Side(costs, tokens, side.requests)


def _without_usage(item: Item, sides: Sides, uses: tuple[Count, Count]) -> list[Leaf]:
    before, after = (Decimal() if use else side.cost for side, use in zip(sides, uses, strict=True))
    return [Leaf(item, NO_USAGE, before, after, 0, 0, 0, 0)] if before or after else []


def _count_input(total: dict[str, Count], side: Side) -> None:
    total["cached"] += side.tokens.get("cache_read_input_tokens", 0)
    total["input"] += sum(count for kind, count in side.tokens.items() if kind != "output_tokens")


def _together(changes: Iterable[CostChange]) -> CostChange:
    found = CostChange([], [], {}, PLACES)
    leaves, units, mix = list(found.leaves), list(found.units), found.mix_units
    for change in changes:
        leaves += change.leaves
        units += change.units
        for item, amount in change.mix_units.items():
            mix[item] = mix.get(item, 0) + amount
    return CostChange(leaves, units, mix, PLACES)
