"""Who did what to what Burnline keeps: written in the transaction of the act itself."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.engine import Connection

from store.bulk import insert_rows
from store.schema import to_batch
from store.tables import AuditEvent

BURNLINE = "Burnline"
"""The actor of what it does by itself, or does not know who asked for."""


def note(
    connection: Connection, actor: str, action: str, subject: str, now: datetime, detail: str | None = None
) -> None:
    """Adds one event. `actor` is as people named themselves; there is no login that would prove it."""
    event = AuditEvent(
        event_id=uuid4().hex, occurred_at=now, actor=actor, action=action, subject=subject, detail=detail
    )
    insert_rows(connection, AuditEvent, to_batch(AuditEvent, [event]))
