"""Who bears a key that several features share: rebuilt for the days of a load, in its transaction."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.attribution import NO_ACCOUNT
from store.key_share_sql import STATEMENT
from store.schema import table
from store.tables import Attribution, InferenceRequest, KeyShare, UsageDay

_NOTHING = [""]
"""Stands for an empty list, which no engine takes in the brackets of IN."""


def rebuild(connection: Connection, days: list[date]) -> frozenset[str]:
    """Shares the keys of these days again whose rules split; the request logs that count.

    Empty when no rule splits. A part of a share is cut off below 1e-12, and the largest share takes what that left.
    """
    splits = set(connection.execute(sa.select(table(Attribution).c.split_by).distinct()).scalars()) - {None}
    if not splits:
        return frozenset()
    shares = table(KeyShare)
    connection.execute(sa.delete(shares).where(shares.c.day.in_(days)))
    sources = _sources(connection, days)
    logs = frozenset(splits | set(_logs(connection, sources, days)))
    first, last = _span(days)
    values: dict[str, Any] = {
        "logs": sorted(logs),
        "sources": sources or _NOTHING,
        "no_account": NO_ACCOUNT,
        "days": days,
        "first": first,
        "last": last,
    }
    statement = sa.text(STATEMENT)
    for name in ("logs", "sources", "days"):
        statement = statement.bindparams(sa.bindparam(name, expanding=True))
    with hashing(connection):
        connection.execute(statement, values)
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


def _sources(connection: Connection, days: list[date]) -> list[str]:
    """Who reports usage on these days."""
    used = table(UsageDay).c
    return sorted(connection.execute(sa.select(used.source).where(used.day.in_(days)).distinct()).scalars())


def _logs(connection: Connection, sources: Collection[str], days: list[date]) -> list[str]:
    """Those of the sources whose usage is made of requests."""
    r = table(InferenceRequest).c
    first, last = _span(days)
    some = sa.select(sa.literal(1)).where(r.started_at >= first, r.started_at <= last).limit(1)
    return [source for source in sources if connection.execute(some.where(r.source == source)).first()]


def _span(days: list[date]) -> tuple[datetime, datetime]:
    return datetime.combine(min(days), time()), datetime.combine(max(days), time.max)
