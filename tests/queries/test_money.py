"""Cost queries add up to the bill, to the last digit, whatever they are split by."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from queries.runner import run
from store.engine import Store, open_store
from store.migrate import upgrade
from tests.app.support.company import Books
from tests.app.support.seed import ORGANIZATION_BUDGET, seed

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
TODAY = NOW.date()
START = TODAY - timedelta(days=40)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Books]]:
    """A full store and its rows."""
    store = open_store(f"duckdb:///{tmp_path_factory.mktemp('money')}/full.duckdb")
    upgrade(store)
    yield store, seed(store, NOW)
    store.close()


@pytest.mark.parametrize("dimension", ["provider", "team", "feature", "model", "project", "environment"])
@pytest.mark.parametrize("bucket", ["day", "week", "month"])
def test_buckets_and_items_add_up_to_the_bill(seeded: tuple[Store, Books], dimension: str, bucket: str) -> None:
    store, books = seeded
    asked = {"start": START, "end": TODAY, "currency": "USD", "dimension": dimension, "measure": "billed"}
    rows = run(store, "cost/spend_by_bucket", bucket=bucket, **asked).rows()
    assert sum(row["cost"] for row in rows) == books.billed(START, TODAY)


def test_weeks_begin_on_monday(seeded: tuple[Store, Books]) -> None:
    store, _ = seeded
    asked = {"start": START, "end": TODAY, "currency": "USD", "dimension": "team", "measure": "billed"}
    rows = run(store, "cost/spend_by_bucket", bucket="week", **asked).rows()
    assert {row["bucket_day"].weekday() for row in rows} == {0}


def test_items_split_the_period_and_the_one_before(seeded: tuple[Store, Books]) -> None:
    store, books = seeded
    before = START - timedelta(days=20)
    rows = run(
        store,
        "cost/spend_by_item",
        start=START,
        end=TODAY + timedelta(days=1),
        complete_end=TODAY,
        previous_start=before,
        previous_end=START,
        currency="USD",
        dimension="feature",
        measure="billed",
    ).rows()
    assert sum(row["cost"] for row in rows) == books.billed(START, TODAY + timedelta(days=1))
    assert sum(row["complete_cost"] for row in rows) == books.billed(START, TODAY)
    assert sum(row["previous_cost"] for row in rows) == books.billed(before, START)


@pytest.mark.parametrize("query", ["unit_by_feature", "unit_by_model", "unit_by_key", "unit_by_day", "unit_total"])
def test_unit_queries_carry_the_whole_bill_and_all_requests(seeded: tuple[Store, Books], query: str) -> None:
    store, books = seeded
    rows = run(store, f"cost/{query}", start=START, end=TODAY, currency="USD").rows()
    used = [u for u in books.usage if START <= u.day < TODAY]
    assert sum((row["billed_cost"] or Decimal()) for row in rows) == books.billed(START, TODAY)
    assert sum(row["request_count"] or 0 for row in rows) == sum(u.request_count or 0 for u in used)
    assert sum(row["unpriced_tokens"] or 0 for row in rows) == sum(u.unpriced_tokens for u in used)


def test_a_budget_is_compared_with_its_own_scope(seeded: tuple[Store, Books]) -> None:
    store, books = seeded
    asked = {"day": TODAY, "ended_after": TODAY, "billing_since": START}
    rows = run(store, "cost/budget_status", **asked, currencies=["USD"]).rows()
    whole, team = rows
    month = date(2026, 11, 1)
    assert (whole["scope_type"], whole["budget_amount"]) == ("organization", ORGANIZATION_BUDGET)
    assert whole["billed_cost"] == books.billed(month, TODAY + timedelta(days=1))
    assert whole["complete_cost"] == books.billed(month, TODAY)
    assert (team["scope_type"], team["scope"]) == ("team", "Discovery")
    assert 0 < team["complete_cost"] < whole["complete_cost"]


def test_currencies_are_apart(seeded: tuple[Store, Books]) -> None:
    store, books = seeded
    rows = run(store, "cost/currencies", start=START, end=TODAY).rows()
    assert {row["billing_currency"]: row["billed_cost"] for row in rows} == {
        "EUR": books.billed(START, TODAY, "EUR"),
        "USD": books.billed(START, TODAY),
    }
