"""One message before it takes the form of a sink; the outbox keeps it as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson

from alerts.base import Finding, Severity
from alerts.wording import duration
from config.settings import Settings
from store.tables import Alert

Transition = Literal["opened", "worsened", "eased", "refreshed", "resolved", "reopened", "escalated", "digest"]
THREADED: tuple[Transition, ...] = ("worsened", "resolved", "reopened")
"""What is said in the thread too; the others only change the root message."""

_LEADS: Mapping[str, str] = {"worsened": "Worse", "reopened": "Open again"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What people read of one transition. All text is plain: a sink escapes and cuts it. `since` is aware UTC."""

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

    def to_json(self) -> str:
        """The payload of an outbox row."""
        return orjson.dumps(asdict(self)).decode()


def from_json(payload: str) -> Notice:
    """A notice from the payload of an outbox row."""
    content: dict[str, Any] = orjson.loads(payload)
    content["since"] = datetime.fromisoformat(content["since"])
    content["fields"] = tuple((label, value) for label, value in content["fields"])
    return Notice(**content)


def compose(
    transition: Transition,
    alert: Alert,
    finding: Finding | None,
    *,
    open_for: timedelta,
    runbook: str,
    settings: Settings,
) -> Notice:
    """The notice of a transition. Without a finding (nothing is known any more) the alert's own words remain."""
    resolved = transition == "resolved"
    fields = list(finding.fields) if finding else []
    if resolved:
        fields.append(("Open for", duration(open_for)))
    if transition == "escalated":
        fields.append(("Not acknowledged for", duration(open_for)))
    if alert.owner:
        fields.append(("Owner", alert.owner))
    return Notice(
        fingerprint=alert.fingerprint,
        transition=transition,
        severity=_severity(alert),
        is_open=not resolved,
        title=alert.title,
        lead=f"Resolved after {duration(open_for)}" if resolved else _LEADS.get(transition, ""),
        summary=alert.summary,
        fields=tuple(fields),
        since=alert.opened_at,
        runbook=runbook,
        link=f"{base_url(settings)}/{alert.page_path}" if alert.page_path else None,
    )


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
