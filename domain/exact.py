"""Money in whole units of its last decimal: sums of integers lose nothing, whatever the size."""

from collections.abc import Hashable, Iterable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Units: TypeAlias = NDArray[np.object_]
"""Money in whole last decimals as Python's integers: 64 bits end at nine million dollars."""
L = TypeVar("L", bound=Hashable)

PLACES = 12
"""Decimals of money in the store."""
_EXACT = Context(prec=400)
"""Room for any money there is; Decimal rounds at 28 digits unless told."""


def places_of(amounts: Iterable[Decimal]) -> int:
    """Decimals that hold every amount exactly, at least 12. Raises ValueError for one that is not a number."""
    finer = [amount for amount in amounts if not amount.is_finite() or _is_finer(amount)]
    for amount in finer:
        if not amount.is_finite():
            raise ValueError(f"{amount} is no amount of money; leave out what is not known")
    return max((-int(amount.as_tuple().exponent) for amount in finer), default=PLACES)


def _is_finer(amount: Decimal) -> bool:
    scaled = _EXACT.scaleb(amount, PLACES)
    return scaled != scaled.to_integral_value()


def to_units(amounts: Sequence[Decimal], places: int = PLACES) -> list[int]:
    """Each amount times 10 to the power of `places`; exact where `places` holds it."""
    return [int(_EXACT.scaleb(amount, places)) for amount in amounts]


def from_units(units: int, places: int = PLACES) -> Decimal:
    """The amount that is `units` of the last of `places` decimals."""
    return _EXACT.scaleb(Decimal(units), -places)


def rounded(amount: Fraction) -> Decimal:
    """To 12 decimals, half to even."""
    return from_units(round(amount * 10**PLACES))


def divided(units: Units, divisor: int) -> Units:
    """Each over `divisor`, half to even."""
    whole, rest = units // divisor, (units % divisor).astype(np.int64)
    up: Units = whole + ((2 * rest > divisor) | ((2 * rest == divisor) & (whole % 2 == 1)))
    return up


def sums_by(labels: Iterable[L], units: Units) -> tuple[list[L], Units]:
    """The labels that occur, in the order in which they first do, and the rows of each added up."""
    places: dict[L, int] = {}
    group = np.array([places.setdefault(label, len(places)) for label in labels], dtype=np.int64)
    return list(places), added_up(units, group, len(places))


def added_up(units: Units, group: NDArray[np.int64], count: int) -> Units:
    """The rows of each group from 0 to `count`, added up; `group` holds the one of each row."""
    sums = np.zeros((count, *units.shape[1:]), dtype=object)
    np.add.at(sums, group, units)
    return sums
