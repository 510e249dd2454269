"""List prices: the operator's own first, then the dated snapshot that genai-prices carries."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import Any

import sqlalchemy as sa
from genai_prices import data_snapshot
from genai_prices.types import ConditionalPrice, ModelPrice, StartDateConstraint, TieredPrices
from sqlalchemy.engine import Connection

from domain.attribution import OPEN_FROM, OPEN_TO
from domain.price import TOKEN_UNITS, PriceList, estimate
from store.bulk import insert_rows
from store.schema import table, to_batch
from store.tables import Price, TokenUsage

VERSION = f"genai-prices@{version('genai-prices')}"

TIER_FACTORS = {"standard": Decimal(1), "batch": Decimal("0.5")}
"""Both vendors publish batch at half the list price. Other tiers have no public factor: NULL, never a guess."""

_STANDARD = {None, "standard", "default", "auto", ""}

_FIELDS = {
    "uncached_input_tokens": "input_mtok",
    "cache_read_input_tokens": "cache_read_mtok",
    "cache_write_5m_input_tokens": "cache_write_mtok",
    "cache_write_1h_input_tokens": "cache_write_1h_mtok",
    "cache_write_input_tokens": "cache_write_mtok",
    "output_tokens": "output_mtok",
}

LONG_CONTEXT = "200k-1M"
"""Anthropic's name for calls in the upper price tier; an aggregate without it is priced in the base tier."""


class PriceBook:
    """Prices by provider, model, tier and context. `overrides` are the operator's own rows of `price`."""

    def __init__(self, overrides: Iterable[Price] = ()) -> None:
        self._overrides = list(overrides)
        self._lists: dict[tuple[str, str, str, bool], list[PriceList]] = {}

    def estimate(self, row: TokenUsage) -> None:
        """Sets `estimated_cost` in USD and `price_version`; leaves both None when any part has no price."""
        counts: dict[str, int | None] = {unit: getattr(row, unit) for unit in TOKEN_UNITS}
        if row.model is None or all(count is None for count in counts.values()):
            return
        lists = self.lists(row.provider, row.model, row.service_tier, row.context_window == LONG_CONTEXT)
        found = estimate(lists, row.started_at.date(), counts)
        if found:
            row.estimated_cost, row.price_version = found

    def lists(
        self, provider: str, model: str, tier: str | None = None, long_context: bool = False
    ) -> Sequence[PriceList]:
        """Every price list of a model on a tier, newest first; empty when unknown."""
        word = "standard" if tier in _STANDARD else str(tier)
        key = (provider, model, word, long_context)
        if key not in self._lists:
            self._lists[key] = [
                *self._own(provider, model, word),
                *_published(provider, model, word, long_context),
            ]
        return self._lists[key]

    def rows(self) -> list[Price]:
        """Every price that was looked up so far and came from the snapshot, as rows of `price`."""
        return [
            Price(
                provider=provider,
                model=model,
                service_tier=tier,
                unit=unit,
                price_per_million=amount,
                currency="USD",
                valid_from=prices.valid_from,
                valid_to=prices.valid_to,
                version=prices.version,
            )
            for (provider, model, tier, long_context), lists in list(self._lists.items())
            for prices in lists
            if prices.version.startswith("genai-prices") and not long_context
            for unit, amount in prices.per_million.items()
        ]

    def _own(self, provider: str, model: str, tier: str) -> list[PriceList]:
        rows = [r for r in self._overrides if (r.provider, r.model, r.service_tier) == (provider, model, tier)]
        spans = sorted({(r.valid_from, r.valid_to, r.version) for r in rows}, reverse=True)
        return [
            PriceList(
                name,
                start,
                end,
                {
                    r.unit: r.price_per_million
                    for r in rows
                    if (r.valid_from, r.valid_to, r.version) == (start, end, name)
                },
            )
            for start, end, name in spans
        ]


def save_seen(connection: Connection, book: PriceBook) -> None:
    """Replaces the snapshot rows of `price` that the book looked up, so that an estimate can be explained."""
    rows = book.rows()
    if not rows:
        return
    prices = table(Price)
    for provider, model in {(row.provider, row.model) for row in rows}:
        connection.execute(
            sa.delete(prices).where(
                prices.c.provider == provider, prices.c.model == model, prices.c.version.like("genai-prices%")
            )
        )
    insert_rows(connection, Price, to_batch(Price, rows))


def _published(provider: str, model: str, tier: str, long_context: bool) -> list[PriceList]:
    factor = TIER_FACTORS.get(tier)
    if factor is None:
        return []
    try:
        _, info = data_snapshot.get_snapshot().find_provider_model(model, None, provider, None)
    except LookupError:
        return []
    label = VERSION if factor == 1 else f"{VERSION}×{factor} {tier}"
    return [
        PriceList(label, start, end, {unit: amount * factor for unit, amount in amounts.items()})
        for start, end, amounts in _dated(info, long_context)
    ]


def _dated(info: Any, long_context: bool) -> list[tuple[date, date, dict[str, Decimal]]]:
    """Spans of days with their prices, newest first. Prices that depend on the time of day are left out."""
    if isinstance(info.prices, ModelPrice):
        return [(OPEN_FROM, OPEN_TO, _amounts(info.prices, long_context))]
    conditional: Sequence[ConditionalPrice] = info.prices
    dated = [
        (c.constraint.start_date if isinstance(c.constraint, StartDateConstraint) else OPEN_FROM, c.prices)
        for c in conditional
        if c.constraint is None or isinstance(c.constraint, StartDateConstraint)
    ]
    dated.sort(key=lambda item: item[0], reverse=True)
    ends = [OPEN_TO, *(start for start, _ in dated)]
    return [(start, end, _amounts(prices, long_context)) for (start, prices), end in zip(dated, ends, strict=False)]


def _amounts(prices: ModelPrice, long_context: bool) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for unit, name in _FIELDS.items():
        price = getattr(prices, name, None)
        if isinstance(price, TieredPrices):
            price = price.tiers[-1].price if long_context and price.tiers else price.base
        if price is not None:
            found[unit] = Decimal(price)
    return found


def overrides(connection: Connection) -> list[Price]:
    """The operator's own prices, as stored."""
    prices = table(Price)
    rows = connection.execute(sa.select(prices).where(prices.c.version.not_like("genai-prices%"))).mappings()
    return [Price(**row) for row in rows]
