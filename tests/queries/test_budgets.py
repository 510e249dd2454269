"""Budgets against costs: any scope, months and quarters, the newest version, on every engine."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import numpy as np
import pytest

from domain.outlook import ORGANIZATION
from queries.outlook import budgets
from queries.runner import run
from store.engine import Store
from store.tables import Budget
from tests.alerts.support import NOW, budget_row, collected, insert, seed_workplace, spend

TODAY = NOW.date()
MONTH, QUARTER, NEXT = date(2026, 11, 1), date(2026, 10, 1), date(2027, 1, 1)
ASKED = {"day": TODAY, "ended_after": TODAY, "billing_since": date(2026, 10, 1)}


def quarter(amount: int, **changes: object) -> Budget:
    budget = budget_row(Decimal(amount), start=QUARTER)
    budget.period, budget.period_end = "quarter", NEXT
    for name, value in changes.items():
        setattr(budget, name, value)
    return budget


def versioned(budget: Budget, version: str, position: int) -> Budget:
    budget.version, budget.position = version, position
    return budget


@pytest.fixture
def costs(store: Store) -> Store:
    """A team with a month's budget, and costs in October and November."""
    seed_workplace(store)
    for day, cost in ((date(2026, 9, 30), 1000), (date(2026, 10, 5), 100), (date(2026, 11, 3), 10), (TODAY, 1)):
        spend(store, day, Decimal(cost))
    collected(store, "openai_costs", NOW)
    return store


def test_a_quarter_has_its_own_costs_beside_the_month(costs: Store) -> None:
    insert(costs, Budget, [quarter(30_000)])
    rows = run(costs, "cost/budget_status", **ASKED).rows()
    assert [(r["period"], r["period_start"], r["period_end"], r["billed_cost"], r["complete_cost"]) for r in rows] == [
        ("quarter", QUARTER, NEXT, Decimal(111), Decimal(110)),
        ("month", MONTH, date(2026, 12, 1), Decimal(11), Decimal(10)),
    ]


@pytest.mark.parametrize(
    ("scope_type", "scope", "billed"),
    [
        ("organization", "", 11),
        ("provider", "openai", 11),
        ("model", "gpt-5.4", 11),
        ("environment", "production", 11),
        ("environment", "staging", 0),
        ("model", "production", 0),
    ],
)
def test_any_scope_has_its_costs(costs: Store, scope_type: str, scope: str, billed: int) -> None:
    insert(costs, Budget, [budget_row(Decimal(50), scope_type, scope)])
    rows = run(costs, "cost/budget_status", **ASKED).rows()
    (row,) = [r for r in rows if (r["scope_type"], r["scope"]) == (scope_type, scope)]
    assert (row["billed_cost"], row["name"]) == (Decimal(billed), scope)


def test_the_newest_version_counts_and_all_are_listed(costs: Store) -> None:
    insert(
        costs,
        Budget,
        [versioned(quarter(300), "plan", 1), versioned(quarter(500), "R2", 3), versioned(quarter(400), "R1", 2)],
    )
    rows = run(costs, "cost/budget_status", **ASKED).rows()
    assert [(r["period"], r["budget_amount"], r["version"], r["version_count"]) for r in rows] == [
        ("quarter", Decimal(500), "R2", 3),
        ("month", Decimal(10_000), "", 1),
    ]
    asked = {"day": TODAY, "ended_after": TODAY}
    versions = [r for r in run(costs, "cost/budget_versions", **asked).rows() if r["period"] == "quarter"]
    assert [(r["version"], r["budget_amount"], r["is_current"]) for r in versions] == [
        ("R2", Decimal(500), True),
        ("R1", Decimal(400), False),
        ("plan", Decimal(300), False),
    ]


def test_other_currencies_are_left_out_when_one_is_asked_for(costs: Store) -> None:
    insert(costs, Budget, [budget_row(Decimal(5), currency="EUR")])
    rows = run(costs, "cost/budget_status", **ASKED, currencies=["EUR"]).rows()
    assert [(r["currency"], r["billed_cost"]) for r in rows] == [("EUR", Decimal(0))]


def test_the_days_of_a_scope_are_those_of_its_costs_and_the_organisation_is_always_there(costs: Store) -> None:
    asked = {"day": TODAY, "ended_after": TODAY, "start": date(2026, 10, 1), "end": TODAY, "currency": "USD"}
    rows = run(costs, "cost/budget_days", **asked).rows()
    days = [(date(2026, 10, 5), Decimal(100)), (date(2026, 11, 3), Decimal(10))]
    assert [(r["scope_type"], r["scope"], r["day"], r["billed_cost"]) for r in rows] == [
        (*scope, day, cost) for scope in (ORGANIZATION, ("team", "Workplace")) for day, cost in days
    ]


def test_the_outlook_reads_whole_days_and_fills_those_without_a_bill_with_nothing(costs: Store) -> None:
    found = budgets(
        partial(run, costs), "USD", today=TODAY, complete_end=TODAY, billing_since=date(2026, 10, 1), since=TODAY
    )
    portfolio = found.portfolio
    assert (portfolio.scopes, portfolio.first_day) == ((ORGANIZATION, ("team", "Workplace")), date(2026, 9, 30))
    assert portfolio.values.shape == (2, (TODAY - date(2026, 9, 30)).days)
    assert portfolio.values[1].tolist() == portfolio.values[0].tolist()
    assert {number: cost for number, cost in enumerate(portfolio.values[0]) if cost} == {0: 1000, 5: 100, 34: 10}
    (outlook,) = found.outlooks
    assert outlook.forecast is not None
    assert outlook.forecast.actual == 10
    assert (outlook.pace.actual, outlook.pace.complete_cost) == (Decimal(11), Decimal(10))


def test_a_store_without_costs_has_no_forecast(store: Store) -> None:
    insert(store, Budget, [budget_row(Decimal(50), "organization", "")])
    since = TODAY - timedelta(days=1)
    found = budgets(partial(run, store), "USD", today=TODAY, complete_end=TODAY, billing_since=since, since=since)
    (outlook,) = found.outlooks
    assert (outlook.forecast, outlook.verdict, outlook.pace.actual) == (None, "unknown", 0)
    assert np.array_equal(found.portfolio.values, np.empty((0, 0)))
