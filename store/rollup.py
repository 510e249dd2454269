"""Rebuilds the daily rollups of a source for the days that a load touched, in the load's transaction."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.window import Window
from store import (
    attributed,
    bill_day,
    latency_bucket,
    model_usage_day,
    priced_usage,
    request_day,
    request_usage,
    source_health,
    telemetry,
)
from store.price_book import PriceBook
from store.schema import column_names, table
from store.sums import count, estimate, money, plus
from store.tables import (
    BillDay,
    Charge,
    CostDay,
    InferenceRequest,
    LatencyDay,
    ModelUsageDay,
    PricedUsageDay,
    RequestDay,
    TokenUsage,
    UsageDay,
)

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

_TIME = {
    Charge: "charge_period_start",
    TokenUsage: "started_at",
    InferenceRequest: "started_at",
    UsageDay: "day",
}


def touched_days(connection: Connection, row: type, slice_: sa.ColumnElement[bool]) -> set[date]:
    """The UTC days on which the slice has rows."""
    day = sa.cast(table(row).c[_TIME[row]], sa.Date)
    return set(connection.execute(sa.select(day).where(slice_).distinct()).scalars())


def rebuild(
    connection: Connection,
    row: type,
    source: str,
    days: Iterable[date],
    prices: PriceBook,
    usage_of: Collection[str] | None = None,
) -> None:
    """Rebuilds what is derived from `row` for this source and these days, owners included.

    Of requests usage is made for the providers `usage_of` only, None for all.
    """
    wanted = sorted(days)
    if not wanted:
        return
    if row is Charge:
        _bills(connection, source, wanted)
    else:
        if row is InferenceRequest:
            _requests(connection, source, wanted)
            of_days = _of_days(TokenUsage, source, wanted)
            connection.execute(sa.delete(table(TokenUsage)).where(of_days))
            request_usage.insert(connection, source, _of_days(row, source, wanted), prices, usage_of)
        _replace_days(connection, UsageDay, source, wanted, _usage_day(source, wanted))
        _models(connection, source, wanted)
    attributed.rebuild(connection, wanted)


def _bills(connection: Connection, source: str, days: list[date]) -> None:
    _replace_days(connection, CostDay, source, days, _cost_day(source, days))
    _replace_days(connection, BillDay, source, days, bill_day.rows(_of_days(Charge, source, days)))


def _requests(connection: Connection, source: str, days: list[date]) -> None:
    of_days = _of_days(InferenceRequest, source, days)
    _replace_days(connection, RequestDay, source, days, request_day.rows(of_days))
    latencies = [latency_bucket.by_day(of_days, source, measure) for measure in latency_bucket.MEASURES]
    _replace_days(connection, LatencyDay, source, days, *latencies)


def _models(connection: Connection, source: str, days: list[date]) -> None:
    """Needs the usage of these days."""
    c = table(UsageDay).c
    rows = model_usage_day.rows((c.source == source) & c.day.in_(days))
    _replace_days(connection, ModelUsageDay, source, days, rows)
    _replace_days(connection, PricedUsageDay, source, days, priced_usage.by_day(_of_days(TokenUsage, source, days)))


def refill(connection: Connection) -> None:
    """Makes the rollups and all attributed days again, after a migration that added to them."""
    for source, days in _loaded_months(connection, Charge):
        _bills(connection, source, days)
    for source, days in _loaded_months(connection, InferenceRequest):
        _requests(connection, source, days)
        telemetry.refill(connection, source, _span(days))
    for source, days in _loaded_months(connection, UsageDay):
        _models(connection, source, days)
    source_health.refresh(connection)
    attributed.rebuild(connection)


def _span(days: list[date]) -> Window:
    """From the first of the days to the end of the last."""
    first, last = (datetime.combine(day, _MIDNIGHT, UTC) for day in (days[0], days[-1]))
    return Window(first, last + timedelta(days=1))


def _loaded_months(connection: Connection, row: type) -> list[tuple[str, list[date]]]:
    """Each source that wrote such rows with its days, a calendar month at a time."""
    columns = table(row).c
    day = sa.cast(columns[_TIME[row]], sa.Date)
    spans: dict[str, list[date]] = {}
    for source, one in connection.execute(sa.select(columns.source, day).distinct()).tuples():
        spans.setdefault(source, []).append(one)
    return [(source, month) for source, days in spans.items() for month in attributed.by_month(days)]


def _replace_days(connection: Connection, rollup: type, source: str, days: list[date], *rows: sa.Select[Any]) -> None:
    target = table(rollup)
    connection.execute(sa.delete(target).where(target.c.source == source, target.c.day.in_(days)))
    for some in rows:
        connection.execute(sa.insert(target).from_select(list(column_names(rollup)), some))


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
        sa.select(day, *keys, money(c.billed_cost), money(c.effective_cost), sa.func.count(), c.token_type)
        .where(_of_days(Charge, source, days))
        .group_by(day, *keys, c.token_type)
    )


def _usage_day(source: str, days: list[date]) -> sa.Select[Any]:
    c = table(TokenUsage).c
    day = sa.cast(c.started_at, sa.Date)
    keys = [c[name] for name in _USAGE_KEYS]
    writes = plus(c.cache_write_5m_input_tokens, c.cache_write_1h_input_tokens, c.cache_write_input_tokens)
    every = plus(c.uncached_input_tokens, c.cache_read_input_tokens, writes, c.output_tokens)
    unpriced = sa.case((c.estimated_cost.is_(None), every), else_=0)
    return (
        sa.select(
            day,
            *keys,
            count(c.uncached_input_tokens),
            count(c.cache_read_input_tokens),
            count(writes),
            count(c.output_tokens),
            count(c.request_count),
            estimate(c.estimated_cost),
            count(sa.func.coalesce(unpriced, 0)),
        )
        .where(_of_days(TokenUsage, source, days))
        .group_by(day, *keys)
    )
