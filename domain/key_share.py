"""Whose key a cost is, where the bill names no key: the keys of its project bear it by their tokens."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from domain.allocation import split
from domain.cost_factors import Count
from domain.item_use import Item, Side, Sides


def shared_by_keys(items: Mapping[Item, Sides]) -> dict[Item, Sides]:
    """The same items with the costs of `key` None divided over the keys of the same project and model.

    Each kind is divided by the tokens of that kind, by all tokens where no key has any of it, and by requests without
    tokens; what no key used stays without a key. Every period adds up to its cost exactly. Costs have at most 12
    decimals.
    """
    found: dict[Item, Sides] = {item: (_copy(before), _copy(after)) for item, (before, after) in items.items()}
    keys: dict[Item, list[Item]] = defaultdict(list)
    for item in items:
        keys[item._replace(key=None)].append(item)
    for unnamed, members in keys.items():
        if unnamed not in found or len(members) == 1:
            continue
        for place in range(2):
            _divide(found[unnamed][place], {item: found[item][place] for item in members})
    return {item: sides for item, sides in found.items() if any(s.costs or s.tokens or s.requests for s in sides)}


def _copy(side: Side) -> Side:
    return Side(dict(side.costs), dict(side.tokens), side.requests)


def _divide(origin: Side, members: Mapping[Item, Side]) -> None:
    costs, origin.costs = origin.costs, {}
    for kind, cost in costs.items():
        weights = _weights(kind, members)
        if not weights:
            origin.costs[kind] = origin.costs.get(kind, Decimal()) + cost
            continue
        names = {str(number): item for number, item in enumerate(weights)}
        for name, part in split(cost, {name: weights[item] for name, item in names.items()}).items():
            if part:
                side = members[names[name]]
                side.costs[kind] = side.costs.get(kind, Decimal()) + part


def _weights(kind: str, members: Mapping[Item, Side]) -> dict[Item, Fraction]:
    measures: list[dict[Item, Count]] = [
        {item: side.tokens.get(kind, 0) for item, side in members.items()},
        {item: side.token_count for item, side in members.items()},
        {item: side.requests for item, side in members.items()},
    ]
    for measure in measures:
        if any(measure.values()):
            return {item: Fraction(count) for item, count in measure.items() if count}
    return {}
