"""Which dimension carries a change: Adtributor (Bhagwan et al., NSDI 2014), one dimension at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor, log

import numpy as np

from domain.exact import Units, from_units, sums_by

MIN_ELEMENT = Fraction(1, 10)
"""T_EEP: an element that explains no more than this is noise."""
ENOUGH = Fraction(67, 100)
"""T_EP: with more than this explained the other elements need not be named."""
OFFSETTING = Fraction(1, 10)
"""A net change under this part of the gross one hides moves that cancel out."""
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Element:
    """One label of a dimension. `explained_ratio` is its part of the change, of the gross one when offsetting."""

    label: str
    expected: Decimal
    actual: Decimal
    explained_ratio: float
    surprise: float


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension with the elements that carry the change, most surprising first; `surprise` is their sum.

    `offsetting`: the moves nearly cancel out, and shares are of the sum of all moves.
    """

    name: str
    elements: tuple[Element, ...]
    surprise: float
    offsetting: bool

    @property
    def explained_ratio(self) -> float:
        """What the elements explain together."""
        return sum(element.explained_ratio for element in self.elements)


@dataclass(frozen=True, slots=True)
class Carried:
    """At most three dimensions, most surprising first, and the same again among the cells of the first one's elements.

    Empty where nothing moved, or where so many small moves make the change that no few elements carry it.
    """

    dimensions: tuple[Dimension, ...]
    inside: tuple[Dimension, ...]


def carried_by(labels: Mapping[str, Sequence[str]], expected: Units, actual: Units) -> Carried:
    """Ranks the dimensions by how well few and surprising elements explain actual − expected.

    `labels` holds for each dimension the label of every cell; amounts are whole last decimals of one currency.
    """
    pairs = np.column_stack([expected, actual])
    ranked = _ranked(labels, pairs)
    if not ranked:
        return Carried((), ())
    winner = ranked[0]
    named = {element.label for element in winner.elements}
    inside = [place for place, label in enumerate(labels[winner.name]) if label in named]
    others = {name: [of[place] for place in inside] for name, of in labels.items() if name != winner.name}
    return Carried(ranked, _ranked(others, pairs[inside]))


def _ranked(labels: Mapping[str, Sequence[str]], pairs: Units) -> tuple[Dimension, ...]:
    found = (_dimension(name, *sums_by(of, pairs)) for name, of in labels.items())
    carrying = [dimension for dimension in found if dimension is not None]
    return tuple(sorted(carrying, key=lambda dimension: (-dimension.surprise, dimension.name))[:SHOWN])


def _dimension(name: str, labels: Sequence[str], sums: Units) -> Dimension | None:
    """The elements taken until they explain enough; None when they never do."""
    moves = sums[:, 1] - sums[:, 0]
    net, gross = moves.sum(), abs(moves).sum()
    if not gross:
        return None
    offsetting = abs(net) < OFFSETTING * gross
    of = abs(moves) if offsetting else moves * (1 if net > 0 else -1)
    whole = gross if offsetting else abs(net)
    totals = np.maximum(sums, 0).sum(axis=0).tolist()
    large = [
        (_surprise(sums[place].tolist(), totals), Fraction(of[place], whole), labels[place], sums[place].tolist())
        for place in np.flatnonzero(of > floor(MIN_ELEMENT * whole)).tolist()
    ]
    taken: list[Element] = []
    explained = Fraction()
    for surprise, part, label, pair in sorted(large, key=lambda one: (-one[0], -one[1], one[2])):
        expected, actual = map(from_units, pair)
        taken.append(Element(label, expected, actual, float(part), surprise))
        explained += part
        if explained > ENOUGH:
            return Dimension(name, tuple(taken), sum(element.surprise for element in taken), offsetting)
    return None


def _surprise(pair: Sequence[int], totals: Sequence[int]) -> float:
    """An element's part of the Jensen-Shannon divergence between the shares expected and the shares that came.

    A credit has no share; it counts as 0.
    """
    p, q = (max(0, units) / total if total else 0.0 for units, total in zip(pair, totals, strict=True))
    return (_information(p, q) + _information(q, p)) / 2


def _information(share: float, other: float) -> float:
    return share * log(2 * share / (share + other)) if share > 0 else 0.0
