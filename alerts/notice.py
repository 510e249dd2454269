"""One message before it takes the form of a sink; the outbox keeps it as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from alerts.acknowledged import Acknowledged, acknowledged
from alerts.base import Fact, Finding, Severity
from alerts.charts import Chart, chart_from
from alerts.scoreboard import Scoreboard, scoreboard_from
from alerts.transition import ENDS, OPEN, Change, Transition
from alerts.wording import day, duration, moment, percent
from config.settings import Settings
from domain.wording import money, size_percent
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


ACKNOWLEDGED = "Acknowledged"
"""The label of who has taken it on."""
MOST_FIELDS = 9
"""Slack shows ten, and one is the moment it began; what a rule says beyond them is in the details."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What people read of one transition. All text is plain: a sink escapes and cuts it. Times are aware UTC.

    `fields` are what is worth a glance, with the money at stake and the owner; `details` the exact values; `parts` what
    the problem is made of, each with its share; `queries` the names of the queries behind it. `runbook` is a path in
    the repository, `runbook_url` where it is served. `items` are the alerts that a digest names,
    `unnamed_count` how many more it tells of.
    """

    fingerprint: str
    transition: Transition
    severity: Severity
    is_open: bool
    title: str
    lead: str
    summary: str
    fields: Pairs
    since: datetime
    runbook: str
    link: str | None
    alert_id: str = ""
    runbook_url: str | None = None
    why: tuple[str, ...] = ()
    happened: tuple[str, ...] = ()
    details: Pairs = ()
    parts: Pairs = ()
    queries: tuple[str, ...] = ()
    acknowledged: Acknowledged | None = None
    chart: Chart | Scoreboard | None = None
    items: tuple[Item, ...] = ()
    unnamed_count: int = 0

    def to_json(self) -> str:
        """The payload of an outbox row."""
        return orjson.dumps(asdict(self)).decode()


def from_json(payload: str) -> Notice:
    """A notice from the payload of an outbox row, also of one that an earlier version wrote."""
    content: dict[str, Any] = orjson.loads(payload)
    content["since"] = datetime.fromisoformat(content["since"])
    for name in ("fields", "details", "parts"):
        content[name] = tuple((label, value) for label, value in content.get(name, ()))
    content["items"] = tuple(Item(**item) for item in content.get("items", ()))
    for name in ("why", "happened", "queries"):
        content[name] = tuple(content.get(name, ()))
    if told := content.get("acknowledged"):
        content["acknowledged"] = Acknowledged(told["by"], datetime.fromisoformat(told["at"]))
    if drawn := content.get("chart"):
        content["chart"] = scoreboard_from(drawn) if "lines" in drawn else chart_from(drawn)
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
    first = (*_impact(alert, finding, over=transition in ENDS), *_standing(alert, silence))
    last = _last_fields(transition, alert, open_for)
    own = finding.fields if finding else ()
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
        fields=(*first, *own[:room], *last),
        since=alert.opened_at,
        runbook=runbook,
        runbook_url=_runbook_url(runbook, settings),
        link=f"{base_url(settings)}/{alert.page_path}" if alert.page_path else None,
        why=finding.why if finding else (),
        happened=finding.happened if finding else (),
        details=(*own[room:], *_facts(finding.facts)) if finding else (),
        parts=tuple((name, percent(ratio)) for name, ratio in finding.parts) if finding else (),
        queries=finding.queries if finding else (),
        acknowledged=acknowledged(alert),
        chart=finding.chart if finding else None,
    )


def _standing(alert: Alert, silence: tuple[str, str] | None) -> Pairs:
    """Who has it, and that nobody is told, while it is open."""
    if alert.status not in OPEN:
        return ()
    taken = acknowledged(alert)
    told = ((ACKNOWLEDGED, f"by {taken.by}, {moment(taken.at)}"),) if taken else ()
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


def _runbook_url(runbook: str, settings: Settings) -> str | None:
    docs = settings.server.docs_url
    return f"{docs.rstrip('/')}/{runbook.removeprefix('docs/')}" if docs and runbook else None


def _impact(alert: Alert, finding: Finding | None, *, over: bool) -> Pairs:
    """The money at stake and its share; at the end what the problem came to in all, as far as that was ever told."""
    cost, currency, told = alert.impact_cost, alert.currency, finding
    if over and finding is not None and finding.impact_cost is not None:
        cost, currency = finding.impact_cost, finding.currency
    elif over:
        told = None
    if cost is None or currency is None:
        return ()
    text = money(cost, currency)
    if told is not None and told.impact_ratio is not None:
        text += f", {size_percent(told.impact_ratio)} of {told.impact_of}"
    return (("Impact in all" if over else "Impact", text),)


def _facts(facts: Mapping[str, Fact]) -> Pairs:
    return tuple((name.replace("_", " ").capitalize(), _exact(value)) for name, value in facts.items())


def _exact(value: Fact) -> str:
    match value:
        case None:
            return "unknown"
        case datetime():
            return moment(value if value.tzinfo else value.replace(tzinfo=UTC))
        case date():
            return day(value)
        case Decimal():
            return _digits(value) if value.is_finite() else str(value)
        case int():
            return f"{value:,}"
        case _:
            return value


def _digits(value: Decimal) -> str:
    """Down to the millionth; what is left of a forecast's float beyond it says nothing."""
    text = f"{value:,.6f}" if abs(value) >= 1 else f"{value:,.12f}"
    return text.rstrip("0").rstrip(".")


def _severity(alert: Alert) -> Severity:
    match alert.severity:
        case "page" | "ticket" | "info":
            return alert.severity
        case other:
            raise ValueError(f"alert {alert.alert_id} has the unknown severity {other!r}")
