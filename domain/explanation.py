"""Why a scope's cost moved: effects in all and by any dimension, what is new, what is gone, and what carries it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

import numpy as np

from domain.adtributor import Carried, carried_by
from domain.compared import Compared
from domain.cost_change import FACTORS, Effects, added_effects
from domain.exact import Units, from_units, sums_by
from domain.item_use import Item, UseChange

NO_MODEL, NO_KEY = "no model", "no key"
"""What a cost belongs to whose bill names no model, or no project and key."""

Label: TypeAlias = tuple[str, ...]

LABELS: Mapping[str, Callable[[Item], Label]] = {
    "feature": lambda item: (item.feature,),
    "team": lambda item: (item.team,),
    "provider": lambda item: (item.provider,),
    "model": lambda item: (item.model or NO_MODEL,),
    "environment": lambda item: (item.environment,),
    "key": lambda item: (item.key or NO_KEY, item.project or ""),
}
"""Dimensions to group by → what a group is known by; a key also by its project."""
CARRYING = ("feature", "team", "provider", "model")
"""Dimensions among which the one that carries a change is looked for; that it is production tells nobody anything."""


@dataclass(frozen=True, slots=True)
class Part:
    """A group's part of the change, in one currency. `effects.total` is `after` − `before` exactly.

    `without_usage` is the part of `effects.price` from costs of items that reported no use; no effect explains it.
    """

    label: Label
    before: Decimal
    after: Decimal
    effects: Effects
    without_usage: Decimal

    @property
    def price(self) -> Decimal:
        """What prices moved where use is known."""
        return self.effects.price - self.without_usage

    @property
    def change(self) -> Decimal:
        """After − before."""
        return self.effects.total


@dataclass(frozen=True, slots=True)
class Moved:
    """A model of a feature with costs in one of the two periods only, and what it cost there."""

    provider: str
    feature: str
    model: str
    cost: Decimal


COLUMNS = ("before", "after", *FACTORS, "without_usage")


@dataclass(frozen=True, slots=True)
class Parts:
    """Groups as columns: `units` is groups × COLUMNS, in whole last decimals of money.

    Of the columns `price` is where use is known: all after `after` add up to the change.
    """

    labels: Sequence[Label]
    units: Units

    def column(self, name: str) -> Units:
        """One of COLUMNS, or `change`."""
        if name == "change":
            change: Units = self.column("after") - self.column("before")
            return change
        return self.units[:, COLUMNS.index(name)]

    def each(self) -> list[Part]:
        """The same as money, group by group."""
        return [_part(label, units) for label, units in zip(self.labels, self.units.tolist(), strict=True)]


@dataclass(frozen=True)
class Explanation:
    """One scope in two periods. `names` maps features to what people call them."""

    compared: Compared
    currency: str
    use: UseChange
    names: Mapping[str, str]

    @cached_property
    def total(self) -> Part:
        """The whole scope."""
        return _part((), self._items.sum(axis=0).tolist())

    def by(self, dimension: str) -> list[Part]:
        """Each group of a dimension, the largest change first; effects add up to the total's, column by column.

        Raises KeyError for a dimension that is unknown.
        """
        return self.parts(dimension).each()

    def parts(self, dimension: str) -> Parts:
        """What `by` gives, as columns."""
        labels, units = sums_by(map(LABELS[dimension], self.use.items), self._items)
        moves = np.abs(units[:, 1] - units[:, 0]).tolist()
        order = sorted(range(len(labels)), key=lambda place: (-moves[place], labels[place]))
        return Parts([labels[place] for place in order], units[order])

    def name(self, dimension: str, label: str) -> str:
        """What people call a group."""
        return self.names.get(label, label) if dimension == "feature" else label

    @cached_property
    def carried(self) -> Carried:
        """The dimensions in which few elements carry the change, among those that tell anything apart."""
        labels = {name: [LABELS[name](item)[0] for item in self.use.items] for name in CARRYING}
        differing = {name: values for name, values in labels.items() if len(set(values)) > 1}
        return carried_by(differing, *self.use.costs)

    @property
    def appeared(self) -> list[Moved]:
        """Models of features without cost and use before, dearest first."""
        return self._moved[0]

    @property
    def vanished(self) -> list[Moved]:
        """Models of features without cost and use after, dearest first."""
        return self._moved[1]

    @cached_property
    def _moved(self) -> tuple[list[Moved], list[Moved]]:
        used = (self.use.volume != 0).astype(object)
        models, sums = sums_by(map(_model_of, self.use.items), np.column_stack([*self.use.costs, *used]))
        found: tuple[list[Moved], list[Moved]] = [], []
        for model, (before, after, used_before, used_after) in zip(models, sums.tolist(), strict=True):
            if bool(before) != bool(after) and not (used_before and used_after):
                found[bool(before)].append(Moved(*model, from_units(after or before)))
        for moved in found:
            moved.sort(key=lambda one: (-abs(one.cost), one.feature, one.model, one.provider))
        return found

    @cached_property
    def _items(self) -> Units:
        """Items × COLUMNS."""
        return np.column_stack([*self.use.costs, self.use.units.sum(axis=1), self.use.without_usage])


def _part(label: Label, units: Sequence[int]) -> Part:
    before, after, *effects, price, without_usage = units
    made = added_effects((*effects, price + without_usage))
    return Part(label, from_units(before), from_units(after), made, from_units(without_usage))


def _model_of(item: Item) -> tuple[str, str, str]:
    return item.provider, item.feature, item.model or NO_MODEL
