"""Incidents of a provider, from its public status page. Grain: one incident, and one row per span of its impact.

Pages of Atlassian Statuspage and those that incident.io serves at the same addresses. A page lists its newest 50
incidents, and those that are not over: what it lists no longer stays as it was last seen, so history grows from the
day the page is connected. `https://status.openai.com` and `https://status.claude.com` are such pages.
"""

from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from pydantic import Field

from collectors.base import Api, Endpoint, Source
from collectors.fields import Row, optional_time, part, parts, required_text, rfc3339_time, row_of, text
from collectors.incident_rows import IncidentRow, incident_rows
from collectors.incident_settings import IncidentSettings
from collectors.safe_url import SafeUrl
from domain.incident.spans import Change
from domain.incident.words import MITIGATED, OPEN, RESOLVED
from domain.window import Window
from store.tables import Incident, IncidentSpan

NEWEST = "/api/v2/incidents.json"
UNRESOLVED = "/api/v2/incidents/unresolved.json"

STATUSES = {"monitoring": MITIGATED, "resolved": RESOLVED, "postmortem": RESOLVED}
"""Every other status of a page means that the impact goes on."""


class StatuspageSettings(IncidentSettings):
    """`provider` as in the bills (openai, anthropic, …); `base_url` of its page. `components`: globs of the components
    that matter to you; an incident that names none is kept."""

    provider: str = Field(min_length=1)
    base_url: SafeUrl
    components: tuple[str, ...] = ()
    max_requests_per_second: float = Field(default=1.0, gt=0, le=1000)


def endpoint(settings: StatuspageSettings) -> Endpoint:
    """The page; it asks for no key."""
    return Endpoint(settings.base_url, "", {}, min_interval_seconds=1 / settings.max_requests_per_second)


def collect(window: Window, api: Api) -> Iterator[IncidentRow]:
    """Every incident that the page lists and that began before the window's end. Raises CollectorError."""
    listed: dict[str, tuple[Row, str | None]] = {}
    for path in (UNRESOLVED, NEWEST):
        where = f"{api.name} {path}"
        page = row_of(api.http.get(path), where)
        service = text(part(page, "page", where), "name", where)
        for row in parts(page, "incidents", where):
            listed[required_text(row, "id", where)] = (row, service)
    for row, service in listed.values():
        incident, changes = _incident(api, row, service)
        if incident.declared_at < window.end and _matters(api.settings, incident):
            yield from incident_rows(incident, changes, api.settings)


def check(api: Api) -> None:
    """Asks for what is not over."""
    parts(row_of(api.http.get(UNRESOLVED), api.name), "incidents", f"{api.name} {UNRESOLVED}")


def _matters(settings: StatuspageSettings, incident: Incident) -> bool:
    names = incident.components.split("; ") if incident.components else []
    if not names or not settings.components:
        return True
    return any(fnmatchcase(name, glob) for name in names for glob in settings.components)


def _incident(api: Api, row: Row, service: str | None) -> tuple[Incident, list[Change]]:
    where = f"{api.name} {NEWEST}"
    created_at = rfc3339_time(row, "created_at", where)
    status = STATUSES.get(required_text(row, "status", where), OPEN)
    updates = _updates(row, where)
    resolved_at = optional_time(row, "resolved_at", where) or _last(updates, RESOLVED)
    monitoring_at = _last(updates, MITIGATED) or optional_time(row, "monitoring_at", where)
    impact = text(row, "impact", where)
    incident = Incident(
        source=api.name,
        incident_id=required_text(row, "id", where),
        title=required_text(row, "name", where),
        status=status,
        declared_at=created_at,
        url=text(row, "shortlink", where),
        severity=api.settings.usual_severity(impact),
        severity_from="impact" if impact else None,
        service=service or api.settings.provider,
        provider=api.settings.provider,
        kind="maintenance" if impact == "maintenance" else None,
        impact_started_at=optional_time(row, "started_at", where) or created_at,
        detected_at=created_at,
        mitigated_at=None if status == OPEN else monitoring_at,
        resolved_at=resolved_at if status == RESOLVED else None,
        updated_at=optional_time(row, "updated_at", where),
        components=_components(row, where),
    )
    return incident, [(moment, reached != OPEN) for moment, reached in updates]


def _updates(row: Row, where: str) -> list[tuple[datetime, str]]:
    """When each update reached which status, oldest first."""
    found = []
    for update in parts(row, "incident_updates", where):
        moment = optional_time(update, "display_at", where) or optional_time(update, "created_at", where)
        if moment is not None and (status := text(update, "status", where)):
            found.append((moment, STATUSES.get(status, OPEN)))
    return sorted(found)


def _last(updates: list[tuple[datetime, str]], status: str) -> datetime | None:
    """When the status was first reached after the impact last came back."""
    found: datetime | None = None
    for moment, reached in updates:
        if reached == OPEN:
            found = None
        elif reached == status and found is None:
            found = moment
    return found


def _components(row: Row, where: str) -> str | None:
    """The names of the components; where a page leaves them out, those that its updates touch."""
    named = [text(one, "name", where) for one in parts(row, "components", where)] or [
        text(one, "name", where)
        for update in parts(row, "incident_updates", where)
        for one in parts(update, "affected_components", where)
    ]
    return "; ".join(dict.fromkeys(name for name in named if name)) or None


SOURCE = Source(
    name="statuspage",
    title="A provider's status page",
    role="metrics",
    writes=Incident,
    also=(IncidentSpan,),
    settings=StatuspageSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="5m",
    lookback="1d",
    chunk="3653d",
    lists_newest_only=True,
)
