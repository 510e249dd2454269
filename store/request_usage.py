"""Makes hourly usage of requests, so that their tokens and requests are counted like those a provider reports."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.bulk import insert_rows
from store.price_book import PriceBook
from store.request_hour import hour_of
from store.schema import table, to_batch
from store.sums import count
from store.tables import InferenceRequest, RequestDay, TokenUsage, UsageDay

_KEYS = (
    "provider",
    "account_id",
    "service",
    "attribution_key",
    "project_id",
    "api_key_id",
    "user_id",
    "model",
)


def insert(
    connection: Connection,
    source: str,
    wanted: sa.ColumnElement[bool],
    prices: PriceBook,
    usage_of: Collection[str] | None,
) -> None:
    """Writes the usage of the requests that `wanted` chooses and of these providers; None for all of them."""
    provider = table(InferenceRequest).c.provider
    chosen = wanted if usage_of is None else wanted & provider.in_(sorted(usage_of))
    rows = [_usage(source, dict(record)) for record in connection.execute(_hourly(chosen)).mappings()]
    for row in rows:
        prices.estimate(row)
    insert_rows(connection, TokenUsage, to_batch(TokenUsage, rows))


def days_to_change(connection: Connection, source: str, usage_of: Collection[str] | None) -> set[date]:
    """The days with usage of other providers than these: the setting was changed since they were loaded."""
    logged, used = (_providers(connection, row, source) for row in (RequestDay, UsageDay))
    counted = {(day, provider) for day, provider in logged if usage_of is None or provider in usage_of}
    return {day for day, _ in used ^ counted}


def _providers(connection: Connection, row: type, source: str) -> set[tuple[date, str]]:
    c = table(row).c
    found = connection.execute(sa.select(c.day, c.provider).where(c.source == source).distinct())
    return {(day, provider) for day, provider in found}


def _hourly(wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    c = table(InferenceRequest).c
    hour = hour_of(c.started_at)
    keys = [c[name] for name in _KEYS]
    uncached = c.input_tokens - sa.func.coalesce(c.cache_read_input_tokens, 0)
    sums = (
        count(uncached).label("uncached_input_tokens"),
        count(c.cache_read_input_tokens).label("cache_read_input_tokens"),
        count(c.output_tokens).label("output_tokens"),
        sa.func.count().label("request_count"),
    )
    return sa.select(hour.label("hour"), *keys, *sums).where(wanted).group_by(hour, *keys)


def _usage(source: str, values: dict[str, Any]) -> TokenUsage:
    hour: datetime = values.pop("hour")
    return TokenUsage(source=source, started_at=hour, ended_at=hour + timedelta(hours=1), **values)
