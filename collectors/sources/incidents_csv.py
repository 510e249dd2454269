"""Incidents from CSV files. Grain: one incident, and one row per span of its impact.

Columns, by name: incident_id, title and declared_at are needed; number, url, status (open, mitigated, resolved, merged,
declined), severity, service, provider, kind, cause, ai_related, feature, team, impact_started_at, detected_at,
acknowledged_at, mitigated_at, resolved_at, updated_at, merged_into, components, postmortem_url, postmortem_due_at,
postmortem_published_at and impact_spans (start/end;start/end for a reopened incident) may be there. Times are
ISO 8601, UTC where they name no offset. Without a status it follows from merged_into, resolved_at and mitigated_at. All
files below the path are one delivery: it replaces the days from its first declaration to its last.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field

from collectors.base import Delivery, FileApi, FileSource, History
from collectors.files import by_folder, digest, up_to_date
from collectors.incident_rows import IncidentRow, incident_rows, with_spans
from collectors.incident_settings import IncidentSettings
from collectors.table_file import RowError, as_flag, as_text, as_time, one_of, read_files, table_rows
from domain.incident.spans import ImpactSpan
from domain.incident.words import MERGED, MITIGATED, OPEN, RESOLVED, STATUSES
from domain.window import Window, floor_day
from store.schema import to_batch
from store.tables import Incident, IncidentSpan

SUFFIXES = (".csv",)
REQUIRED = ("incident_id", "title", "declared_at")


def spans_of(value: str, name: str) -> tuple[ImpactSpan, ...]:
    """`start/end;start/end`; the last end may be empty while the impact goes on. Raises RowError."""
    found: list[ImpactSpan] = []
    for piece in filter(None, (piece.strip() for piece in value.split(";"))):
        start, slash, end = piece.partition("/")
        if not slash or (found and found[-1].ended_at is None):
            raise RowError(f"{name} is not start/end;start/end, with no end but the last left out")
        found.append(ImpactSpan(as_time(start.strip(), name), as_time(end.strip(), name) if end.strip() else None))
    return tuple(found)


READERS = {
    "incident_id": as_text,
    "title": as_text,
    "declared_at": as_time,
    "number": as_text,
    "url": as_text,
    "status": one_of(*STATUSES),
    "severity": as_text,
    "service": as_text,
    "provider": as_text,
    "kind": as_text,
    "cause": as_text,
    "ai_related": as_flag,
    "feature": as_text,
    "team": as_text,
    "impact_started_at": as_time,
    "detected_at": as_time,
    "acknowledged_at": as_time,
    "mitigated_at": as_time,
    "resolved_at": as_time,
    "updated_at": as_time,
    "merged_into": as_text,
    "components": as_text,
    "postmortem_url": as_text,
    "postmortem_due_at": as_time,
    "postmortem_published_at": as_time,
    "impact_spans": spans_of,
}


class IncidentFileSettings(IncidentSettings):
    """`path`: a file or folder."""

    path: str = Field(min_length=1)


def deliver(api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files. Raises CollectorError for a file that does not fit."""
    settings: IncidentFileSettings = api.settings
    files = [file for folder in by_folder(Path(settings.path), SUFFIXES) for file in folder]
    detail = digest(files, also=settings.model_dump_json(exclude={"path"}))
    if up_to_date(history, [detail]):
        return
    seen: set[str] = set()
    made, rejected = read_files(
        api.name, files, READERS, REQUIRED, lambda values: _rows(api.name, settings, values, seen)
    )
    incidents = [row for of_one in made for row in of_one if isinstance(row, Incident)]
    spans = [row for of_one in made for row in of_one if isinstance(row, IncidentSpan)]
    declared = [incident.declared_at for incident in incidents]
    window = Window(floor_day(min(declared)), floor_day(max(declared)) + timedelta(days=1))
    yield Delivery(
        detail,
        window,
        [to_batch(Incident, incidents)],
        rejected=rejected,
        also={IncidentSpan: [to_batch(IncidentSpan, spans)]},
    )


def check(api: FileApi) -> None:
    """The first file can be read."""
    first = next(by_folder(Path(api.settings.path), SUFFIXES))[0]
    for _ in table_rows(first, READERS, REQUIRED):
        return


def _rows(source: str, settings: IncidentFileSettings, values: dict[str, Any], seen: set[str]) -> list[IncidentRow]:
    spans: tuple[ImpactSpan, ...] | None = values.pop("impact_spans", None)
    if values["incident_id"] in seen:
        raise RowError("incident_id was there before; give each incident one row")
    if spans:
        _check_start(values, spans)
    if severity := values.get("severity"):
        values |= {"severity": settings.usual_severity(severity), "severity_from": "severity"}
        if values["severity"] is None:
            raise RowError("severity is none of sev1 to sev4; map it under severities")
    values["status"] = values.get("status") or _status(values, spans)
    incident = Incident(source=source, **values)
    seen.add(incident.incident_id)
    if spans:
        return list(with_spans(incident, spans, settings))
    return list(incident_rows(incident, [], settings))


def _check_start(values: dict[str, Any], spans: Sequence[ImpactSpan]) -> None:
    """The first span is when the impact started; two answers to that would make two clocks."""
    start: datetime = values.setdefault("impact_started_at", spans[0].started_at)
    if start != spans[0].started_at:
        raise RowError("impact_started_at is not the start of the first of impact_spans; leave one out")


def _status(values: dict[str, Any], spans: Sequence[ImpactSpan] | None) -> str:
    if "merged_into" in values:
        return MERGED
    if spans and spans[-1].ended_at is None:
        return OPEN
    if "resolved_at" in values:
        return RESOLVED
    return MITIGATED if "mitigated_at" in values or spans else OPEN


SOURCE = FileSource(
    name="incidents_csv",
    title="Incidents from CSV files",
    role="metrics",
    writes=Incident,
    settings=IncidentFileSettings,
    deliver=deliver,
    check=check,
    every="1h",
)
