"""Why a cost moved: exact Shapley split over volume, mix, cache share, intensity and price.

Each leaf (item, kind of token) costs V × S × I × P: requests of the scope, the item's share of them, tokens per
request, cost per token. Summed over leaves the effects are the change of the cost to the last decimal.

Among the input kinds of one item I is N × h: its input tokens per request, and the kind's share of them. With
K × (I1 − I0) as the intensity of four factors, `cache` is K × (h1 − h0) × (N0 + N1) / 2 and `intensity` is
K × (N1 − N0) × (h0 + h1) / 2: together the same, each fair to both orders (the Owen value with the union {N, h}).
Volume, mix and price do not change by it.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TypeVar

import numpy as np

from domain.cost_factors import Leaf, Values, factors_of
from domain.exact import from_units, places_of, to_units
from domain.shapley import effects_of

Group = TypeVar("Group", bound=Hashable)


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
    """The split of `leaves`, in the same order; `units` holds the five effects of each as whole last decimals.

    `mix_units` holds each item's mix against the average item, see `item_mix`.
    """

    leaves: Sequence[Leaf]
    units: Sequence[Sequence[int]]
    mix_units: dict[Hashable, int]
    places: int

    @property
    def total(self) -> Effects:
        """The effects over all leaves."""
        return self._effects(self.units)

    def by_leaf(self) -> list[Effects]:
        """The effects of each leaf, in the order given."""
        return [self._effects([units]) for units in self.units]

    def by(self, group: Callable[[Leaf], Group]) -> dict[Group, Effects]:
        """The effects of each group of leaves; groups add up to the total exactly."""
        parts: dict[Group, list[Sequence[int]]] = {}
        for leaf, units in zip(self.leaves, self.units, strict=True):
            parts.setdefault(group(leaf), []).append(units)
        return {name: self._effects(units) for name, units in parts.items()}

    def item_mix(self) -> dict[Hashable, Decimal]:
        """Mix by item as (unit cost of the item − average unit cost) × change of share; adds up to the mix.

        An item's own `mix` says only that its share grew; against the average it says whether that was dear.
        """
        return {item: from_units(units, self.places) for item, units in self.mix_units.items()}

    def _effects(self, rows: Sequence[Sequence[int]]) -> Effects:
        sums = [sum(column) for column in zip(*rows, strict=True)] or [0] * len(FACTORS)
        return Effects(*(from_units(units, self.places) for units in (*sums, sum(sums))))


def split_change(leaves: Sequence[Leaf]) -> CostChange:
    """Splits cost after − cost before of all leaves, which together are the scope.

    Raises ValueError for a leaf that is given twice, for negative requests or tokens, and for leaves of one item that
    disagree on its requests.
    """
    costs = [leaf.cost_before for leaf in leaves], [leaf.cost_after for leaf in leaves]
    places = places_of([*costs[0], *costs[1]])
    before, after = to_units(costs[0], places), to_units(costs[1], places)
    factors = factors_of(leaves)
    effects, item_mix = effects_of(factors)
    changes = [b - a for a, b in zip(before, after, strict=True)]
    units = _exact(effects, changes, places)
    mix = _exact(item_mix[np.newaxis, :], [sum(row[FACTORS.index("mix")] for row in units)], places)
    return CostChange(leaves, units, dict(zip(factors.items, mix[0], strict=True)), places)


def _exact(parts: Values, totals: Sequence[int], places: int) -> list[list[int]]:
    """Each row in whole units, what floating point lost put on its largest part, so that it adds up to its total."""
    rows: list[list[int]] = [[int(part) for part in row] for row in np.rint(parts * 10.0**places).tolist()]
    if parts.shape[1]:
        for row, total, largest in zip(rows, totals, np.abs(parts).argmax(axis=1).tolist(), strict=True):
            row[largest] += total - sum(row)
    return rows
