"""What a FOCUS export holds beside the charges: the columns of a version, estimates, and the rules it breaks."""

import csv
import io
from decimal import Decimal

import pytest

from store import focus_rules
from store.engine import Store
from store.export import VERSIONS, export_focus
from store.focus_columns import MANDATORY
from store.tables import TokenUsage
from tests.support.facts import charge, days, load, usage


def exported(store: Store, version: str = "1.2", *, with_estimates: bool = False) -> list[dict[str, str]]:
    out = io.StringIO()
    told = export_focus(store, out, None, version, with_estimates=with_estimates)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert told.row_count == len(rows)
    return rows


@pytest.mark.parametrize(
    ("version", "has", "lacks"),
    [("1.2", "ProviderName", "ServiceProviderName"), ("1.4", "ServiceProviderName", "ProviderName")],
)
def test_a_version_has_its_own_columns(store: Store, version: str, has: str, lacks: str) -> None:
    load(store, [charge(1, "1.5")], days(1, 2))
    (row,) = exported(store, version)
    assert row[has] == "OpenAI"
    assert lacks not in row


@pytest.mark.parametrize("version", VERSIONS)
def test_columns_without_a_value_are_left_out_unless_they_are_mandatory(duckdb_store: Store, version: str) -> None:
    load(duckdb_store, [charge(1, "1.5", region_id="eu")], days(1, 2))
    (row,) = exported(duckdb_store, version)
    assert row["RegionId"] == "eu"
    assert "AvailabilityZone" not in row
    assert row["ChargeClass"] == ""
    assert all(value or name in MANDATORY or name.startswith("x_") for name, value in row.items())


def test_usage_without_a_bill_is_an_estimate_and_never_billed(store: Store) -> None:
    load(store, [charge(1, "1.5")], days(1, 2))
    load(
        store, [usage(1), usage(2), usage(2, model="gpt-unheard-of")], days(1, 3), row=TokenUsage, source="openai_usage"
    )
    billed, *estimates = exported(store, with_estimates=True)
    assert (billed["BilledCost"], billed["x_EstimatedCost"]) == ("1.5", "")
    assert {row["BilledCost"] for row in estimates} == {row["EffectiveCost"] for row in estimates} == {"0"}
    assert {row["ChargePeriodStart"] for row in estimates} == {"2026-11-02T00:00:00Z"}
    known = {row["SkuMeter"]: row for row in estimates if row["x_Model"] == "gpt-4o"}
    assert set(known) == {"Input Tokens", "Cached Input Tokens", "Output Tokens"}
    assert Decimal(known["Output Tokens"]["x_EstimatedCost"]) == 100 * Decimal(10) / 1_000_000
    assert known["Output Tokens"]["x_PriceVersion"].startswith("genai-prices@")
    assert {row["x_EstimatedCost"] for row in estimates if row["x_Model"] == "gpt-unheard-of"} == {""}


def test_what_providers_left_out_is_counted(duckdb_store: Store) -> None:
    load(duckdb_store, [charge(1, "1.5"), charge(1, "2", list_cost=Decimal(2), contracted_cost=Decimal(2))], days(1, 2))
    out = io.StringIO()
    broken = export_focus(duckdb_store, out, None).broken
    assert broken["ListCost must not be null"] == 1
    assert broken["PublisherName must not be null"] == 2


GOOD = {
    "BilledCost": "1",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-11-01T00:00:00Z",
    "ChargePeriodEnd": "2026-11-02T00:00:00Z",
    "BillingCurrency": "USD",
    "Tags": '{"a": 1}',
}


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("BilledCost", "", "BilledCost must not be null"),
        ("ChargeCategory", "usage", "ChargeCategory must be one of Adjustment, Credit, Purchase, Tax, Usage"),
        ("ChargePeriodEnd", "2026-11-01T00:00:00Z", "ChargePeriodEnd must be after ChargePeriodStart"),
        ("BillingCurrency", "usd", "BillingCurrency must be an upper-case currency code"),
        ("Tags", "[1]", "Tags must be a JSON object"),
        ("Tags", "{", "Tags must be a JSON object"),
        ("x_EstimatedCost", "0.5", "an estimate must not be in BilledCost"),
    ],
)
def test_a_broken_rule_is_named(column: str, value: str, told: str) -> None:
    assert list(focus_rules.broken(GOOD)) == []
    assert list(focus_rules.broken({**GOOD, column: value})) == [told]
