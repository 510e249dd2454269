"""How many alerts a destination takes in a day; what is beyond goes to that day's digest."""

from datetime import datetime

import sqlalchemy as sa

from alerts.condense import UNCONFIRMED, said
from alerts.daily_digest import PREFIX, Digest, begins, refresh, today
from alerts.ledger import DELIVERIES, OUTBOX, naive
from alerts.outbox_rows import TOLD, OutboxRows, unchanged
from alerts.sink import Destination
from config.settings import Settings
from store.engine import Store
from store.tables import Outbox


def within_allowance(
    store: Store,
    rows: OutboxRows,
    destination: Destination,
    messages: list[Outbox],
    settings: Settings,
    now: datetime,
) -> list[Outbox]:
    """The messages that the destination takes today by themselves, the oldest alerts first; pages always.

    Only what nobody there has heard of counts: an alert that is told by itself goes on so.
    """
    if destination.max_per_day is None:
        return messages
    told = rows.told_before(destination.name)
    new: dict[str, list[Outbox]] = {}
    for message in messages:
        if message.alert_id not in told and not message.alert_id.startswith(PREFIX):
            new.setdefault(message.alert_id, []).append(message)
    day = today(now, settings)
    room = destination.max_per_day - _told_today(store, destination, begins(day, settings))
    digest = Digest(destination.name, destination.kind.name, destination.target, day)
    digested: set[str] = set()
    for alert_id, of_alert in new.items():
        is_page = any(said(message, "severity") == "page" for message in of_alert)
        may_be_out = any(message.error_code == UNCONFIRMED or message.remaining for message in of_alert)
        if room <= 0 and not is_page and not may_be_out:
            if _put_into(store, digest, destination, of_alert, settings, now):
                digested.add(alert_id)
        else:
            room -= 1
    if not digested:
        return messages
    return [message for message in rows.pending() if message.destination == destination.name]


def _told_today(store: Store, destination: Destination, since: datetime) -> int:
    posts = (OUTBOX.c.destination == destination.name) & (OUTBOX.c.action == "post") & OUTBOX.c.status.in_(TOLD)
    by_itself = sa.not_(OUTBOX.c.alert_id.startswith(PREFIX))
    chosen = sa.select(sa.func.count(OUTBOX.c.alert_id.distinct()))
    with store.read() as connection:
        counted = connection.execute(chosen.where(posts, by_itself, OUTBOX.c.sent_at >= naive(since)))
        return int(counted.scalar_one())


def _put_into(
    store: Store, digest: Digest, destination: Destination, messages: list[Outbox], settings: Settings, now: datetime
) -> bool:
    """Moves an alert's messages there; False, and nothing done, when another worker has begun to send one."""
    with store.write() as connection:
        mine = sa.or_(*map(unchanged, messages))
        if connection.execute(sa.select(sa.func.count()).select_from(OUTBOX).where(mine)).scalar_one() != len(messages):
            return False
        ids = [message.message_id for message in messages]
        connection.execute(sa.update(OUTBOX).where(OUTBOX.c.message_id.in_(ids)).values(status="digested"))
        place = (DELIVERIES.c.alert_id == messages[0].alert_id) & (DELIVERIES.c.destination == digest.destination)
        connection.execute(sa.update(DELIVERIES).where(place).values(digest_on=digest.day))
        refresh(connection, digest, destination.kind, settings, now)
    return True
