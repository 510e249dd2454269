"""Every split key can be explained, and its rows add up to its bill, on every engine."""

from decimal import Decimal
from typing import Any

from queries.runner import run
from store.engine import Store
from tests.support.shared_key import GATEWAY, OWN, RULES, asked, billed, declare, november, reported, take

SPAN = {"start": november(1), "end": november(2), "currency": "USD"}


def loaded(store: Store) -> list[dict[str, Any]]:
    """The rows of the split bill of one day: hour 0 of two features, hour 1 that the log did not see."""
    declare(store, *RULES)
    take(store, [billed(1, "8"), billed(1, "100", sub_account_id="proj-9"), billed(1, "3", billing_currency="EUR")])
    take(store, [reported(1, 0, 6000), reported(1, 1, 2000)])
    take(store, [asked(1, 0, "chat", 3000), asked(1, 0, None, 1000)])
    return [row for row in run(store, "cost/key_shares", **SPAN).rows() if row["billed_cost"] is not None]


def test_a_split_key_says_who_bears_what_and_by_which_weights(store: Store) -> None:
    rows = loaded(store)
    told = [
        (row["feature"], row["share"], row["unseen_share"], row["billed_cost"], row["hours_by"], row["weighed_by"])
        for row in rows
    ]
    assert told == [
        ("chat", Decimal("0.5625"), Decimal(0), Decimal("4.5"), "provider", "list price"),
        (OWN, Decimal("0.4375"), Decimal("0.25"), Decimal("3.5"), "provider", "list price"),
    ]
    assert {(row["rule"], row["split_by"], row["project_id"]) for row in rows} == {
        ("shared key", GATEWAY, "proj-shared")
    }
    assert [row["team"] for row in rows] == ["Team chat", f"Team {OWN}"]


def test_key_costs_show_each_part_and_add_up_to_the_bill(store: Store) -> None:
    loaded(store)
    owners = {row["attribution_key"]: row for row in run(store, "cost/key_owners").rows()}
    found = {}
    for row in run(store, "cost/key_costs", **SPAN).rows():
        owner = owners[row["attribution_key"]]
        found[owner["project_id"], row["feature"], owner["split_by"]] = row["billed_cost"]
    assert found == {
        ("proj-shared", "chat", GATEWAY): Decimal("4.5"),
        ("proj-shared", OWN, GATEWAY): Decimal("3.5"),
        ("proj-9", None, None): Decimal(100),
    }
