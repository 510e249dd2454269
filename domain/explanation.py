"""Why a scope's cost moved: effects in all and by any dimension, what is new, what is gone, and what carries it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

from domain.adtributor import Carried, Change, carried_by
from domain.compared import Compared
from domain.cost_change import FACTORS, Effects
from domain.exact import from_units, to_units
from domain.item_use import NO_USAGE, Item, UseChange

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
        found = self._parts(lambda _: ())
        return found[0] if found else _part((), [0] * _COLUMNS)

    def by(self, dimension: str) -> list[Part]:
        """Each group of a dimension, the largest change first; effects add up to the total's, column by column.

        Raises KeyError for a dimension that is unknown.
        """
        return sorted(self._parts(LABELS[dimension]), key=lambda part: (-abs(part.change), part.label))

    def name(self, dimension: str, label: str) -> str:
        """What people call a group."""
        return self.names.get(label, label) if dimension == "feature" else label

    @cached_property
    def carried(self) -> Carried:
        """The dimensions in which few elements carry the change, among those that tell anything apart."""
        cells = self._sums(lambda item: (item.feature, item.team, item.provider, item.model or NO_MODEL))
        differing = [name for place, name in enumerate(CARRYING) if len({cell[place] for cell in cells}) > 1]
        changes = [
            Change(dict(zip(CARRYING, cell, strict=True)), from_units(before), from_units(after))
            for cell, (before, after, *_) in cells.items()
        ]
        return carried_by(changes, differing)

    @cached_property
    def appeared(self) -> list[Moved]:
        """Models of features without cost and use before, dearest first."""
        return self._moved(lambda before, after: bool(after) and not before)

    @cached_property
    def vanished(self) -> list[Moved]:
        """Models of features without cost and use after, dearest first."""
        return self._moved(lambda before, after: bool(before) and not after)

    def _moved(self, is_wanted: Callable[[int, int], bool]) -> list[Moved]:
        used: dict[Label, list[bool]] = {}
        for item, sums in self._items.items():
            sides = used.setdefault(_model_of(item), [False, False])
            sides[:] = sides[0] or sums.used_before, sides[1] or sums.used_after
        moved = []
        for (provider, feature, model), (before, after, *_) in self._sums(_model_of).items():
            if is_wanted(before, after) and not all(used[provider, feature, model]):
                moved.append(Moved(provider, feature, model, from_units(after or before)))
        return sorted(moved, key=lambda one: (-abs(one.cost), one.feature, one.model, one.provider))

    def _parts(self, label: Callable[[Item], Label]) -> list[Part]:
        return [_part(found, columns) for found, columns in self._sums(label).items()]

    def _sums(self, label: Callable[[Item], Label]) -> dict[Label, list[int]]:
        groups: dict[Label, list[list[int]]] = {}
        for item, sums in self._items.items():
            groups.setdefault(label(item), []).append(sums.columns)
        return {found: [sum(column) for column in zip(*rows, strict=True)] for found, rows in groups.items()}

    @cached_property
    def _items(self) -> dict[Item, "_Sums"]:
        """The leaves added up by item, once for all groups."""
        split = self.use.split
        before = to_units([leaf.cost_before for leaf in split.leaves])
        after = to_units([leaf.cost_after for leaf in split.leaves])
        found: dict[Item, _Sums] = {}
        for item, leaf, units, *costs in zip(self.use.items, split.leaves, split.units, before, after, strict=True):
            without = units[_PRICE] if leaf.kind == NO_USAGE else 0
            columns = [*costs, *units, without]
            sums = found.get(item)
            if sums is None:
                found[item] = sums = _Sums(columns)
            else:
                sums.columns = [a + b for a, b in zip(sums.columns, columns, strict=True)]
            sums.used_before |= bool(leaf.requests_before)
            sums.used_after |= bool(leaf.requests_after)
        return found


@dataclass(slots=True)
class _Sums:
    """Before, after, the five effects and the part of price without usage, in whole last decimals of money."""

    columns: list[int]
    used_before: bool = False
    used_after: bool = False


_PRICE = FACTORS.index("price")
_COLUMNS = 2 + len(FACTORS) + 1


def _part(label: Label, columns: Sequence[int]) -> Part:
    before, after, volume, mix, cache, intensity, price, without = map(from_units, columns)
    total = from_units(columns[1] - columns[0])
    return Part(label, before, after, Effects(volume, mix, cache, intensity, price, total), without)


def _model_of(item: Item) -> Label:
    return item.provider, item.feature, item.model or NO_MODEL
