"""Costs per request bear the shared costs in the proportion in which they are known."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from queries.runner import run
from store.bulk import insert_rows
from store.engine import Store
from store.schema import column_names, to_batch
from store.tables import AttributedCostDay, AttributedUsageDay
from tests.queries.test_outcomes import FIRST, cost

ASKED: dict[str, Any] = {"start": FIRST, "end": date(2026, 11, 2), "currency": "USD"}


def usage(requests: int) -> AttributedUsageDay:
    values: dict[str, Any] = dict.fromkeys(column_names(AttributedUsageDay))
    named: dict[str, Any] = {
        "day": FIRST,
        "provider": "openai",
        "feature": "search",
        "team": "Discovery",
        "environment": "production",
    }
    named |= {"account_id": "org-1", "service": "inference"}
    counted = {"unpriced_tokens": 0, "request_count": requests, "costed_request_count": requests}
    return AttributedUsageDay(**{**values, **named, **counted})


@pytest.mark.parametrize("unreported", [Decimal(0), Decimal(300)])
def test_requests_bear_of_the_shared_costs_the_part_that_is_theirs(store: Store, unreported: Decimal) -> None:
    shared = cost("search", 0, (100 + unreported) / 10, allocation="pool")
    costs = [cost("search", 0, Decimal(100), request_cost=Decimal(100)), shared]
    if unreported:
        costs.append(cost("search", 0, unreported, provider="anthropic"))
    with store.write() as connection:
        insert_rows(connection, AttributedCostDay, to_batch(AttributedCostDay, costs))
        insert_rows(connection, AttributedUsageDay, to_batch(AttributedUsageDay, [usage(1000)]))
    (row,) = run(store, "cost/unit_by_feature", **ASKED).rows()
    assert row["allocated_cost"] == (100 + unreported) / 10
    assert row["cost_per_1k_requests"] == pytest.approx(100)
    assert row["loaded_cost_per_1k_requests"] == pytest.approx(110)
