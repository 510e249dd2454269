"""A month against its budget."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.pace import Pace, run_rates

START, END = date(2026, 11, 1), date(2026, 12, 1)


def test_run_rate_is_the_average_of_whole_days_for_all_days() -> None:
    pace = Pace(START, END, date(2026, 11, 11), Decimal(1000), Decimal(3300))
    assert pace.complete_days == 10
    assert pace.run_rate == 3000
    assert pace.pro_rated == 1100
    assert pace.ahead == -100
    assert pace.overrun == -300


def test_nothing_is_forecast_on_the_first_day() -> None:
    pace = Pace(START, END, START, Decimal(0), Decimal(3300))
    assert (pace.run_rate, pace.ahead, pace.overrun) == (None, None, None)


def test_one_dear_day_is_no_run_rate() -> None:
    pace = Pace(START, END, date(2026, 11, 2), Decimal(900), Decimal(3300))
    assert pace.run_rate is None
    assert pace.ahead == 790


def test_without_a_budget_there_is_no_verdict() -> None:
    pace = Pace(START, END, date(2026, 11, 11), Decimal(1000), None)
    assert (pace.pro_rated, pace.ahead, pace.overrun) == (None, None, None)
    assert pace.run_rate == 3000


@given(st.decimals(0, 10**9, places=6), st.integers(3, 30))
def test_spending_the_pro_rated_budget_lands_on_the_budget(budget: Decimal, days: int) -> None:
    pace = Pace(START, END, START + timedelta(days=days), budget * days / 30, budget)
    assert pace.overrun is not None
    assert abs(pace.overrun) < Decimal("0.000001")


def test_past_run_rates_begin_when_there_is_one_and_end_at_the_current_one() -> None:
    pace = Pace(START, END, date(2026, 11, 4), Decimal(60), None)
    days = [
        {"day": date(2026, 11, 1), "billed_cost": Decimal(30)},
        {"day": date(2026, 11, 3), "billed_cost": Decimal(30)},
    ]
    assert run_rates(pace, days) == [600]
    assert pace.run_rate == 600
