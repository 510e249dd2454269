"""The one message of a day and destination about everything beyond what the destination takes by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts import ledger
from alerts.base import SEVERITIES, Severity
from alerts.condense import UNCONFIRMED
from alerts.ledger import DELIVERIES, OUTBOX, message_from
from alerts.notice import Item, Notice, base_url
from alerts.outbox_rows import COLLECTING
from alerts.sink import SinkKind
from alerts.transition import OPEN
from alerts.wording import day as worded
from config.settings import Settings
from domain.wording import count
from store.bulk import insert_rows
from store.schema import to_batch
from store.tables import Alert, AlertDelivery, Outbox

PREFIX = "digest:"
MOST_NAMED = 100
"""Alerts that a digest names; nobody reads more, and each check would write all of them anew."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Which digest: of what destination, on what day of the organisation."""

    destination: str
    sink: str
    target: str
    day: date

    @property
    def alert_id(self) -> str:
        """What stands for an alert's id in its messages."""
        return f"{PREFIX}{self.destination}:{self.day}"


def today(now: datetime, settings: Settings) -> date:
    """The organisation's day."""
    return now.astimezone(ZoneInfo(settings.organization.timezone)).date()


def begins(day: date, settings: Settings) -> datetime:
    """When a day of the organisation begins, in aware UTC."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.organization.timezone)).astimezone(UTC)


def refresh(connection: Connection, digest: Digest, kind: SinkKind, settings: Settings, now: datetime) -> None:
    """Queues the digest as its alerts are now, unless it says so already.

    Where a message cannot be changed afterwards, it is sent when the day is over, and once.
    """
    members = _members(connection, digest)
    newest = _newest_message(connection, digest)
    if not members and newest is None:
        return
    payload = _compose(digest, members, settings).to_json()
    if newest is not None and newest.payload == payload:
        return
    if newest is not None and newest.status == "pending" and newest.error_code != UNCONFIRMED:
        connection.execute(_of(newest).values(payload=payload))
    elif newest is None:
        first = _message(digest, payload, now)
        _insert(connection, digest, first if kind.updates else _at_day_end(first, digest, settings))
    elif kind.updates:
        again = replace(_message(digest, payload, now), action="update", position=newest.position + 1)
        insert_rows(connection, Outbox, to_batch(Outbox, [again]))


def _members(connection: Connection, digest: Digest) -> list[Alert]:
    here = (DELIVERIES.c.destination == digest.destination) & (DELIVERIES.c.digest_on == digest.day)
    chosen = sa.select(DELIVERIES.c.alert_id).where(here)
    ids = list(connection.execute(chosen).scalars())
    found = ledger.alerts_of(connection, ids)
    return sorted(found, key=lambda one: (-SEVERITIES.index(_severity(one)), one.opened_at, one.alert_id))


def _newest_message(connection: Connection, digest: Digest) -> Outbox | None:
    chosen = sa.select(OUTBOX).where(OUTBOX.c.alert_id == digest.alert_id).order_by(OUTBOX.c.position.desc()).limit(1)
    row = connection.execute(chosen).mappings().first()
    return message_from(row) if row else None


def _insert(connection: Connection, digest: Digest, message: Outbox) -> None:
    place = AlertDelivery(
        alert_id=digest.alert_id,
        destination=digest.destination,
        sink=digest.sink,
        target=digest.target,
        reason="more alerts in a day than its max_per_day",
        added_at=message.created_at,
    )
    insert_rows(connection, AlertDelivery, to_batch(AlertDelivery, [place]))
    insert_rows(connection, Outbox, to_batch(Outbox, [message]))


def _at_day_end(message: Outbox, digest: Digest, settings: Settings) -> Outbox:
    day_over = begins(digest.day + timedelta(days=1), settings)
    return replace(message, next_attempt_at=max(message.created_at, day_over), error_code=COLLECTING)


def _message(digest: Digest, payload: str, now: datetime) -> Outbox:
    return Outbox(
        message_id=uuid4().hex,
        alert_id=digest.alert_id,
        position=1,
        destination=digest.destination,
        sink=digest.sink,
        target=digest.target,
        action="post",
        payload=payload,
        status="pending",
        created_at=now,
        attempt_count=0,
        next_attempt_at=now,
    )


def _compose(digest: Digest, members: Sequence[Alert], settings: Settings) -> Notice:
    open_now = [alert for alert in members if alert.status in OPEN]
    named = [*open_now, *(alert for alert in members if alert.status not in OPEN)][:MOST_NAMED]
    return Notice(
        fingerprint=digest.alert_id,
        transition="refreshed",
        severity=max((_severity(alert) for alert in open_now), key=SEVERITIES.index, default="info"),
        is_open=bool(open_now),
        title=f"{count(len(members), 'more alert')} on {worded(digest.day)}",
        lead="",
        summary=(
            f"{digest.destination} takes only so many alerts a day, so these are told together; "
            f"{len(open_now):,} of them are open. A page is always told by itself."
        ),
        fields=(),
        since=begins(digest.day, settings),
        runbook="",
        link=f"{base_url(settings)}/alerts",
        items=tuple(Item(_line(alert), _link(alert, settings)) for alert in named),
        unnamed_count=len(members) - len(named),
    )


def _line(alert: Alert) -> str:
    return f"{_severity(alert).capitalize() if alert.status in OPEN else alert.status.capitalize()}: {alert.title}"


def _link(alert: Alert, settings: Settings) -> str | None:
    return f"{base_url(settings)}/{alert.page_path}" if alert.page_path else None


def _severity(alert: Alert) -> Severity:
    return next(severity for severity in SEVERITIES if severity == alert.severity)


def _of(message: Outbox) -> sa.Update:
    return sa.update(OUTBOX).where(OUTBOX.c.message_id == message.message_id)
