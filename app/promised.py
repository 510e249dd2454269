"""What was promised about KPIs, as people read it: how each stands, who ended it, what is due first. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app import format as fmt
from queries.kpis import Period

OVERDUE = "▲ Overdue"
STATES = {"open": "◌ Open", "done": "✓ Done", "dropped": "✕ Dropped"}
WEEKS = 2
"""What was promised for a review: open, or ended since the review before it."""

Promise = Mapping[str, Any]


def since(week: Period) -> date:
    """From which week on promises that have ended are still told."""
    return week.start_on - timedelta(weeks=WEEKS - 1)


def state(one: Promise, today: date) -> str:
    """Sign and word."""
    return OVERDUE if one["status"] == "open" and one["due_on"] < today else STATES[one["status"]]


def told(one: Promise) -> str:
    """`Retry with backoff (Lucía Farrow, due 20 Nov 2026); done by Ann on 19 Nov 2026: no retry since`."""
    text = f"{one['text']} ({one['owner']}, due {fmt.day(one['due_on'])})"
    if one["closed_at"] is None:
        return text
    by = f" by {one['closed_by']}" if one["closed_by"] else ""
    result = f": {one['result']}" if one["result"] else ""
    return f"{text}; {one['status']}{by} on {fmt.day(one['closed_at'].date())}{result}"


def line(one: Promise, today: date) -> str:
    """`✓ Done · Retry with backoff (…)`."""
    return f"{state(one, today)} · {told(one)}"


def due(actions: Sequence[Promise], kpi: str, today: date) -> str:
    """The open promise about a KPI that is due first."""
    of_kpi = [one for one in actions if one["kpi"] == kpi and one["status"] == "open"]
    if not of_kpi:
        return ""
    first = min(of_kpi, key=lambda one: one["due_on"])
    late = "overdue, " if first["due_on"] < today else ""
    return f"{first['owner']}: {first['text']} ({late}{fmt.day(first['due_on'])})"
