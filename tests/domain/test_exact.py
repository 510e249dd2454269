"""Money as whole numbers of its last decimal."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exact import divided, from_units, places_of, rounded, sums_by, to_units

MONEY = st.decimals(allow_nan=False, allow_infinity=False, places=18, min_value=-(10**30), max_value=10**30)


@given(st.lists(MONEY))
def test_there_and_back_loses_nothing(amounts: list[Decimal]) -> None:
    places = places_of(amounts)
    assert 12 <= places <= 18
    assert [from_units(units, places) for units in to_units(amounts, places)] == amounts


def test_money_has_twelve_decimals_unless_it_needs_more() -> None:
    assert places_of([]) == places_of([Decimal("1.50"), Decimal("1E+3")]) == 12
    assert places_of([Decimal("0.0000000000001")]) == 13
    assert places_of([Decimal("0.100000000000000")]) == 12


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_what_is_no_number_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="no amount of money"):
        places_of([Decimal(1), Decimal(amount)])


def test_rounding_is_half_to_even() -> None:
    assert rounded(Fraction(5, 10**13)) == 0
    assert rounded(Fraction(15, 10**13)) == Decimal("0.000000000002")


@given(st.lists(st.integers(-(10**30), 10**30), max_size=9), st.integers(2, 30))
def test_units_are_divided_half_to_even(units: list[int], divisor: int) -> None:
    expected = [round(Fraction(unit, divisor)) for unit in units]
    assert divided(np.array(units, dtype=object), divisor).tolist() == expected


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-(10**30), 10**30)), max_size=9))
def test_rows_are_added_up_by_their_labels_without_a_limit(rows: list[tuple[str, int]]) -> None:
    units = np.array([[unit, 1] for _, unit in rows], dtype=object).reshape(-1, 2)
    labels, sums = sums_by((label for label, _ in rows), units)
    assert labels == list(dict.fromkeys(label for label, _ in rows))
    for label, (total, count) in zip(labels, sums.tolist(), strict=True):
        inside = [unit for one, unit in rows if one == label]
        assert (total, count) == (sum(inside), len(inside))
