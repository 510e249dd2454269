"""Rolls requests up for promises: by hour and fate, by bucket of time, and by what each objective counts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.slo.buckets import ladder
from domain.slo.counting import Counting, thresholds
from domain.slo.definition import Origin
from domain.window import Window, floor_hour
from store import latency_bucket, request_hour, sli
from store.schema import column_names, table
from store.tables import InferenceRequest, LatencyHour, RequestHour, SliMinute, SloObjective

KEPT_MINUTES = timedelta(days=35)
"""A rolling month of minutes and some days to look back on; older ones are known by the hour."""

_HOUR = timedelta(hours=1)


def touched_hours(connection: Connection, slice_: sa.ColumnElement[bool]) -> Window | None:
    """The whole UTC hours from the first request of a slice to its last; None when it has none."""
    moment = table(InferenceRequest).c.started_at
    first, last = connection.execute(sa.select(sa.func.min(moment), sa.func.max(moment)).where(slice_)).one()
    return None if first is None else Window(floor_hour(_aware(first)), floor_hour(_aware(last)) + _HOUR)


def rebuild(
    connection: Connection, source: str, before: Window | None, after: Window | None, objectives: Sequence[Counting]
) -> None:
    """Rolls up the hours of one request log again that a load touched: those it had rows in, and those it has."""
    touched = [hours for hours in (before, after) if hours]
    if touched:
        hours = Window(min(one.start for one in touched), max(one.end for one in touched))
        roll_up(connection, source, hours, objectives)


def roll_up(connection: Connection, source: str, hours: Window, objectives: Sequence[Counting]) -> None:
    """Rolls up whole hours of one request log."""
    count_fates(connection, source, hours)
    count_latencies(connection, source, hours, thresholds(objectives))
    sli.rebuild(connection, source, hours, objectives)


def refill(connection: Connection, source: str, hours: Window) -> None:
    """Rolls up whole hours without what objectives count: only their files say that, see `recount`."""
    declared = table(SloObjective).c
    of_requests = (declared.origin == Origin.REQUESTS) & declared.threshold_seconds.is_not(None)
    named = connection.execute(sa.select(declared.threshold_seconds).where(of_requests).distinct()).scalars().all()
    count_fates(connection, source, hours)
    count_latencies(connection, source, hours, named)


def count_fates(connection: Connection, source: str, hours: Window) -> None:
    """`request_hour` of whole hours, which tells who served in them."""
    _replace(connection, RequestHour, source, hours, [request_hour.rows(_requests(source, hours))])


def count_latencies(connection: Connection, source: str, hours: Window, named: Sequence[Decimal]) -> None:
    """`latency_hour` of whole hours; `named` are the seconds that objectives name, which are edges as well."""
    edges = ladder(named)
    wanted = _requests(source, hours)
    rows = [latency_bucket.by_hour(wanted, source, measure, edges) for measure in latency_bucket.MEASURES]
    _replace(connection, LatencyHour, source, hours, rows)


def _requests(source: str, hours: Window) -> sa.ColumnElement[bool]:
    r = table(InferenceRequest).c
    return (r.source == source) & _within(r.started_at, hours)


def recount(connection: Connection, changed: Sequence[Counting], objectives: Sequence[Counting]) -> None:
    """Counts all requests that are kept for those of the objectives that are new or were changed, a day at a time."""
    r = table(InferenceRequest).c
    days = sa.select(r.source, sa.cast(r.started_at, sa.Date)).distinct().order_by(r.source)
    names = {one.slo for one in changed}
    known = ladder(thresholds([one for one in objectives if one.slo not in names]))
    new_edges = not set(thresholds(changed)) <= set(known)
    for source, day in connection.execute(days).tuples().all():
        start = datetime.combine(day, datetime.min.time(), UTC)
        hours = Window(start, start + timedelta(days=1))
        if new_edges:
            count_latencies(connection, source, hours, thresholds(objectives))
        sli.rebuild(connection, source, hours, changed)


def forget_minutes(connection: Connection, now: datetime, source: str | None = None) -> int:
    """Drops minutes that only their hours are kept of, of one source or of all; how many rows there were."""
    minutes = table(SliMinute)
    oldest = floor_hour(now - KEPT_MINUTES).replace(tzinfo=None)
    old = minutes.c.minute < oldest
    wanted = old if source is None else old & (minutes.c.source == source)
    return int(connection.execute(sa.delete(minutes).where(wanted)).rowcount)


def _replace(connection: Connection, row: type, source: str, hours: Window, selects: Sequence[sa.Select[Any]]) -> None:
    target = table(row)
    connection.execute(sa.delete(target).where(target.c.source == source, _within(target.c.hour, hours)))
    for select in selects:
        connection.execute(sa.insert(target).from_select(list(column_names(row)), select))


def _within(moment: sa.ColumnElement[Any], hours: Window) -> sa.ColumnElement[bool]:
    return (moment >= hours.start.replace(tzinfo=None)) & (moment < hours.end.replace(tzinfo=None))


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
