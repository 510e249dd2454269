"""What usage costs at list price: the operator's own prices over the published ones less the operator's discounts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.price import MODALITY_UNITS, TOKEN_UNITS, PriceList, disjoint, estimate, quantity_unit, tier_word
from domain.price_layers import Discount, discounted, unit_by_unit
from store.bulk import insert_rows
from store.published_prices import published
from store.schema import table, to_batch
from store.tables import Price, PriceDiscount, TokenUsage

LONG_CONTEXT = "200k-1M"
"""Anthropic's name for calls in the upper price tier; an aggregate without it is priced in the base tier."""

OWN = "override"
"""How the version of a price of prices.toml begins."""


@dataclass(frozen=True, slots=True)
class PriceKey:
    """What a price list is of; `model` '' is a tool of the provider, `context_window` '' the base tier."""

    provider: str
    model: str
    service_tier: str
    context_window: str


class PriceBook:
    """Prices by provider, model, tier and context. `overrides` are the operator's own rows of `price`."""

    def __init__(self, overrides: Iterable[Price] = (), discounts: Iterable[Discount] = ()) -> None:
        self._overrides = list(overrides)
        self._discounts = list(discounts)
        self._published: dict[PriceKey, list[PriceList]] = {}
        self._lists: dict[PriceKey, list[PriceList]] = {}

    def estimate(self, row: TokenUsage) -> None:
        """Sets `estimated_cost` in USD and `price_version`; both are None when any part has no price."""
        row.estimated_cost = row.price_version = None
        reported = {unit: getattr(row, unit) for unit in (*TOKEN_UNITS, *MODALITY_UNITS)}
        has_tokens = any(reported[unit] is not None for unit in TOKEN_UNITS)
        counts = disjoint(reported)
        if counts is None or (row.model is None and has_tokens) or not (has_tokens or row.quantity is not None):
            return
        quantity = {quantity_unit(row.service, row.unit or ""): row.quantity}
        key = price_key(row.provider, row.model, row.service_tier, row.context_window, has_tokens=has_tokens)
        found = estimate(self.of(key), row.started_at.date(), {**counts, **quantity})
        if found:
            row.estimated_cost, row.price_version = found

    def lists(
        self, provider: str, model: str, tier: str | None = None, context_window: str | None = None
    ) -> Sequence[PriceList]:
        """Disjoint spans of days with their prices on a tier, newest first; empty when unknown."""
        return self.of(price_key(provider, model, tier, context_window))

    def of(self, key: PriceKey) -> Sequence[PriceList]:
        """The same by key; what was asked for once is remembered for `rows`."""
        if key not in self._lists:
            holding = [d for d in self._discounts if d.covers(key.provider, key.model, key.service_tier)]
            listed = published(key.provider, key.model, key.service_tier, key.context_window == LONG_CONTEXT)
            self._published[key] = discounted(listed, holding)
            self._lists[key] = unit_by_unit([*self._own(key), *self._published[key]])
        return self._lists[key]

    def rows(self) -> list[Price]:
        """Every published price that was looked up so far, less discounts, as rows of `price`."""
        return [
            Price(
                provider=key.provider,
                model=key.model,
                service_tier=key.service_tier,
                context_window=key.context_window,
                unit=unit,
                price_per_million=amount,
                currency="USD",
                valid_from=prices.valid_from,
                valid_to=prices.valid_to,
                version=prices.version,
            )
            for key, lists in list(self._published.items())
            for prices in lists
            for unit, amount in prices.per_million.items()
        ]

    @property
    def looked_up(self) -> list[PriceKey]:
        """What prices were asked for so far."""
        return list(self._lists)

    def _own(self, key: PriceKey) -> list[PriceList]:
        """The operator's own prices, one list for each unit; they hold in every context."""
        wanted = (key.provider, key.model, key.service_tier)
        return [
            PriceList(row.version, row.valid_from, row.valid_to, {row.unit: row.price_per_million})
            for row in self._overrides
            if (row.provider, row.model, row.service_tier) == wanted
        ]


def price_key(
    provider: str, model: str | None, tier: str | None, context_window: str | None, *, has_tokens: bool = True
) -> PriceKey:
    """What the prices of usage are kept under."""
    context = LONG_CONTEXT if context_window == LONG_CONTEXT and has_tokens else ""
    return PriceKey(provider, model or "", tier_word(tier, has_tokens=has_tokens), context)


def save_seen(connection: Connection, book: PriceBook) -> None:
    """Replaces the published rows of `price` that the book looked up, so that an estimate can be explained."""
    prices = table(Price)
    for key in book.looked_up:
        same = [prices.c[field.name] == getattr(key, field.name) for field in fields(key)]
        connection.execute(sa.delete(prices).where(*same, prices.c.version.not_like(f"{OWN}%")))
    insert_rows(connection, Price, to_batch(Price, book.rows()))


def open_book(connection: Connection) -> PriceBook:
    """A book with the operator's prices and discounts, as stored."""
    prices, discounts = table(Price), table(PriceDiscount)
    own = connection.execute(sa.select(prices).where(prices.c.version.like(f"{OWN}%"))).mappings()
    negotiated = connection.execute(sa.select(discounts).order_by(discounts.c.position)).mappings()
    terms = [Discount(**{f.name: row[f.name] for f in fields(Discount)}) for row in negotiated]
    return PriceBook([Price(**row) for row in own], terms)
