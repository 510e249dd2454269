"""What the vendors charge the company, and how a price becomes a line on the bill."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from sandbox.catalog import (
    ANTHROPIC,
    EMBEDDING,
    FRONTIER,
    HAIKU,
    IMAGE,
    OPENAI,
    OPUS,
    SMALL,
    SONNET,
    SPEECH,
    TRANSCRIPTION,
)
from sandbox.events import PRICE_CHANGE_DAYS_BEFORE
from sandbox.timeline import epoch_day
from sandbox.traffic import IntArray, Measure

TICKS_PER_USD = 10**10
"""Money inside the sandbox is counted in whole 1e-10 dollars: every price below is a whole number of them per
unit, so bills add up exactly and no row needs rounding."""

_TOKEN_KINDS = (
    Measure.UNCACHED,
    Measure.CACHE_READ,
    Measure.CACHE_WRITE_5M,
    Measure.CACHE_WRITE_1H,
    Measure.OUTPUT,
)


def _tokens(*prices: str) -> dict[Measure, Decimal]:
    return dict(zip(_TOKEN_KINDS, map(Decimal, prices), strict=True))


TOKEN_PRICES: dict[str, dict[Measure, Decimal]] = {
    FRONTIER: _tokens("2.50", "0.25", "0", "0", "15"),
    SMALL: _tokens("0.75", "0.075", "0", "0", "4.50"),
    EMBEDDING: _tokens("0.13", "0", "0", "0", "0"),
    OPUS: _tokens("5", "0.50", "6.25", "10", "25"),
    SONNET: _tokens("2", "0.20", "2.50", "4", "10"),
    HAIKU: _tokens("1", "0.10", "1.25", "2", "5"),
}
"""USD per million tokens: list prices of genai-prices 0.2.3."""

PRICES_BEFORE_CHANGE: dict[str, dict[Measure, Decimal]] = {
    FRONTIER: _tokens("3", "0.30", "0", "0", "18"),
}
"""USD per million tokens until the fictional price change."""

UNIT_PRICES: dict[str, Decimal] = {
    IMAGE: Decimal("40000"),
    SPEECH: Decimal("15"),
    TRANSCRIPTION: Decimal("100"),
    "web_search_calls": Decimal("10000"),
    "file_search_calls": Decimal("2500"),
    "code_interpreter_sessions": Decimal("30000"),
    "vector_stores": Decimal("32.8125"),
    "web_search": Decimal("10000"),
    "code_execution": Decimal("50000"),
}
"""USD per million units: images, characters, seconds, calls, sessions, searches, container hours. Vector
stores: per million block-hours of 8 MiB, which is 0.0042 USD per GiB-hour (about 0.10 per GB-day)."""

TIER_FACTORS: dict[tuple[str, str], Decimal] = {
    (OPENAI, "default"): Decimal(1),
    (OPENAI, "batch"): Decimal("0.5"),
    (OPENAI, "priority"): Decimal(2),
    (ANTHROPIC, "default"): Decimal(1),
    (ANTHROPIC, "batch"): Decimal("0.5"),
    (ANTHROPIC, "priority"): Decimal(0),
}
"""Anthropic's cost report leaves Priority Tier out (it is paid by commitment), so it bills nothing here."""


def usd_per_million(provider: str, item: str, measure: Measure, tier: str, day: date, anchor: date) -> Decimal:
    """Price of a million units on a day. `item` is a model, or a tool's name for Measure.QUANTITY.

    Nothing listed means free (moderation, requests as such).
    """
    if measure is Measure.QUANTITY:
        return UNIT_PRICES.get(item, Decimal(0))
    prices = TOKEN_PRICES
    if day < anchor - timedelta(days=PRICE_CHANGE_DAYS_BEFORE) and item in PRICES_BEFORE_CHANGE:
        prices = PRICES_BEFORE_CHANGE
    return prices.get(item, {}).get(measure, Decimal(0)) * TIER_FACTORS[provider, tier]


def ticks_per_unit(
    provider: str, item: str, measure: Measure, tier: str, first_day: int, days: int, anchor: date
) -> IntArray:
    """Price of one unit in ticks for each of `days` days from `first_day` (days since the epoch)."""
    change_day = epoch_day(anchor) - PRICE_CHANGE_DAYS_BEFORE
    scale = Decimal(TICKS_PER_USD) / 10**6
    old, new = (
        int(usd_per_million(provider, item, measure, tier, day, anchor) * scale) for day in (date.min, date.max)
    )
    return np.where(np.arange(first_day, first_day + days) < change_day, old, new).astype(np.int64)
