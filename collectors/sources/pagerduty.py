"""PagerDuty incidents. Grain: one incident, and one row per span of its impact.

An incident belongs to the window it was created in. The last 30 days are read again by every run, and days with an
incident that is not resolved however old they are. PagerDuty knows when it was told, not when it began to hurt:
the impact's start, its mitigation and the postmortem are custom fields of yours (`fields`), and unknown without. Merged
incidents are kept with the one they were merged into and count nowhere. What Burnline's own alerts opened there
(`incident_key` begins with burnline:) is left out.
"""

from collections.abc import Iterator
from datetime import timedelta

from collectors.base import Api, Endpoint, Source
from collectors.errors import DataError
from collectors.fields import Row, optional_time, part, parts, required_text, rfc3339_time, row_of, text
from collectors.incident_fields import OwnFieldSettings, fill
from collectors.incident_rows import IncidentRow, incident_rows
from collectors.pagerduty_log import History, histories
from collectors.pagerduty_pages import read_all, read_window
from collectors.refusals import RefusedError
from collectors.safe_url import SafeUrl
from domain.incident.words import MERGED, OPEN, RESOLVED, SEVERITIES
from domain.own_incidents import is_own
from domain.window import Window
from store.tables import Incident, IncidentSpan

PATH = "/incidents"
MERGE = "merge_resolve_reason"
URGENCIES = {"high": "sev2", "low": "sev4"}
"""How loudly somebody was called, not how grave it is: only where an incident has no priority."""
WITHOUT_PRIORITIES = (402, 403, 404)
"""Accounts without the ability to set priorities, and keys without the right to list them."""


class PagerDutySettings(OwnFieldSettings):
    """`fields`: column → name of your custom field, one more request for each incident. `severities` map names of
    priorities; without them the first of the account's list is sev1."""

    base_url: SafeUrl = "https://api.pagerduty.com"


def endpoint(settings: PagerDutySettings) -> Endpoint:
    """The REST API; Europe's accounts live at https://api.eu.pagerduty.com. A read-only key is enough."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={
            "Authorization": "Token token={secret}",
            "Accept": "application/vnd.pagerduty+json;version=2",
            "Content-Type": "application/json",
        },
        credential="API key",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


def collect(window: Window, api: Api) -> Iterator[IncidentRow]:
    """Incidents that were created in the window. Raises CollectorError."""
    where = f"{api.name} {PATH}"
    found = read_window(api, PATH, "incidents", window, [("sort_by", "created_at:asc")])
    rows = [
        row
        for row in found
        if window.start <= rfc3339_time(row, "created_at", where) < window.end and not is_own(row.get("incident_key"))
    ]
    logs = histories(api, rows, window)
    priorities = _Priorities(api)
    for row in rows:
        history = logs[required_text(row, "id", where)]
        incident = _incident(api, row, history, priorities)
        _fill_own(api, incident)
        yield from incident_rows(incident, history.changes, api.settings)


def check(api: Api) -> None:
    """Asks for one incident of the last hour."""
    start = api.now - timedelta(hours=1)
    span = [("since", start.strftime("%Y-%m-%dT%H:%M:%SZ")), ("until", api.now.strftime("%Y-%m-%dT%H:%M:%SZ"))]
    parts(row_of(api.http.get(PATH, [*span, ("limit", "1")]), api.name), "incidents", f"{api.name} {PATH}")


class _Priorities:
    """The severity of an incident: by the settings, by its place in the account's list, else by its urgency."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._places: dict[str, int] | None = None

    def severity(self, row: Row, where: str) -> tuple[str | None, str | None]:
        """The severity and where it is from."""
        priority = part(row, "priority", where)
        name = text(priority, "summary", where)
        if told := self._api.settings.severity_of(name):
            return told, "priority"
        place = self._listed().get(str(priority.get("id"))) if priority else None
        if place is not None:
            return SEVERITIES[min(place, len(SEVERITIES) - 1)], "priority"
        urgency = text(row, "urgency", where)
        return (URGENCIES[urgency], "urgency") if urgency in URGENCIES else (None, None)

    def _listed(self) -> dict[str, int]:
        if self._places is None:
            try:
                listed = read_all(self._api, "/priorities", "priorities")
            except RefusedError as error:
                if error.status not in WITHOUT_PRIORITIES:
                    raise
                listed = []
            self._places = {str(priority["id"]): place for place, priority in enumerate(listed)}
        return self._places


def _incident(api: Api, row: Row, history: History, priorities: _Priorities) -> Incident:
    where = f"{api.name} {PATH}"
    key = required_text(row, "id", where)
    created_at = rfc3339_time(row, "created_at", where)
    status, merged_into = _status(row, where)
    severity, severity_from = priorities.severity(row, where)
    teams = parts(row, "teams", where)
    ended = [moment for moment, over in history.changes if over]
    resolved_at = optional_time(row, "resolved_at", where) or max(ended, default=None)
    return Incident(
        source=api.name,
        incident_id=key,
        title=text(row, "title", where) or text(row, "summary", where) or key,
        status=status,
        declared_at=created_at,
        number=str(row["incident_number"]) if row.get("incident_number") is not None else None,
        url=text(row, "html_url", where),
        severity=severity,
        severity_from=severity_from,
        service=text(part(row, "service", where), "summary", where),
        kind=text(part(row, "incident_type", where), "name", where),
        team=text(teams[0], "summary", where) if teams else None,
        detected_at=created_at,
        acknowledged_at=history.acknowledged_at,
        resolved_at=None if status == OPEN else resolved_at,
        updated_at=optional_time(row, "updated_at", where),
        merged_into=merged_into,
    )


def _status(row: Row, where: str) -> tuple[str, str | None]:
    told = required_text(row, "status", where)
    if told not in ("triggered", "acknowledged", "resolved"):
        raise DataError(f"{where}: the status {told!r} is none of triggered, acknowledged, resolved")
    reason = part(row, "resolve_reason", where)
    if reason.get("type") == MERGE:
        return MERGED, text(part(reason, "incident", where), "id", where)
    return (RESOLVED if told == "resolved" else OPEN), None


def _fill_own(api: Api, incident: Incident) -> None:
    """Asks for the custom fields of an incident, when the settings name one."""
    if not api.settings.fields or incident.status == MERGED:
        return
    path = f"/incidents/{incident.incident_id}/custom_fields/values"
    where = f"{api.name} {path}"
    found = parts(row_of(api.http.get(path), where), "custom_fields", where)
    values = {str(one.get("name")): one.get("value") for one in found}
    fill(incident, api.settings.fields, values, lambda value, name: rfc3339_time({name: value}, name, where), where)


SOURCE = Source(
    name="pagerduty",
    title="PagerDuty incidents",
    role="metrics",
    writes=Incident,
    also=(IncidentSpan,),
    settings=PagerDutySettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="15m",
    lookback="30d",
    chunk="31d",
)
