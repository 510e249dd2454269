"""What became of some alerts: who answered, where they were told, what is silenced, how rules would have done."""

from datetime import datetime, timedelta
from decimal import Decimal

import orjson

from store.tables import Alert, AlertDelivery, AlertEvent, AlertRequest, AlertSilence, Outbox, RulePast

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SILENCE = "silence-search"
HISTORY = (
    # name, days ago, hours open, status, answer, minutes until somebody noticed
    ("spike-a", 20, 30, "resolved", "useful", 10),
    ("spike-b", 15, 6, "resolved", "not useful", 50),
    ("spike-c", 12, 50, "resolved", None, None),
    ("spike-d", 9, 12, "withdrawn", None, None),
    ("spike-e", 6, 8, "resolved", "expected", 20),
    ("spike-f", 4, 3, "resolved", "acknowledged", 30),
)
"""Alerts of cost_anomaly that are over: right are a and f, wrong b, d and e, c nobody answered."""


def alerts(now: datetime) -> list[Alert]:
    """One that is open with money at stake and silenced, and those of HISTORY."""
    search = _alert("search-cost", now - 5 * HOUR, "open", "Semantic search costs 40% more than its past")
    search.impact_cost, search.currency, search.silence_id = Decimal("412.5"), "USD", SILENCE
    search.page_path = "why-it-moved?feature=semantic-search"
    past = []
    for name, ago, hours, status, answer, minutes in HISTORY:
        opened = now - ago * DAY
        one = _alert(name, opened, status, f"Cost is unlike its past ({name})")
        one.resolved_at = one.updated_at = opened + hours * HOUR
        if answer == "acknowledged" and minutes:
            one.acknowledged_at, one.acknowledged_by = opened + timedelta(minutes=minutes), "Ines Okafor"
        past.append(one)
    return [search, *past]


def _alert(name: str, opened: datetime, status: str, title: str) -> Alert:
    return Alert(
        alert_id=name,
        fingerprint=f"cost:{name}",
        rule="cost_anomaly",
        severity="ticket" if name == "search-cost" else "info",
        status=status,
        title=title,
        summary=f"{title}.",
        owner="Yuki Lindqvist",
        page_path=None,
        level=1,
        impact_cost=None,
        currency=None,
        opened_at=opened,
        updated_at=opened,
    )


def events(now: datetime) -> list[AlertEvent]:
    """The openings with their findings, and what people said."""
    told = [
        _event("search-cost", now - 5 * HOUR, "opened", facts=_finding("search-cost", now)),
        _event("search-cost", now - 4 * HOUR, "silenced", "Yuki Lindqvist", "Reindexing until tomorrow"),
    ]
    for name, ago, hours, status, answer, minutes in HISTORY:
        opened = now - ago * DAY
        told.append(_event(name, opened, "opened", facts=_finding(name, opened)))
        if answer and minutes:
            told.append(_event(name, opened + timedelta(minutes=minutes), answer, "Ines Okafor", "Seen"))
        told.append(_event(name, opened + hours * HOUR, status))
    return told


def _event(
    alert_id: str,
    at: datetime,
    transition: str,
    actor: str | None = None,
    reason: str | None = None,
    facts: str = "{}",
) -> AlertEvent:
    return AlertEvent(
        event_id=f"{alert_id}-{transition}",
        alert_id=alert_id,
        fingerprint=f"cost:{alert_id}",
        occurred_at=at,
        transition=transition,
        facts=facts,
        actor=actor,
        reason=reason,
    )


def _finding(name: str, at: datetime) -> str:
    """As the ledger writes it."""
    return orjson.dumps(
        {
            "fingerprint": f"cost:{name}",
            "state": "firing",
            "severity": "ticket",
            "level": 1,
            "title": "Semantic search costs more",
            "summary": f"It cost $61 on {at:%d %b}; $44 was expected.",
            "facts": {"expected": "44.1"},
            "fields": [["Expected", "$44"], ["Actual", "$61"]],
            "scope": {"feature": "semantic-search" if name == "search-cost" else "fraud-review"},
            "why": ["31% more requests (+$14)"],
            "happened": ["Reindexing began 2 hours before"],
            "children": [],
        }
    ).decode()


def deliveries(now: datetime) -> list[AlertDelivery]:
    """Two places where the open one is told."""
    return [
        AlertDelivery(
            alert_id="search-cost", destination=name, sink=sink, target=target, reason=route, added_at=now - 5 * HOUR
        )
        for name, sink, target, route in (
            ("finops", "slack", "C0FINOPS", "route 2 (line 14)"),
            ("archive", "webhook", "hooks.larkfield.example", "route 1 (line 9)"),
        )
    ]


def messages(now: datetime) -> list[Outbox]:
    """One of each fate for the open alert; the past ones were told in one channel."""
    made = [
        _message("search-cost", 1, "finops", "slack", "C0FINOPS", "sent", now - 5 * HOUR),
        _message(
            "search-cost", 2, "archive", "webhook", "hooks.larkfield.example", "pending", now - 5 * HOUR, "http_503"
        ),
        _message("search-cost", 3, "oncall", "teams", "Teams", "possibly_sent", now - 4 * HOUR, "unconfirmed"),
        _message("search-cost", 4, "gone", "slack", "C0GONE", "dead", now - 3 * HOUR, "is_archived"),
        _message("search-cost", 5, "chat", "teams", "Teams", "accepted", now - 2 * HOUR),
    ]
    return [
        *made,
        *(_message(name, 1, "finops", "slack", "C0FINOPS", "sent", now - ago * DAY) for name, ago, *_ in HISTORY),
    ]


def _message(
    alert_id: str,
    position: int,
    destination: str,
    sink: str,
    target: str,
    status: str,
    at: datetime,
    error: str | None = None,
) -> Outbox:
    return Outbox(
        message_id=f"{alert_id}-{position}",
        alert_id=alert_id,
        position=position,
        destination=destination,
        sink=sink,
        target=target,
        action="post",
        payload="{}",
        status=status,
        created_at=at,
        attempt_count=3 if error else 1,
        next_attempt_at=at + timedelta(minutes=5),
        sent_at=None if status in ("pending", "dead") else at,
        error_code=error,
    )


def silences(now: datetime) -> list[AlertSilence]:
    """A snooze of the open one, maintenance tomorrow, and one that has ended."""
    return [
        AlertSilence(
            silence_id=SILENCE,
            kind="snooze",
            starts_at=now - 4 * HOUR,
            ends_at=now + 20 * HOUR,
            created_at=now - 4 * HOUR,
            reason="Reindexing until tomorrow",
            created_by="Yuki Lindqvist",
            fingerprint="cost:search-cost",
        ),
        AlertSilence(
            silence_id="maintenance",
            kind="maintenance",
            starts_at=now + DAY,
            ends_at=now + 2 * DAY,
            created_at=now - DAY,
            reason="The gateway moves",
            created_by="Hanna Petrov",
            team="Back Office",
        ),
        AlertSilence(
            silence_id="over",
            kind="mute",
            starts_at=now - 3 * DAY,
            ends_at=now + DAY,
            created_at=now - 3 * DAY,
            reason="Ended early",
            created_by="Hanna Petrov",
            rule="unpriced_model",
            ended_at=now - 2 * DAY,
        ),
    ]


def requests(now: datetime) -> list[AlertRequest]:
    """One that waits and one that was done."""
    return [
        AlertRequest(
            request_id=f"ask-{number}",
            alert_id="search-cost",
            action=action,
            requested_by="Yuki Lindqvist",
            requested_at=now - timedelta(seconds=40),
            picked_up_at=picked_up_at,
        )
        for number, (action, picked_up_at) in enumerate([("useful", None), ("snooze", now)])
    ]


def rule_pasts(now: datetime) -> list[RulePast]:
    """Last week's and today's backtest of one rule, and one that knows no past."""
    return [
        RulePast(rule="cost_anomaly", judged_at=now - 7 * DAY, days=90, fired_count=9),
        RulePast(rule="cost_anomaly", judged_at=now, days=90, fired_count=7),
        RulePast(rule="usage_anomaly", judged_at=now, days=90, fired_count=31),
        RulePast(rule="source_stale", judged_at=now, days=90, fired_count=None),
    ]
