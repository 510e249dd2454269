"""Incidents of one November day, their times in minutes after noon."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.incident.incident import Incident
from domain.incident.spans import ImpactSpan, impact_spans

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)

TIMES = ("impact_started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at")


def at(minutes: float) -> datetime:
    """That many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def incident(name: str = "a", status: str = "resolved", *, declared: float = 5, **minutes: float | None) -> Incident:
    """One incident; `impact_started=0, resolved=60` in minutes, with one span from impact to restoration."""
    given = {f"{name}_at": None if value is None else at(value) for name, value in minutes.items()}
    end = given.get("mitigated_at") or given.get("resolved_at")
    spans = impact_spans(given.get("impact_started_at"), [(end, True)] if end and status != "open" else [])
    values: dict[str, Any] = {"severity": "sev2", "spans": spans, **given}
    return Incident(key=("pagerduty", name), status=status, declared_at=at(declared), **values)


def span(start: float, end: float | None) -> ImpactSpan:
    """From minute to minute; None while it goes on."""
    return ImpactSpan(at(start), None if end is None else at(end))
