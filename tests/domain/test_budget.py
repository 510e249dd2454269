"""Budgets against spend: vectors, and properties that hold for any money."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.budget import BudgetPace, variance_ratio

NOVEMBER = BudgetPace(
    start=date(2026, 11, 1),
    end=date(2026, 12, 1),
    complete_end=date(2026, 11, 23),
    amount=Decimal(100_000),
    actual=Decimal(80_000),
    complete_cost=Decimal(80_000),
)
MONEY = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(10) ** 14, places=12)


def test_80000_after_22_of_30_days_of_a_100000_budget_is_9_1_percent_ahead_of_plan() -> None:
    assert NOVEMBER.complete_days == 22
    assert NOVEMBER.pro_rated.quantize(Decimal(1)) == Decimal(73_333)
    assert NOVEMBER.pace_ratio is not None
    assert NOVEMBER.pace_ratio.quantize(Decimal("0.001")) == Decimal("0.091")
    assert NOVEMBER.spent_ratio == Decimal("0.8")


def test_the_run_rate_is_the_average_of_whole_days_times_the_days_of_the_month() -> None:
    pace = replace(NOVEMBER, complete_cost=Decimal(7700), actual=Decimal(8123), complete_end=date(2026, 11, 22))
    assert pace.run_rate == Decimal(11_000)
    assert not pace.run_rate_exceeds
    assert replace(pace, amount=Decimal("10999.999999999999")).run_rate_exceeds


@pytest.mark.parametrize("day", [1, 2, 3])
def test_no_run_rate_before_the_third_whole_day_is_over(day: int) -> None:
    pace = replace(NOVEMBER, complete_end=date(2026, 11, day), complete_cost=Decimal(90_000))
    assert pace.run_rate is None
    assert not pace.run_rate_exceeds
    assert replace(pace, complete_end=date(2026, 11, 4)).run_rate_exceeds


def test_days_after_the_period_are_not_its_days() -> None:
    assert replace(NOVEMBER, complete_end=date(2026, 12, 9)).complete_days == 30
    assert replace(NOVEMBER, complete_end=date(2026, 10, 9)).complete_days == 0


def test_a_budget_of_nothing_has_no_ratio_but_any_spend_exceeds_it() -> None:
    nothing = replace(NOVEMBER, amount=Decimal(0))
    assert nothing.spent_ratio is None
    assert nothing.pace_ratio is None
    assert nothing.exceeds(50)
    assert not replace(nothing, actual=Decimal(0)).exceeds(100)


def whole(number: int, places: int) -> Decimal:
    """`number` in units of the last place, exactly: Decimal's arithmetic would round at 28 digits."""
    return Decimal(f"{number}e-{places}")


@given(amount=MONEY, percent=st.integers(1, 300))
def test_spend_exactly_at_a_mark_does_not_exceed_it_and_the_smallest_amount_more_does(
    amount: Decimal, percent: int
) -> None:
    mark = int(Fraction(amount) * 10**12) * percent
    assert not replace(NOVEMBER, amount=amount, actual=whole(mark, 14)).exceeds(percent)
    assert replace(NOVEMBER, amount=amount, actual=whole(mark + 1, 14)).exceeds(percent)


@given(daily=st.integers(1, 10**24), days=st.integers(3, 30))
def test_a_pace_that_lands_exactly_on_the_budget_does_not_exceed_it(daily: int, days: int) -> None:
    pace = replace(
        NOVEMBER,
        amount=whole(daily * 30, 12),
        complete_cost=whole(daily * days, 12),
        complete_end=NOVEMBER.start + timedelta(days=days),
    )
    assert not pace.run_rate_exceeds
    assert replace(pace, complete_cost=whole(daily * days + 1, 12)).run_rate_exceeds


def test_flat_weights_give_the_even_spread() -> None:
    assert NOVEMBER.seasonal_pro_rated([1.0] * 30) == NOVEMBER.pro_rated.quantize(Decimal("1e-12"))
    ahead = NOVEMBER.seasonal_pace_ratio([1.0] * 30)
    assert ahead is not None
    assert ahead.quantize(Decimal("0.001")) == Decimal("0.091")
    assert NOVEMBER.seasonal_pro_rated([0.0] * 30) == NOVEMBER.pro_rated


def test_closed_weekends_belong_to_no_day_of_the_budget() -> None:
    weights = [0.0 if (NOVEMBER.start + timedelta(days=day)).weekday() >= 5 else 1.0 for day in range(30)]
    assert NOVEMBER.seasonal_pro_rated(weights) == (Decimal(100_000) * 15 / 21).quantize(Decimal("1e-12"))
    assert replace(NOVEMBER, complete_end=NOVEMBER.end).seasonal_pro_rated(weights) == 100_000


def test_a_weight_for_each_day_or_none_at_all() -> None:
    with pytest.raises(ValueError, match="a period of 30 days takes 30 weights, not 29"):
        NOVEMBER.seasonal_pro_rated([1.0] * 29)


@given(st.lists(st.floats(0, 1e6), min_size=30, max_size=30), st.integers(0, 29))
def test_the_seasonal_budget_grows_day_by_day_up_to_the_whole(weights: list[float], day: int) -> None:
    def budget(days: int) -> Decimal:
        return replace(NOVEMBER, complete_end=NOVEMBER.start + timedelta(days=days)).seasonal_pro_rated(weights)

    assert 0 <= budget(day) <= budget(day + 1) <= budget(30) == 100_000


def test_variance_is_over_when_positive_and_unknown_without_a_budget() -> None:
    assert variance_ratio(Decimal(110), Decimal(100)) == Decimal("0.1")
    assert variance_ratio(Decimal(80), Decimal(100)) == Decimal("-0.2")
    assert variance_ratio(Decimal(80), Decimal(0)) is None
