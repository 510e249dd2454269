"""Outcomes, customer tiers and the cost of failure on the page of unit economics."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from app import data, outcomes
from store.engine import Store
from store.schema import table
from store.tables import Outcome, RequestDay
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, reading
from tests.app.support import outcomes as facts

PAGE, SHOW = "unit_economics", "Per outcome"
TODAY = NOW.date()
START = TODAY - timedelta(days=28)


def forget(store: Store, *rows: type) -> None:
    with store.write() as connection:
        for row in rows:
            connection.execute(sa.delete(table(row)))
    data.forget_answers()


def costs(books: company.Books, feature: str, days: set[date]) -> Decimal:
    keys = {stream.attribution_key for stream in company.STREAMS if stream.feature == feature}
    in_dollars = (c for c in books.costs if c.billing_currency == "USD" and c.attribution_key in keys)
    return sum((c.billed_cost for c in in_dollars if c.day in days), Decimal())


def test_costs_per_outcome_divide_days_with_outcomes_alone(
    full_store: Store, books: company.Books, open_app: OpenApp
) -> None:
    rows = reading.table_with(open_app(PAGE, show=SHOW), "outcome_feature").set_index("outcome_feature")
    tickets = [o for o in facts.outcomes(TODAY) if o.feature == "support-assistant"]
    cost = costs(books, "support-assistant", {o.day for o in tickets})
    done, good = sum(o.outcome_count for o in tickets), sum(o.good_count or 0 for o in tickets)
    row = rows.loc["Support assistant"]
    assert (row["outcome"], row["outcome_count"], row["good_count"]) == (facts.TICKETS, done, good)
    assert row["cost_per_outcome"] == pytest.approx(float(cost) / done)
    assert row["cost_per_good_outcome"] == pytest.approx(float(cost) / good)
    assert row["good_ratio"] == pytest.approx(good / done)


def test_what_is_not_reported_is_unknown_and_undeclared_features_are_told(full_store: Store, open_app: OpenApp) -> None:
    app = open_app(PAGE, show=SHOW)
    rows = reading.table_with(app, "outcome_feature").set_index("outcome_feature")
    assert pd.isna(rows.loc["Invoice reader"]["cost_per_good_outcome"])
    assert rows.loc["Invoice reader"]["cost_per_outcome"] > 0
    assert "within_slo_count" not in rows.columns
    assert f"Good outcomes of Invoice reader and {facts.UNDECLARED} are not reported." in reading.text(app)
    assert f"features.toml does not declare {facts.UNDECLARED}." in reading.text(app)


def test_customer_tiers_add_up_to_the_bill(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    rows = reading.table_with(open_app(PAGE, show=SHOW), "customer_tier").set_index("customer_tier")
    assert set(rows.index) == {"enterprise", "free", outcomes.NOT_TOLD}
    assert rows["billed_cost"].sum() == pytest.approx(float(books.billed(START, TODAY)), rel=1e-12)
    assert rows["share"].sum() == pytest.approx(1)


def test_failed_and_retried_requests_are_counted_once(full_store: Store, open_app: OpenApp) -> None:
    app = open_app(PAGE, show=SHOW)
    rows = reading.table_with(app, "failure_feature").set_index("failure_feature")
    logged = facts.requests(NOW)
    failed = sum(request.error_type is not None for request in logged)
    assert rows["request_count"].sum() == len(logged)
    assert rows["failed_count"].sum() == rows["retried_count"].sum() == failed
    assert f"{2 * failed} of {len(logged)} logged requests failed or were retried: $" in reading.text(app)
    assert rows.loc["Research desk"]["basis"] == "Requests"
    assert rows.loc["Support assistant"]["basis"] == "Tokens"
    assert (rows["lost_cost"] <= rows["failed_cost"] + rows["retried_cost"] + 1e-6).all()


def test_a_filter_by_provider_leaves_a_part_of_the_cost_and_says_so(full_store: Store, open_app: OpenApp) -> None:
    whole = reading.table_with(open_app(PAGE, show=SHOW), "outcome_feature").set_index("outcome_feature")
    app = open_app(PAGE, show=SHOW, provider="openai")
    part = reading.table_with(app, "outcome_feature").set_index("outcome_feature")
    name = "Support assistant"
    assert part.loc[name]["outcome_count"] == whole.loc[name]["outcome_count"]
    assert 0 < part.loc[name]["cost_per_outcome"] < whole.loc[name]["cost_per_outcome"]
    assert "the filters above leave a part of their cost" in reading.text(app)


def test_without_outcomes_one_sentence_says_how_to_connect_them(full_store: Store, open_app: OpenApp) -> None:
    forget(full_store, Outcome, RequestDay)
    app = open_app(PAGE, show=SHOW)
    shown = reading.text(app)
    assert "No outcomes in these days. Import them with" in shown
    assert "Cost of failure" not in shown
    assert "Customer tiers" not in shown
    assert not any("outcome_feature" in found.columns for found in reading.tables(app))


def failure(**changes: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("lost_cost", "logged_cost", "feature_name"))
    return {"feature": "search", "lost_count": 1, "request_count": 4, **nothing, **changes}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (failure(), "1 of 4 logged requests failed or was retried; nothing of it was billed in EUR."),
        (
            failure(lost_cost=Decimal(5), logged_cost=Decimal(20), lost_count=2),
            "2 of 4 logged requests failed or were retried: €5.00 (25%) of the €20.00 of logged traffic.",
        ),
        (
            failure(lost_cost=Decimal(0), logged_cost=Decimal(0), lost_count=0),
            "0 of 4 logged requests failed or were retried: €0.00 of the €0.00 of logged traffic.",
        ),
    ],
)
def test_the_cost_of_failure_is_one_sentence(row: dict[str, Any], told: str) -> None:
    assert outcomes.failure_headline([row], "EUR") == told
