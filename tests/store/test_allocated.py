"""Shared costs move to their users and still add up to the bill, on every engine."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.attribution import OPEN_FROM, OPEN_TO, Rule
from store import attributed
from store.books import Books
from store.bulk import insert_rows
from store.engine import Store
from store.price_book import PriceBook
from store.schema import table, to_batch
from store.tables import AllocationRule, AttributedCostDay, CostDay, Feature, FxRate, TokenUsage
from tests.support.engines import own_engines
from tests.support.facts import charge, days, load, usage

FEATURES = ("desk", "chat", "vector", "gateway")
BOOKS = Books(
    PriceBook(), [Rule(name=f, match={"project_id": f}, tags={}, feature=f, environment="prod") for f in FEATURES]
)


def rule(origin: str, method: str, shares: dict[str, str | None] | None = None, **changes: Any) -> list[AllocationRule]:
    """One rule as rows, one per receiver; without receivers it is for all features."""
    values = {"per": "day", "position": 1, "valid_from": OPEN_FROM, "valid_to": OPEN_TO, **changes}
    receivers: list[tuple[str | None, str | None]] = list(shares.items()) if shares else [(None, None)]
    return [
        AllocationRule(
            rule=f"{origin} by {method}",
            origin=origin,
            method=method,
            receiver=receiver,
            share=None if share is None else Decimal(share),
            **values,
        )
        for receiver, share in receivers
    ]


def insert(store: Store, row: type, rows: Sequence[Any]) -> None:
    with store.write() as connection:
        insert_rows(connection, row, to_batch(row, rows))


def declare(store: Store, *rules: list[AllocationRule], rates: Sequence[FxRate] = ()) -> None:
    """The features, these rules and rates, as a sync of the operator's files leaves them."""
    with store.write() as connection:
        for row in (Feature, AllocationRule, FxRate):
            connection.execute(sa.delete(table(row)))
    insert(
        store,
        Feature,
        [
            Feature(feature=f, name=f.title(), team=f"Team {f}", tier="standard", owner="", status="live")
            for f in FEATURES
        ],
    )
    insert(store, AllocationRule, [line for lines in rules for line in lines])
    insert(store, FxRate, rates)
    with store.write() as connection:
        attributed.rebuild(connection)


def bill(store: Store, costs: dict[str, str], day: int = 1, **changes: Any) -> None:
    """What each project was billed on one day."""
    rows = [charge(day, cost, sub_account_id=project, **changes) for project, cost in costs.items()]
    source = changes.get("source", "openai_costs")
    load(store, rows, days(day, day + 1), source=source, books=BOOKS)


def used(store: Store, requests: dict[str, int], day: int = 1) -> None:
    """How many requests each project made on one day."""
    rows = [usage(day, project_id=project, request_count=count) for project, count in requests.items()]
    load(store, rows, days(day, day + 1), row=TokenUsage, source="openai_usage", books=BOOKS)


def borne(store: Store, currency: str = "USD", day: int | None = None) -> dict[str, Decimal]:
    """What each feature bears in the end."""
    c = table(AttributedCostDay).c
    wanted = c.currency == currency
    if day is not None:
        wanted &= c.day == date(2026, 11, day)
    with store.read() as connection:
        rows = connection.execute(
            sa.select(c.feature, sa.func.sum(sa.cast(c.billed_cost, sa.Numeric(38, 12))))
            .where(wanted)
            .group_by(c.feature)
        )
        return {feature: Decimal(cost) for feature, cost in rows}


@own_engines
def test_an_even_split_gives_everybody_the_same_and_loses_no_cent(store: Store) -> None:
    declare(store, rule("vector", "even", {"desk": None, "chat": None, "gateway": None}))
    bill(store, {"vector": "100", "desk": "1"})
    found = borne(store)
    assert found.pop("vector") == 0
    assert sum(found.values()) == 101
    assert sorted(found.values())[0] == Decimal("33.333333333333")


@own_engines
def test_fixed_shares_below_one_leave_the_rest_with_the_origin(store: Store) -> None:
    declare(store, rule("vector", "fixed", {"desk": "0.5", "chat": "0.2"}))
    bill(store, {"vector": "10"})
    assert borne(store) == {"vector": Decimal(3), "desk": Decimal(5), "chat": Decimal(2)}


@own_engines
def test_a_split_by_requests_follows_the_requests_of_the_day(store: Store) -> None:
    declare(store, rule("vector", "requests"))
    used(store, {"desk": 30, "chat": 10})
    bill(store, {"vector": "8"})
    assert borne(store) == {"vector": Decimal(0), "desk": Decimal(6), "chat": Decimal(2)}


def test_usage_that_comes_later_splits_the_cost_again(store: Store) -> None:
    declare(store, rule("vector", "requests"))
    bill(store, {"vector": "8"})
    assert borne(store) == {"vector": Decimal(8)}
    used(store, {"desk": 30, "chat": 10})
    assert borne(store)["desk"] == 6


@own_engines
def test_a_split_by_direct_cost_takes_no_allocated_cost_as_weight(store: Store) -> None:
    declare(
        store,
        rule("vector", "fixed", {"desk": "1"}),
        rule("gateway", "direct_cost", {"desk": None, "chat": None}, position=2),
    )
    bill(store, {"vector": "50", "gateway": "4", "desk": "1", "chat": "3"})
    assert borne(store) == {"vector": 0, "gateway": 0, "desk": Decimal(52), "chat": Decimal(6)}


@own_engines
def test_a_later_rule_moves_on_what_an_earlier_one_brought(store: Store) -> None:
    declare(store, rule("vector", "fixed", {"gateway": "1"}), rule("gateway", "even", {"desk": None}, position=2))
    bill(store, {"vector": "5", "gateway": "2"})
    assert borne(store) == {"vector": 0, "gateway": 0, "desk": Decimal(7)}


def test_a_month_splits_a_charge_of_one_day_by_the_usage_of_all(store: Store) -> None:
    declare(store, rule("vector", "requests", per="month"))
    bill(store, {"vector": "12"}, day=1)
    used(store, {"desk": 10}, day=1)
    used(store, {"chat": 20}, day=9)
    assert borne(store, day=1) == {"vector": Decimal(0), "desk": Decimal(4), "chat": Decimal(8)}


@own_engines
def test_a_rule_holds_for_its_days_only(store: Store) -> None:
    declare(store, rule("vector", "even", {"desk": None}, valid_from=date(2026, 11, 2)))
    bill(store, {"vector": "5"}, day=1)
    bill(store, {"vector": "7"}, day=2)
    assert borne(store) == {"vector": Decimal(5), "desk": Decimal(7)}


def test_costs_are_there_once_more_in_the_currency_of_the_organisation(store: Store) -> None:
    euro = FxRate(
        currency="EUR",
        to_currency="USD",
        valid_from=date(2026, 11, 1),
        valid_to=date(2026, 11, 2),
        rate=Decimal("1.25"),
    )
    declare(store, rule("vector", "even", {"desk": None, "chat": None}), rates=[euro])
    bill(store, {"desk": "8", "vector": "4"}, billing_currency="EUR")
    bill(store, {"desk": "1"}, day=2, billing_currency="EUR")
    assert borne(store, "EUR") == {"desk": Decimal(11), "chat": Decimal(2), "vector": Decimal(0)}
    assert borne(store, "USD") == {"desk": Decimal("12.5"), "chat": Decimal("2.5"), "vector": Decimal(0)}


CENTS = st.integers(-(10**13), 10**13).map(lambda n: Decimal(n).scaleb(-12))
METHODS = ("even", "requests", "tokens", "direct_cost")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    costs=st.dictionaries(st.sampled_from(FEATURES), CENTS, min_size=1),
    requests=st.dictionaries(st.sampled_from(FEATURES), st.integers(0, 1000)),
    chain=st.lists(st.tuples(st.sampled_from(METHODS), st.sampled_from(["day", "month"])), min_size=1, max_size=2),
)
def test_every_split_adds_up_to_the_bill(
    duckdb_store: Store, costs: dict[str, Decimal], requests: dict[str, int], chain: list[tuple[str, str]]
) -> None:
    origins = ("vector", "gateway")
    declare(
        duckdb_store,
        *(
            rule(origin, method, per=per, position=number)
            for number, (origin, (method, per)) in enumerate(zip(origins, chain, strict=False))
        ),
    )
    used(duckdb_store, requests)
    bill(duckdb_store, {feature: str(cost) for feature, cost in costs.items()})
    c = table(AttributedCostDay).c
    with duckdb_store.read() as connection:
        billed = connection.execute(sa.select(sa.func.sum(table(CostDay).c.billed_cost))).scalar_one()
        moved = connection.execute(
            sa.select(sa.func.sum(c.billed_cost)).where(c.allocation.is_not(None)).group_by(c.allocation, c.day)
        ).scalars()
        assert all(cost == 0 for cost in moved)
        assert connection.execute(sa.select(sa.func.sum(c.billed_cost))).scalar_one() == billed


@pytest.mark.parametrize("method", METHODS)
def test_credits_move_like_costs(duckdb_store: Store, method: str) -> None:
    declare(duckdb_store, rule("vector", method, {"desk": None}))
    used(duckdb_store, {"desk": 1})
    bill(duckdb_store, {"vector": "-3", "desk": "1"})
    assert borne(duckdb_store) == {"vector": Decimal(0), "desk": Decimal(-2)}
