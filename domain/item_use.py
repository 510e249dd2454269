"""What items cost and how they were used in two periods, and the leaves that their cost change is split by.

An item is a model as one feature uses it. Its volume is counted in requests, or in tokens where requests are not
reported in both periods; items of either kind are split among themselves, so requests and tokens are never added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from domain.cost_change import FACTORS, split_change
from domain.cost_factors import Leaves, Values
from domain.exact import Units

OTHER = "other"
"""The kind of a cost for which the bill names no kind of token: a fee, a tool call, a bill without kinds."""
KINDS = ("uncached_input_tokens", "cache_read_input_tokens", "cache_write_input_tokens", "output_tokens", OTHER)
"""The kinds of tokens that daily usage tells apart, all input before output, and at the end what is none of them."""
_CACHED, _OUTPUT, _OTHER = KINDS.index("cache_read_input_tokens"), KINDS.index("output_tokens"), KINDS.index(OTHER)

Counts: TypeAlias = NDArray[np.int64]
Chosen: TypeAlias = NDArray[np.bool_]


class Item(NamedTuple):
    """Whose cost: `model` None where the bill names none, `project` and `key` only when costs are split by key."""

    provider: str
    feature: str
    team: str
    environment: str
    model: str | None
    project: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """Items before and after: `costs` and `tokens` are 2 × items × KINDS, `requests` 2 × items, 0 where not reported.

    Costs are whole last decimals; tokens and requests before are counted 1 / `divisor` times. Raises ValueError for
    tokens or requests below 0.
    """

    items: Sequence[Item]
    costs: Units
    tokens: Counts
    requests: Counts
    divisor: int = 1

    def __post_init__(self) -> None:
        for name, counts in (("tokens", self.tokens), ("requests", self.requests)):
            if (counts < 0).any():
                item = self.items[int(np.argwhere(counts < 0)[0][1])]
                raise ValueError(f"{item.feature} at {item.provider} has fewer than 0 {name}; a credit is a cost")

    def only(self, chosen: Chosen) -> "Use":
        """The same for these items."""
        items = [item for item, is_chosen in zip(self.items, chosen.tolist(), strict=True) if is_chosen]
        return Use(items, self.costs[:, chosen], self.tokens[:, chosen], self.requests[:, chosen], self.divisor)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the billed items used in one period, for words beside the effects.

    `requests` and `tokens` count the items whose volume they are; `cached` and `input` are tokens of all items.
    """

    requests: float
    tokens: float
    cached: float
    input: float


@dataclass(frozen=True, slots=True)
class UseChange:
    """The split of all items together, and what they used before and after. Costs are whole last decimals.

    `costs` and `volume` are 2 × items, `units` items × KINDS × effects. `without_usage` is by item the change of what
    was billed in periods without requests and tokens; no effect holds it, and with it the effects are the change.
    """

    items: Sequence[Item]
    costs: Units
    volume: Values
    units: Units
    without_usage: Units
    before: Totals
    after: Totals


def split_use(use: Use) -> UseChange:
    """Splits the cost change of the items, which together are the scope.

    Items without a cost in both periods count nowhere: what is not billed is no reason for a bill.
    """
    use = use.only((use.costs != 0).any(axis=(0, 2)))
    divisors = np.array([use.divisor, 1])
    requests, tokens = use.requests / divisors[:, np.newaxis], use.tokens / divisors[:, np.newaxis, np.newaxis]
    bases = bases_of(use)
    volume = np.where(bases[0], requests, np.where(bases[1], tokens.sum(axis=2), 0.0))
    used = volume != 0
    costs = np.where(used[:, :, np.newaxis], use.costs, 0)
    leaf_costs, leaf_tokens = _pooled(costs, tokens)
    units = np.zeros((len(use.items), len(KINDS), len(FACTORS)), dtype=object)
    for basis in bases:
        leaves = Leaves(KINDS, leaf_costs[:, basis], leaf_tokens[:, basis], volume[:, basis])
        units[basis] = split_change(leaves).units
    without = (use.costs - costs).sum(axis=2)
    before, after = (_totals(*sides, *bases) for sides in zip(volume, tokens, strict=True))
    return UseChange(use.items, use.costs.sum(axis=2), volume, units, without[1] - without[0], before, after)


def bases_of(use: Use) -> tuple[Chosen, Chosen]:
    """The items whose volume is requests, reported wherever tokens are, and the others that have tokens."""
    asked, has_tokens = use.requests != 0, use.tokens.any(axis=2)
    by_requests = asked.any(axis=0) & (asked | ~has_tokens).all(axis=0)
    return by_requests, has_tokens.any(axis=0) & ~by_requests


def _pooled(costs: Units, tokens: Values) -> tuple[Units, Values]:
    """A bill that names no kind of token in a period cannot be compared by kinds: all is then of the kind `other`."""
    billed = costs != 0
    unnamed = (billed.any(axis=2) & ~billed[:, :, :_OTHER].any(axis=2)).any(axis=0)
    pooled_costs, pooled_tokens = costs.copy(), tokens.copy()
    for pooled in (pooled_costs, pooled_tokens):
        sums = pooled[:, unnamed].sum(axis=2)
        pooled[:, unnamed] = 0
        pooled[:, unnamed, _OTHER] = sums
    return pooled_costs, pooled_tokens


def _totals(volume: Values, tokens: Values, by_requests: Chosen, by_tokens: Chosen) -> Totals:
    cached, inputs = tokens[:, _CACHED].sum(), tokens[:, :_OUTPUT].sum()
    return Totals(float(volume[by_requests].sum()), float(volume[by_tokens].sum()), float(cached), float(inputs))
