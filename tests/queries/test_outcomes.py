"""What outcomes and failures cost: parts add up, good is never more than all, nothing known is nothing told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.attribution import OPEN_FROM, OPEN_TO
from queries.runner import run
from store import request_day
from store.bulk import insert_rows
from store.engine import Store
from store.schema import column_names, table, to_batch
from store.tables import AttributedCostDay, Attribution, InferenceRequest, Outcome, RequestDay

FIRST = date(2026, 11, 1)
ASKED: dict[str, Any] = {"start": FIRST, "end": FIRST + timedelta(days=3), "currency": "USD"}
FEATURES = ("search", "summary")
PROVIDERS = ("openai", "anthropic")
TIERS = (None, "free", "enterprise")
TINY = Decimal("0.00000001")
"""Shares are rounded to 1e-12: of costs below 10,000 that is less than this."""


def cost(feature: str, day: int, amount: Decimal, provider: str = "openai", **changes: Any) -> AttributedCostDay:
    values: dict[str, Any] = {
        "day": FIRST + timedelta(days=day),
        "provider": provider,
        "account_id": "org-1",
        "project_id": None,
        "api_key_id": None,
        "service": "inference",
        "model": None,
        "token_type": None,
        "feature": feature,
        "team": "Discovery",
        "environment": "production",
        "cost_center": None,
        "currency": "USD",
        "billing_currency": "USD",
        "allocation": None,
        "billed_cost": amount,
        "effective_cost": amount,
        "request_cost": None,
        "token_cost": None,
        **changes,
    }
    return AttributedCostDay(**values)


def outcome(feature: str, day: int, count: int, **more: Any) -> Outcome:
    values = {"source": "file", "outcome": "done", "outcome_count": count, **more}
    return Outcome(day=FIRST + timedelta(days=day), feature=feature, **values)


def request(feature: str, day: int, second: int, provider: str = "openai", **more: Any) -> InferenceRequest:
    at = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=day, seconds=second)
    return InferenceRequest(
        source="log",
        started_at=at,
        provider=provider,
        account_id="org-1",
        attribution_key=feature,
        service="requests",
        **more,
    )


def owner(feature: str) -> Attribution:
    nothing = dict.fromkeys(
        ("provider", "account_id", "project_id", "api_key_id", "user_id", "model", "service", "tags", "cost_center")
    )
    return Attribution(
        attribution_key=feature,
        valid_from=OPEN_FROM,
        valid_to=OPEN_TO,
        feature=feature,
        environment="production",
        rule=feature,
        **nothing,
    )


def fill(store: Store, *facts: Any) -> None:
    """These rows and no others."""
    with store.write() as connection:
        for row in (AttributedCostDay, Outcome, InferenceRequest, Attribution):
            connection.execute(sa.delete(table(row)))
            given = [fact for fact in (*facts, *map(owner, FEATURES)) if type(fact) is row]
            insert_rows(connection, row, to_batch(row, given))
        days = table(RequestDay)
        connection.execute(sa.delete(days))
        connection.execute(sa.insert(days).from_select(list(column_names(RequestDay)), request_day.rows(sa.true())))


def ask(store: Store, query: str, **more: Any) -> list[dict[str, Any]]:
    return run(store, f"cost/{query}", **ASKED, **more).rows()


AMOUNTS = st.decimals(min_value=-50, max_value=9000, places=12)
DAYS = st.integers(0, 2)


@st.composite
def costs(draw: st.DrawFn) -> list[AttributedCostDay]:
    makes = st.builds(cost, st.sampled_from(FEATURES), DAYS, AMOUNTS, st.sampled_from(PROVIDERS))
    return draw(st.lists(makes, max_size=8))


@st.composite
def outcomes(draw: st.DrawFn) -> list[Outcome]:
    made = []
    for _ in range(draw(st.integers(0, 8))):
        count = draw(st.integers(0, 50))
        good = draw(st.none() | st.integers(0, count))
        tier = draw(st.sampled_from(TIERS))
        made.append(
            outcome(draw(st.sampled_from(FEATURES)), draw(DAYS), count, good_count=good, customer_tier=tier)
        )  # fmt: skip
    return made


@st.composite
def requests(draw: st.DrawFn) -> list[InferenceRequest]:
    return [
        request(
            draw(st.sampled_from(FEATURES)),
            draw(DAYS),
            number,
            draw(st.sampled_from(PROVIDERS)),
            input_tokens=draw(st.none() | st.integers(0, 1000)),
            status_code=draw(st.sampled_from([None, 200, 429, 500])),
            error_type=draw(st.sampled_from([None, None, "timeout"])),
            interaction_id=draw(st.sampled_from([None, "a", "b", "c"])),
            customer_tier=draw(st.sampled_from(TIERS)),
        )
        for number in range(draw(st.integers(0, 10)))
    ]


def total(values: Sequence[Decimal | int | None]) -> Any:
    return sum((value for value in values if value is not None), Decimal())


quickly = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quickly
@given(costs=costs(), outcomes=outcomes())
def test_outcomes_and_their_costs_add_up(
    duckdb_store: Store, costs: list[AttributedCostDay], outcomes: list[Outcome]
) -> None:
    fill(duckdb_store, *costs, *outcomes)
    rows = ask(duckdb_store, "outcomes_by_feature")
    slices = {(made.day, made.feature) for made in outcomes}
    assert total([row["outcome_count"] for row in rows]) == sum(made.outcome_count for made in outcomes)
    assert total([row["outcome_cost"] for row in rows]) == total(
        [item.billed_cost for item in costs if (item.day, item.feature) in slices]
    )
    for row in rows:
        if row["good_count"] is not None:
            assert row["good_count"] <= row["judged_count"] <= row["outcome_count"]
            assert row["good_ratio"] is None or 0 <= row["good_ratio"] <= 1


@quickly
@given(costs=costs(), outcomes=outcomes())
def test_the_parts_of_providers_add_up_to_the_cost_of_outcomes(
    duckdb_store: Store, costs: list[AttributedCostDay], outcomes: list[Outcome]
) -> None:
    fill(duckdb_store, *costs, *outcomes)
    whole = {row["feature"]: row["outcome_cost"] or 0 for row in ask(duckdb_store, "outcomes_by_feature")}
    parts = [ask(duckdb_store, "outcomes_by_feature", provider=[provider]) for provider in PROVIDERS]
    for feature, expected in whole.items():
        assert expected == total([r["outcome_cost"] for rows in parts for r in rows if r["feature"] == feature])


@quickly
@given(costs=costs(), outcomes=outcomes(), requests=requests())
def test_customer_tiers_add_up_to_the_bill_to_the_last_digit(
    duckdb_store: Store, costs: list[AttributedCostDay], outcomes: list[Outcome], requests: list[InferenceRequest]
) -> None:
    fill(duckdb_store, *costs, *outcomes, *requests)
    rows = ask(duckdb_store, "cost_by_customer_tier")
    assert total([row["billed_cost"] for row in rows]) == total([item.billed_cost for item in costs])
    assert len({row["customer_tier"] for row in rows}) == len(rows)


@quickly
@given(costs=costs(), requests=requests())
def test_lost_is_failed_or_retried_and_never_more_than_all(
    duckdb_store: Store, costs: list[AttributedCostDay], requests: list[InferenceRequest]
) -> None:
    fill(duckdb_store, *(c for c in costs if c.billed_cost >= 0), *requests)
    rows = ask(duckdb_store, "failure_by_feature")
    assert sum(row["request_count"] for row in rows) == len(requests)
    for row in rows:
        assert max(row["failed_count"], row["retried_count"]) <= row["lost_count"] <= row["request_count"]
        assert row["lost_count"] <= row["failed_count"] + row["retried_count"]
        if row["logged_cost"] is not None:
            assert max(row["failed_cost"], row["retried_cost"]) <= row["lost_cost"] + TINY
            assert row["lost_cost"] <= row["logged_cost"] + TINY


def test_only_days_with_outcomes_are_divided(store: Store) -> None:
    fill(
        store,
        cost("search", 0, Decimal(30)),
        cost("search", 1, Decimal(500)),
        cost("search", 0, Decimal(7), allocation="shared"),
        outcome("search", 0, 10, good_count=6),
        outcome("search", 2, 90, good_count=90),
    )
    (row,) = ask(store, "outcomes_by_feature")
    assert (row["billed_cost"], row["outcome_cost"]) == (Decimal(537), Decimal(30))
    assert (row["outcome_count"], row["good_count"], row["good_ratio"]) == (100, 96, 0.96)
    assert (row["cost_per_outcome"], row["cost_per_good_outcome"]) == (3.0, 5.0)


def test_a_day_of_which_not_all_good_ones_are_known_is_not_judged(duckdb_store: Store) -> None:
    fill(
        duckdb_store,
        cost("search", 0, Decimal(30)),
        cost("search", 1, Decimal(20)),
        outcome("search", 0, 10, good_count=6, customer_tier="free"),
        outcome("search", 0, 5),
        outcome("search", 1, 10, good_count=0),
    )
    (row,) = ask(duckdb_store, "outcomes_by_feature")
    assert (row["judged_count"], row["good_count"], row["good_ratio"]) == (10, 0, 0.0)
    assert (row["good_outcome_cost"], row["cost_per_good_outcome"]) == (Decimal(20), None)


def test_outcomes_of_another_kind_have_no_common_name(duckdb_store: Store) -> None:
    fill(duckdb_store, outcome("search", 0, 1), outcome("search", 1, 1, outcome="sold"), outcome("summary", 0, 1))
    assert [(row["feature"], row["outcome"]) for row in ask(duckdb_store, "outcomes_by_feature")] == [
        ("search", None),
        ("summary", "done"),
    ]


def test_failures_cost_their_share_of_tokens_else_of_requests(store: Store) -> None:
    fill(
        store,
        cost("search", 0, Decimal(100)),
        cost("search", 0, Decimal(1000), provider="anthropic"),
        cost("search", 1, Decimal(40)),
        request("search", 0, 0, input_tokens=100, status_code=500, interaction_id="a"),
        request("search", 0, 1, input_tokens=100, status_code=200, interaction_id="a"),
        request("search", 0, 2, input_tokens=700, output_tokens=100, status_code=200, interaction_id="b"),
        request("search", 1, 0, error_type="timeout"),
        request("search", 1, 1),
    )
    (row,) = ask(store, "failure_by_feature")
    assert (row["request_count"], row["failed_count"], row["retried_count"], row["lost_count"]) == (5, 2, 1, 3)
    assert (row["failed_tokens"], row["retried_tokens"], row["lost_tokens"]) == (100, 100, 200)
    assert (row["logged_cost"], row["failed_cost"]) == (Decimal(140), Decimal(30))
    assert (row["retried_cost"], row["lost_cost"], row["basis"]) == (Decimal(10), Decimal(40), "both")


@pytest.mark.parametrize("tokens", [None, 0])
def test_traffic_without_a_bill_has_failures_and_no_cost(duckdb_store: Store, tokens: int | None) -> None:
    fill(duckdb_store, request("search", 0, 0, input_tokens=tokens, status_code=503))
    (row,) = ask(duckdb_store, "failure_by_feature")
    assert (row["failed_count"], row["lost_cost"], row["logged_cost"], row["basis"]) == (1, None, None, "requests")


def test_tiers_are_split_by_tokens_then_requests_then_outcomes(store: Store) -> None:
    fill(
        store,
        cost("search", 0, Decimal(90)),
        cost("search", 1, Decimal(10)),
        cost("search", 2, Decimal(30)),
        cost("summary", 0, Decimal(5)),
        request("search", 0, 0, input_tokens=225, customer_tier="free"),
        request("search", 0, 1, input_tokens=575, output_tokens=100, customer_tier="enterprise"),
        outcome("search", 0, 1000, customer_tier="free"),
        request("search", 1, 0, customer_tier="free"),
        request("search", 1, 1),
        outcome("search", 2, 1, customer_tier="free"),
        outcome("search", 2, 4, customer_tier="enterprise"),
    )
    rows = {row["customer_tier"]: row for row in ask(store, "cost_by_customer_tier")}
    assert {tier: row["billed_cost"] for tier, row in rows.items()} == {
        "enterprise": Decimal("91.5"),
        "free": Decimal("33.5"),
        None: Decimal(10),
    }
    assert (rows["free"]["basis"], rows["free"]["outcome_count"]) == ("mixed", 1001)
