"""One rule that finds what a test says, told to destinations of every kind that a test wants."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from alerts import Report, check
from alerts.actions import Outcome, act
from alerts.base import Finding, Rule, Severity, State
from alerts.discovery import sinks
from alerts.notice import Notice, from_json
from alerts.routing import Routing
from alerts.sink import Destination
from config.settings import Settings
from store.engine import Store
from store.schema import table
from store.tables import AlertEvent
from tests.alerts.support import NOW, outbox

OPTIONS: dict[str, dict[str, Any]] = {
    "slack": {"channel": "C1"},
    "teams": {"url": "env:K"},
    "pagerduty": {"routing_key": "env:K"},
    "webhook": {"url": "env:K", "secrets": ["env:K"]},
}


def routing_to(*kinds: str) -> Routing:
    known = sinks()
    made = {kind: Destination(kind, known[kind], known[kind].options.model_validate(OPTIONS[kind])) for kind in kinds}
    return Routing(made, default=tuple(made))


SLACK = routing_to("slack")


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def problem(name: str = "f", severity: Severity = "ticket", level: int = 1, state: State = "firing") -> Finding:
    return Finding(
        fingerprint=name,
        state=state,
        severity=severity,
        level=level,
        title=f"{name} is bad",
        summary=f"{name} at {level}.",
        facts={},
        fields=(("Spent", "$9"),),
        scope={"team": "Discovery", "feature": "search"},
    )


def containing(name: str, *children: str) -> Finding:
    return replace(problem(name), children=children)


def look(
    store: Store, hours: float, *found: Finding, routing: Routing = SLACK, settings: Settings | None = None
) -> list[str]:
    """One check; what it tells, as `fingerprint destination action transition`."""
    rule = Rule("r", "1m", {}, lambda *_: list(found), kind="cost")
    before = len(outbox(store))
    report: Report = check(store, settings or Settings(), at(hours), rules={"r": rule}, routing=routing)
    assert report.failed == {}
    return told_since(store, before)


def do(store: Store, hours: float, alert_id: str, action: str, by: str = "Ana", **more: Any) -> Outcome:
    return act(store, Settings(), more.pop("routing", SLACK), alert_id, action, by, at(hours), **more)


def told_since(store: Store, count: int) -> list[str]:
    return [
        f"{notice(message.payload).fingerprint} {message.destination} {message.action} "
        f"{notice(message.payload).transition}"
        for message in sorted(outbox(store), key=lambda m: (m.created_at, m.alert_id, m.position))[count:]
    ]


def notice(payload: str) -> Notice:
    return from_json(payload)


def newest(store: Store) -> Notice:
    return from_json(max(outbox(store), key=lambda m: (m.created_at, m.position)).payload)


def events(store: Store) -> Sequence[AlertEvent]:
    chosen = table(AlertEvent)
    with store.read() as connection:
        return [AlertEvent(**row) for row in connection.execute(sa.select(chosen)).mappings()]


def transitions(store: Store) -> list[str]:
    return [event.transition for event in sorted(events(store), key=lambda event: event.occurred_at)]
