"""Tables to draw."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import tables

DAY = date(2026, 11, 1)
NONE = pa.table({"item": [], "bucket_day": [], "cost": []})


def _table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows)


def _item(name: str, cost: str, before: str = "0", allocated: str = "0") -> dict[str, object]:
    amount = Decimal(cost)
    return {
        "item": name,
        "item_name": name,
        "cost": amount,
        "allocated_cost": Decimal(allocated),
        "complete_cost": amount,
        "previous_cost": Decimal(before),
    }


def test_the_last_row_is_the_total_with_every_digit() -> None:
    items = [_item("a", "18.006638618400", "9"), _item("b", "1.976514185860")]
    buckets = [{"item": r["item"], "bucket_day": DAY, "cost": r["cost"]} for r in items]
    drawn = tables.by_item(items, _table(buckets), "USD", compared=True).to_pylist()
    assert drawn[-1]["item_name"] == "Total"
    assert drawn[-1]["exact"] == "19.98315280426 USD"
    assert drawn[-1]["share"] == 1
    assert drawn[-1]["trend"] == [pytest.approx(19.98315, abs=1e-3)]


def test_a_change_from_next_to_nothing_has_no_percent_and_without_a_period_before_no_change() -> None:
    items = [_item("a", "100", "1"), _item("b", "10", "8")]
    changes = tables.by_item(items, NONE, "USD", compared=True)["change_ratio"].to_pylist()
    assert changes == [None, 0.25, None]
    assert set(tables.by_item(items, NONE, "USD", compared=False)["change_cost"].to_pylist()) == {None}


def test_direct_and_allocated_costs_stand_apart_once_a_shared_cost_was_moved() -> None:
    drawn = tables.by_item(
        [_item("a", "12", allocated="2"), _item("pool", "0", allocated="-2")], NONE, "USD", compared=False
    )
    assert drawn["direct_cost"].to_pylist() == [10, 2, 12]
    assert drawn["allocated_cost"].to_pylist() == [2, -2, 0]
    assert "direct_cost" not in tables.by_item([_item("a", "12")], NONE, "USD", compared=False).column_names


@given(st.lists(st.decimals(1, 10**6, places=6), min_size=1, max_size=12))
def test_shares_add_up_to_one(costs: list[Decimal]) -> None:
    items = [_item(str(n), str(cost)) for n, cost in enumerate(costs)]
    shares = tables.by_item(items, NONE, "USD", compared=False)["share"].to_pylist()
    assert abs(sum(shares[:-1]) - 1) < 1e-9


def test_a_sparkline_has_every_day_and_zero_where_nothing_was_billed() -> None:
    rows = [
        {"feature": "a", "day": DAY, "billed_cost": Decimal(1)},
        {"feature": "b", "day": DAY.replace(day=2), "billed_cost": Decimal(2)},
    ]
    assert tables.sparklines(_table(rows), "feature", "day", "billed_cost") == {"a": [1.0, 0.0], "b": [0.0, 2.0]}


def test_unknown_numbers_stay_unknown() -> None:
    row = dict.fromkeys(
        ("billed_cost", "request_cost", "cost_per_1k_requests", "cost_per_1m_tokens", "estimated_cost",
         "request_count", "total_tokens", "unpriced_tokens", "model", "provider")
    )  # fmt: skip
    drawn = tables.units([row], {}).to_pylist()[0]
    assert (drawn.pop("model"), drawn.pop("provider")) == ("– no model", "–")
    assert set(drawn.values()) == {None}
