"""How PagerDuty writes the company's incidents, as of a moment: what has not happened yet is not told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.catalog import FEATURES, TEAMS
from sandbox.incidents import PRIORITIES, SHOP_SERVICE, CompanyIncident
from sandbox.streams import fake_id
from sandbox.timeline import rfc3339

IMPACT_FIELD, CAUSE_FIELD, POSTMORTEM_FIELD = "impact_started", "cause", "postmortem_published"
"""Custom fields of the company's account."""

_TEAM_OF = {feature.key: feature.team for feature in FEATURES} | {SHOP_SERVICE: "discovery"}
_TEAM_NAMES = {team.key: team.name for team in TEAMS}


def incident_record(seed: int, incident: CompanyIncident, now: datetime) -> dict[str, Any]:
    """One incident of `GET /incidents`."""
    over = incident.over_at(now)
    acknowledged = incident.acknowledged_at is not None and incident.acknowledged_at <= now
    changes = [moment for moment, _ in _changes(incident) if moment <= now]
    team = _TEAM_OF[incident.service]
    return {
        "id": incident.incident_id,
        "type": "incident",
        "incident_number": incident.number,
        "title": incident.title,
        "created_at": _text(incident.declared_at),
        "updated_at": _text(changes[-1]),
        "status": "resolved" if over else "acknowledged" if acknowledged else "triggered",
        "urgency": incident.urgency,
        "resolved_at": _text(over) if over else None,
        "last_status_change_at": _text(changes[-1]),
        "service": {
            "id": fake_id(seed, "P", incident.service, 6),
            "type": "service_reference",
            "summary": incident.service,
        },
        "priority": priority_record(seed, incident.priority) if incident.priority else None,
        "escalation_policy": {"id": fake_id(seed, "P", "policy", 6), "summary": "AI on-call"},
        "teams": [{"id": fake_id(seed, "P", team, 6), "type": "team_reference", "summary": _TEAM_NAMES[team]}],
        "acknowledgements": [] if over or not acknowledged else [{"at": _text(incident.acknowledged_at)}],
        "assignments": [],
        "alert_counts": {"all": 1, "triggered": 0 if over else 1, "resolved": 1 if over else 0},
        "incident_type": {"name": "incident_default"},
        "resolve_reason": _merge(incident) if over and incident.merged_into else None,
        "incident_key": fake_id(seed, "", incident.title, 16),
        "html_url": f"https://larkfield.pagerduty.example/incidents/{incident.incident_id}",
    }


def log_records(seed: int, incident: CompanyIncident, now: datetime) -> list[dict[str, Any]]:
    """The log entries of one incident up to now, oldest first."""
    return [
        {
            "id": fake_id(seed, "R", f"{incident.incident_id}/{place}", 16),
            "type": kind,
            "created_at": _text(moment),
            "agent": {"id": fake_id(seed, "P", "somebody", 6), "type": "user_reference"},
            "channel": {"type": "api"},
            "event_details": {},
            "incident": {"id": incident.incident_id, "type": "incident_reference", "summary": incident.title},
        }
        for place, (moment, kind) in enumerate(_changes(incident))
        if moment <= now
    ]


def custom_fields(incident: CompanyIncident, now: datetime) -> list[dict[str, Any]]:
    """The values of the account's own fields; those that nobody filled in are null."""
    over = incident.over_at(now)
    written = incident.postmortem_at if incident.postmortem_at and incident.postmortem_at <= now else None
    values = {
        IMPACT_FIELD: ("datetime", _text(incident.impact[0][0]) if incident.start_is_told else None),
        CAUSE_FIELD: ("string", incident.cause if over else None),
        POSTMORTEM_FIELD: ("datetime", _text(written) if written else None),
    }
    return [
        {
            "id": f"PF{place}",
            "name": name,
            "display_name": name.replace("_", " ").capitalize(),
            "type": "field_value",
            "data_type": kind,
            "field_type": "single_value",
            "value": value,
        }
        for place, (name, (kind, value)) in enumerate(values.items())
    ]


def priority_record(seed: int, name: str) -> dict[str, Any]:
    """One priority; a higher `order` is graver."""
    order = 1024 * 2 ** (len(PRIORITIES) - PRIORITIES.index(name))
    return {
        "id": fake_id(seed, "P", f"priority {name}", 6),
        "type": "priority",
        "summary": name,
        "name": name,
        "order": order,
    }


def _changes(incident: CompanyIncident) -> list[tuple[datetime, str]]:
    """When what happened, oldest first."""
    return sorted(_told(incident))


def _told(incident: CompanyIncident) -> Iterator[tuple[datetime, str]]:
    yield incident.declared_at, "trigger_log_entry"
    yield incident.declared_at, "notify_log_entry"
    if incident.acknowledged_at is not None:
        yield incident.acknowledged_at, "acknowledge_log_entry"
    for place, (start, end) in enumerate(incident.impact):
        if place:
            yield start, "trigger_log_entry"
        if end is not None:
            yield end, "resolve_log_entry"


def _merge(incident: CompanyIncident) -> dict[str, Any]:
    return {
        "type": "merge_resolve_reason",
        "incident": {"id": incident.merged_into, "type": "incident_reference"},
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(int(moment.timestamp()))
