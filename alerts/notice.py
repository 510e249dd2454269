"""One message before it takes the form of a sink; the outbox keeps it as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from alerts.acknowledged import Acknowledged, acknowledged
from alerts.base import Finding, Severity
from alerts.transition import ENDS, OPEN, Change, Transition
from alerts.wording import duration, moment
from config.settings import Settings
from store.tables import Alert

_LEADS: Mapping[str, str] = {
    "worsened": "Worse",
    "reopened": "Open again",
    "joined": "In it now",
    "resolved": "Resolved after {}",
    "withdrawn": "Withdrawn after {}",
    "grouped": "Part of another alert after {}",
    "unsilenced": "Still open after {}",
}
"""With how long it was open."""


@dataclass(frozen=True, slots=True)
class Item:
    """One of several alerts that a digest tells of; `link` is its page."""

    text: str
    link: str | None


MOST_FIELDS = 9
"""Slack shows ten, and one is the moment it began."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What people read of one transition. All text is plain: a sink escapes and cuts it. Times are aware UTC.

    `items` are the alerts that a digest tells of.
    """

    fingerprint: str
    transition: Transition
    severity: Severity
    is_open: bool
    title: str
    lead: str
    summary: str
    fields: tuple[tuple[str, str], ...]
    since: datetime
    runbook: str
    link: str | None
    alert_id: str = ""
    acknowledged: Acknowledged | None = None
    items: tuple[Item, ...] = ()

    def to_json(self) -> str:
        """The payload of an outbox row."""
        return orjson.dumps(asdict(self)).decode()


def from_json(payload: str) -> Notice:
    """A notice from the payload of an outbox row, also of one that an earlier version wrote."""
    content: dict[str, Any] = orjson.loads(payload)
    content["since"] = datetime.fromisoformat(content["since"])
    content["fields"] = tuple((label, value) for label, value in content["fields"])
    content["items"] = tuple(Item(**item) for item in content.get("items", ()))
    if taken := content.get("acknowledged"):
        content["acknowledged"] = Acknowledged(taken["by"], datetime.fromisoformat(taken["at"]))
    return Notice(**content)


def compose(
    change: Change,
    finding: Finding | None,
    *,
    open_for: timedelta,
    runbook: str,
    settings: Settings,
    silence: tuple[str, str] | None = None,
) -> Notice:
    """The notice of a transition. Without a finding (nothing is known any more) the alert's own words remain.

    `silence` says what holds for an open alert now: its kind, and until when, by whom and why.
    """
    transition, alert = change.transition, change.alert
    first, last = _standing(alert, silence), _last_fields(transition, alert, open_for)
    room = MOST_FIELDS - len(first) - len(last)
    return Notice(
        alert_id=alert.alert_id,
        fingerprint=alert.fingerprint,
        transition=transition,
        severity=_severity(alert),
        is_open=alert.status in OPEN,
        title=alert.title,
        lead=_LEADS.get(transition, "").format(duration(open_for)),
        summary=change.reason or "" if transition == "joined" else alert.summary,
        fields=(*first, *(finding.fields if finding else ())[:room], *last),
        since=alert.opened_at,
        runbook=runbook,
        link=f"{base_url(settings)}/{alert.page_path}" if alert.page_path else None,
        acknowledged=acknowledged(alert),
    )


def _standing(alert: Alert, silence: tuple[str, str] | None) -> Pairs:
    """Who has it, and that nobody is told, while it is open."""
    if alert.status not in OPEN:
        return ()
    taken = acknowledged(alert)
    told = (("Acknowledged", f"by {taken.by}, {moment(taken.at)}"),) if taken else ()
    return (*told, silence) if silence else told


def _last_fields(transition: Transition, alert: Alert, open_for: timedelta) -> Pairs:
    lasted: Pairs = ()
    if transition in ENDS:
        lasted = (("Open for", duration(open_for)),)
    if transition == "escalated":
        lasted = (("Not acknowledged for", duration(open_for)),)
    return (*lasted, ("Owner", alert.owner)) if alert.owner else lasted


def base_url(settings: Settings) -> str:
    """Where people open the dashboard: the public address, else the one it listens on."""
    server = settings.server
    host = f"[{server.host}]" if ":" in server.host else server.host
    return (server.public_url or f"http://{host}:{server.port}").rstrip("/")


def _severity(alert: Alert) -> Severity:
    match alert.severity:
        case "page" | "ticket" | "info":
            return alert.severity
        case other:
            raise ValueError(f"alert {alert.alert_id} has the unknown severity {other!r}")
