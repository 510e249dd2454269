"""Small rows of November incidents for tests of the store and the queries."""

from datetime import datetime, timedelta
from typing import Any

from store.tables import Incident, IncidentSpan
from tests.support.facts import DAY


def at(day: int, hour: float = 0) -> datetime:
    """A moment of November 2026."""
    return DAY + timedelta(days=day - 1, hours=hour)


def incident(name: str, day: int, status: str = "resolved", **changes: Any) -> Incident:
    """One incident declared at 10:00 of a November day."""
    values: dict[str, Any] = {"source": "pagerduty", "title": f"Incident {name}", "severity": "sev2", **changes}
    return Incident(incident_id=name, status=status, **{"declared_at": at(day, 10), **values})


def span(name: str, day: int, start: float, end: float | None, **changes: Any) -> IncidentSpan:
    """One span of an incident declared at 10:00 of that day, in hours of the day."""
    values: dict[str, Any] = {"source": "pagerduty", "declared_at": at(day, 10), **changes}
    ended_at = None if end is None else at(day, end)
    return IncidentSpan(incident_id=name, started_at=at(day, start), ended_at=ended_at, **values)
