"""incident.io incidents. Grain: one incident, and one row per span of its impact.

An incident belongs to the window it was created in. The last 30 days are read again by every run, and days with an
incident that is not closed however old they are. Each organisation names its timestamps itself: `timestamps` says
which name is which clock. When an incident came back is read from its updates, one more request for each incident.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import Field, field_validator

from collectors.base import Api, Endpoint, Source
from collectors.errors import DataError
from collectors.fields import Row, list_of, optional_time, part, parts, required_text, rfc3339_time, row_of, text
from collectors.incident_fields import OwnFieldSettings, fill
from collectors.incident_rows import IncidentRow, incident_rows
from collectors.safe_url import SafeUrl
from domain.incident.spans import Change
from domain.incident.words import DECLINED, MERGED, MITIGATED, OPEN, RESOLVED, UNCOUNTED
from domain.window import Window
from store.tables import Incident, IncidentSpan

PATH = "/v2/incidents"
UPDATES = "/v2/incident_updates"
PAGE = 250
"""The vendor's text and its schema differ on the maximum; this is the lower one."""

DAY = timedelta(days=1)

CATEGORIES = {
    "triage": OPEN,
    "live": OPEN,
    "paused": OPEN,
    "learning": RESOLVED,
    "closed": RESOLVED,
    "declined": DECLINED,
    "canceled": DECLINED,
    "merged": MERGED,
}

TIMESTAMPS = {
    "impact_started_at": ("Impact started",),
    "detected_at": ("Reported",),
    "acknowledged_at": ("Accepted", "Identified"),
    "mitigated_at": ("Fixed",),
    "resolved_at": ("Resolved",),
    "postmortem_published_at": ("Postmortem published",),
}
"""Clock → the names it usually has; the first of them that an incident has a value for counts."""


class IncidentIoSettings(OwnFieldSettings):
    """`timestamps`: clock → names of your timestamps; `fields`: column → name of your custom field of options."""

    base_url: SafeUrl = "https://api.incident.io"
    timestamps: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("timestamps")
    @classmethod
    def _known_clocks(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        unknown = sorted(value.keys() - TIMESTAMPS.keys())
        if unknown:
            raise ValueError(f"{unknown[0]!r} is none of {', '.join(TIMESTAMPS)}")
        return value


def endpoint(settings: IncidentIoSettings) -> Endpoint:
    """The API; a key with the role viewer is enough."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"Authorization": "Bearer {secret}"},
        credential="API key",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


def collect(window: Window, api: Api) -> Iterator[IncidentRow]:
    """Incidents that were created in the window. Raises CollectorError.

    The filter takes days in a zone it does not name, so a day more is asked for at both ends.
    """
    where = f"{api.name} {PATH}"
    days = f"{window.start - DAY:%Y-%m-%d}~{window.end + DAY:%Y-%m-%d}"
    query = [("created_at[date_range]", days), ("sort_by", "created_at_oldest_first")]
    for row in _pages(api, PATH, "incidents", query):
        if window.start <= rfc3339_time(row, "created_at", where) < window.end:
            yield from _rows(api, row, where)


def check(api: Api) -> None:
    """Asks for one incident."""
    parts(row_of(api.http.get(PATH, [("page_size", "1")]), api.name), "incidents", f"{api.name} {PATH}")


def _pages(api: Api, path: str, name: str, params: Sequence[tuple[str, str]]) -> Iterator[Row]:
    where = f"{api.name} {path}"
    position: list[tuple[str, str]] = []
    seen: set[str] = set()
    while True:
        page = row_of(api.http.get(path, [*params, ("page_size", str(PAGE)), *position]), where)
        for item in list_of(page, name, where):
            yield row_of(item, where)
        after = text(part(page, "pagination_meta", where), "after", where)
        if after is None:
            return
        if after in seen:
            raise DataError(f"{where}: the page cursor came twice, so the list would never end")
        seen.add(after)
        position = [("after", after)]


def _rows(api: Api, row: Row, where: str) -> Iterator[IncidentRow]:
    key = required_text(row, "id", where)
    category = required_text(part(row, "incident_status", where), "category", where)
    status = CATEGORIES.get(category)
    if status is None:
        raise DataError(f"{where}: the status category {category!r} is none of {', '.join(CATEGORIES)}")
    updates = [] if status == DECLINED else list(_pages(api, UPDATES, "incident_updates", [("incident_id", key)]))
    moments = _moments(api.settings.timestamps, row, where)
    if status == OPEN and moments["mitigated_at"]:
        status = MITIGATED
    changes = [] if status in UNCOUNTED else _changes(updates, where)
    if status == RESOLVED and not (moments["resolved_at"] or moments["mitigated_at"]):
        moments["resolved_at"] = _last_end(changes)
    severity = text(part(row, "severity", where), "name", where)
    incident = Incident(
        source=api.name,
        incident_id=key,
        title=required_text(row, "name", where),
        status=status,
        declared_at=rfc3339_time(row, "created_at", where),
        number=text(row, "reference", where),
        url=text(row, "permalink", where),
        severity=api.settings.usual_severity(severity),
        severity_from="severity" if severity else None,
        kind=text(part(row, "incident_type", where), "name", where),
        impact_started_at=moments["impact_started_at"],
        detected_at=moments["detected_at"] or rfc3339_time(row, "created_at", where),
        acknowledged_at=moments["acknowledged_at"],
        mitigated_at=moments["mitigated_at"] if status in (MITIGATED, RESOLVED) else None,
        resolved_at=moments["resolved_at"] if status == RESOLVED else None,
        updated_at=optional_time(row, "updated_at", where),
        merged_into=_merged_into(updates, where) if status == MERGED else None,
        postmortem_published_at=moments["postmortem_published_at"],
    )
    chosen = _chosen(row, where)
    fill(incident, api.settings.fields, chosen, lambda value, name: rfc3339_time({name: value}, name, where), where)
    yield from incident_rows(incident, changes, api.settings)


def _moments(named: Mapping[str, Sequence[str]], row: Row, where: str) -> dict[str, datetime | None]:
    given: dict[str, datetime | None] = {}
    for entry in parts(row, "incident_timestamp_values", where):
        name = text(part(entry, "incident_timestamp", where), "name", where)
        if name:
            given[name] = optional_time(part(entry, "value", where), "value", where)
    names = TIMESTAMPS | dict(named)
    return {clock: next(filter(None, map(given.get, names[clock])), None) for clock in TIMESTAMPS}


def _changes(updates: Sequence[Row], where: str) -> list[Change]:
    found: list[Change] = []
    for update in updates:
        category = text(part(update, "new_incident_status", where), "category", where)
        if category in CATEGORIES:
            found.append((rfc3339_time(update, "created_at", where), CATEGORIES[category] != OPEN))
    return sorted(found)


def _last_end(changes: Sequence[Change]) -> datetime | None:
    """When it was first said to be over after it last came back."""
    found: datetime | None = None
    for moment, over in changes:
        found = (found or moment) if over else None
    return found


def _merged_into(updates: Sequence[Row], where: str) -> str | None:
    return next(filter(None, (text(update, "merged_into_incident_id", where) for update in updates)), None)


def _chosen(row: Row, where: str) -> dict[str, str]:
    """Custom field → the first option chosen in it."""
    chosen: dict[str, str] = {}
    for entry in parts(row, "custom_field_entries", where):
        name = text(part(entry, "custom_field", where), "name", where)
        options = [text(part(v, "value_option", where), "value", where) for v in parts(entry, "values", where)]
        if name and (first := next(filter(None, options), None)):
            chosen[name] = first
    return chosen


SOURCE = Source(
    name="incident_io",
    title="incident.io incidents",
    role="metrics",
    writes=Incident,
    also=(IncidentSpan,),
    settings=IncidentIoSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="15m",
    lookback="30d",
    chunk="31d",
)
