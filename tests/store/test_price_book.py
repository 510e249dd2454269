"""Prices: the operator's own over the published, tiers as they are published, and nothing guessed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from domain.attribution import OPEN_FROM, OPEN_TO
from domain.price_layers import Discount
from queries.catalog import catalog
from store.engine import Store
from store.price_book import OWN, PriceBook, save_seen
from store.price_extract import FILE, extract
from store.published_prices import published
from store.schema import table
from store.tables import Price, TokenUsage
from tests.support.facts import usage


def priced(book: PriceBook, **changes: Any) -> TokenUsage:
    row = usage(3, **{"uncached_input_tokens": 1_000_000, "cache_read_input_tokens": 0, "output_tokens": 0} | changes)
    book.estimate(row)
    return row


def own(**changes: Any) -> Price:
    values: dict[str, Any] = {
        "provider": "openai",
        "model": "gpt-4o",
        "service_tier": "standard",
        "unit": "uncached_input_tokens",
        "price_per_million": Decimal("1.75"),
        "currency": "USD",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2999, 1, 1),
        "version": "override from 2026-01-01",
    }
    return Price(**values | changes)


@pytest.mark.parametrize("tier", [None, "", "standard", "default", "auto"])
def test_the_published_price_holds_on_the_standard_tier(tier: str | None) -> None:
    row = priced(PriceBook(), service_tier=tier)
    assert row.estimated_cost == Decimal("2.5")
    assert str(row.price_version).startswith("genai-prices@")


@pytest.mark.parametrize(
    ("tier", "model", "cost", "version"),
    [
        ("batch", "gpt-4o", "1.25", " batch"),
        ("priority", "gpt-4o", "4.25", " priority"),
        ("flex", "gpt-5.6-sol", "2", " flex"),
    ],
)
def test_a_tier_has_the_price_that_is_published_for_it_and_says_so(
    tier: str, model: str, cost: str, version: str
) -> None:
    row = priced(PriceBook(), service_tier=tier, model=model)
    assert row.estimated_cost == Decimal(cost)
    assert str(row.price_version).startswith("genai-prices@")
    assert str(row.price_version).endswith(version)


def test_a_tier_that_only_the_extract_has_is_priced_by_it() -> None:
    row = priced(PriceBook(), service_tier="flex", provider="google", model="gemini-3-flash-preview")
    (price,) = {extract().prices("google", "gemini-3-flash-preview", "flex")["uncached_input_tokens"]}
    assert (row.estimated_cost, row.price_version) == (price, f"{extract().version} flex")


def test_a_batch_costs_half_where_the_vendor_says_so_and_nobody_names_the_price() -> None:
    row = priced(PriceBook(), service_tier="batch", provider="anthropic", model="claude-opus-4-1")
    assert row.estimated_cost == Decimal("7.5")
    assert "×0.5 batch" in str(row.price_version)
    assert priced(PriceBook(), service_tier="batch", provider="groq", model="gemma2-9b-it").estimated_cost is None


def test_the_price_of_a_tier_is_unknown_before_the_standard_price_last_changed() -> None:
    sol: dict[str, Any] = {"service_tier": "priority", "model": "gpt-5.6-sol"}
    assert priced(PriceBook(), **sol, started_at=datetime(2026, 8, 21, tzinfo=UTC)).estimated_cost == 8
    assert priced(PriceBook(), **sol, started_at=datetime(2026, 8, 20, 23, tzinfo=UTC)).estimated_cost is None


def test_long_context_is_never_priced_by_the_extract() -> None:
    assert published("google", "gemini-3-flash-preview", "flex", long_context=False)
    assert not published("google", "gemini-3-flash-preview", "flex", long_context=True)


@pytest.mark.parametrize("tier", ["standard", "batch"])
def test_calls_in_the_upper_context_tier_cost_what_that_costs(tier: str) -> None:
    claude: dict[str, Any] = {"provider": "anthropic", "model": "claude-sonnet-4-5", "service_tier": tier}
    upper = priced(PriceBook(), **claude, context_window="200k-1M").estimated_cost
    base = priced(PriceBook(), **claude, context_window="0-200k").estimated_cost
    assert upper is not None
    assert base is not None
    assert upper == 2 * base


def test_free_moderation_costs_nought_and_is_not_unknown() -> None:
    row = priced(PriceBook(), model="omni-moderation-latest")
    assert (row.estimated_cost, row.price_version) == (Decimal(0), extract().version)


@pytest.mark.parametrize(
    "changes",
    [
        {"service_tier": "scale"},
        {"service_tier": "priority", "provider": "anthropic", "model": "claude-opus-5"},
        {"model": "no-such-model"},
        {"provider": "nobody"},
        {"model": None},
    ],
    ids=str,
)
def test_what_has_no_public_price_has_no_estimate(changes: dict[str, Any]) -> None:
    row = priced(PriceBook(), **changes)
    assert (row.estimated_cost, row.price_version) == (None, None)


def test_audio_costs_its_own_price_and_the_rest_the_price_of_text() -> None:
    row = priced(
        PriceBook(),
        model="gpt-realtime",
        cache_read_input_tokens=400_000,
        output_tokens=100_000,
        input_audio_tokens=500_000,
        cache_read_audio_tokens=300_000,
        output_audio_tokens=60_000,
    )
    text = 800_000 * Decimal(4) + 100_000 * Decimal("0.4") + 40_000 * Decimal(16)
    audio = 200_000 * Decimal(32) + 300_000 * Decimal("0.4") + 60_000 * Decimal(64)
    assert row.estimated_cost == (text + audio) / 1_000_000


@pytest.mark.parametrize("parts", [{"input_audio_tokens": 1}, {"output_audio_tokens": 1, "output_tokens": 1}], ids=str)
def test_audio_without_a_price_of_its_own_is_unknown(parts: dict[str, int]) -> None:
    assert priced(PriceBook(), model="gpt-5.4", **parts).estimated_cost is None


def test_images_cost_their_own_price_or_else_that_of_the_text() -> None:
    parts = {"input_image_tokens": 400_000, "cache_read_image_tokens": 0}
    assert priced(PriceBook(), model="gpt-realtime", **parts).estimated_cost == Decimal("0.6") * 4 + Decimal("0.4") * 5
    assert priced(PriceBook(), model="gpt-4o", **parts).estimated_cost == Decimal("2.5")


@pytest.mark.parametrize(
    ("service", "unit", "model", "each"),
    [
        ("web_search_calls", "calls", "gpt-5.4", "0.01"),
        ("file_search_calls", "calls", None, "0.0025"),
        ("code_interpreter_sessions", "sessions", None, "0.03"),
        ("audio_transcriptions", "seconds", "whisper-1", "0.0001"),
        ("audio_speeches", "characters", "tts-1", "0.000015"),
        ("images", "images", "gpt-image-1.5", None),
        ("vector_stores", "bytes", None, None),
    ],
)
def test_tools_cost_what_is_published_or_are_unknown(
    service: str, unit: str, model: str | None, each: str | None
) -> None:
    row = tool(service, unit, model)
    PriceBook().estimate(row)
    assert row.estimated_cost == (None if each is None else 100 * Decimal(each))


def test_a_web_search_costs_the_same_on_every_tier() -> None:
    row = tool("web_search", "calls", "claude-opus-5", provider="anthropic", service_tier="priority")
    PriceBook().estimate(row)
    assert row.estimated_cost == 1


def tool(service: str, unit: str, model: str | None, **changes: Any) -> TokenUsage:
    no_tokens = dict.fromkeys(("uncached_input_tokens", "cache_read_input_tokens", "output_tokens"))
    return usage(3, service=service, model=model, quantity=Decimal(100), unit=unit, **no_tokens, **changes)


def test_an_estimate_that_cannot_be_made_any_more_is_gone() -> None:
    row = priced(PriceBook())
    row.model = "no-such-model"
    PriceBook().estimate(row)
    assert (row.estimated_cost, row.price_version) == (None, None)


def test_a_row_that_counts_no_tokens_has_no_estimate() -> None:
    row = priced(PriceBook(), uncached_input_tokens=None, cache_read_input_tokens=None, output_tokens=None)
    assert row.estimated_cost is None


def test_an_own_price_wins_while_it_is_valid() -> None:
    book = PriceBook([own()])
    assert priced(book).estimated_cost == Decimal("1.75")
    before = priced(book, started_at=datetime(2025, 12, 31, 23, tzinfo=UTC))
    assert (before.estimated_cost, str(before.price_version)[:12]) == (Decimal("2.5"), "genai-prices")


def test_what_no_own_price_is_for_costs_the_published_price_and_says_so() -> None:
    row = priced(PriceBook([own()]), output_tokens=1_000_000)
    assert row.estimated_cost == Decimal("11.75")
    assert str(row.price_version).startswith("override from 2026-01-01, else genai-prices@")


def test_own_prices_of_two_units_hold_each_from_its_own_day() -> None:
    output = own(unit="output_tokens", price_per_million=Decimal(7), valid_from=date(2026, 11, 1), version="override 2")
    assert priced(PriceBook([own(), output]), output_tokens=1_000_000).estimated_cost == Decimal("8.75")


def discount(ratio: str, **changes: Any) -> Discount:
    values: dict[str, Any] = {"provider": "openai", "model": "*", "service_tier": "*", "valid_from": date(2026, 11, 1)}
    return Discount(**{**values, "valid_to": OPEN_TO, "discount_ratio": Decimal(ratio), **changes})


def test_the_first_discount_that_holds_lowers_published_prices_and_says_so() -> None:
    book = PriceBook(discounts=[discount("0.3", model="gpt-4o*", service_tier="batch"), discount("0.12")])
    assert priced(book).estimated_cost == Decimal("2.2")
    assert str(priced(book).price_version).endswith(" -12%")
    assert priced(book, service_tier="batch").estimated_cost == Decimal("0.875")
    assert priced(book, started_at=datetime(2026, 10, 31, 23, tzinfo=UTC)).estimated_cost == Decimal("2.5")
    assert priced(book, provider="anthropic", model="claude-haiku-4-5").estimated_cost == 1


def test_an_own_price_is_final_and_no_discount_is_taken_off_it() -> None:
    assert priced(PriceBook([own()], [discount("0.5")])).estimated_cost == Decimal("1.75")


def test_seen_prices_are_kept_by_tier_and_context_whichever_process_saw_them(store: Store) -> None:
    sonnet: dict[str, Any] = {"provider": "anthropic", "model": "claude-sonnet-4-5"}
    for changes in ({}, {"service_tier": "batch"}, {"context_window": "200k-1M"}, {"service_tier": "default"}):
        book = PriceBook()
        priced(book, **sonnet, **changes)
        with store.write() as connection:
            save_seen(connection, book)
    prices = table(Price).c
    asked = sa.select(prices.service_tier, prices.context_window, prices.price_per_million)
    with store.read() as connection:
        rows = connection.execute(asked.where(prices.unit == "uncached_input_tokens")).tuples().all()
    expected = [("batch", "", Decimal("1.5")), ("standard", "", Decimal(3)), ("standard", "200k-1M", Decimal(6))]
    assert sorted((tier, context, Decimal(price)) for tier, context, price in rows) == expected


def test_published_prices_of_one_key_never_overlap() -> None:
    for model in ("gpt-5.6-sol", "gpt-4o", "o3", "gpt-4o-audio-preview-2024-12-17"):
        for tier in ("standard", "batch", "flex", "priority"):
            spans = sorted((p.valid_from, p.valid_to) for p in published("openai", model, tier, long_context=False))
            assert all(start < end for start, end in spans)
            assert all(one[1] <= other[0] for one, other in pairwise(spans))
            assert not spans or spans[-1][1] == OPEN_TO
            assert tier != "standard" or not spans or spans[0][0] == OPEN_FROM


def test_both_sources_agree_on_the_tiers_of_text_that_both_publish() -> None:
    """A new release of either that does not is looked at before it is taken."""
    units = ("uncached_input_tokens", "output_tokens")
    compared = 0
    for model, tiers in extract().by_provider["openai"].items():
        for tier in tiers.keys() - {"standard"}:
            lists = published("openai", model, tier, long_context=False)
            for unit in units:
                if unit in tiers[tier] and lists and lists[0].version.startswith("genai-prices"):
                    assert (model, tier, lists[0].per_million[unit]) == (model, tier, tiers[tier][unit])
                    compared += 1
    assert compared > 100


def test_the_extract_names_its_release_and_carries_its_licence() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert extract().version.startswith("litellm@")
    assert "MIT License" in text
    assert "Copyright (c) 2023 Berri AI" in text


def test_queries_tell_own_prices_by_the_word_that_their_version_begins_with() -> None:
    reading = [query for query in catalog().values() if "from price\n" in query.sql or "join price " in query.sql]
    pricing = [query.sql for query in reading if query.name != "anomaly/happened"]  # it tells of changes of any price
    assert len(pricing) == 3
    assert all(f"like '{OWN}%'" in sql for sql in pricing)
