"""What a person does with an alert: acknowledge it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts import ledger
from alerts.acknowledged import ACKNOWLEDGED, Acknowledged
from alerts.ledger import ALERTS, OUTBOX, message_from
from alerts.lifecycle import OPEN
from alerts.notice import Notice, from_json
from store.bulk import insert_rows
from store.engine import Store
from store.schema import to_batch
from store.tables import AlertEvent, Outbox

GONE = "This alert does not exist any more, so nothing was done."
OVER = "This alert is over, so there is nothing to acknowledge."
UNKNOWN = "Burnline does not know this button; nothing was done."


class Act(Protocol):
    """What a press of a button calls."""

    def __call__(self, alert_id: str, action: str, who: str, now: datetime) -> str | None:
        """Does it; None when done, else one sentence for the person who pressed. Raises StoreError."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: what it does, what it says, and for which notices it makes sense."""

    action: str
    label: str
    fits: Callable[[Notice], bool]


OFFERED = (Offer("acknowledge", "Acknowledge", lambda notice: notice.acknowledged is None),)
"""The buttons that do something, in their order."""


def act(store: Store, alert_id: str, action: str, by: str, now: datetime) -> str | None:
    """Records what `by` decided and queues the changed messages, all or nothing; doing it again changes nothing.

    None when done, else one sentence that says why not. Raises StoreError.
    """
    if action != "acknowledge":
        return UNKNOWN
    with store.write() as connection:
        chosen = sa.select(ALERTS.c.status, ALERTS.c.fingerprint).where(ALERTS.c.alert_id == alert_id)
        alert = connection.execute(chosen).mappings().one_or_none()
        if alert is None:
            return GONE
        if alert["status"] == ACKNOWLEDGED:
            return None
        if alert["status"] not in OPEN:
            return OVER
        taken = Acknowledged(by, now)
        taken_on = {"status": ACKNOWLEDGED, "acknowledged_by": by, "acknowledged_at": ledger.naive(now)}
        connection.execute(sa.update(ALERTS).where(ALERTS.c.alert_id == alert_id).values(**taken_on))
        insert_rows(connection, AlertEvent, to_batch(AlertEvent, [_event(alert_id, alert["fingerprint"], taken)]))
        insert_rows(connection, Outbox, to_batch(Outbox, _updates(connection, alert_id, taken)))
    return None


def _event(alert_id: str, fingerprint: str, taken: Acknowledged) -> AlertEvent:
    return AlertEvent(
        event_id=uuid4().hex,
        alert_id=alert_id,
        fingerprint=fingerprint,
        occurred_at=taken.at,
        transition=ACKNOWLEDGED,
        facts="{}",
        actor=taken.by,
    )


def _updates(connection: Connection, alert_id: str, taken: Acknowledged) -> list[Outbox]:
    """The newest message of each destination once more, with the name in it."""
    chosen = sa.select(OUTBOX).where(OUTBOX.c.alert_id == alert_id).order_by(OUTBOX.c.position)
    messages = [message_from(row) for row in connection.execute(chosen).mappings()]
    newest = {message.destination: message for message in messages}
    position = ledger.last_positions(connection, [alert_id]).get(alert_id, 0)
    return [
        replace(
            message,
            message_id=uuid4().hex,
            position=position + number,
            action="update",
            payload=replace(from_json(message.payload), acknowledged=taken).to_json(),
            status="pending",
            created_at=taken.at,
            attempt_count=0,
            next_attempt_at=taken.at,
            sent_at=None,
            error_code=None,
        )
        for number, message in enumerate(newest.values(), start=1)
    ]
