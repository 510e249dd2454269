"""Why a cost moved: exact Shapley split over volume, mix, cache share, intensity and price.

Each leaf (item, kind of token) costs V × S × I × P: requests of the scope, the item's share of them, tokens per
request, cost per token. Summed over leaves the effects are the change of the cost to the last decimal.

Among the input kinds of one item I is N × h: its input tokens per request, and the kind's share of them. With
K × (I1 − I0) as the intensity of four factors, `cache` is K × (h1 − h0) × (N0 + N1) / 2 and `intensity` is
K × (N1 − N0) × (h0 + h1) / 2: together the same, each fair to both orders (the Owen value with the union {N, h}).
Volume, mix and price do not change by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal

import numpy as np

from domain.cost_factors import Leaves, Values, factors_of
from domain.exact import Units, from_units
from domain.shapley import effects_of


@dataclass(frozen=True, slots=True)
class Effects:
    """What each factor moved the cost by, in the currency of the leaves; they add up to `total` exactly.

    `cache` is the shift between uncached and cached input of one item; with `intensity` it is the intensity of the
    four-factor split.
    """

    volume: Decimal
    mix: Decimal
    cache: Decimal
    intensity: Decimal
    price: Decimal
    total: Decimal


FACTORS = tuple(field.name for field in fields(Effects))[:-1]


@dataclass(frozen=True, slots=True)
class CostChange:
    """The five effects of each leaf, items × kinds × effects in whole last decimals.

    `item_mix` is the mix by item as (unit cost of the item − average unit cost) × change of share; it adds up to the
    mix. An item's own mix says only that its share grew; against the average it says whether that was dear.
    """

    units: Units
    item_mix: Units


def split_change(leaves: Leaves) -> CostChange:
    """Splits cost after − cost before of all leaves, which together are the scope."""
    effects, item_mix = effects_of(factors_of(leaves))
    billed = (leaves.costs != 0).any(axis=0)
    units = np.zeros(effects.shape, dtype=object)
    units[billed] = _exact(effects[billed], leaves.costs[1, billed] - leaves.costs[0, billed])
    mix = np.array([units[:, :, FACTORS.index("mix")].sum()], dtype=object)
    return CostChange(units, _exact(item_mix[np.newaxis, :], mix)[0])


def added_effects(units: Iterable[int]) -> Effects:
    """Five effects in whole last decimals as money, with their sum."""
    parts = list(units)
    return Effects(*map(from_units, (*parts, sum(parts))))


def _exact(parts: Values, totals: Units) -> Units:
    """Each row in whole units, what floating point lost put on its largest part, so that it adds up to its total."""
    units: Units = np.asarray(_WHOLE(np.rint(parts)))
    if parts.size:
        largest = np.abs(parts).argmax(axis=1)
        units[np.arange(len(units)), largest] += totals - units.sum(axis=1)
    return units


_WHOLE = np.frompyfunc(int, 1, 1)
