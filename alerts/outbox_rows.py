"""The outbox table: which messages wait, and what became of each. Every step is a transaction of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from alerts.ledger import ALERTS, OUTBOX, message_from, naive
from store.engine import Store
from store.tables import Outbox

LEASE = timedelta(minutes=2)
"""Longer than any call with its wait and its second try; afterwards the sender counts as dead."""

UNCONFIRMED = "unconfirmed"
"""The error code of a message from its claim until its outcome: it may or may not have been sent."""

HELD = (UNCONFIRMED, "ratelimited")
"""What even an impatient pass must not send before its time."""


class OutboxRows:
    """Pending messages of one store; `moment` is the present, in aware UTC."""

    def __init__(self, store: Store, moment: Callable[[], datetime]) -> None:
        self._store = store
        self._moment = moment

    def pending(self) -> list[Outbox]:
        """Everything that waits, oldest first, an alert's messages in their order."""
        chosen = sa.select(OUTBOX).where(OUTBOX.c.status == "pending")
        order = (OUTBOX.c.created_at, OUTBOX.c.alert_id, OUTBOX.c.position)
        with self._store.read() as connection:
            return [message_from(row) for row in connection.execute(chosen.order_by(*order)).mappings()]

    def is_due(self, message: Outbox, *, retry_now: bool) -> bool:
        """True when its time has come, or nobody minds that it has not."""
        return message.next_attempt_at <= self._moment() or (retry_now and message.error_code not in HELD)

    def claim(self, message: Outbox) -> bool:
        """Records the intent to send; False when another worker was faster."""
        values = {
            "attempt_count": message.attempt_count + 1,
            "next_attempt_at": naive(self._moment() + LEASE),
            "error_code": UNCONFIRMED,
        }
        unchanged = (OUTBOX.c.status == "pending") & (OUTBOX.c.attempt_count == message.attempt_count)
        with self._store.write() as connection:
            changed = connection.execute(
                sa.update(OUTBOX).where((OUTBOX.c.message_id == message.message_id) & unchanged).values(**values)
            )
        if changed.rowcount != 1:
            return False
        message.attempt_count += 1
        return True

    def root_of(self, alert_id: str) -> str | None:
        """The id of the alert's root message, None before it was posted."""
        with self._store.read() as connection:
            return connection.execute(sa.select(ALERTS.c.external_id).where(ALERTS.c.alert_id == alert_id)).scalar()

    def mark_sent(self, message: Outbox, root: str) -> None:
        """The message is out, and `root` is where its alert is told."""
        with self._store.write() as connection:
            connection.execute(_of(message).values(status="sent", sent_at=naive(self._moment()), error_code=None))
            connection.execute(sa.update(ALERTS).where(ALERTS.c.alert_id == message.alert_id).values(external_id=root))

    def bury(self, message: Outbox, code: str) -> None:
        """The message will never be sent; it stays, with the reason."""
        with self._store.write() as connection:
            connection.execute(_of(message).values(status="dead", error_code=code))

    def put_off(self, message: Outbox, code: str, wait: timedelta, *, whole_sink: bool) -> None:
        """The message waits; with `whole_sink` all others of its sink wait as long."""
        until = naive(self._moment() + wait)
        with self._store.write() as connection:
            connection.execute(_of(message).values(next_attempt_at=until, error_code=code))
            if whole_sink:
                others = (OUTBOX.c.sink == message.sink) & (OUTBOX.c.status == "pending")
                others &= sa.func.coalesce(OUTBOX.c.error_code, "") != UNCONFIRMED
                sooner = OUTBOX.c.next_attempt_at < until
                connection.execute(
                    sa.update(OUTBOX).where(others & sooner).values(next_attempt_at=until, error_code=code)
                )


def _of(message: Outbox) -> Any:
    return sa.update(OUTBOX).where(OUTBOX.c.message_id == message.message_id)
