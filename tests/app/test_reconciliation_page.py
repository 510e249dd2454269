"""Reconciliation: the bill against usage at list price, in parts that add up."""

from datetime import date
from decimal import Decimal

from app import reconciled
from domain.reconciliation import Cell, reconcile
from store.engine import Store
from store.tables import TokenUsage
from tests.app.conftest import OpenApp
from tests.app.support import reading
from tests.support.facts import charge, days, load, usage


def loaded(store: Store) -> None:
    """A day that agrees, a day at a discount, a model nobody reports, and a tax."""
    tokens = {"token_type": "output_tokens", "model": "gpt-4o"}
    load(
        store,
        [
            charge(10, "10", **tokens),
            charge(11, "8", **tokens),
            charge(11, "5", model="o9", token_type="output_tokens"),
            charge(11, "1.5", model=None, charge_category="Tax"),
        ],
        days(10, 12),
    )
    used = {"uncached_input_tokens": 0, "cache_read_input_tokens": 0, "estimated_cost": Decimal(10)}
    load(store, [usage(10, **used), usage(11, **used)], days(10, 12), row=TokenUsage, source="openai_usage")


def test_the_gap_is_told_in_parts(empty_store: Store, open_app: OpenApp) -> None:
    loaded(empty_store)
    app = open_app("reconciliation", period="28 days")
    cards = reading.metrics(app)
    assert (cards["Bill"], cards["Usage at list price"], cards["Gap"]) == ("$24.50", "$20.00", "+$4.50")
    assert cards["Reconciled share of spend"] == "43.5%"
    assert "43.5% of the bill agrees with reported usage at list price" in reading.text(app)
    models = reading.table_with(app, "tax_and_credits").set_index("model")
    assert models.loc["gpt-4o", "price"] == -2
    assert models.loc["o9", "no_usage"] == 5
    assert models.loc["", "gap"] == 4.5
    _, told = reading.charts(app)[0]
    assert "Tax and credits +$1.50" in told
    assert "Price and version -$2.00" in told


COST = Decimal("0.100000000001")


def test_a_download_holds_every_digit_of_each_day() -> None:
    cell = Cell("openai", date(2026, 11, 2), None, "standard", None, "calls", "Usage", COST, None, None, None, None)
    slices = reconcile([cell])
    (row,) = reconciled.exact(slices).to_pylist()
    assert row["gap"] == row["other_units"] == COST


def test_without_a_bill_the_page_says_what_to_do(empty_store: Store, open_app: OpenApp) -> None:
    assert "No costs in USD" in reading.text(open_app("reconciliation"))
