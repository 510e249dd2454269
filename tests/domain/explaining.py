"""Items to explain, short enough to read in a test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import numpy as np

from domain.compared import Compared
from domain.exact import from_units, to_units
from domain.explanation import Explanation
from domain.item_use import KINDS, Item, Use, split_use

SPAN = Compared(date(2026, 10, 1), date(2026, 11, 1), date(2026, 11, 1), date(2026, 12, 1))
NAMES = {"guide": "Shopping guide", "desk": "Research desk"}


def item(
    feature: str = "guide", model: str | None = "small", *, project: str | None = None, key: str | None = None
) -> Item:
    """A model of a feature."""
    return Item("openai", feature, "Discovery", "production", model, project, key)


@dataclass
class Side:
    """One period of one item: cost and tokens by kind, without those that are 0; `requests` 0 when not reported."""

    costs: dict[str, Decimal] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    requests: int = 0


Sides: TypeAlias = tuple[Side, Side]
"""Before, after."""


def side(tokens: Mapping[str, int] | None = None, requests: int = 0, /, **costs: str) -> Side:
    """One period."""
    return Side({kind: Decimal(cost) for kind, cost in costs.items()}, dict(tokens or {}), requests)


def used(items: Mapping[Item, Sides]) -> Use:
    """These items as columns."""
    shape = len(items), len(KINDS)
    costs, tokens = np.zeros((2, *shape), dtype=object), np.zeros((2, *shape), dtype=np.int64)
    requests = np.zeros((2, len(items)), dtype=np.int64)
    for place, sides in enumerate(items.values()):
        for number, one in enumerate(sides):
            costs[number, place] = to_units([one.costs.get(kind, Decimal()) for kind in KINDS])
            tokens[number, place] = [one.tokens.get(kind, 0) for kind in KINDS]
            requests[number, place] = one.requests
    return Use(list(items), costs, tokens, requests)


def sides_of(use: Use) -> dict[Item, Sides]:
    """Columns as items to read."""
    return {item: (_side(use, 0, place), _side(use, 1, place)) for place, item in enumerate(use.items)}


def _side(use: Use, number: int, place: int) -> Side:
    costs, tokens = use.costs[number, place].tolist(), use.tokens[number, place].tolist()
    return Side(
        {kind: from_units(units) for kind, units in zip(KINDS, costs, strict=True) if units},
        {kind: count for kind, count in zip(KINDS, tokens, strict=True) if count},
        int(use.requests[number, place]),
    )


def explained(items: Mapping[Item, Sides]) -> Explanation:
    """The split of these items."""
    return Explanation(SPAN, "USD", split_use(used(items)), NAMES)
