"""Makes estimates follow prices.toml: usage whose prices it changes is estimated again, each day at its own price."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.price import MILLION, MODALITY_UNITS, QUANTITY_UNITS, TOKEN_UNITS, PriceList
from store import priced_usage, rollup
from store.price_book import PriceBook, PriceKey, save_seen
from store.schema import table
from store.tables import PricedUsageDay, TokenUsage

_UNIT_PRICE = sa.Numeric(38, 18)


def follow(connection: Connection, before: PriceBook, after: PriceBook) -> None:
    """Estimates again what `after` prices otherwise than `before`, with its rollups; `price` says what `after` says."""
    columns = table(PricedUsageDay).c
    names = [columns[field.name] for field in fields(PriceKey)]
    keys = [PriceKey(*row) for row in connection.execute(sa.select(*names).distinct())]
    changed = [key for key in keys if list(before.of(key)) != list(after.of(key))]
    save_seen(connection, after)
    for key in changed:
        _estimate_again(connection, key, after.of(key))
    days: dict[str, set[date]] = defaultdict(set)
    for key in changed:
        of_key = [columns[field.name] == getattr(key, field.name) for field in fields(PriceKey)]
        for source, day in connection.execute(sa.select(columns.source, columns.day).where(*of_key).distinct()):
            days[source].add(day)
    for source, touched in days.items():
        rollup.rebuild(connection, TokenUsage, source, touched, after)


def _estimate_again(connection: Connection, key: PriceKey, lists: Iterable[PriceList]) -> None:
    usage = table(TokenUsage)
    of_key = sa.and_(*(column == getattr(key, name) for name, column in priced_usage.key().items()))
    connection.execute(sa.update(usage).where(of_key).values(estimated_cost=sa.null(), price_version=sa.null()))
    for prices in lists:
        in_force = (usage.c.started_at >= prices.valid_from) & (usage.c.started_at < prices.valid_to)
        connection.execute(
            sa.update(usage)
            .where(of_key, in_force, *_has_prices(prices))
            .values(estimated_cost=_cost(prices), price_version=prices.version)
        )


def _has_prices(prices: PriceList) -> list[sa.ColumnElement[bool]]:
    """What `PriceBook.estimate` asks of a fact before it has an estimate, in SQL."""
    c = table(TokenUsage).c
    tools = [unit for unit in QUANTITY_UNITS if unit in prices.per_million]
    no_quantity = sa.func.coalesce(c.quantity, 0) == 0
    conditions = [
        sa.func.coalesce(priced_usage.tokens(), c.quantity).is_not(None),
        c.model.is_not(None) | priced_usage.tokens().is_(None),
        no_quantity | priced_usage.quantity_unit().in_(tools) if tools else no_quantity,
    ]
    for unit, kind in priced_usage.kinds().items():
        conditions.append(kind >= 0 if unit in prices.per_million else kind == 0)
    for name in ("audio", "image"):
        all_of_it, cached = c[f"input_{name}_tokens"], c[f"cache_read_{name}_tokens"]
        is_split = cached.is_not(None) | (sa.func.coalesce(all_of_it, 0) == 0)
        conditions.append(is_split | (sa.func.coalesce(c.cache_read_input_tokens, 0) == 0))
    return conditions


def _cost(prices: PriceList) -> sa.ColumnElement[Any]:
    c = table(TokenUsage).c
    kinds = priced_usage.kinds()
    parts = [
        kinds[unit] * _each(prices.per_million[unit])
        for unit in (*TOKEN_UNITS, *MODALITY_UNITS)
        if prices.per_million.get(unit)
    ]
    quantity = sa.cast(sa.func.coalesce(c.quantity, 0), sa.Numeric(38, 6))
    parts += [
        sa.case((priced_usage.quantity_unit() == unit, quantity), else_=0) * _each(prices.per_million[unit])
        for unit in QUANTITY_UNITS
        if prices.per_million.get(unit)
    ]
    return sa.cast(sum(parts[1:], parts[0]) if parts else sa.literal(0), sa.Numeric(18, 9))


def _each(per_million: Decimal) -> sa.ColumnElement[Any]:
    return sa.cast(sa.literal(per_million / MILLION, _UNIT_PRICE), _UNIT_PRICE)
