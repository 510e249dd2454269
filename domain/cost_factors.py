"""The factors of a cost before and after: requests, share, input tokens a request, share of a kind, price."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from domain.price import TOKEN_UNITS

Values: TypeAlias = NDArray[np.float64]
Count: TypeAlias = int | Decimal
"""Counts of a period that was scaled are no whole numbers."""

INPUT_KINDS = frozenset(unit for unit in TOKEN_UNITS if unit.endswith("input_tokens"))
"""Between these the cache share moves tokens."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One kind of token of one item (a model, a feature's model) in two periods; costs in one currency.

    Requests are the item's and alike on all its leaves. Credits are negative costs. A cost without tokens, such as a
    fee, has 0 tokens.
    """

    item: Hashable
    kind: str
    cost_before: Decimal
    cost_after: Decimal
    tokens_before: Count
    tokens_after: Count
    requests_before: Count
    requests_after: Count


@dataclass(frozen=True, slots=True)
class Factors:
    """Arrays of 2 (before, after) × leaves; `item` is the place of each leaf's item in `items`.

    `item_share` is 2 × items. Leaves that are not `asked` have cost or tokens without requests.
    """

    items: Sequence[Hashable]
    item: NDArray[np.int64]
    item_share: Values
    asked: NDArray[np.bool_]
    volume: Values
    share: Values
    size: Values
    kind_share: Values
    price: Values


def factors_of(leaves: Sequence[Leaf]) -> Factors:
    """The factors of each leaf; their product is its cost.

    What is absent on one side takes from the other side: an item without requests its tokens per request and prices, a
    kind without tokens its price, a scope without requests the shares. A cost without tokens is counted per request.
    A cost without requests moves by tokens and price alone, without tokens too by price alone.
    """
    places: dict[Hashable, int] = {}
    item = np.array([places.setdefault(leaf.item, len(places)) for leaf in leaves], dtype=np.int64)
    _refuse_repeats(leaves)
    cost = _pair([leaf.cost_before for leaf in leaves], [leaf.cost_after for leaf in leaves])
    tokens = _pair([leaf.tokens_before for leaf in leaves], [leaf.tokens_after for leaf in leaves])
    requests = _pair([leaf.requests_before for leaf in leaves], [leaf.requests_after for leaf in leaves])
    _refuse_negative(leaves, tokens, requests)
    by_item = _requests_of_items(leaves, requests, item, len(places))

    unasked = ((requests == 0) & ((cost != 0) | (tokens != 0))).any(axis=0)
    fee = ((tokens == 0) & (cost != 0)).any(axis=0)
    total = by_item.sum(axis=1, keepdims=True)
    item_share = _carried(_ratio(by_item, np.broadcast_to(total, by_item.shape)))
    volume = np.where(unasked, 1.0, np.broadcast_to(total, requests.shape))
    share = np.where(unasked, 1.0, item_share[:, item])
    quantity = np.where(fee, np.where(unasked, 1.0, requests), tokens)
    per_request = np.where(unasked, quantity, _carried(_ratio(quantity, requests)))
    size, kind_share = _input_parts(per_request, _is_split_input(leaves) & ~fee & ~unasked, item, len(places))
    price = _carried(_ratio(cost, quantity))
    return Factors(list(places), item, item_share, ~unasked, volume, share, size, kind_share, price)


def _input_parts(
    per_request: Values, is_input: NDArray[np.bool_], item: NDArray[np.int64], count: int
) -> tuple[Values, Values]:
    """Tokens per request as N × h over the input kinds of each item; other leaves are their own N with h = 1."""
    by_item = np.zeros((2, count))
    for side, amounts in zip(by_item, per_request, strict=True):
        np.add.at(side, item, np.where(is_input, amounts, 0.0))
    sums = by_item[:, item]
    kind_share = _carried(_ratio(per_request, sums))
    return np.where(is_input, sums, per_request), np.where(is_input, kind_share, 1.0)


def _is_split_input(leaves: Sequence[Leaf]) -> NDArray[np.bool_]:
    return np.array([leaf.kind in INPUT_KINDS for leaf in leaves], dtype=bool)


def _pair(before: Sequence[Count], after: Sequence[Count]) -> Values:
    return np.array([[float(n) for n in before], [float(n) for n in after]], dtype=np.float64).reshape(2, -1)


def _ratio(above: Values, below: Values) -> Values:
    ratio: Values = np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)
    return ratio


def _carried(pair: Values) -> Values:
    """Where one side is unknown the other side's; 0 where both are."""
    return np.nan_to_num(np.where(np.isnan(pair), pair[::-1], pair))


def _requests_of_items(leaves: Sequence[Leaf], requests: Values, item: NDArray[np.int64], count: int) -> Values:
    by_item = np.zeros((2, count))
    by_item[:, item] = requests
    differs = (by_item[:, item] != requests).any(axis=0)
    if differs.any():
        name = leaves[int(differs.argmax())].item
        raise ValueError(f"the leaves of {name} disagree on its requests; give each the requests of the whole item")
    return by_item


def _refuse_repeats(leaves: Sequence[Leaf]) -> None:
    seen: set[tuple[Hashable, str]] = set()
    for leaf in leaves:
        if (leaf.item, leaf.kind) in seen:
            raise ValueError(f"{leaf.kind} of {leaf.item} is given twice; add its rows up first")
        seen.add((leaf.item, leaf.kind))


def _refuse_negative(leaves: Sequence[Leaf], *counts: Values) -> None:
    for pair in counts:
        if (pair < 0).any():
            leaf = leaves[int((pair < 0).any(axis=0).argmax())]
            raise ValueError(f"{leaf.kind} of {leaf.item} has fewer than 0 tokens or requests; a credit is a cost")
