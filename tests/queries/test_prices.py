"""Prices then and now, and usage without a price: what loads leave behind is priced again by query alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from config.loader import DiscountEntry, PriceEntry, Reference
from queries.runner import run
from store.books import open_books
from store.engine import Store
from store.reference import sync_reference
from store.tables import TokenUsage
from tests.support.facts import days, load, usage

START, END = date(2026, 11, 1), date(2026, 11, 11)
CHANGED = date(2026, 11, 6)
MODEL = "gpt-4o"
UNITS = ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens")


def entries(start: date, end: date, *amounts: str) -> Iterator[PriceEntry]:
    for unit, amount in zip(UNITS, amounts, strict=True):
        yield PriceEntry(
            provider="openai", model=MODEL, unit=unit, price_per_million=Decimal(amount), valid_from=start, valid_to=end
        )


CHEAPER = Reference(
    prices=(
        *entries(date(2026, 1, 1), CHANGED, "4", "2", "16"),
        *entries(CHANGED, date(2999, 1, 1), "2", "1", "8"),
    ),
    declared=frozenset({"prices.toml"}),
)


def loaded(store: Store, reference: Reference, *rows: TokenUsage) -> None:
    sync_reference(store, reference)
    books = open_books(store, reference)
    for row in rows:
        books.prices.estimate(row)
    load(store, rows, days(1, 11), row=TokenUsage, source="openai_usage", books=books)


def then_and_now(store: Store, **more: Any) -> dict[tuple[str, str], dict[str, Any]]:
    rows = run(store, "cost/prices_then_and_now", **{"start": START, "end": END, "as_of": END} | more).rows()
    return {(row["model"], row["service_tier"]): row for row in rows}


def unpriced(store: Store) -> list[dict[str, Any]]:
    return run(store, "cost/unpriced_usage", start=START, end=END, recent_since=END - timedelta(days=7)).rows()


def million(day: int, **changes: Any) -> TokenUsage:
    counts = {"uncached_input_tokens": 1_000_000, "cache_read_input_tokens": 500_000, "output_tokens": 100_000}
    return usage(day, **counts | changes)


def test_each_day_costs_its_own_price_then_and_one_price_now(store: Store) -> None:
    loaded(store, CHEAPER, million(2), million(8))
    row = then_and_now(store)[MODEL, "standard"]
    assert (row["tokens"], row["compared_tokens"]) == (3_200_000, 3_200_000)
    assert (row["cost_then"], row["cost_now"]) == (Decimal("6.6") + Decimal("3.3"), Decimal("6.6"))
    earlier = then_and_now(store, as_of=date(2026, 11, 3))[MODEL, "standard"]
    assert (earlier["cost_then"], earlier["cost_now"]) == (Decimal("9.9"), Decimal("13.2"))


def test_while_nothing_changes_both_are_the_stored_estimates(store: Store) -> None:
    rows = [
        million(2, service_tier="batch"),
        million(3, service_tier="priority"),
        million(4, model="gpt-audio", input_audio_tokens=300, cache_read_audio_tokens=0, cache_read_input_tokens=0),
        million(5, provider="anthropic", model="claude-sonnet-4-5", context_window="200k-1M"),
        million(5, provider="anthropic", model="claude-sonnet-4-5", cache_write_1h_input_tokens=7_777),
        usage(6, service="web_search_calls", quantity=Decimal(3), unit="calls", **dict.fromkeys(UNITS)),
    ]
    loaded(store, Reference(), *rows)
    found = then_and_now(store)
    assert {key: row["cost_now"] for key, row in found.items()} == {key: row["cost_then"] for key, row in found.items()}
    assert len(found) == 5
    assert found["gpt-4o", "standard"]["cost_now"] == Decimal("0.03")
    assert unpriced(store) == []


def test_what_has_no_price_on_either_side_is_in_neither_cost(store: Store) -> None:
    loaded(store, Reference(), million(2), million(2, service_tier="scale"), million(3, model="in-house"))
    found = then_and_now(store)
    assert found[MODEL, "standard"]["compared_tokens"] == 1_600_000
    for key in ((MODEL, "scale"), ("in-house", "standard")):
        assert (found[key]["tokens"], found[key]["compared_tokens"]) == (1_600_000, 0)
        assert (found[key]["cost_then"], found[key]["cost_now"]) == (None, None)


def test_usage_without_a_price_is_listed_by_the_unit_that_has_none(store: Store) -> None:
    loaded(
        store,
        Reference(),
        million(2, model="in-house", output_tokens=None),
        million(9, model="in-house", cache_read_input_tokens=None, output_tokens=None),
        usage(5, service="images", model="gpt-image-1.5", quantity=Decimal(12), unit="images", **dict.fromkeys(UNITS)),
        usage(5, service="vector_stores", model=None, quantity=Decimal(10**9), unit="bytes", **dict.fromkeys(UNITS)),
    )
    found = {(row["model"], row["unit"]): row for row in unpriced(store)}
    assert {key: row["amount"] for key, row in found.items()} == {
        (None, "byte_hours"): Decimal(10**9),
        ("in-house", "uncached_input_tokens"): Decimal(2_000_000),
        ("in-house", "cache_read_input_tokens"): Decimal(500_000),
        ("gpt-image-1.5", "images"): Decimal(12),
    }
    row = found["in-house", "uncached_input_tokens"]
    assert (row["recent_amount"], row["day_count"]) == (Decimal(1_000_000), 2)
    assert (row["first_day"], row["last_day"]) == (date(2026, 11, 2), date(2026, 11, 9))


def test_a_price_that_the_operator_adds_is_used_at_once(store: Store) -> None:
    loaded(store, Reference(), million(2, model="in-house", service_tier="priority"))
    assert len(unpriced(store)) == 3
    prices = [entry.model_copy(update={"model": "in-house", "service_tier": "priority"}) for entry in CHEAPER.prices]
    sync_reference(store, replace(CHEAPER, prices=tuple(prices)))
    assert unpriced(store) == []
    row = then_and_now(store)["in-house", "priority"]
    assert (row["cost_then"], row["cost_now"]) == (Decimal("6.6"), Decimal("3.3"))


def test_a_discount_lowers_todays_price_from_its_day_on(store: Store) -> None:
    loaded(store, Reference(), million(2), million(8))
    twelve = DiscountEntry(provider="openai", model="gpt-*", percent=Decimal(12), valid_from=CHANGED)
    sync_reference(store, Reference(discounts=(twelve,), declared=frozenset({"prices.toml"})))
    row = then_and_now(store)[MODEL, "standard"]
    full = Decimal("4.125")
    assert row["cost_then"] == full + full * Decimal("0.88")
    assert row["cost_now"] == 2 * full * Decimal("0.88")


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_provider_can_be_asked_for_alone(store: Store, provider: str) -> None:
    loaded(store, Reference(), million(2), million(2, provider="anthropic", model="claude-haiku-4-5"))
    rows = run(store, "cost/prices_then_and_now", start=START, end=END, as_of=END, provider=[provider]).rows()
    assert {row["provider"] for row in rows} == {provider}
