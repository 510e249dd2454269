"""The end of every transaction that changes alerts: silences, who is told, and everything written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from alerts import ledger
from alerts.daily_digest import refresh
from alerts.discovery import sinks
from alerts.record import Record
from alerts.routing import Routing
from alerts.silence import hush
from alerts.telling import Telling
from alerts.transition import OPEN, Change
from config.settings import Settings
from store.tables import Alert


@dataclass(frozen=True, slots=True)
class Settled:
    """Every transition in its order, and how many messages they made."""

    changes: tuple[Change, ...]
    message_count: int


def settle(
    connection: Connection,
    record: Record,
    routing: Routing,
    settings: Settings,
    changes: Sequence[Change],
    before: Mapping[str, Alert],
    *,
    by: str | None = None,
) -> Settled:
    """Completes the changes by what silences and waiting make of these alerts, and writes all of it.

    `before` are alerts by id as they were: those that changed, and the open ones that are to be looked at. `by` is who
    ended a silence, None when time or the problem did.
    """
    hushed, broken = _hushed(changes, before, record)
    hushed = [replace(one, actor=by) if one.transition == "unsilenced" else one for one in hushed]
    telling = Telling(record, routing, settings)
    changed = {change.alert.alert_id for change in hushed}
    waiting = [alert for name, alert in before.items() if name not in changed] if routing.escalates else []
    settled = [*hushed, *telling.escalations(waiting)]
    post = telling.post(settled)
    ledger.end_silences(connection, broken, record.now)
    ledger.write(connection, settled, post.messages, post.deliveries, record.moments(settled))
    ledger.leave_digests(connection, post.left_digest)
    kinds = sinks()
    for digest in sorted(post.digests, key=lambda one: one.alert_id):
        if digest.sink in kinds:
            refresh(connection, digest, kinds[digest.sink], settings, record.now)
    return Settled(tuple(settled), len(post.messages))


def _hushed(changes: Sequence[Change], before: Mapping[str, Alert], record: Record) -> tuple[list[Change], list[str]]:
    """The changes with every alert as the silences leave it, what they add, and the snoozes that end."""
    latest = {**before, **{change.alert.alert_id: change.alert for change in changes}}
    findings = {change.alert.alert_id: change.finding for change in changes if change.finding}
    added: list[Change] = []
    broken: list[str] = []
    for name, alert in latest.items():
        if alert.status in OPEN:
            finding = findings.get(name) or record.last_finding(alert)
            change, ended = hush(before.get(name), alert, record.covering(alert, finding), findings.get(name))
            added += [change] if change else []
            broken += [silence.silence_id for silence in ended]
    held = {change.alert.alert_id: change.alert.silence_id for change in added}
    kept = [
        replace(change, alert=replace(change.alert, silence_id=held[change.alert.alert_id]))
        if change.alert.alert_id in held
        else change
        for change in changes
    ]
    return [*kept, *added], broken
