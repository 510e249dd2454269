"""Budgets with their forecasts: verdicts, ranges, pro rata, and the way to the end of the period."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.budget import BudgetPace
from domain.forecast.month import forecast_month
from domain.outlook import GRAVEST_FIRST, ORGANIZATION, Outlook, Portfolio, expected_path, fan, outlooks
from tests.domain.forecast.generator import FIRST_DAY, portfolio

START, END = date(2025, 11, 1), date(2025, 12, 1)
AS_OF = date(2025, 11, 11)
TEAM = ("team", "Discovery")
ALL = portfolio(7, 2, (END - FIRST_DAY).days)


def known(until: date = AS_OF) -> Portfolio:
    return Portfolio((ORGANIZATION, TEAM), FIRST_DAY, ALL[:, : (until - FIRST_DAY).days])


def pace(amount: float, until: date = AS_OF, spent: float = 10.0) -> BudgetPace:
    return BudgetPace(START, END, until, Decimal(str(amount)), Decimal(str(spent)), Decimal(str(spent)))


def outlook(amount: float, until: date = AS_OF, spent: float = 10.0) -> Outlook:
    (found,) = outlooks(known(until), [(TEAM, pace(amount, until, spent))])
    return found


def test_each_budget_has_the_forecast_of_its_scope_made_beside_all_others() -> None:
    found = outlooks(known(), [(TEAM, pace(100)), (ORGANIZATION, pace(200))])
    together = forecast_month(known().values, FIRST_DAY, START, END, known().widen)
    assert [o.forecast for o in found] == [together[1], together[0]]


def test_the_verdict_follows_the_budget_from_far_too_little_to_plenty() -> None:
    forecast = outlook(1).forecast
    assert forecast is not None
    assert forecast.total is not None
    assert forecast.high_80 is not None
    assert outlook(1, spent=1.01).verdict == "exceeded"
    assert outlook(forecast.total * 0.99).verdict == "will not hold"
    assert outlook((forecast.total + forecast.high_80) / 2).verdict == "at risk"
    assert outlook(forecast.high_80 * 1.01).verdict == "on track"


def test_a_larger_budget_is_never_more_at_risk() -> None:
    amounts = np.linspace(5, 3000, 60)
    chances = [outlook(amount).chance_over for amount in amounts]
    ranks = [GRAVEST_FIRST.index(outlook(amount).verdict) for amount in amounts]
    assert None not in chances
    assert chances == sorted(chances, reverse=True)
    assert ranks == sorted(ranks)


def test_what_never_cost_anything_is_unknown() -> None:
    (found,) = outlooks(known(), [(("model", "none"), pace(100, spent=0))])
    assert (found.forecast, found.chance_over, found.verdict, found.overrun_ratio) == (None, None, "unknown", None)
    assert found.pro_rated(seasonal=True) == found.pro_rated(seasonal=False)


def test_a_period_that_is_billed_is_held_or_exceeded_for_certain() -> None:
    spent = float(ALL[1, (START - FIRST_DAY).days :].sum())
    held, exceeded = outlook(spent * 2, END, spent), outlook(spent / 2, END, spent)
    assert (held.verdict, held.chance_over, held.is_settled) == ("held", 0.0, True)
    assert (exceeded.verdict, exceeded.chance_over) == ("exceeded", 1.0)
    assert held.forecast is not None
    assert held.forecast.total == held.forecast.low_80 == held.forecast.high_80 == pytest.approx(spent)


def test_before_the_first_whole_day_everything_is_forecast() -> None:
    found = outlook(100, START, 0)
    assert found.forecast is not None
    assert found.forecast.actual == 0
    assert found.forecast.total is not None
    assert found.variance(seasonal=False) is None


@settings(max_examples=20)
@given(st.integers(0, 30), st.booleans(), st.decimals(0, 10**6, places=2))
def test_the_pro_rated_budget_rises_to_all_of_it(days: int, seasonal: bool, amount: Decimal) -> None:
    found = outlook(float(amount), START + timedelta(days=days))
    path = found.pro_rated_path(seasonal=seasonal)
    assert len(path) == 30
    assert path == sorted(path)
    assert path[-1] == pytest.approx(found.pace.amount)
    assert found.pro_rated(seasonal=seasonal) == (path[days - 1] if days else 0)


def test_a_seasonal_budget_gives_closed_days_nothing() -> None:
    office = np.array([[0.0 if (FIRST_DAY + timedelta(days=n)).weekday() > 4 else 10.0 for n in range(436)]])
    scope = Portfolio((TEAM,), FIRST_DAY, office)
    (found,) = outlooks(scope, [(TEAM, BudgetPace(START, END, date(2025, 11, 11), Decimal(200), Decimal(), Decimal()))])
    path = found.pro_rated_path(seasonal=True)
    assert path[:3] == [0, 0, 10]
    assert path[6:10] == [50, 50, 50, 60]


def test_the_way_begins_after_the_last_whole_day_and_ends_at_the_forecast() -> None:
    forecast = outlook(100).forecast
    assert forecast is not None
    path = expected_path(known(), TEAM, START, END)
    points = fan(known(), TEAM, START, END)
    assert (path[0][0], path[-1]) == (AS_OF, (END - timedelta(days=1), pytest.approx(forecast.total)))
    assert points[-1].day == END - timedelta(days=1)
    assert points[0].day == AS_OF
    last = points[-1]
    assert (last.low_95, last.low_80, last.expected, last.high_80, last.high_95) == pytest.approx(
        (forecast.low_95, forecast.low_80, forecast.total, forecast.high_80, forecast.high_95)
    )
    by_day = dict(path)
    assert [point.expected for point in points] == pytest.approx([by_day[point.day] for point in points])


def test_nothing_is_drawn_ahead_of_a_period_that_is_over_or_unknown() -> None:
    assert fan(known(END), TEAM, START, END) == expected_path(known(END), TEAM, START, END) == []
    assert fan(known(), ("team", "none"), START, END) == expected_path(known(), ("team", "none"), START, END) == []
    empty = Portfolio((), AS_OF, np.empty((0, 0)))
    assert fan(empty, TEAM, START, END) == expected_path(empty, TEAM, START, END) == []


def test_the_days_of_a_scope_are_its_known_costs() -> None:
    days = known().days_of(TEAM, START, END)
    assert days == ALL[1, (START - FIRST_DAY).days :][:10].tolist()
    assert known().days_of(("team", "none"), START, END) == [0.0] * 10
    assert known().days_of(TEAM, FIRST_DAY - timedelta(days=2), FIRST_DAY + timedelta(days=1)) == [0, 0, ALL[1, 0]]
    assert known(END).days_of(TEAM, START, date(2025, 11, 4)) == ALL[1, (START - FIRST_DAY).days :][:3].tolist()
