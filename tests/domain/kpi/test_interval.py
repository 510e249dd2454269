"""Intervals against published figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kpi import interval


def test_three_violations_in_120_000_interactions() -> None:
    low, high = interval.poisson(3, 12) or (0, 0)
    assert (3 / 12, round(low, 4), round(high, 4)) == (0.25, 0.0516, 0.7306)


def test_none_in_50_000_has_an_upper_bound() -> None:
    low, high = interval.poisson(0, 5) or (1, 0)
    assert (low, round(high, 4)) == (0.0, 0.7378)


def test_the_standard_error_of_promoters() -> None:
    assert interval.nps_standard_error(50, 20, 100) == pytest.approx(7.81, abs=0.005)
    assert interval.nps_standard_error(0, 0, 0) is None


def test_nothing_has_no_interval() -> None:
    assert interval.wilson(0, 0) is None
    assert interval.poisson(0, 0) is None
    assert interval.mean(8.0, None, 30) is None
    assert interval.mean(8.0, 1.0, 1) is None


def test_a_mean_lies_within_two_standard_errors() -> None:
    assert interval.mean(8.0, 1.0, 100) == pytest.approx((7.804, 8.196), abs=0.001)


@given(st.integers(0, 5000), st.integers(1, 10**6))
def test_a_rate_lies_in_its_interval(count: int, exposure: int) -> None:
    low, high = interval.poisson(count, exposure) or (1, 0)
    assert low <= count / exposure <= high


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_share_lies_in_its_interval_and_between_0_and_1(good: int, bad: int) -> None:
    found = interval.wilson(good, good + bad)
    if good + bad:
        assert found is not None
        assert 0 <= found[0] <= good / (good + bad) <= found[1] <= 1


@pytest.mark.parametrize("count", [100, 500, 20_000])
def test_many_counts_have_the_interval_of_the_exact_search(count: int) -> None:
    for shape, tail in ((count, interval.TAIL), (count + 1, 1 - interval.TAIL)):
        exact = interval._gamma_quantile(shape, tail)
        assert interval._many_quantile(shape, tail) == pytest.approx(exact, rel=1e-4)
