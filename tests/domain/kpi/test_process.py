"""Process-behaviour limits: noise stays noise, signals are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kpi.process import process

STEADY = [10.0, 11.0, 10.0, 9.0, 10.0, 11.0, 10.0]


def test_limits_are_2_66_mean_moving_ranges_from_the_mean() -> None:
    limits = process([*STEADY, 10.0])
    assert limits is not None
    assert limits.centre == pytest.approx(sum(STEADY) / 7)
    assert limits.upper - limits.centre == pytest.approx(2.66 * 1.0)
    assert (limits.signal, limits.reason) == (0, "")


def test_a_value_beyond_the_limits_is_a_signal() -> None:
    above, below = process([*STEADY, 14.0]), process([*STEADY, 6.0])
    assert above is not None
    assert below is not None
    assert (above.signal, below.signal) == (1, -1)
    assert above.reason == "above its usual limits"


def test_eight_in_a_row_on_one_side_are_a_signal() -> None:
    values = [1.0, 30.0, 1.0, 30.0, 1.0, 30.0] + [18.0] * 8
    found = process(values)
    assert found is not None
    assert (found.signal, found.reason) == (1, "8 periods in a row on one side of its mean")


def test_few_periods_and_an_unknown_newest_have_no_limits() -> None:
    assert process([1.0] * 6) is None
    assert process([*STEADY, None]) is None
    assert process([]) is None


@given(st.floats(-1e6, 1e6), st.integers(7, 30))
def test_what_never_moves_is_no_signal(value: float, count: int) -> None:
    found = process([value] * count)
    assert found is not None
    assert found.signal == 0
