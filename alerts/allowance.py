"""How many alerts a destination takes in a day; what is beyond goes to that day's digest."""

from datetime import datetime

import sqlalchemy as sa

from alerts.condense import UNCONFIRMED, said
from alerts.daily_digest import PREFIX, Digest, begins, refresh, today
from alerts.ledger import DELIVERIES, OUTBOX, naive
from alerts.outbox_rows import TOLD, OutboxRows, is_unchanged, waiting
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
    beyond: list[Outbox] = []
    for of_alert in new.values():
        is_page = any(said(message, "severity") == "page" for message in of_alert)
        may_be_out = any(message.error_code == UNCONFIRMED or message.remaining for message in of_alert)
        if room <= 0 and not is_page and not may_be_out:
            beyond += of_alert
        else:
            room -= 1
    if not beyond or not _put_into(store, digest, destination, beyond, settings, now):
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
    """Moves the alerts of these messages there, all at once, since the digest is written anew each time; without those
    of which another worker has begun to send a message. False when nothing is left to move.
    """
    with store.write() as connection:
        ids = {message.message_id for message in messages}
        now_is = {one.message_id: one for one in waiting(connection, ids)}
        begun = {one.alert_id for one in messages if not is_unchanged(one, now_is.get(one.message_id))}
        moved = [message for message in messages if message.alert_id not in begun]
        if not moved:
            return False
        chosen = OUTBOX.c.message_id.in_([message.message_id for message in moved])
        connection.execute(sa.update(OUTBOX).where(chosen).values(status="digested"))
        alerts = DELIVERIES.c.alert_id.in_({message.alert_id for message in moved})
        place = alerts & (DELIVERIES.c.destination == digest.destination)
        connection.execute(sa.update(DELIVERIES).where(place).values(digest_on=digest.day))
        refresh(connection, digest, destination.kind, settings, now)
    return True
