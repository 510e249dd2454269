"""Prices: the operator's own over the published, batch at half, and nothing guessed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from store.price_book import PriceBook
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


def test_batch_is_half_and_says_so() -> None:
    row = priced(PriceBook(), service_tier="batch")
    assert row.estimated_cost == Decimal("1.25")
    assert "0.5 batch" in str(row.price_version)


@pytest.mark.parametrize(
    "changes",
    [{"service_tier": "priority"}, {"model": "no-such-model"}, {"provider": "nobody"}, {"model": None}],
    ids=str,
)
def test_what_has_no_public_price_has_no_estimate(changes: dict[str, Any]) -> None:
    row = priced(PriceBook(), **changes)
    assert (row.estimated_cost, row.price_version) == (None, None)


def test_a_row_that_counts_no_tokens_has_no_estimate() -> None:
    row = priced(PriceBook(), uncached_input_tokens=None, cache_read_input_tokens=None, output_tokens=None)
    assert row.estimated_cost is None


def test_an_own_price_wins_while_it_is_valid() -> None:
    book = PriceBook([own()])
    assert priced(book).estimated_cost == Decimal("1.75")
    before = priced(book, started_at=datetime(2025, 12, 31, 23, tzinfo=UTC))
    assert (before.estimated_cost, str(before.price_version)[:12]) == (Decimal("2.5"), "genai-prices")
    assert priced(book, output_tokens=1).estimated_cost is None
