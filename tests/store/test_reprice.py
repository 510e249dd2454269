"""A change of prices.toml estimates usage again, in SQL, exactly as a load does in Python."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import sqlalchemy as sa

from config.loader import DiscountEntry, PriceEntry, Reference
from domain.price import MODALITY_UNITS, TOKEN_UNITS
from store.books import open_books
from store.engine import Store
from store.reference import sync_reference
from store.schema import column_names, table
from store.tables import PricedUsageDay, TokenUsage, UsageDay
from tests.support.engines import own_engines
from tests.support.facts import days, load, usage

NO_TOKENS = dict.fromkeys(TOKEN_UNITS)
HALF_A_NANO = Decimal("0.000000001")
"""Engines round the ninth decimal of a product each in their own way."""

PRICES = (
    PriceEntry(provider="openai", model="gpt-4o", unit="uncached_input_tokens", price_per_million=Decimal("1.234567")),
    PriceEntry(
        provider="openai",
        model="gpt-4o",
        service_tier="batch",
        unit="output_tokens",
        price_per_million=Decimal(3),
        valid_from=date(2026, 11, 5),
        valid_to=date(2026, 11, 8),
    ),
    PriceEntry(provider="openai", model="gpt-4o", unit="images", price_per_million=Decimal(40_000)),
    PriceEntry(provider="openai", model="", unit="byte_hours", price_per_million=Decimal("0.000004")),
)
DECLARED = frozenset({"prices.toml"})
NEGOTIATED = Reference(
    prices=PRICES,
    discounts=(DiscountEntry(provider="openai", percent=Decimal("12.5"), valid_from=date(2026, 11, 4)),),
    declared=DECLARED,
)


def any_usage(seed: int) -> list[TokenUsage]:
    """Rows of every shape: tiers, audio, images, contradictions, tools."""
    random = Random(seed)
    rows = []
    for _ in range(60):
        counts: dict[str, Any] = {unit: random.choice([None, 0, random.randrange(10**7)]) for unit in TOKEN_UNITS}
        if random.random() < 0.4:
            counts |= {unit: random.choice([None, 0, random.randrange(10**6)]) for unit in MODALITY_UNITS}
        tool = random.choice([("images", "images"), ("vector_stores", "bytes"), ("web_search_calls", "calls")])
        if random.random() < 0.3:
            counts = {**NO_TOKENS, "quantity": Decimal(random.randrange(10**9)), "unit": tool[1], "service": tool[0]}
        model = random.choice(["gpt-4o", "gpt-realtime", "in-house", None])
        tier = random.choice([None, "default", "batch", "priority", "scale"])
        rows.append(usage(random.randrange(1, 11), random.randrange(24), model=model, service_tier=tier, **counts))
    return rows


def loaded(store: Store, reference: Reference, rows: list[TokenUsage]) -> None:
    books = open_books(store, reference)
    for row in rows:
        books.prices.estimate(row)
    load(store, rows, days(1, 11), row=TokenUsage, source="openai_usage", books=books)


def content(store: Store, row: type) -> list[tuple[Any, ...]]:
    names = [name for name in column_names(row) if name != "estimated_cost"]
    with store.read() as connection:
        found = connection.execute(sa.select(*(table(row).c[n] for n in names), table(row).c.estimated_cost)).all()
    return sorted(map(tuple, found), key=str)


def test_usage_is_estimated_again_as_a_load_would(store: Store) -> None:
    rows = any_usage(3)
    loaded(store, Reference(), rows)
    sync_reference(store, NEGOTIATED)
    again = {row: content(store, row) for row in (TokenUsage, UsageDay, PricedUsageDay)}
    loaded(store, NEGOTIATED, rows)
    for row, found in again.items():
        expected = content(store, row)
        assert [line[:-1] for line in found] == [line[:-1] for line in expected]
        for one, other in zip(found, expected, strict=True):
            assert (one[-1] is None) == (other[-1] is None)
            assert one[-1] is None or abs(Decimal(one[-1]) - Decimal(other[-1])) <= 60 * HALF_A_NANO
    estimates = [line[-1] for line in again[TokenUsage]]
    assert 5 < sum(1 for cost in estimates if cost is None) < 55


@own_engines
def test_what_was_negotiated_and_is_not_any_more_is_forgotten(store: Store) -> None:
    rows = any_usage(5)
    sync_reference(store, NEGOTIATED)
    loaded(store, NEGOTIATED, rows)
    sync_reference(store, Reference(declared=DECLARED))
    again = content(store, UsageDay)
    loaded(store, Reference(), rows)
    for one, other in zip(again, content(store, UsageDay), strict=True):
        assert one[:-1] == other[:-1]
        assert one[-1] is None or abs(Decimal(one[-1]) - Decimal(other[-1])) <= 60 * HALF_A_NANO
