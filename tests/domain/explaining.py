"""Items to explain, short enough to read in a test."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from domain.compared import Compared
from domain.explanation import Explanation
from domain.item_use import Item, Side, Sides, split_use

SPAN = Compared(date(2026, 10, 1), date(2026, 11, 1), date(2026, 11, 1), date(2026, 12, 1))
NAMES = {"guide": "Shopping guide", "desk": "Research desk"}


def item(
    feature: str = "guide", model: str | None = "small", *, project: str | None = None, key: str | None = None
) -> Item:
    """A model of a feature."""
    return Item("openai", feature, "Discovery", "production", model, project, key)


def side(tokens: Mapping[str, int] | None = None, requests: int = 0, /, **costs: str) -> Side:
    """One period."""
    return Side({kind: Decimal(cost) for kind, cost in costs.items()}, dict(tokens or {}), requests)


def explained(items: Mapping[Item, Sides]) -> Explanation:
    """The split of these items."""
    return Explanation(SPAN, "USD", split_use(items), NAMES)
