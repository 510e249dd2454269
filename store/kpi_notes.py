"""What people write beside a KPI: comments of a week, and what somebody promised to do by when."""

from datetime import date, datetime
from uuid import uuid4

import sqlalchemy as sa

from store import audit
from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import KpiAction, KpiComment

OPEN, DONE, DROPPED = "open", "done", "dropped"
ACTIONS = table(KpiAction)


def add_comment(store: Store, kpi: str, week_start: date, author: str, text: str, now: datetime) -> str:
    """Keeps a comment; its id. Raises StoreError."""
    comment = KpiComment(
        comment_id=uuid4().hex, kpi=kpi, week_start=week_start, author=author, text=text, created_at=now
    )
    with store.write() as connection:
        insert_rows(connection, KpiComment, to_batch(KpiComment, [comment]))
        audit.note(connection, author, "commented", f"kpi/{kpi}", now, f"{week_start}")
    return comment.comment_id


def add_action(
    store: Store, kpi: str, week_start: date, owner: str, text: str, due_on: date, by: str, now: datetime
) -> str:
    """Keeps what was promised; its id. Raises StoreError."""
    action = KpiAction(
        action_id=uuid4().hex,
        kpi=kpi,
        week_start=week_start,
        owner=owner,
        text=text,
        due_on=due_on,
        status=OPEN,
        created_by=by,
        created_at=now,
    )
    with store.write() as connection:
        insert_rows(connection, KpiAction, to_batch(KpiAction, [action]))
        audit.note(connection, by, "promised", f"kpi/{kpi}", now, f"{owner} by {due_on}")
    return action.action_id


def close_action(store: Store, action_id: str, status: str, by: str, now: datetime, result: str | None = None) -> bool:
    """Ends an open action as done or dropped; False when it is not open. Raises StoreError."""
    values = {"status": status, "closed_at": now.replace(tzinfo=None), "closed_by": by, "result": result}
    with store.write() as connection:
        found = connection.execute(
            sa.update(ACTIONS).where(ACTIONS.c.action_id == action_id, ACTIONS.c.status == OPEN).values(**values)
        )
        if found.rowcount:
            audit.note(connection, by, status, f"action/{action_id}", now, result)
    return bool(found.rowcount)
