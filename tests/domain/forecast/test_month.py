"""The month-end forecast: what it says of plain, odd and short series, and how often its ranges hold."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from domain.forecast.baselines import run_rate, seasonal_naive
from domain.forecast.interval import student_t4
from domain.forecast.month import MonthForecast, forecast_month
from domain.forecast.series import sum_series
from tests.domain.forecast.generator import FIRST_DAY, portfolio
from tests.domain.forecast.measure import measure

LAST_DAY = date(2026, 11, 22)
START, END = date(2026, 11, 1), date(2026, 12, 1)
WEEK = np.array([10.0, 10, 10, 10, 10, 3, 2])


def ending_on_last_day(values: NDArray[np.float64] | list[float]) -> MonthForecast:
    row = np.asarray(values, dtype=float)
    return forecast_month(row, LAST_DAY - timedelta(days=len(row) - 1), START, END)[0]


def weekly(days: int) -> NDArray[np.float64]:
    first = LAST_DAY - timedelta(days=days - 1)
    return np.array([WEEK[(first + timedelta(days=number)).weekday()] for number in range(days)])


def test_a_strict_week_is_forecast_to_the_cent_with_no_doubt() -> None:
    found = ending_on_last_day(weekly(200))
    actual = weekly(22).sum()
    rest = WEEK.sum() + WEEK[0]
    assert found.actual == actual
    assert found.total == pytest.approx(actual + rest)
    assert (found.low_95, found.high_95) == (pytest.approx(found.total), pytest.approx(found.total))
    assert (found.cutoffs, found.reason) == (12, None)
    assert sum(found.day_weights[22:]) / sum(found.day_weights) == pytest.approx(rest / (actual + rest))


@pytest.mark.parametrize("days", [1, 3, 10, 20, 30])
def test_a_short_history_gives_the_point_and_says_why_it_has_no_range(days: int) -> None:
    found = ending_on_last_day(np.full(days, 5.0))
    assert found.total == pytest.approx(5 * (min(days, 22) + 8 + max(0, 22 - days)))
    assert (found.low_80, found.high_95) == (None, None)
    assert found.reason == f"The history is too short for a range: it allows {found.cutoffs} of at least 3 past checks."


def test_a_series_without_a_known_day_has_no_total() -> None:
    found = ending_on_last_day(np.full(60, np.nan))
    assert (found.total, found.low_80) == (None, None)
    assert found.reason == "No day of the last eight weeks is known, so there is nothing to forecast from."


def test_a_series_of_zeros_ends_at_zero() -> None:
    found = ending_on_last_day(np.zeros(200))
    assert (found.total, found.low_95, found.high_95, found.reason) == (0, 0, 0, None)


def test_a_launch_counts_from_its_first_cost_and_not_from_the_zeros_before() -> None:
    zeros = np.concatenate([np.zeros(190), np.full(10, 7.0)])
    unknown = np.concatenate([np.full(190, np.nan), np.full(10, 7.0)])
    assert ending_on_last_day(zeros).total == ending_on_last_day(unknown).total == 7 * 18


def test_an_unknown_day_of_the_month_is_expected_like_the_days_ahead() -> None:
    values = weekly(200)
    values[-5] = np.nan
    whole, gap = ending_on_last_day(weekly(200)), ending_on_last_day(values)
    assert whole.total is not None
    assert gap.total == pytest.approx(whole.total, rel=0.02)
    assert gap.actual < whole.actual


def test_a_period_that_is_over_is_its_cost_and_nothing_else() -> None:
    values = weekly(200)
    found = forecast_month(values, LAST_DAY - timedelta(days=199), date(2026, 10, 1), START)
    one = found[0]
    assert one.total == one.low_95 == one.high_80 == one.actual == values[-53:-22].sum()
    assert found.probability_over(np.array([one.actual]))[0] == 0
    assert found.probability_over(np.array([one.actual - 0.01]))[0] == 1


def test_credits_mirror_costs() -> None:
    values = portfolio(5, 1, 300)[0]
    cost, credit = ending_on_last_day(values), ending_on_last_day(-values)
    assert cost.total is not None
    assert cost.high_95 is not None
    assert cost.low_80 is not None
    assert credit.total == pytest.approx(-cost.total)
    assert (credit.low_95, credit.high_80) == (pytest.approx(-cost.high_95), pytest.approx(-cost.low_80))


def test_an_empty_period_or_history_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        forecast_month(np.ones((1, 5)), START, END, START)
    with pytest.raises(ValueError, match="at least one day"):
        forecast_month(np.ones((1, 0)), START, START, END)


def test_series_forecast_together_have_the_same_points_as_alone() -> None:
    values = portfolio(7, 14, 400)
    start, end = date(2025, 10, 1), date(2025, 11, 1)
    together = forecast_month(values, FIRST_DAY, start, end)
    for row, total in zip(values, together.total, strict=True):
        assert forecast_month(row, FIRST_DAY, start, end)[0].total == pytest.approx(total)


def test_the_range_of_a_portfolio_is_narrower_than_the_sum_of_its_parts() -> None:
    values = portfolio(8, 42, 400)
    start, end = date(2025, 10, 1), date(2025, 11, 1)
    low, high = forecast_month(values, FIRST_DAY, start, end).bounds(0.80)
    whole = forecast_month(sum_series(values), FIRST_DAY, start, end)[0]
    assert whole.high_80 is not None
    assert whole.low_80 is not None
    assert whole.high_80 - whole.low_80 < (high - low).sum()


def test_a_wider_range_is_wider_by_what_was_asked() -> None:
    values, start, end = portfolio(9, 1, 400), date(2025, 10, 1), date(2025, 11, 1)
    usual, wide = (forecast_month(values, FIRST_DAY, start, end, widen=by)[0] for by in (1.0, 1.15))
    assert wide == replace(usual, low_80=wide.low_80, high_80=wide.high_80, low_95=wide.low_95, high_95=wide.high_95)
    assert wide.high_80 is not None
    assert usual.high_80 is not None
    assert wide.high_80 > usual.high_80


COSTS = st.floats(-1e6, 1e9, allow_subnormal=False) | st.just(0.0) | st.just(np.nan)


@given(st.lists(COSTS, min_size=1, max_size=220), st.dates(date(2026, 9, 1), date(2027, 1, 1)), st.integers(1, 40))
def test_any_series_has_ordered_bounds_around_its_total_or_a_reason(
    values: list[float], start: date, days: int
) -> None:
    first_day = LAST_DAY - timedelta(days=len(values) - 1)
    found = forecast_month(np.array(values), first_day, start, start + timedelta(days=days))
    one = found[0]
    chance = found.probability_over(np.array([1000.0]))[0]
    assert len(one.day_weights) == days
    if one.reason:
        assert one.low_80 is None
        assert np.isnan(chance)
        return
    assert one.total is not None
    bounds = [bound for bound in (one.low_95, one.low_80, one.total, one.high_80, one.high_95) if bound is not None]
    assert len(bounds) == 5
    slack = 1e-9 * max(1.0, *map(abs, bounds))
    assert all(low <= high + slack for low, high in pairwise(bounds))
    assert 0 <= chance <= 1


@given(st.integers(0, 10_000), st.floats(0.5, 1.5), st.floats(0.5, 1.5))
def test_a_larger_budget_is_exceeded_no_more_often(seed: int, first: float, second: float) -> None:
    values = portfolio(seed, 1, 300)
    start = date(2025, 6, 20)
    found = forecast_month(values, FIRST_DAY, start, start + timedelta(days=30))
    low, high = sorted((first, second))
    assert found.probability_over(low * found.total)[0] >= found.probability_over(high * found.total)[0]


@given(st.floats(0.01, 1e6))
def test_another_currency_changes_no_shape(rate: float) -> None:
    values = portfolio(3, 2, 300)
    start, end = date(2025, 6, 20), date(2025, 7, 20)
    plain, converted = (forecast_month(values * by, FIRST_DAY, start, end) for by in (1.0, rate))
    assert converted.total == pytest.approx(plain.total * rate)
    for probability in (0.80, 0.95):
        for one, other in zip(plain.bounds(probability), converted.bounds(probability), strict=True):
            assert other == pytest.approx(one * rate)


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "as a portfolio"])
def test_ranges_hold_as_often_as_they_promise_and_points_beat_the_guesses(alone: bool) -> None:
    values = portfolio(21, 140 if alone else 280, (date(2026, 1, 1) - FIRST_DAY).days)
    for as_of in (5, 15, 25):
        found = measure(values, as_of, alone, [date(2025, 8, 1), date(2025, 10, 1), date(2025, 12, 1)])
        assert found.count > 350
        assert 0.75 <= found.in_80 <= 0.88
        assert 0.91 <= found.in_95 <= 0.98
        assert found.error < 0.05
        assert found.error < found.run_rate_error
        assert found.error < 1.02 * found.seasonal_naive_error


def test_the_guesses_are_what_their_names_say() -> None:
    first_day, values = LAST_DAY - timedelta(days=199), weekly(200)
    assert run_rate(values, first_day, START, END)[0] == pytest.approx(values[-22:].mean() * 30)
    assert seasonal_naive(values, first_day, START, END)[0] == pytest.approx(values[-22:].sum() + WEEK.sum() + WEEK[0])
    assert run_rate(values, first_day, END, date(2027, 1, 1))[0] == pytest.approx(values[-28:].mean() * 31)


def test_the_reference_errors_follow_student_with_four_degrees_of_freedom() -> None:
    assert student_t4(np.array([0.025, 0.5, 0.9, 0.975])) == pytest.approx([-2.776445, 0, 1.533206, 2.776445], abs=1e-6)
