"""The factors of a cost before and after: requests, share, input tokens a request, share of a kind, price."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from domain.exact import Units
from domain.price import TOKEN_UNITS

Values: TypeAlias = NDArray[np.float64]
"""Counts too: those of a period that was scaled are no whole numbers."""

INPUT_KINDS = frozenset(unit for unit in TOKEN_UNITS if unit.endswith("input_tokens"))
"""Between these the cache share moves tokens."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """Each of `kinds` of tokens of each item (a model, a feature's model), before and after; costs in one currency.

    `costs` and `tokens` are 2 × items × kinds, `requests` 2 × items. Credits are negative costs. A cost without tokens,
    such as a fee, has 0 tokens.
    """

    kinds: Sequence[str]
    costs: Units
    tokens: Values
    requests: Values


@dataclass(frozen=True, slots=True)
class Factors:
    """Arrays of 2 (before, after) × items × kinds; `item_share` is 2 × items, `asked` items × kinds.

    Leaves that are not `asked` have cost or tokens without requests.
    """

    item_share: Values
    asked: NDArray[np.bool_]
    volume: Values
    share: Values
    size: Values
    kind_share: Values
    price: Values


def factors_of(leaves: Leaves) -> Factors:
    """The factors of each leaf; their product is its cost, in the units of the leaves.

    What is absent on one side takes from the other side: an item without requests its tokens per request and prices, a
    kind without tokens its price, a scope without requests the shares. A cost without tokens is counted per request.
    A cost without requests moves by tokens and price alone, without tokens too by price alone.
    """
    cost, tokens = leaves.costs.astype(np.float64), leaves.tokens
    requests = np.broadcast_to(leaves.requests[:, :, np.newaxis], tokens.shape)
    total = leaves.requests.sum(axis=1, keepdims=True)
    item_share = _carried(_ratio(leaves.requests, total))

    unasked = ((requests == 0) & ((cost != 0) | (tokens != 0))).any(axis=0)
    fee = ((tokens == 0) & (cost != 0)).any(axis=0)
    volume = np.where(unasked, 1.0, total[:, :, np.newaxis])
    share = np.where(unasked, 1.0, item_share[:, :, np.newaxis])
    quantity = np.where(fee, np.where(unasked, 1.0, requests), tokens)
    per_request = np.where(unasked, quantity, _carried(_ratio(quantity, requests)))
    is_input = np.array([kind in INPUT_KINDS for kind in leaves.kinds]) & ~fee & ~unasked
    size, kind_share = _input_parts(per_request, is_input)
    price = _carried(_ratio(cost, quantity))
    return Factors(item_share, ~unasked, volume, share, size, kind_share, price)


def _input_parts(per_request: Values, is_input: NDArray[np.bool_]) -> tuple[Values, Values]:
    """Tokens per request as N × h over the input kinds of each item; other leaves are their own N with h = 1."""
    sums = np.where(is_input, per_request, 0.0).sum(axis=2, keepdims=True)
    kind_share = _carried(_ratio(per_request, sums))
    return np.where(is_input, sums, per_request), np.where(is_input, kind_share, 1.0)


def _ratio(above: Values, below: Values) -> Values:
    ratio: Values = np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)
    return ratio


def _carried(pair: Values) -> Values:
    """Where one side is unknown the other side's; 0 where both are."""
    return np.nan_to_num(np.where(np.isnan(pair), pair[::-1], pair))
