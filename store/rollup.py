"""Rebuilds the daily rollups of a source for the days that a load touched, in the load's transaction."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.bulk import insert_rows
from store.price_book import PriceBook
from store.schema import column_names, table, to_batch
from store.tables import Charge, CostDay, InferenceRequest, TokenUsage, UsageDay

_MIDNIGHT = time()

_USAGE_KEYS = (
    "source",
    "provider",
    "account_id",
    "project_id",
    "api_key_id",
    "service",
    "model",
    "service_tier",
    "attribution_key",
)

_REQUEST_KEYS = (
    "provider",
    "account_id",
    "service",
    "attribution_key",
    "project_id",
    "api_key_id",
    "user_id",
    "model",
)

_TIME = {Charge: "charge_period_start", TokenUsage: "started_at", InferenceRequest: "started_at"}


def touched_days(connection: Connection, row: type, slice_: sa.ColumnElement[bool]) -> set[date]:
    """The UTC days on which the slice has rows."""
    day = sa.cast(table(row).c[_TIME[row]], sa.Date)
    return set(connection.execute(sa.select(day).where(slice_).distinct()).scalars())


def rebuild(connection: Connection, row: type, source: str, days: Iterable[date], prices: PriceBook) -> None:
    """Rebuilds what is derived from `row` for this source and these days."""
    wanted = sorted(days)
    if not wanted:
        return
    if row is Charge:
        _replace_days(connection, CostDay, source, wanted, _cost_day(source, wanted))
        return
    if row is InferenceRequest:
        _usage_from_requests(connection, source, wanted, prices)
    _replace_days(connection, UsageDay, source, wanted, _usage_day(source, wanted))


def _replace_days(connection: Connection, rollup: type, source: str, days: list[date], rows: sa.Select[Any]) -> None:
    target = table(rollup)
    connection.execute(sa.delete(target).where(target.c.source == source, target.c.day.in_(days)))
    connection.execute(sa.insert(target).from_select(list(column_names(rollup)), rows))


def _of_days(row: type, source: str, days: list[date]) -> sa.ColumnElement[bool]:
    columns = table(row).c
    moment = columns[_TIME[row]]
    first, last = datetime.combine(days[0], _MIDNIGHT), datetime.combine(days[-1], time.max)
    in_range = (columns.source == source) & (moment >= first) & (moment <= last)
    return in_range & sa.cast(moment, sa.Date).in_(days)


def _cost_day(source: str, days: list[date]) -> sa.Select[Any]:
    c = table(Charge).c
    day = sa.cast(c.charge_period_start, sa.Date)
    keys = [
        c[name]
        for name in (
            "source",
            "provider",
            "billing_account_id",
            "sub_account_id",
            "service_name",
            "model",
            "attribution_key",
            "billing_currency",
        )
    ]
    return (
        sa.select(day, *keys, _money(c.billed_cost), _money(c.effective_cost), sa.func.count())
        .where(_of_days(Charge, source, days))
        .group_by(day, *keys)
    )


def _usage_day(source: str, days: list[date]) -> sa.Select[Any]:
    c = table(TokenUsage).c
    day = sa.cast(c.started_at, sa.Date)
    keys = [c[name] for name in _USAGE_KEYS]
    writes = _plus(c.cache_write_5m_input_tokens, c.cache_write_1h_input_tokens, c.cache_write_input_tokens)
    every = _plus(c.uncached_input_tokens, c.cache_read_input_tokens, writes, c.output_tokens)
    unpriced = sa.case((c.estimated_cost.is_(None), every), else_=0)
    return (
        sa.select(
            day,
            *keys,
            _count(c.uncached_input_tokens),
            _count(c.cache_read_input_tokens),
            _count(writes),
            _count(c.output_tokens),
            _count(c.request_count),
            sa.cast(sa.func.sum(c.estimated_cost), sa.Numeric(18, 9)),
            _count(sa.func.coalesce(unpriced, 0)),
        )
        .where(_of_days(TokenUsage, source, days))
        .group_by(day, *keys)
    )


def _plus(*columns: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The sum of what is known; NULL when nothing is."""
    total: sa.ColumnElement[Any] = sa.func.coalesce(columns[0], 0)
    for column in columns[1:]:
        total = total + sa.func.coalesce(column, 0)
    return sa.case((sa.func.coalesce(*columns).is_(None), sa.null()), else_=total)


def _money(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A sum that stays DECIMAL: the cast says so to engines that would add loosely typed columns as floats."""
    return sa.func.sum(sa.cast(column, sa.Numeric(38, 12)))


def _count(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A sum of integers as BIGINT: DuckDB would store HUGEINT, 90 times as slow to add up again."""
    return sa.cast(sa.func.sum(column), sa.BigInteger)


def _usage_from_requests(connection: Connection, source: str, days: list[date], prices: PriceBook) -> None:
    """Hourly usage of a request log, so that its tokens and requests are counted like everybody else's."""
    connection.execute(sa.delete(table(TokenUsage)).where(_of_days(TokenUsage, source, days)))
    rows = [_hour_of_requests(source, dict(record)) for record in connection.execute(_hourly(source, days)).mappings()]
    for row in rows:
        prices.estimate(row)
    insert_rows(connection, TokenUsage, to_batch(TokenUsage, rows))


def _hourly(source: str, days: list[date]) -> sa.Select[Any]:
    c = table(InferenceRequest).c
    hour = sa.func.date_trunc(sa.literal_column("'hour'"), c.started_at)
    keys = [c[name] for name in _REQUEST_KEYS]
    uncached = c.input_tokens - sa.func.coalesce(c.cache_read_input_tokens, 0)
    return (
        sa.select(
            hour.label("hour"),
            *keys,
            _count(uncached).label("uncached_input_tokens"),
            _count(c.cache_read_input_tokens).label("cache_read_input_tokens"),
            _count(c.output_tokens).label("output_tokens"),
            sa.func.count().label("request_count"),
        )
        .where(_of_days(InferenceRequest, source, days))
        .group_by(hour, *keys)
    )


def _hour_of_requests(source: str, values: dict[str, Any]) -> TokenUsage:
    hour: datetime = values.pop("hour")
    return TokenUsage(source=source, started_at=hour, ended_at=hour + timedelta(hours=1), **values)
