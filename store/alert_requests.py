"""What people on pages ask of alerts; the worker does it, and what it could not do yet waits here."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

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


def waiting_actions(store: Store) -> list[AlertRequest]:
    """The requests that nobody has done yet, oldest first; times are aware. Raises StoreError."""
    waiting = sa.select(REQUESTS).where(REQUESTS.c.picked_up_at.is_(None)).order_by(REQUESTS.c.requested_at)
    with store.read() as connection:
        return [_aware(AlertRequest(**row)) for row in connection.execute(waiting).mappings()]


def take(connection: Connection, request_id: str, now: datetime) -> bool:
    """Ends a request in the caller's transaction; False when another worker did, and with it what was asked."""
    open_one = (REQUESTS.c.request_id == request_id) & REQUESTS.c.picked_up_at.is_(None)
    ended = connection.execute(sa.update(REQUESTS).where(open_one).values(picked_up_at=now.replace(tzinfo=None)))
    return bool(ended.rowcount)


def end_request(store: Store, request_id: str, now: datetime) -> None:
    """It waits no more: it is done, or cannot be. Raises StoreError."""
    with store.write() as connection:
        chosen = sa.update(REQUESTS).where(REQUESTS.c.request_id == request_id)
        connection.execute(chosen.values(picked_up_at=now.replace(tzinfo=None)))


def _aware(request: AlertRequest) -> AlertRequest:
    request.requested_at = request.requested_at.replace(tzinfo=UTC)
    if request.until is not None:
        request.until = request.until.replace(tzinfo=UTC)
    return request
