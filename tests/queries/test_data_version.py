"""The data version changes with what an operator declares, even when the number of rows does not."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from config.loader import AnnotationEntry, BudgetEntry, FeatureEntry, PriceEntry, Reference
from domain.attribution import Rule
from queries.runner import run
from store.engine import Store
from store.reference import sync_reference

FEATURE = FeatureEntry(key="desk", name="Research desk", team="Workplace")
BUDGET = BudgetEntry(
    scope_type="organization",
    scope="",
    period="month",
    period_start=date(2026, 11, 1),
    amount=Decimal(100),
    currency="USD",
)
PRICE = PriceEntry(provider="openai", model="gpt-5.4", unit="output_tokens", price_per_million=Decimal(8))
NOTE = AnnotationEntry(occurred_at=datetime(2026, 11, 2, tzinfo=UTC), kind="launch", title="Desk goes live")
RULE = Rule(name="desk", match={"project_id": "proj-1"}, tags={}, feature="desk")
DECLARED = Reference(
    features=(FEATURE,),
    rules=(RULE,),
    budgets=(BUDGET,),
    prices=(PRICE,),
    annotations=(NOTE,),
    declared=frozenset({"features.toml", "attribution.toml", "budgets.csv", "prices.toml", "annotations.csv"}),
)

CHANGES: dict[str, dict[str, Any]] = {
    "a budget's amount": {"budgets": (BUDGET.model_copy(update={"amount": Decimal("100.01")}),)},
    "a feature's name": {"features": (FEATURE.model_copy(update={"name": "Another name"}),)},
    "a feature's team": {"features": (FEATURE.model_copy(update={"team": "Another team"}),)},
    "whose a key is": {"rules": (replace(RULE, environment="prod"),)},
    "since when a key is whose": {"rules": (replace(RULE, valid_from=date(2026, 11, 2)),)},
    "an annotation's words": {"annotations": (NOTE.model_copy(update={"title": "Something else happened"}),)},
    "a price": {"prices": (PRICE.model_copy(update={"price_per_million": Decimal(9)}),)},
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_declared_change_makes_a_new_version(store: Store, what: str) -> None:
    sync_reference(store, DECLARED)
    version = run(store, "ops/data_version").rows()
    sync_reference(store, replace(DECLARED, **CHANGES[what]))
    assert run(store, "ops/data_version").rows() != version


def test_declaring_the_same_again_changes_nothing(store: Store) -> None:
    sync_reference(store, DECLARED)
    version = run(store, "ops/data_version").rows()
    sync_reference(store, DECLARED)
    assert run(store, "ops/data_version").rows() == version
