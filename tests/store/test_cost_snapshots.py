"""What closed weeks cost goes on record when they close, and again whenever it changes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from config.loader import FeatureEntry, Reference
from domain.attribution import Rule
from store.books import Books
from store.cost_snapshots import take_cost_snapshot
from store.engine import Store
from store.forget import forget_source
from store.price_book import PriceBook
from store.reference import sync_reference
from store.schema import table
from store.tables import CostSnapshot, ScopeCostDay
from tests.support.engines import own_engines
from tests.support.facts import charge, days, load

FIRST, SECOND, THIRD = date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)
CLOSED = datetime(2026, 11, 16, 6, tzinfo=UTC)
"""The first two weeks of November are over."""
LATER = CLOSED + timedelta(days=2)
DESK = Rule(name="desk", match={"project_id": "proj-1"}, tags={}, feature="desk", environment="prod")
OTHER = Rule(name="other", match={"project_id": "proj-1"}, tags={}, feature="search", environment="prod")
FEATURES = tuple(FeatureEntry(key=key, name=key.title(), team="Workplace") for key in ("desk", "search"))
DECLARED = frozenset({"features.toml", "attribution.toml"})


def owned_by(rule: Rule) -> Reference:
    return Reference(features=FEATURES, rules=(rule,), declared=DECLARED)


def snapshots(store: Store, **only: Any) -> list[dict[str, Any]]:
    c = table(CostSnapshot).c
    asked = sa.select(table(CostSnapshot)).order_by(c.taken_at, c.week_start, c.scope_type, c.scope)
    with store.read() as connection:
        rows = [dict(row) for row in connection.execute(asked).mappings()]
    return [row for row in rows if all(row[name] == value for name, value in only.items())]


def bills(store: Store, until: int, *, changed: str = "2.5", now: datetime = CLOSED, **changes: Any) -> None:
    """Costs of 3 and 10 November, loaded up to the day `until`."""
    rows = [charge(3, "1.5", **changes), charge(10, changed, **changes)]
    books = Books(PriceBook(), (DESK,))
    load(store, rows, days(2, until), now=now, books=books, source=changes.get("source", "openai_costs"))


@pytest.fixture
def billed(store: Store) -> Store:
    """Two whole weeks of one source, owned by one feature."""
    sync_reference(store, owned_by(DESK))
    bills(store, 16)
    return store


def test_closed_weeks_go_on_record_by_every_scope(billed: Store) -> None:
    assert take_cost_snapshot(billed, CLOSED) == 2
    rows = snapshots(billed)
    assert {row["week_start"]: row["billed_cost"] for row in rows if row["scope_type"] == "organization"} == {
        FIRST: Decimal("1.5"),
        SECOND: Decimal("2.5"),
    }
    assert {(row["scope_type"], row["scope"]) for row in rows if row["week_start"] == FIRST} == {
        ("organization", ""),
        ("provider", "openai"),
        ("team", "Workplace"),
        ("feature", "desk"),
        ("model", "gpt-4o"),
        ("environment", "prod"),
    }
    assert {row["taken_at"] for row in rows} == {CLOSED.replace(tzinfo=None)}
    assert {row["watermark_at"] for row in rows} == {datetime(2026, 11, 16, tzinfo=UTC).replace(tzinfo=None)}


@own_engines
def test_parts_on_record_add_up_to_the_rollup(billed: Store) -> None:
    more = charge(4, "0.000000000001", billing_account_id="org-9", source="more")
    load(billed, [more], days(2, 16), source="more", now=CLOSED)
    take_cost_snapshot(billed, CLOSED)
    with billed.read() as connection:
        rollup = [dict(row) for row in connection.execute(sa.select(table(ScopeCostDay))).mappings()]
    for scope_type in {row["scope_type"] for row in rollup}:
        for cost in ("billed_cost", "effective_cost"):
            known = sum((row[cost] for row in snapshots(billed, scope_type=scope_type)), Decimal())
            assert known == sum((r[cost] for r in rollup if r["scope_type"] == scope_type), Decimal())
            assert known == Decimal("4.000000000001")


@own_engines
def test_a_second_call_changes_nothing(billed: Store) -> None:
    take_cost_snapshot(billed, CLOSED)
    before = snapshots(billed)
    assert take_cost_snapshot(billed, LATER) == 0
    assert snapshots(billed) == before


@own_engines
def test_a_week_is_not_on_record_while_a_source_is_behind(billed: Store) -> None:
    bills(billed, 14, source="anthropic_costs", provider="anthropic", billing_account_id="org-2")
    assert take_cost_snapshot(billed, CLOSED) == 1
    assert {row["week_start"] for row in snapshots(billed)} == {FIRST}
    bills(billed, 16, source="anthropic_costs", provider="anthropic", billing_account_id="org-2")
    assert take_cost_snapshot(billed, LATER) == 1
    (whole,) = snapshots(billed, week_start=SECOND, scope_type="organization")
    assert whole["billed_cost"] == 5


@own_engines
def test_a_source_that_is_expected_to_bill_is_waited_for(billed: Store) -> None:
    assert take_cost_snapshot(billed, CLOSED, expected={"openai_costs", "anthropic_costs"}) == 0
    assert snapshots(billed) == []
    load(billed, [], days(2, 16), source="anthropic_costs", now=CLOSED)
    assert take_cost_snapshot(billed, CLOSED, expected={"openai_costs", "anthropic_costs"}) == 2


@own_engines
def test_a_source_that_ended_does_not_hold_back_what_comes_later(billed: Store) -> None:
    bills(billed, 12, source="old", provider="aws", billing_account_id="org-3")
    assert take_cost_snapshot(billed, CLOSED) == 1
    assert take_cost_snapshot(billed, CLOSED + timedelta(days=10)) == 1


def test_a_restated_bill_is_appended_and_the_rest_stays(billed: Store) -> None:
    take_cost_snapshot(billed, CLOSED)
    before = snapshots(billed)
    bills(billed, 16, changed="2.75", now=LATER)
    assert take_cost_snapshot(billed, LATER) == 1
    after = snapshots(billed)
    assert after[: len(before)] == before
    appended = after[len(before) :]
    assert {row["week_start"] for row in appended} == {SECOND}
    assert {(row["scope_type"], row["billed_cost"]) for row in appended} == {
        (row["scope_type"], Decimal("2.75")) for row in before
    }
    assert {row["taken_at"] for row in appended} == {LATER.replace(tzinfo=None)}


@own_engines
def test_a_change_of_a_recorded_week_is_recorded_although_a_source_is_behind(billed: Store) -> None:
    take_cost_snapshot(billed, CLOSED)
    behind = charge(3, "9", billing_account_id="org-2", source="behind")
    load(billed, [behind], days(2, 8), source="behind", now=LATER)
    bills(billed, 16, changed="2.75", now=LATER)
    assert take_cost_snapshot(billed, LATER) == 2
    assert snapshots(billed, week_start=SECOND, scope_type="organization")[-1]["billed_cost"] == Decimal("2.75")


def test_owners_that_change_later_are_appended_and_the_former_owner_has_nothing(billed: Store) -> None:
    take_cost_snapshot(billed, CLOSED)
    before = snapshots(billed)
    sync_reference(billed, owned_by(OTHER))
    assert take_cost_snapshot(billed, LATER) == 2
    appended = snapshots(billed)[len(before) :]
    assert {(row["week_start"], row["scope_type"], row["scope"], row["billed_cost"]) for row in appended} == {
        (FIRST, "feature", "desk", Decimal(0)),
        (FIRST, "feature", "search", Decimal("1.5")),
        (SECOND, "feature", "desk", Decimal(0)),
        (SECOND, "feature", "search", Decimal("2.5")),
    }
    assert take_cost_snapshot(billed, LATER + timedelta(days=1)) == 0


def test_what_is_forgotten_costs_nothing_from_then_on(billed: Store) -> None:
    take_cost_snapshot(billed, CLOSED)
    forget_source(billed, "openai_costs")
    assert take_cost_snapshot(billed, LATER) == 2
    assert {row["billed_cost"] for row in snapshots(billed, taken_at=LATER.replace(tzinfo=None))} == {Decimal(0)}
    assert take_cost_snapshot(billed, LATER + timedelta(days=1)) == 0


@own_engines
def test_currencies_stay_apart(billed: Store) -> None:
    bills(billed, 16, source="euro", billing_currency="EUR", billing_account_id="org-2", provider="mistral")
    take_cost_snapshot(billed, CLOSED)
    found = {(r["currency"], r["week_start"]): r["billed_cost"] for r in snapshots(billed, scope_type="organization")}
    assert found == {
        (currency, week): cost
        for currency in ("EUR", "USD")
        for week, cost in ((FIRST, Decimal("1.5")), (SECOND, Decimal("2.5")))
    }


@own_engines
def test_a_clock_that_was_set_back_does_not_hide_the_newest(billed: Store) -> None:
    take_cost_snapshot(billed, CLOSED)
    bills(billed, 16, changed="2.75", now=LATER)
    assert take_cost_snapshot(billed, CLOSED - timedelta(hours=1)) == 1
    newest = snapshots(billed, week_start=SECOND, scope_type="organization")[-1]
    assert newest["billed_cost"] == Decimal("2.75")
    assert newest["taken_at"] > CLOSED.replace(tzinfo=None)


@own_engines
def test_a_week_whose_costs_cancel_out_is_on_record_with_nothing(store: Store) -> None:
    load(store, [charge(3, "1.5"), charge(4, "-1.5")], days(2, 9), now=CLOSED)
    assert take_cost_snapshot(store, CLOSED) == 1
    assert [(row["scope_type"], row["billed_cost"]) for row in snapshots(store)] == [("organization", Decimal(0))]
    assert take_cost_snapshot(store, LATER) == 0


@own_engines
def test_an_empty_store_has_nothing_to_record(store: Store) -> None:
    assert take_cost_snapshot(store, CLOSED) == 0
