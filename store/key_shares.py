"""Who bears a key that several features share: rebuilt for the days of a load, in its transaction."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.attribution import NO_ACCOUNT
from store.key_share_sql import statement
from store.schema import table
from store.tables import Attribution, InferenceRequest, KeyShare, UsageDay

_OF_HOURS = "started_at >= :first and started_at <= :last and cast(started_at as date) in :days"

_NOTHING = [""]
"""Stands for an empty list, which no engine takes in the brackets of IN."""


def rebuild(connection: Connection, days: list[date] | None) -> frozenset[str]:
    """Shares the keys of these days (None: of all) again whose rules split; the request logs that count.

    Empty when no rule splits. A part of a share is cut off below 1e-12, and the largest share takes what that left.
    """
    shares = table(KeyShare)
    if days is None:
        connection.execute(sa.delete(shares))
    splits = set(connection.execute(sa.select(table(Attribution).c.split_by).distinct()).scalars()) - {None}
    if not splits:
        return frozenset()
    if days is not None:
        connection.execute(sa.delete(shares).where(shares.c.day.in_(days)))
    sources = _sources(connection, days)
    logs = frozenset(splits | set(_logs(connection, sources, days)))
    values: dict[str, Any] = {"logs": sorted(logs), "sources": sources or _NOTHING, "no_account": NO_ACCOUNT}
    lists = ["logs", "sources"]
    if days is not None:
        first, last = _span(days)
        values |= {"days": days, "first": first, "last": last}
        lists.append("days")
    sql = statement(of_days="true" if days is None else "day in :days", of_hours="true" if days is None else _OF_HOURS)
    with hashing(connection):
        connection.execute(sa.text(sql).bindparams(*(sa.bindparam(name, expanding=True) for name in lists)), values)
    return logs


@contextmanager
def hashing(connection: Connection) -> Iterator[None]:
    """Runs statements about shares: PostgreSQL expects one row of each of their steps, and would join whole days row by
    row instead of hashing keys."""
    others = ("enable_nestloop", "enable_mergejoin") if connection.dialect.name == "postgresql" else ()
    for name in others:
        connection.execute(sa.text(f"set local {name} = off"))
    yield
    for name in others:
        connection.execute(sa.text(f"set local {name} to default"))


def _sources(connection: Connection, days: list[date] | None) -> list[str]:
    """Who reports usage on these days."""
    used = table(UsageDay).c
    wanted = sa.true() if days is None else used.day.in_(days)
    return sorted(connection.execute(sa.select(used.source).where(wanted).distinct()).scalars())


def _logs(connection: Connection, sources: Collection[str], days: list[date] | None) -> list[str]:
    """Those of the sources whose usage is made of requests."""
    r = table(InferenceRequest).c
    found = []
    for source in sources:
        requests = sa.select(sa.literal(1)).where(r.source == source).limit(1)
        if days is not None:
            first, last = _span(days)
            requests = requests.where(r.started_at >= first, r.started_at <= last)
        if connection.execute(requests).first():
            found.append(source)
    return found


def _span(days: list[date]) -> tuple[datetime, datetime]:
    return datetime.combine(min(days), time()), datetime.combine(max(days), time.max)
