"""The outbox table: which messages wait, and what became of each. Every step is a transaction of its own."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from alerts.condense import UNCONFIRMED, Condensed
from alerts.ledger import DELIVERIES, OUTBOX, message_from, naive
from alerts.sink import Destination, Receipt
from store.engine import Store
from store.tables import Outbox

LEASE = timedelta(minutes=2)
"""Longer than any call with its wait and its second try; afterwards the sender counts as dead."""

COLLECTING = "collecting"
"""The error code of a digest that is sent at the end of its day."""
UNANSWERED = "no_answer"
"""The error code of messages that wait because the destination left one without an answer."""
NO_DESTINATION = "no_destination"

TOLD = ("sent", "accepted", "possibly_sent")
"""The states of a message that somebody may have seen."""

LONGEST_ASKED = timedelta(hours=1)
"""Of a Retry-After; after an hour one question more does no harm."""

HELD = (UNCONFIRMED, COLLECTING, "ratelimited")
"""What even an impatient pass must not send before its time."""


class OutboxRows:
    """Pending messages of one store; `moment` is the present, in aware UTC."""

    def __init__(self, store: Store, moment: Callable[[], datetime]) -> None:
        self._store = store
        self._moment = moment

    def pending(self) -> list[Outbox]:
        """Everything that waits, oldest first, an alert's messages in their order."""
        chosen = sa.select(OUTBOX).where(OUTBOX.c.status == "pending")
        with self._store.read() as connection:
            return in_order([message_from(row) for row in connection.execute(chosen).mappings()])

    def is_due(self, message: Outbox, *, retry_now: bool) -> bool:
        """True when its time has come, or nobody minds that it has not, or the clock that set it was wrong."""
        ahead = message.next_attempt_at - self._moment()
        if ahead <= timedelta(0) or (ahead > LONGEST_ASKED + LEASE and message.error_code != COLLECTING):
            return True
        return retry_now and message.error_code not in HELD

    def claim(self, message: Outbox) -> bool:
        """Records the intent to send; False when another worker was faster."""
        values = {
            "attempt_count": message.attempt_count + 1,
            "next_attempt_at": naive(self._moment() + LEASE),
            "error_code": UNCONFIRMED,
        }
        with self._store.write() as connection:
            changed = connection.execute(sa.update(OUTBOX).where(unchanged(message)).values(**values))
        if changed.rowcount != 1:
            return False
        message.attempt_count += 1
        return True

    def told_before(self, destination: str) -> set[str]:
        """The alerts that the destination has heard of, or may have."""
        told = (OUTBOX.c.destination == destination) & OUTBOX.c.status.in_(TOLD)
        waiting = sa.select(OUTBOX.c.alert_id).where(OUTBOX.c.destination == destination, OUTBOX.c.status == "pending")
        with self._store.read() as connection:
            chosen = sa.select(OUTBOX.c.alert_id).distinct().where(told, OUTBOX.c.alert_id.in_(waiting))
            return set(connection.execute(chosen).scalars())

    def condense(self, before: Sequence[Outbox], to: Condensed) -> bool:
        """Makes the messages of one alert at one place those; False, and nothing done, when another worker has begun
        to send one of them."""
        with self._store.write() as connection:
            held = sa.select(sa.func.count()).select_from(OUTBOX).where(sa.or_(*map(unchanged, before)))
            if connection.execute(held).scalar_one() != len(before):
                return False
            for message in to.kept:
                if message.message_id in to.changed:
                    connection.execute(_of(message).values(payload=message.payload))
            gone = OUTBOX.c.message_id.in_([message.message_id for message in to.superseded])
            connection.execute(sa.update(OUTBOX).where(gone).values(status="superseded"))
        return True

    def root_of(self, message: Outbox, sink: str) -> str | None:
        """Where the alert is told at the message's destination; None before that, and where another sink told it."""
        chosen = sa.select(DELIVERIES.c.external_id).where(_place(message), DELIVERIES.c.sink == sink)
        with self._store.read() as connection:
            return connection.execute(chosen).scalar()

    def forget_root(self, message: Outbox) -> None:
        """The alert is told nowhere at this destination any more."""
        with self._store.write() as connection:
            connection.execute(sa.update(DELIVERIES).where(_place(message)).values(external_id=None))

    def mark_sent(self, message: Outbox, destination: Destination, receipt: Receipt) -> None:
        """The message is out, and the receipt says where its alert is told."""
        status = "sent" if destination.kind.delivers else "accepted"
        told = {"sink": destination.kind.name, "target": destination.target}
        values = {"status": status, "sent_at": naive(self._moment()), "error_code": receipt.refused, **told}
        with self._store.write() as connection:
            connection.execute(_of(message).values(**values))
            where = sa.update(DELIVERIES).where(_place(message))
            connection.execute(where.values(external_id=receipt.root, **told))

    def mark_possibly_sent(self, message: Outbox) -> None:
        """Nobody knows whether it arrived; what was to be said beside it has no place to be said at then."""
        values = {"status": "possibly_sent", "sent_at": naive(self._moment())}
        beside = (OUTBOX.c.alert_id == message.alert_id) & (OUTBOX.c.destination == message.destination)
        beside &= (OUTBOX.c.status == "pending") & (OUTBOX.c.created_at == naive(message.created_at))
        with self._store.write() as connection:
            connection.execute(sa.update(OUTBOX).where(beside).values(**values))

    def bury(self, message: Outbox, code: str) -> None:
        """The message will never be sent; it stays, with the reason."""
        with self._store.write() as connection:
            connection.execute(_of(message).values(status="dead", error_code=code))

    def is_known_refusal(self, message: Outbox, code: str) -> bool:
        """True when the message before, at the same destination, ended for the same reason."""
        ended = (OUTBOX.c.destination == message.destination) & (OUTBOX.c.status != "pending")
        newest = (
            sa.select(OUTBOX.c.error_code).where(ended).order_by(OUTBOX.c.created_at.desc(), OUTBOX.c.position.desc())
        )
        with self._store.read() as connection:
            return connection.execute(newest.limit(1)).scalar() == code

    def put_off(
        self, message: Outbox, code: str, wait: timedelta, *, everything: bool, remaining: str | None = None
    ) -> None:
        """The message waits; with `everything` all others of its destination wait as long."""
        until = naive(self._moment() + wait)
        own = {"next_attempt_at": until, "error_code": code, "remaining": remaining or message.remaining}
        with self._store.write() as connection:
            connection.execute(_of(message).values(**own))
            if everything:
                self._hold_others(connection, message, until, code)

    def _hold_others(self, connection: sa.Connection, message: Outbox, until: datetime, code: str) -> None:
        others = (OUTBOX.c.destination == message.destination) & (OUTBOX.c.status == "pending")
        others &= OUTBOX.c.message_id != message.message_id
        others &= sa.func.coalesce(OUTBOX.c.error_code, "") != UNCONFIRMED
        sooner = OUTBOX.c.next_attempt_at < until
        held = UNANSWERED if code == UNCONFIRMED else code
        connection.execute(sa.update(OUTBOX).where(others & sooner).values(next_attempt_at=until, error_code=held))


def in_order(messages: Iterable[Outbox]) -> list[Outbox]:
    """Oldest first, an alert's messages by their position: a clock that was set back dates the later one earlier."""
    newest: dict[str, datetime] = {}
    dated = []
    for message in sorted(messages, key=lambda one: (one.alert_id, one.position, one.message_id)):
        newest[message.alert_id] = max(message.created_at, newest.get(message.alert_id, message.created_at))
        dated.append((newest[message.alert_id], message.alert_id, message.position, message))
    return [message for *_, message in sorted(dated, key=lambda one: one[:3])]


def unchanged(message: Outbox) -> Any:
    """No other worker has claimed it, or put newer words into it, since it was read."""
    same = (OUTBOX.c.attempt_count == message.attempt_count) & (OUTBOX.c.payload == message.payload)
    return (OUTBOX.c.message_id == message.message_id) & (OUTBOX.c.status == "pending") & same


def waiting(connection: sa.Connection, message_ids: Collection[str]) -> list[Outbox]:
    """Those of the messages that nobody has sent, as they are now."""
    chosen = sa.select(OUTBOX).where(OUTBOX.c.message_id.in_(list(message_ids)), OUTBOX.c.status == "pending")
    return [message_from(row) for row in connection.execute(chosen).mappings()]


def is_unchanged(message: Outbox, now: Outbox | None) -> bool:
    """The same as `unchanged`, of one that was read again."""
    return now is not None and (now.attempt_count, now.payload) == (message.attempt_count, message.payload)


def _of(message: Outbox) -> Any:
    return sa.update(OUTBOX).where(OUTBOX.c.message_id == message.message_id)


def _place(message: Outbox) -> Any:
    return (DELIVERIES.c.alert_id == message.alert_id) & (DELIVERIES.c.destination == message.destination)
