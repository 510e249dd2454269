"""Series as arrays: a day without a line is unknown, and what was not there yet is no history."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.forecast.series import as_matrix, daily_values, mean, median, started, sum_series

NAN = np.nan
ROWS = st.lists(st.floats(-1e9, 1e9) | st.just(NAN), max_size=12)


def test_a_day_that_is_not_given_is_unknown_and_never_nought() -> None:
    costs = {date(2026, 1, 1): Decimal("1.5"), date(2026, 1, 3): Decimal(0), date(2026, 1, 4): None}
    found = daily_values(costs, date(2026, 1, 1), date(2026, 1, 4))
    assert np.array_equal(found, [1.5, NAN, 0, NAN], equal_nan=True)
    with pytest.raises(ValueError, match="ends on or after its first day"):
        daily_values(costs, date(2026, 1, 2), date(2026, 1, 1))


def test_zeros_before_the_first_cost_are_no_history() -> None:
    values = np.array([[0.0, NAN, 0, 3, 0], [0, 0, 0, 0, 0], [NAN, NAN, -1, 0, 1]])
    assert np.array_equal(
        started(values), [[NAN, NAN, NAN, 3, 0], [0, 0, 0, 0, 0], [NAN, NAN, -1, 0, 1]], equal_nan=True
    )


def test_a_portfolio_is_the_sum_of_what_is_known() -> None:
    values = np.array([[1.0, NAN, NAN], [2, 5, NAN]])
    assert np.array_equal(sum_series(values), [[3, 5, NAN]], equal_nan=True)


@given(ROWS)
def test_median_and_mean_are_of_what_is_known(row: list[float]) -> None:
    known = [value for value in row if not np.isnan(value)]
    values = np.array([row], dtype=float).reshape(1, -1)
    if known:
        assert median(values)[0] == pytest.approx(np.median(known))
        assert mean(values)[0] == pytest.approx(np.mean(known), abs=1e-3)
    else:
        assert np.isnan(median(values)[0])
        assert np.isnan(mean(values)[0])


def test_what_is_no_series_is_refused() -> None:
    with pytest.raises(ValueError, match="3 dimensions"):
        as_matrix(np.zeros((1, 1, 1)))
    with pytest.raises(ValueError, match="infinite"):
        as_matrix([1.0, np.inf])
    assert as_matrix([1.0, 2.0]).shape == (1, 2)
