"""Unit economics on prices: today's against those of the days, and what has none; quiet when there is nothing."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app import price_tables
from config.loader import load_reference
from store.engine import Store
from tests.app.conftest import NOW, OpenApp
from tests.app.support import prices, reading
from tests.app.support.company import Books

TODAY = NOW.date()
START = TODAY - timedelta(days=28)


def row(**changes: Any) -> dict[str, Any]:
    values = {
        "provider": "openai",
        "model": "gpt-5.4",
        "service_tier": "standard",
        "tokens": 1_000_000,
        "compared_tokens": 1_000_000,
        "cost_then": Decimal("12.50"),
        "cost_now": Decimal("10.00"),
    }
    return values | changes


def test_the_page_prices_the_period_again_and_names_what_changed(
    full_store: Store, books: Books, open_app: OpenApp
) -> None:
    app = open_app("unit_economics", show="Prices")
    found = reading.table_with(app, "cost_now")
    assert list(found["model"]) == ["gpt-5.4"]
    used = [u for u in books.usage if u.model == "gpt-5.4" and START <= u.day < TODAY]
    then, now = (
        sum(
            getattr(u, unit) * price
            for u in used
            for unit, price in prices.amounts("gpt-5.4", on or u.day, TODAY).items()
        )
        for on in (None, TODAY)
    )
    assert found["cost_then"].iloc[0] == pytest.approx(float(then) / 1_000_000)
    assert found["cost_now"].iloc[0] == pytest.approx(float(now) / 1_000_000)
    assert now < then
    assert "at today's prices it would cost" in reading.text(app)


def test_usage_without_a_price_is_listed_with_the_lines_to_add(
    full_store: Store, books: Books, open_app: OpenApp
) -> None:
    app = open_app("unit_economics", show="Prices")
    found = reading.table_with(app, "remedy")
    logs = [u for u in books.usage if u.source == "gateway_log" and START <= u.day < TODAY and u.unpriced_tokens]
    assert set(found["model"]) == {"llama-4-70b"}
    assert found["amount"].sum() == sum(getattr(u, unit) for u in logs for unit in prices.UNITS)
    (code,) = app.code
    (entry,) = tomllib.loads(code.value)["price"]
    assert (entry["provider"], entry["model"]) == ("self-hosted", "llama-4-70b")
    assert set(entry["per_million"]) == set(prices.UNITS)


def test_a_store_without_usage_is_quiet(empty_store: Store, open_app: OpenApp) -> None:
    assert not open_app("unit_economics", show="Prices").error


def test_while_no_price_changed_it_is_one_sentence() -> None:
    same = [row(cost_then=Decimal("10.001")), row(model="o9", cost_then=None, cost_now=None, compared_tokens=0)]
    assert price_tables.moved(same) == []
    assert price_tables.then_and_now_sentence(same) == (
        "The same usage would cost the same at today's prices. 1M tokens have no price then or now and are in neither."
    )


def test_the_sentence_says_both_costs_and_the_difference() -> None:
    rows = [row(), row(model=None, tokens=0, compared_tokens=0, cost_then=Decimal(1), cost_now=Decimal(1))]
    assert price_tables.then_and_now_sentence(rows) == (
        "At the prices of each day this usage cost $13.50 at list price; at today's prices it would cost $11.00 "
        "(-$2.50, -18.5%)."
    )


def test_lines_that_nobody_filled_in_are_told_and_never_count_as_free(tmp_path: Any) -> None:
    lacking = [
        {"provider": "openai", "model": 'odd "name"', "service_tier": "flex", "unit": "output_tokens"},
        {"provider": "openai", "model": None, "service_tier": "standard", "unit": "byte_hours"},
    ]
    lines = price_tables.lines(lacking)
    (tmp_path / "prices.toml").write_text(lines, encoding="utf-8")
    reference = load_reference(tmp_path)
    assert reference.prices == ()
    assert len(reference.problems) == 2
    (tmp_path / "prices.toml").write_text(lines.replace('"USD"', "0.5"), encoding="utf-8")
    reference = load_reference(tmp_path)
    assert reference.problems == ()
    assert [(p.model, p.service_tier, p.unit) for p in reference.prices] == [
        ('odd "name"', "flex", "output_tokens"),
        ("", "standard", "byte_hours"),
    ]
    assert {p.price_per_million for p in reference.prices} == {Decimal("0.5")}
    assert {p.valid_from for p in reference.prices} == {date(1970, 1, 1)}
