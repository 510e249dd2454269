"""Closed weeks of KPIs: what each said then, and the texts of the queries that said it. Nothing is ever rewritten."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from store import audit
from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import KpiSnapshot, QueryText

SNAPSHOTS, TEXTS = table(KpiSnapshot), table(QueryText)


def is_closed(store: Store, week_start: date) -> bool:
    """True when the week is on record. Raises StoreError."""
    with store.read() as connection:
        return _is_closed(connection, week_start)


def keep_week(store: Store, rows: Sequence[KpiSnapshot], texts: Sequence[QueryText], by: str = audit.BURNLINE) -> bool:
    """Puts a week on record in one transaction; False, and nothing written, when it is there. Raises StoreError."""
    with store.write() as connection:
        if _is_closed(connection, rows[0].week_start):
            return False
        known = set(connection.execute(sa.select(TEXTS.c.sha256)).scalars())
        new = {text.sha256: text for text in texts if text.sha256 not in known}
        if new:
            insert_rows(connection, QueryText, to_batch(QueryText, list(new.values())))
        insert_rows(connection, KpiSnapshot, to_batch(KpiSnapshot, rows))
        audit.note(connection, by, "closed", f"week/{rows[0].week_start}", rows[0].closed_at)
    return True


def _is_closed(connection: sa.Connection, week_start: date) -> bool:
    of_week = sa.select(SNAPSHOTS.c.kpi).where(SNAPSHOTS.c.week_start == week_start).limit(1)
    return connection.execute(of_week).first() is not None
