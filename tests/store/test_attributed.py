from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from config.loader import FeatureEntry, Reference
from domain.attribution import Rule
from store.books import Books
from store.engine import Store
from store.forget import forget_source
from store.price_book import PriceBook
from store.reference import sync_reference
from store.schema import table
from store.tables import AttributedCostDay, AttributedUsageDay, CostDay, TokenUsage, UsageDay
from tests.support.engines import own_engines
from tests.support.facts import charge, days, load, usage

DESK = Rule(name="desk", match={"project_id": "proj-1"}, tags={}, feature="desk", environment="prod")
DECLARED = frozenset({"features.toml", "attribution.toml"})


def reference(*rules: Rule, team: str = "Workplace") -> Reference:
    features = (FeatureEntry(key="desk", name="Research desk", team=team, owner="Lucía Farrow"),)
    return Reference(features=features, rules=rules, declared=DECLARED)


def books(*rules: Rule) -> Books:
    return Books(PriceBook(), rules)


def rows(store: Store, row: type) -> list[dict[str, Any]]:
    with store.read() as connection:
        return sorted((dict(r) for r in connection.execute(sa.select(table(row))).mappings()), key=str)


def total(store: Store, row: type, column: str) -> Decimal:
    return sum((Decimal(r[column] or 0) for r in rows(store, row)), Decimal(0))


@pytest.fixture
def loaded(store: Store) -> Store:
    """Two days of one owned project, and a project that nobody owns."""
    sync_reference(store, reference(DESK))
    load(
        store,
        [charge(1, "1.5"), charge(2, "2.5"), charge(2, "0.25", sub_account_id="proj-9")],
        days(1, 3),
        books=books(DESK),
    )
    load(store, [usage(1), usage(1, 1), usage(2)], days(1, 3), row=TokenUsage, source="openai_usage", books=books(DESK))
    return store


@own_engines
def test_attributed_days_add_up_to_the_rollups(loaded: Store) -> None:
    for column in ("billed_cost", "effective_cost"):
        assert total(loaded, AttributedCostDay, column) == total(loaded, CostDay, column) == Decimal("4.25")
    for column in ("request_count", "output_tokens", "uncached_input_tokens", "cache_read_input_tokens"):
        assert total(loaded, AttributedUsageDay, column) == total(loaded, UsageDay, column) > 0
    assert total(loaded, AttributedUsageDay, "total_tokens") == 3 * 1300


@own_engines
def test_only_costs_whose_usage_is_known_are_divided_by_it(loaded: Store) -> None:
    """The project that nobody owns has no usage, so its costs would make the requests of others dearer."""
    by_feature = {r["feature"]: r["request_cost"] for r in rows(loaded, AttributedCostDay)}
    assert by_feature["unattributed"] is None
    assert total(loaded, AttributedCostDay, "request_cost") == total(loaded, AttributedCostDay, "token_cost") == 4
    assert total(loaded, AttributedUsageDay, "costed_request_count") == 30


@own_engines
def test_usage_without_costs_divides_nothing(store: Store) -> None:
    load(store, [usage(1)], days(1, 2), row=TokenUsage, source="openai_usage")
    (row,) = rows(store, AttributedUsageDay)
    assert (row["request_count"], row["costed_request_count"], row["costed_tokens"]) == (10, None, None)


@own_engines
def test_costs_that_come_after_their_usage_are_matched_with_it(store: Store) -> None:
    load(store, [usage(1)], days(1, 2), row=TokenUsage, source="openai_usage")
    load(store, [charge(1, "1.5")], days(1, 2))
    assert rows(store, AttributedUsageDay)[0]["costed_request_count"] == 10
    assert rows(store, AttributedCostDay)[0]["request_cost"] == Decimal("1.5")


def test_a_changed_rule_changes_the_owner_of_days_already_loaded(loaded: Store) -> None:
    sync_reference(loaded, reference())
    assert {r["feature"] for r in rows(loaded, AttributedCostDay)} == {"unattributed"}
    assert total(loaded, AttributedCostDay, "billed_cost") == Decimal("4.25")


def test_a_feature_takes_its_history_along_to_another_team(loaded: Store) -> None:
    sync_reference(loaded, reference(DESK, team="Discovery"))
    assert {r["team"] for r in rows(loaded, AttributedCostDay)} == {"Discovery", "Unattributed"}
    assert {r["team"] for r in rows(loaded, AttributedUsageDay)} == {"Discovery"}


def test_a_forgotten_source_leaves_no_attributed_costs(loaded: Store) -> None:
    forget_source(loaded, "openai_costs")
    assert rows(loaded, AttributedCostDay) == []
    assert total(loaded, AttributedUsageDay, "costed_request_count") == 0
    assert total(loaded, AttributedUsageDay, "request_count") == 30
