"""Incidents of the small company and of its providers, of every kind."""

from datetime import datetime, timedelta
from typing import Any

from store.tables import Incident, IncidentAction, IncidentSpan

HOUR = timedelta(hours=1)


def incidents(now: datetime) -> list[Incident]:
    """Resolved, reopened, without a start, open, merged, declined; two of providers, one of them going on."""

    def own(number: int, days_ago: float, status: str, severity: str, **values: Any) -> Incident:
        declared_at = now - timedelta(days=days_ago)
        return Incident(
            source="pagerduty",
            incident_id=f"Q{number}",
            number=str(number),
            title=f"Incident {number}",
            status=status,
            severity=severity,
            declared_at=declared_at,
            detected_at=declared_at,
            **{"feature": "support-assistant", "ai_related": True, **values},
        )

    def theirs(name: str, provider: str, days_ago: float, status: str, **values: Any) -> Incident:
        started_at = now - timedelta(days=days_ago)
        return Incident(
            source=f"{provider}_status",
            incident_id=name,
            title="Elevated error rates",
            status=status,
            severity="sev2",
            provider=provider,
            service=provider,
            declared_at=started_at,
            impact_started_at=started_at,
            components="API; Console",
            **values,
        )

    def ago(days: float) -> datetime:
        return now - timedelta(days=days)

    return [
        own(
            1, 20, "resolved", "sev1", impact_started_at=ago(20) - HOUR, acknowledged_at=ago(20) + HOUR / 10,
            mitigated_at=ago(20) + HOUR, resolved_at=ago(19), postmortem_due_at=ago(17) + HOUR,
            postmortem_published_at=ago(18), team="Customer Care",
        ),
        own(
            2, 10, "resolved", "sev2", impact_started_at=ago(10), acknowledged_at=ago(10) + HOUR / 6,
            resolved_at=ago(9), postmortem_due_at=ago(6), feature="invoice-reader",
        ),
        own(3, 8, "resolved", "sev3", resolved_at=ago(7), acknowledged_at=ago(8) + HOUR, feature=None, ai_related=None),
        own(4, 2, "open", "sev2", impact_started_at=ago(2) - HOUR, acknowledged_at=ago(2) + HOUR / 4),
        own(5, 20, "merged", "sev2", merged_into="Q1", resolved_at=ago(19)),
        own(6, 5, "declined", "sev1", impact_started_at=ago(5)),
        own(
            7, 1, "resolved", "sev1", impact_started_at=ago(1), resolved_at=ago(1) + HOUR,
            postmortem_due_at=ago(1) + 73 * HOUR,
        ),
        theirs("a1", "anthropic", 20.1, "resolved", mitigated_at=ago(19.8), resolved_at=ago(19.7), updated_at=ago(19)),
        theirs("o1", "openai", 0.5, "open", updated_at=ago(0.4)),
        theirs("o2", "openai", 12, "resolved", updated_at=ago(11.5)),
    ]  # fmt: skip


def spans(now: datetime) -> list[IncidentSpan]:
    """One for each known start; two for the reopened one."""
    found = []
    for one in incidents(now):
        start, end = one.impact_started_at, one.mitigated_at or one.resolved_at
        if start is None or one.status == "declined":
            continue
        pieces = [(start, start + 3 * HOUR), (end - HOUR, end)] if one.incident_id == "Q2" and end else [(start, end)]
        found += [
            IncidentSpan(
                source=one.source,
                incident_id=one.incident_id,
                declared_at=one.declared_at,
                started_at=began,
                ended_at=ended,
            )
            for began, ended in pieces
        ]
    return found


def actions(now: datetime) -> list[IncidentAction]:
    """One of each state, one without a due day, one of an incident that nobody knows."""

    def item(number: int, incident: str, state: str, due_in_days: int | None) -> IncidentAction:
        return IncidentAction(
            source="actions",
            action_id=str(number),
            incident_id=incident,
            created_at=now - timedelta(days=15),
            title=f"Item {number}",
            state=state,
            owner="Ines Okafor" if number % 2 else None,
            due_on=None if due_in_days is None else now.date() + timedelta(days=due_in_days),
            completed_at=now - timedelta(days=1) if state == "done" else None,
        )

    return [
        item(1, "Q1", "open", -3),
        item(2, "2", "open", 4),
        item(3, "2", "open", None),
        item(4, "Q1", "done", -5),
        item(5, "Q1", "dropped", -5),
        item(6, "nobody knows", "open", 0),
    ]
