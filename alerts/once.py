"""What is told once: a message under a key of its own, at one destination, whoever decides it and however often."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa

from alerts.ledger import OUTBOX
from alerts.notice import Notice
from alerts.routing import Routing
from alerts.sink import Destination
from store.bulk import insert_rows
from store.engine import Store
from store.schema import to_batch
from store.tables import Outbox

NOT_FOR = ("pagerduty",)
"""Who is woken by everything that arrives."""


def destination_named(name: str, section: str, routing: Routing) -> Destination | str:
    """The destination that a section of burnline.toml names by `to`, or what is wrong with it."""
    found = routing.destinations.get(name)
    if found is None:
        return f"[{section}] to = {name!r} names no usable [to.{name}] of routes.toml; declare it there"
    if found.kind.name in NOT_FOR:
        return f"[{section}] to = {name!r} is {found.kind.name}, which wakes people up; choose another destination"
    return found


def is_told(store: Store, key: str) -> bool:
    """True when the message was decided already, whatever became of it. Raises StoreError."""
    with store.read() as connection:
        return _is_told(connection, key)


def tell_once(store: Store, destination: Destination, notice: Notice, now: datetime) -> bool:
    """Puts it into the outbox under its fingerprint; False when that was done already. Raises StoreError."""
    key = notice.fingerprint
    message = Outbox(
        message_id=uuid5(NAMESPACE_URL, key).hex,
        alert_id=key,
        position=1,
        destination=destination.name,
        sink=destination.kind.name,
        target=destination.target,
        action="post",
        payload=notice.to_json(),
        status="pending",
        created_at=now,
        attempt_count=0,
        next_attempt_at=now,
    )
    with store.write() as connection:  # writers take turns, so nobody can decide the same in between
        if _is_told(connection, key):
            return False
        insert_rows(connection, Outbox, to_batch(Outbox, [message]))
    return True


def _is_told(connection: sa.Connection, key: str) -> bool:
    return connection.execute(sa.select(OUTBOX.c.message_id).where(OUTBOX.c.alert_id == key)).first() is not None
