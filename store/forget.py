"""Removes everything one source ever loaded, so that another may bill the same account."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store import attributed
from store.engine import Store
from store.schema import column_names, table
from store.tables import (
    FACTS,
    ROLLUPS,
    CollectorRun,
    CostDay,
    IncidentSpan,
    Quarantine,
    Restatement,
    SloScope,
    SourceHealth,
    UsageDay,
)

LOADED = (
    *(row for row in (*FACTS, *ROLLUPS) if "source" in column_names(row)),
    SloScope,
    Quarantine,
    Restatement,
    CollectorRun,
    SourceHealth,
)


def forget_source(store: Store, source: str) -> int:
    """Deletes the facts, rollups and ledger rows of a source in one transaction; how many facts there were."""
    with store.write() as connection:
        days = {day for row in (CostDay, UsageDay) for day in _days(connection, row, source)}
        counts = {
            row: connection.execute(sa.delete(table(row)).where(table(row).c.source == source)).rowcount
            for row in LOADED
        }
        attributed.rebuild(connection, days)
    return sum(counts[row] for row in FACTS if row is not IncidentSpan)


def _days(connection: Connection, rollup: type, source: str) -> Iterable[date]:
    columns = table(rollup).c
    return connection.execute(sa.select(columns.day).where(columns.source == source).distinct()).scalars()
