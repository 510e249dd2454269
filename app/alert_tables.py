"""Alerts as tables: what is drawn, and the same with every digit. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pyarrow as pa

from app import alerts
from app import format as fmt
from app.alerts import Line, Row

EVENTS = {
    "opened": "Opened",
    "worsened": "Got worse",
    "eased": "Eased",
    "refreshed": "New numbers",
    "resolved": "Over",
    "reopened": "Open again",
    "quiet": "Quiet, but kept open: it comes and goes",
    "returned": "Came back",
    "escalated": "Told further: nobody had acknowledged it",
    "withdrawn": "Withdrawn: late data took it back",
    "acknowledged": "Acknowledged",
    "useful": "Answered: useful",
    "not useful": "Answered: not useful",
    "expected": "Answered: expected",
    "silenced": "Silenced",
    "unsilenced": "Told again",
    "grouped": "Became a part of a larger problem",
}
ACTIONS = {"post": "message", "update": "edit", "reply": "answer in the thread"}
MESSAGES = {
    "sent": "✓ Sent",
    "accepted": "✓ Accepted",
    "possibly_sent": "? Possibly sent",
    "pending": "… Waiting",
    "dead": "✕ Dead",
}
BURNLINE = "Burnline"


def open_table(found: Sequence[Line], now: datetime) -> pa.Table:
    """One row per open alert, as it is drawn."""
    return pa.table(
        {
            "severity": _texts(line.severity for line in found),
            "title": _texts(line.row["title"] for line in found),
            "impact": _texts(_money(line.row) for line in found),
            "has_it": _texts(line.has_it or "– nobody" for line in found),
            "open_for": _texts(fmt.clock(line.seconds(now)) for line in found),
            "answer": _texts(alerts.VERDICTS.get(line.row["verdict"] or "") for line in found),
            "told": _texts(_silenced(line) for line in found),
            "owner": _texts(line.row["owner"] for line in found),
            "team": _texts(line.team for line in found),
            "feature": _texts(line.feature for line in found),
            "rule": _texts(line.row["rule"] for line in found),
        }
    )


def ended_table(found: Sequence[Line], now: datetime) -> pa.Table:
    """One row per alert that is over, as it is drawn."""
    return pa.table(
        {
            "status": _texts(line.status for line in found),
            "severity": _texts(line.severity for line in found),
            "title": _texts(line.row["title"] for line in found),
            "opened_at": pa.array([line.row["opened_at"] for line in found], pa.timestamp("us")),
            "lasted": _texts(fmt.clock(line.seconds(now)) for line in found),
            "noticed": _texts(fmt.clock(_notice_seconds(line)) for line in found),
            "has_it": _texts(line.has_it for line in found),
            "answer": _texts(alerts.VERDICTS.get(line.row["verdict"] or "") for line in found),
            "impact": _texts(_money(line.row) for line in found),
            "team": _texts(line.team for line in found),
            "feature": _texts(line.feature for line in found),
            "rule": _texts(line.row["rule"] for line in found),
        }
    )


def exact(found: Sequence[Line], now: datetime) -> pa.Table:
    """The same with every digit: words of the store, times, seconds."""
    words = ("alert_id", "fingerprint", "rule", "severity", "status", "title", "owner", "acknowledged_by", "verdict")
    return pa.table(
        {
            **{name: _texts(line.row[name] for line in found) for name in words},
            "team": _texts(line.team for line in found),
            "feature": _texts(line.feature for line in found),
            "impact_cost": pa.array([line.row["impact_cost"] for line in found], pa.decimal128(38, 12)),
            "currency": _texts(line.row["currency"] for line in found),
            **{
                name: pa.array([line.row[name] for line in found], pa.timestamp("us"))
                for name in ("opened_at", "ended_at", "noticed_at")
            },
            "open_seconds": pa.array([line.seconds(now) for line in found], pa.float64()),
            "notice_seconds": pa.array([_notice_seconds(line) for line in found], pa.float64()),
        }
    )


def event_table(rows: Sequence[Row]) -> pa.Table:
    """Rows of alert/events: what happened, who did it, what was said."""
    return pa.table(
        {
            "at": pa.array([row["occurred_at"] for row in rows], pa.timestamp("us")),
            "what": _texts(EVENTS.get(row["transition"], row["transition"]) for row in rows),
            "who": _texts(row["actor"] or BURNLINE for row in rows),
            "said": _texts(row["reason"] or orjson.loads(row["facts"] or "{}").get("summary") for row in rows),
        }
    )


def message_table(rows: Sequence[Row]) -> pa.Table:
    """Rows of alert/messages: where it was told, what became of it and why."""
    return pa.table(
        {
            "status": _texts(MESSAGES.get(row["status"], row["status"]) for row in rows),
            "destination": _texts(f"{row['destination']} ({row['sink']}: {row['target']})" for row in rows),
            "action": _texts(ACTIONS.get(row["action"], row["action"]) for row in rows),
            "at": pa.array([row["sent_at"] or row["created_at"] for row in rows], pa.timestamp("us")),
            "why": _texts(_trouble(row) for row in rows),
            "attempts": pa.array([row["attempt_count"] for row in rows], pa.int64()),
            "route": _texts(row["route"] for row in rows),
        }
    )


def rule_table(fired: Sequence[Row], past: Sequence[Row], off: Sequence[str]) -> pa.Table:
    """One row per rule that fired, was tried, or is switched off. Rows of alert/by_rule and alert/rule_past."""
    by_rule = {row["rule"]: row for row in fired}
    tried = {row["rule"]: row for row in past}
    names = sorted(by_rule.keys() | tried.keys() | set(off), key=lambda name: (-_fired(by_rule.get(name)), name))
    rows = [by_rule.get(name, {}) for name in names]
    counted = ("acknowledged", "useful", "expected", "not_useful", "withdrawn")
    return pa.table(
        {
            "rule": _texts(names),
            "state": _texts("○ off" if name in off else "● on" for name in names),
            "fired": pa.array([_fired(row) for row in rows], pa.int64()),
            "estimate": _texts(estimate(tried.get(name)) for name in names),
            **{name: pa.array([row.get(f"{name}_count", 0) for row in rows], pa.int64()) for name in counted},
            "unanswered": pa.array([row.get("unanswered_count", 0) for row in rows], pa.int64()),
            "precision": _texts(alerts.precision(row.get("right_count", 0), row.get("wrong_count", 0)) for row in rows),
            "notice": _texts(fmt.clock(row.get("median_notice_seconds")) for row in rows),
            "noticed": _texts(
                f"{row['noticed_count']} of {row['fired_count']}" if row.get("fired_count") else None for row in rows
            ),
        }
    )


def estimate(tried: Row | None) -> str | None:
    """How often a rule would have fired: `3 in 90 days`; `present only` where no earlier day can be judged."""
    if tried is None:
        return None
    if tried["fired_count"] is None:
        return "present only"
    return f"{fmt.count(tried['fired_count'])} in {fmt.plural(tried['days'], 'day')}"


def silence_table(rows: Sequence[Row]) -> pa.Table:
    """Rows of alert/silences."""
    return pa.table(
        {
            "state": _texts({"active": "○ Silent now"}.get(row["state"], "→ Planned") for row in rows),
            "what": _texts(silenced_what(row) for row in rows),
            "starts_at": pa.array([row["starts_at"] for row in rows], pa.timestamp("us")),
            "ends_at": pa.array([row["ends_at"] for row in rows], pa.timestamp("us")),
            "reason": _texts(row["reason"] for row in rows),
            "created_by": _texts(row["created_by"] for row in rows),
            "alerts": pa.array([row["alert_count"] for row in rows], pa.int64()),
        }
    )


def silenced_what(row: Row) -> str:
    """`Snooze of …`, `Maintenance: team Discovery`."""
    if row["fingerprint"]:
        return f"{row['kind'].capitalize()}: {row['alert_title'] or row['fingerprint']}"
    names = ("rule", "team", "feature", "provider", "service")
    matchers = [f"{name} {row[name]}" for name in names if row[name]]
    return f"{row['kind'].capitalize()}: {', '.join(matchers) or 'everything'}"


def _fired(row: Mapping[str, Any] | None) -> int:
    return int((row or {}).get("fired_count", 0))


def _notice_seconds(line: Line) -> float | None:
    noticed: datetime | None = line.row["noticed_at"]
    return None if noticed is None else (noticed - line.row["opened_at"]) / timedelta(seconds=1)


def _money(row: Row) -> str:
    return fmt.money(row["impact_cost"], row["currency"] or "")


def _silenced(line: Line) -> str:
    if not line.row["silence_id"]:
        return "told"
    return f"silenced until {fmt.moment(line.row['silenced_until_at'])}"


def _trouble(row: Row) -> str | None:
    """Why it is not simply there."""
    left = f"still lacking: {row['remaining']}" if row["remaining"] else None
    if row["status"] == "pending":
        tries = f"next try {fmt.moment(row['next_attempt_at'])}"
        return ", ".join(filter(None, [row["error_code"], left, tries]))
    if row["status"] == "accepted" and not row["error_code"]:
        return "taken; nobody says whether it was shown"
    if row["status"] == "possibly_sent":
        return "no answer came, so it is not sent again"
    return str(row["error_code"]) if row["error_code"] else None


def _texts(values: Any) -> "pa.Array[Any]":
    return pa.array(list(values), pa.string())
