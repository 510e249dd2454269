"""Which dimension carries a change: Adtributor (Bhagwan et al., NSDI 2014), one dimension at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import log

from domain.exact import from_units, places_of, to_units

MIN_ELEMENT = Fraction(1, 10)
"""T_EEP: an element that explains no more than this is noise."""
ENOUGH = Fraction(67, 100)
"""T_EP: with more than this explained the other elements need not be named."""
OFFSETTING = Fraction(1, 10)
"""A net change under this part of the gross one hides moves that cancel out."""
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: its label in every dimension, and what was expected and came, in one currency."""

    labels: Mapping[str, str]
    expected: Decimal
    actual: Decimal


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


def carried_by(changes: Sequence[Change], dimensions: Sequence[str]) -> Carried:
    """Ranks the dimensions by how well few and surprising elements explain actual − expected.

    Raises KeyError when a change has no label in one of the dimensions.
    """
    places = places_of(amount for change in changes for amount in (change.expected, change.actual))
    expected = to_units([change.expected for change in changes], places)
    actual = to_units([change.actual for change in changes], places)
    cells = [_Cell(change.labels, *pair) for change, *pair in zip(changes, expected, actual, strict=True)]
    ranked = _ranked(cells, dimensions, places)
    if not ranked:
        return Carried((), ())
    winner = ranked[0]
    named = {element.label for element in winner.elements}
    cells = [cell for cell in cells if cell.labels[winner.name] in named]
    return Carried(ranked, _ranked(cells, [name for name in dimensions if name != winner.name], places))


@dataclass(frozen=True, slots=True)
class _Cell:
    """A change in whole units of money's last decimal."""

    labels: Mapping[str, str]
    expected: int
    actual: int


def _ranked(cells: Sequence[_Cell], dimensions: Sequence[str], places: int) -> tuple[Dimension, ...]:
    found = (_dimension(cells, name, places) for name in dimensions)
    carrying = [dimension for dimension in found if dimension is not None]
    return tuple(sorted(carrying, key=lambda dimension: (-dimension.surprise, dimension.name))[:SHOWN])


def _dimension(cells: Sequence[_Cell], name: str, places: int) -> Dimension | None:
    """The elements taken until they explain enough; None when they never do."""
    sums: dict[str, tuple[int, int]] = {}
    for cell in cells:
        so_far = sums.get(cell.labels[name], (0, 0))
        sums[cell.labels[name]] = so_far[0] + cell.expected, so_far[1] + cell.actual
    moves = {label: actual - expected for label, (expected, actual) in sums.items()}
    net, gross = sum(moves.values()), sum(map(abs, moves.values()))
    if not gross:
        return None
    offsetting = abs(net) < OFFSETTING * gross
    parts = {label: Fraction(abs(move), gross) if offsetting else Fraction(move, net) for label, move in moves.items()}
    surprises = _surprises(sums)
    taken: list[Element] = []
    explained = Fraction()
    for label in sorted(sums, key=lambda label: (-surprises[label], -parts[label], label)):
        if parts[label] > MIN_ELEMENT:
            expected, actual = (from_units(units, places) for units in sums[label])
            taken.append(Element(label, expected, actual, float(parts[label]), surprises[label]))
            explained += parts[label]
        if explained > ENOUGH:
            return Dimension(name, tuple(taken), sum(element.surprise for element in taken), offsetting)
    return None


def _surprises(sums: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """Each element's part of the Jensen-Shannon divergence between the shares expected and the shares that came.

    A credit has no share; it counts as 0.
    """
    totals = [sum(max(0, pair[side]) for pair in sums.values()) for side in (0, 1)]
    shares = {
        label: [max(0, units) / total if total else 0.0 for units, total in zip(pair, totals, strict=True)]
        for label, pair in sums.items()
    }
    return {label: (_information(p, q) + _information(q, p)) / 2 for label, (p, q) in shares.items()}


def _information(share: float, other: float) -> float:
    return share * log(2 * share / (share + other)) if share > 0 else 0.0
