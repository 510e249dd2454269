"""What people on pages ask of alerts; the worker takes it from here and does it."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa

from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import AlertRequest

REQUESTS = table(AlertRequest)


def request_action(
    store: Store,
    alert_id: str,
    action: str,
    by: str,
    now: datetime,
    reason: str | None = None,
    until: datetime | None = None,
) -> str:
    """Asks the worker to do it; the id of the request. Times are aware UTC. Raises StoreError."""
    request = AlertRequest(
        request_id=uuid4().hex,
        alert_id=alert_id,
        action=action,
        requested_by=by,
        requested_at=now,
        reason=reason,
        until=until,
    )
    with store.write() as connection:
        insert_rows(connection, AlertRequest, to_batch(AlertRequest, [request]))
    return request.request_id


def take_actions(store: Store, now: datetime) -> list[AlertRequest]:
    """The requests nobody has picked up yet, oldest first, now marked as picked up; times are aware. Raises StoreError.

    Looking takes no lock, for there is nearly never one.
    """
    waiting = sa.select(REQUESTS).where(REQUESTS.c.picked_up_at.is_(None)).order_by(REQUESTS.c.requested_at)
    with store.read() as connection:
        if connection.execute(waiting.limit(1)).first() is None:
            return []
    with store.write() as connection:
        rows = connection.execute(waiting).mappings().all()
        chosen = REQUESTS.c.request_id.in_([row["request_id"] for row in rows])
        connection.execute(sa.update(REQUESTS).where(chosen).values(picked_up_at=now.replace(tzinfo=None)))
    return [_aware(AlertRequest(**row)) for row in rows]


def _aware(request: AlertRequest) -> AlertRequest:
    request.requested_at = request.requested_at.replace(tzinfo=UTC)
    if request.until is not None:
        request.until = request.until.replace(tzinfo=UTC)
    return request
