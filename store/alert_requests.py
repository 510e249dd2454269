"""What people ask of alerts on a page; the worker does it."""

from datetime import datetime
from uuid import uuid4

from store.bulk import insert_rows
from store.engine import Store
from store.schema import to_batch
from store.tables import AlertRequest


def request_action(
    store: Store,
    alert_id: str,
    action: str,
    by: str,
    now: datetime,
    reason: str | None = None,
    until: datetime | None = None,
) -> str:
    """Asks the worker to do it; the id of the request. `now` and `until` are aware UTC."""
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
