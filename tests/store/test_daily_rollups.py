"""Bills by what they are compared with, and requests by what became of them: counted as Python counts them."""

from collections import Counter
from datetime import date
from decimal import Decimal
from math import inf
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.slo.buckets import ladder
from store import request_day
from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import BillDay, Charge, InferenceRequest, LatencyDay, ModelUsageDay, RequestDay, TokenUsage
from tests.support.engines import own_engines
from tests.support.facts import charge, days, load, request, usage

KINDS = ("uncached_input_tokens", "output_tokens", None)


def rows(store: Store, row: type) -> list[dict[str, Any]]:
    with store.read() as connection:
        return [dict(mapping) for mapping in connection.execute(sa.select(table(row))).mappings()]


def test_a_bill_is_added_up_by_kind_of_token_unit_and_category(store: Store) -> None:
    def of(day: int, cost: str, kind: str | None, quantity: str | None, **more: Any) -> Charge:
        amount = None if quantity is None else Decimal(quantity)
        return charge(day, cost, token_type=kind, consumed_quantity=amount, consumed_unit="Tokens", **more)

    charges = [of(day, "1.25", kind, "100") for day in (1, 2) for kind in KINDS]
    charges += [of(1, "0.75", "output_tokens", None), of(1, "-0.5", None, None, charge_category="Credit")]
    load(store, charges, days(1, 3))
    found = {
        (row["day"].day, row["token_type"], row["charge_category"]): (row["billed_cost"], row["billed_quantity"])
        for row in rows(store, BillDay)
    }
    expected = {(day, kind, "Usage"): (Decimal("1.25"), Decimal(100)) for day in (1, 2) for kind in KINDS}
    expected |= {
        (1, "output_tokens", "Usage"): (Decimal(2), Decimal(100)),
        (1, None, "Credit"): (Decimal("-0.5"), None),
    }
    assert found == expected
    assert {row["unit"] for row in rows(store, BillDay)} == {"tokens"}


@own_engines
def test_a_bill_of_another_source_and_day_stays(store: Store) -> None:
    load(store, [charge(1, "1"), charge(2, "2")], days(1, 3))
    load(store, [charge(1, "4", source="other", billing_account_id="org-2")], days(1, 2), source="other")
    load(store, [charge(2, "3")], days(2, 3))
    assert sorted(row["billed_cost"] for row in rows(store, BillDay)) == [Decimal(1), Decimal(3), Decimal(4)]


@own_engines
def test_usage_of_all_keys_of_a_model_is_one_row_a_day(store: Store) -> None:
    facts = [usage(day, hour, api_key_id=key) for day in (1, 2) for hour in (0, 9) for key in ("a", "b")]
    facts += [usage(1, 0, model="gpt-unknown"), usage(1, 0, service_tier="batch", request_count=None)]
    load(store, facts, days(1, 3), row=TokenUsage, source="openai_usage")
    found = {(row["day"].day, row["model"], row["service_tier"]): row for row in rows(store, ModelUsageDay)}
    assert {key: (row["uncached_input_tokens"], row["request_count"]) for key, row in found.items()} == {
        (1, "gpt-4o", None): (4000, 40),
        (2, "gpt-4o", None): (4000, 40),
        (1, "gpt-unknown", None): (1000, 10),
        (1, "gpt-4o", "batch"): (1000, None),
    }
    assert found[1, "gpt-unknown", None]["estimated_cost"] is None
    load(store, [], days(1, 2), row=TokenUsage, source="openai_usage")
    assert [row["day"].day for row in rows(store, ModelUsageDay)] == [2]


def test_requests_are_counted_once_however_often_they_are_loaded(store: Store) -> None:
    log = [
        request(1, 0, status_code=500, interaction_id="a"),
        request(1, 5, status_code=200, interaction_id="a"),
        request(1, 9, error_type="timeout", interaction_id="b", input_tokens=None, output_tokens=None),
        request(2, 0, interaction_id="a"),
    ]
    for _ in range(2):
        load(store, log, days(1, 3), row=InferenceRequest, source="log")
    first, second = sorted(rows(store, RequestDay), key=lambda row: str(row["day"]))
    assert (first["day"], second["day"]) == (date(2026, 11, 1), date(2026, 11, 2))
    assert [first[f"{name}_count"] for name in ("request", "failed", "retried", "lost")] == [3, 2, 1, 3]
    assert [first[f"{name}_tokens"] for name in ("total", "failed", "retried", "lost")] == [220, 110, 110, 220]
    assert [second[f"{name}_count"] for name in ("request", "failed", "retried", "lost")] == [1, 0, 0, 0]
    load(store, [], days(1, 2), row=InferenceRequest, source="log")
    assert [row["day"] for row in rows(store, RequestDay)] == [date(2026, 11, 2)]
    assert [row["started_at"].day for row in rows(store, TokenUsage)] == [2]


def test_answered_requests_of_a_key_are_counted_by_the_day_and_by_how_long_they_took(store: Store) -> None:
    edges = [*map(float, ladder()), inf]
    log = [
        request(1, 0, duration_seconds=0.02, time_to_first_token_seconds=0.01),
        request(1, 5000, duration_seconds=0.02),
        request(1, 9, duration_seconds=700.0),
        request(1, 9, duration_seconds=0.02, status_code=500),
        request(1, 9),
        request(2, 0, duration_seconds=0.02),
        request(2, 0, duration_seconds=0.02, model="o9"),
    ]
    for _ in range(2):
        load(store, log, days(1, 3), row=InferenceRequest, source="log")
    below = next(edge for edge in edges if edge >= 0.02)
    found = {
        (row["day"].day, row["attribution_key"], row["measure"], row["le_seconds"]): row["request_count"]
        for row in rows(store, LatencyDay)
    }
    key, other = log[0].attribution_key, log[-1].attribution_key
    assert found == {
        (1, key, "duration", below): 2,
        (1, key, "duration", inf): 1,
        (1, key, "time_to_first_token", 0.01): 1,
        (2, key, "duration", below): 1,
        (2, other, "duration", below): 1,
    }
    load(store, [], days(1, 2), row=InferenceRequest, source="log")
    assert {row["day"].day for row in rows(store, LatencyDay)} == {2}


@st.composite
def requests(draw: st.DrawFn) -> list[InferenceRequest]:
    return [
        request(
            draw(st.integers(1, 2)),
            draw(st.integers(0, 3)),
            input_tokens=draw(st.none() | st.integers(0, 9)),
            output_tokens=draw(st.none() | st.integers(0, 9)),
            status_code=draw(st.sampled_from([None, 200, 399, 400, 503])),
            error_type=draw(st.sampled_from([None, None, "timeout"])),
            interaction_id=draw(st.sampled_from([None, "a", "b"])),
            customer_tier=draw(st.sampled_from([None, "free"])),
        )
        for _ in range(draw(st.integers(0, 12)))
    ]


def failed(one: InferenceRequest) -> bool:
    return one.error_type is not None or (one.status_code or 0) >= 400


def retried(one: InferenceRequest, log: list[InferenceRequest]) -> bool:
    return one.interaction_id is not None and any(
        other.interaction_id == one.interaction_id
        and other.started_at.date() == one.started_at.date()
        and other.started_at < one.started_at
        for other in log
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests())
def test_the_day_is_what_counting_one_by_one_gives(duckdb_store: Store, log: list[InferenceRequest]) -> None:
    expected: Counter[tuple[date, str | None, str]] = Counter()
    for one in log:
        tokens = (one.input_tokens or 0) + (one.output_tokens or 0)
        is_failed, is_retried = failed(one), retried(one, log)
        said = {"request": True, "failed": is_failed, "retried": is_retried, "lost": is_failed or is_retried}
        for name, holds in said.items():
            expected[one.started_at.date(), one.customer_tier, f"{name}_count"] += holds
            measure = "total" if name == "request" else name
            expected[one.started_at.date(), one.customer_tier, f"{measure}_tokens"] += tokens if holds else 0
    with duckdb_store.write() as connection:
        connection.execute(sa.delete(table(InferenceRequest)))
        insert_rows(connection, InferenceRequest, to_batch(InferenceRequest, log))
        made = connection.execute(request_day.rows(sa.true())).all()
    names = list(table(RequestDay).columns.keys())
    found: Counter[tuple[date, str | None, str]] = Counter()
    for row in (dict(zip(names, values, strict=True)) for values in made):
        for name in names[5:]:
            found[row["day"], row["customer_tier"], name] += row[name] or 0
    assert +found == +expected
