"""Incidents as tables: what is drawn, and the same with every digit. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pyarrow as pa

from app import format as fmt
from app.incidents import STATUSES, Line
from domain.incident.clocks import Clock, acknowledge, detect, restore
from domain.incident.incident import Incident
from domain.incident.postmortem import DUE, OVERDUE, PUBLISHED, postmortem_due_at, postmortem_state
from domain.incident.spans import impact_time

WORDS = ("title", "severity", "provider", "service", "components", "feature", "team", "url")


def table(lines: Sequence[Line], now: datetime) -> pa.Table:
    """One row per line, as it is drawn."""
    return pa.table(
        {
            "status": pa.array([STATUSES.get(one.status, one.status) for one in lines], pa.string()),
            "severity": pa.array([one.severity for one in lines], pa.string()),
            "title": pa.array([one.name for one in lines], pa.string()),
            "provider": pa.array([_whose(one) for one in lines], pa.string()),
            "service": pa.array([_what(one) for one in lines], pa.string()),
            "impact_started_at": pa.array([_naive(one.impact_started_at) for one in lines], pa.timestamp("us")),
            "detected": [_clock(one, detect) for one in lines],
            "acknowledged": [_clock(one, acknowledge) for one in lines],
            "restored": [restored(one, now) for one in lines],
            "postmortem": [postmortem(one, now) for one in lines],
            "team": pa.array([one.row.get("team") for one in lines], pa.string()),
            "url": pa.array([one.row["url"] for one in lines], pa.string()),
        }
    )


def exact(lines: Sequence[Line], now: datetime) -> pa.Table:
    """The same with every digit: clocks in seconds, the words of the source."""
    return pa.table(
        {
            "source": [one.key[0] for one in lines],
            "incident_id": [one.key[1] for one in lines],
            **{name: pa.array([one.row.get(name) for one in lines], pa.string()) for name in WORDS},
            "status": [one.status for one in lines],
            "impact_started_at": pa.array([_naive(one.impact_started_at) for one in lines], pa.timestamp("us")),
            "declared_at": pa.array([_naive(one.declared_at) for one in lines], pa.timestamp("us")),
            **{
                name: pa.array([of(one.incident).seconds if one.incident else None for one in lines], pa.float64())
                for name, of in (("detect_seconds", detect), ("acknowledge_seconds", acknowledge))
            },
            "impact_seconds": pa.array([impact_seconds(one) for one in lines], pa.float64()),
            "postmortem": pa.array(
                [postmortem_state(one.incident, now) if one.incident else None for one in lines], pa.string()
            ),
        }
    )


def impact_seconds(line: Line) -> float | None:
    """How long it hurt in all; None while it does, and when nobody knows."""
    if line.incident:
        return restore(line.incident).seconds
    together = impact_time(line.spans) if line.spans else None
    return None if together is None else together.total_seconds()


def restored(line: Line, now: datetime) -> str:
    """How long it hurt; the age of an open one."""
    if line.is_open:
        since = line.impact_started_at or line.declared_at
        return f"open {fmt.clock((now - since).total_seconds())}"
    return fmt.clock(impact_seconds(line))


def postmortem(line: Line, now: datetime) -> str:
    """Whether it is due, and in what time; an en dash when none is owed."""
    if line.incident is None:
        return fmt.UNKNOWN
    return owed(postmortem_state(line.incident, now), postmortem_due_at(line.incident), now)


def owed(state: str | None, due_at: datetime | None, now: datetime) -> str:
    """A debt in words: `✕ overdue by 4 days`, `due in 12 h`, `✓ published`."""
    if state == PUBLISHED:
        return "✓ published"
    if due_at is None or state not in (OVERDUE, DUE):
        return fmt.UNKNOWN
    seconds = abs((due_at - now).total_seconds())
    return f"✕ overdue by {fmt.clock(seconds)}" if state == OVERDUE else f"due in {fmt.clock(seconds)}"


def _clock(line: Line, of: Callable[[Incident], Clock]) -> str:
    if line.incident is None:
        return fmt.UNKNOWN
    return fmt.clock(of(line.incident).seconds)


def _whose(line: Line) -> str:
    provider = line.row["provider"]
    return "Our own" if provider is None else fmt.provider(provider)


def _what(line: Line) -> str | None:
    row = line.row
    what: str | None = row["components"] if row["provider"] else row["service"] or row["feature"]
    return what


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=None)
