"""Reads and writes alerts, their events and their messages; all writes join the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from alerts.base import Finding
from alerts.flapping import TURNS
from alerts.lifecycle import REOPEN_WITHIN
from alerts.transition import ENDED, OPEN, Change
from store.bulk import insert_rows
from store.schema import column_names, table, to_batch
from store.tables import Alert, AlertDelivery, AlertEvent, AlertSilence, Outbox

ALERTS = table(Alert)
EVENTS = table(AlertEvent)
DELIVERIES = table(AlertDelivery)
OUTBOX = table(Outbox)
SILENCES = table(AlertSilence)


def current(connection: Connection, now: datetime) -> dict[str, Alert]:
    """Alerts by fingerprint: the open one, else the one that ended last, if that can still be reopened."""
    reopenable = ALERTS.c.resolved_at > naive(now - REOPEN_WITHIN)
    rows = connection.execute(
        sa.select(ALERTS)
        .where(ALERTS.c.status.in_(OPEN) | (ALERTS.c.status.in_(ENDED) & reopenable))
        .order_by(sa.case((ALERTS.c.status.in_(OPEN), 1), else_=0), ALERTS.c.updated_at)
    ).mappings()
    return {row["fingerprint"]: Alert(**_aware(row)) for row in rows}


def events_of(connection: Connection, alert_ids: Sequence[str]) -> dict[str, list[AlertEvent]]:
    """Events by alert, oldest first."""
    events: dict[str, list[AlertEvent]] = {alert_id: [] for alert_id in alert_ids}
    if not events:
        return events
    chosen = sa.select(EVENTS).where(EVENTS.c.alert_id.in_(list(alert_ids))).order_by(EVENTS.c.occurred_at)
    for row in connection.execute(chosen).mappings():
        events[row["alert_id"]].append(AlertEvent(**_aware(row)))
    return events


def turns_of(connection: Connection, alerts: Iterable[Alert]) -> dict[str, list[tuple[datetime, str]]]:
    """By alert id, when it rose and fell, oldest first."""
    turns: dict[str, list[tuple[datetime, str]]] = {alert.alert_id: [] for alert in alerts}
    if not turns:
        return turns
    of_alerts = EVENTS.c.alert_id.in_(list(turns)) & EVENTS.c.transition.in_(TURNS)
    chosen = sa.select(EVENTS.c.alert_id, EVENTS.c.occurred_at, EVENTS.c.transition).where(of_alerts)
    for alert_id, at, transition in connection.execute(chosen.order_by(EVENTS.c.occurred_at)).tuples():
        turns[alert_id].append((at.replace(tzinfo=UTC), transition))
    return turns


def deliveries_of(connection: Connection, alert_ids: Sequence[str]) -> dict[str, list[AlertDelivery]]:
    """Where each alert is told, in the order in which that was decided."""
    deliveries: dict[str, list[AlertDelivery]] = {alert_id: [] for alert_id in alert_ids}
    if not deliveries:
        return deliveries
    chosen = sa.select(DELIVERIES).where(DELIVERIES.c.alert_id.in_(list(alert_ids)))
    for row in connection.execute(chosen.order_by(DELIVERIES.c.added_at, DELIVERIES.c.destination)).mappings():
        deliveries[row["alert_id"]].append(AlertDelivery(**_aware(row)))
    return deliveries


def alerts_like(connection: Connection, prefix: str) -> list[Alert]:
    """The alerts whose id begins so, two at most."""
    chosen = sa.select(ALERTS).where(ALERTS.c.alert_id.startswith(prefix, autoescape=True)).limit(2)
    return [Alert(**_aware(row)) for row in connection.execute(chosen).mappings()]


def alerts_of(connection: Connection, alert_ids: Sequence[str]) -> list[Alert]:
    """The alerts with these ids."""
    chosen = sa.select(ALERTS).where(ALERTS.c.alert_id.in_(list(alert_ids)))
    return [Alert(**_aware(row)) for row in connection.execute(chosen).mappings()] if alert_ids else []


def open_alerts(connection: Connection) -> list[Alert]:
    """Everything that is open or acknowledged, oldest first."""
    chosen = sa.select(ALERTS).where(ALERTS.c.status.in_(OPEN)).order_by(ALERTS.c.opened_at, ALERTS.c.alert_id)
    return [Alert(**_aware(row)) for row in connection.execute(chosen).mappings()]


def unended_silences(connection: Connection, now: datetime) -> list[AlertSilence]:
    """Those that hold or will hold, the one that ends first first."""
    chosen = sa.select(SILENCES).where(SILENCES.c.ends_at > naive(now), SILENCES.c.ended_at.is_(None))
    rows = connection.execute(chosen.order_by(SILENCES.c.ends_at, SILENCES.c.silence_id)).mappings()
    return [AlertSilence(**_aware(row)) for row in rows]


def last_positions(connection: Connection, alert_ids: Sequence[str]) -> dict[str, int]:
    """The position of the newest message of each alert; alerts without messages are missing."""
    if not alert_ids:
        return {}
    chosen = (
        sa.select(OUTBOX.c.alert_id, sa.func.max(OUTBOX.c.position))
        .where(OUTBOX.c.alert_id.in_(list(alert_ids)))
        .group_by(OUTBOX.c.alert_id)
    )
    return {alert_id: int(position) for alert_id, position in connection.execute(chosen)}


def write(
    connection: Connection,
    changes: Sequence[Change],
    messages: Sequence[Outbox],
    deliveries: Sequence[AlertDelivery],
    moments: Sequence[datetime],
) -> None:
    """Alerts as they are now, one event each at its moment, the messages to send, and new places of alerts."""
    newest = {change.alert.alert_id: change.alert for change in changes}
    known = newest.keys() - {change.alert.alert_id for change in changes if change.transition == "opened"}
    if known:  # all at once: thousands of alerts may change together, and one UPDATE of each takes a millisecond
        connection.execute(sa.delete(ALERTS).where(ALERTS.c.alert_id.in_(sorted(known))))
    insert_rows(connection, Alert, to_batch(Alert, list(newest.values())))
    insert_rows(
        connection,
        AlertEvent,
        to_batch(AlertEvent, [_event(change, at) for change, at in zip(changes, moments, strict=True)]),
    )
    insert_rows(connection, AlertDelivery, to_batch(AlertDelivery, deliveries))
    insert_rows(connection, Outbox, to_batch(Outbox, messages))


def leave_digests(connection: Connection, places: Sequence[AlertDelivery]) -> None:
    """These are told by themselves from now on."""
    for destination in {place.destination for place in places}:
        alert_ids = sorted(place.alert_id for place in places if place.destination == destination)
        here = (DELIVERIES.c.destination == destination) & DELIVERIES.c.alert_id.in_(alert_ids)
        connection.execute(sa.update(DELIVERIES).where(here).values(digest_on=None))


def add_silence(connection: Connection, silence: AlertSilence) -> None:
    """Puts a silence on record."""
    insert_rows(connection, AlertSilence, to_batch(AlertSilence, [silence]))


def end_silences(connection: Connection, silence_ids: Sequence[str], now: datetime) -> None:
    """They hold no more."""
    if silence_ids:
        chosen = SILENCES.c.silence_id.in_(list(silence_ids)) & SILENCES.c.ended_at.is_(None)
        connection.execute(sa.update(SILENCES).where(chosen).values(ended_at=naive(now)))


def naive(moment: datetime) -> datetime:
    """UTC without zone, as the store keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def message_from(row: RowMapping) -> Outbox:
    """An outbox row with aware times."""
    return Outbox(**_aware({name: row[name] for name in column_names(Outbox)}))


def _event(change: Change, at: datetime) -> AlertEvent:
    return AlertEvent(
        event_id=uuid4().hex,
        alert_id=change.alert.alert_id,
        fingerprint=change.alert.fingerprint,
        occurred_at=at,
        transition=change.transition,
        facts=_facts(change.finding),
        actor=change.actor,
        reason=change.reason,
    )


def _facts(finding: Finding | None) -> str:
    """JSON text of a finding; money as a string, so that no digit is lost."""
    return orjson.dumps(asdict(finding) if finding else {}, default=str).decode()


def _aware(row: Mapping[str, Any] | Iterable[Any]) -> dict[str, Any]:
    content: dict[str, Any] = dict(row)
    return {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for name, value in content.items()
    }
