"""Asks for our incidents and answers with the clocks of a period."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, TypeAlias

from domain.incident.incident import Incident
from domain.incident.period import PeriodClocks, period_clocks
from domain.incident.spans import ImpactSpan
from domain.window import Window
from queries.runner import Result

CLOCKS = "incident/clocks"

MOMENTS = (
    "impact_started_at",
    "detected_at",
    "acknowledged_at",
    "mitigated_at",
    "resolved_at",
    "postmortem_due_at",
    "postmortem_published_at",
)

Ask: TypeAlias = Callable[..., Result]
Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class IncidentClocks:
    """The clocks of a period, and the answer they are made from."""

    result: Result
    clocks: PeriodClocks


def incident_clocks(
    ask: Ask,
    period: Window,
    now: datetime,
    *,
    team: Collection[str] = (),
    feature: Collection[str] = (),
    severity: Collection[str] = (),
) -> IncidentClocks:
    """Of our own incidents that belong to the period, and the open ones beside them; empty lists filter nothing."""
    result = ask(
        CLOCKS, start=period.start, end=period.end, team=list(team), feature=list(feature), severity=list(severity)
    )
    return IncidentClocks(result, period_clocks(incidents_of(result.rows()), period, now))


def incidents_of(rows: Iterable[Row]) -> list[Incident]:
    """The incidents of the rows of incident/clocks, whose spans stand together."""
    return [_incident(key, list(of_one)) for key, of_one in groupby(rows, _key)]


def _key(row: Row) -> tuple[str, str]:
    return row["source"], row["incident_id"]


def _incident(key: tuple[str, str], rows: list[Row]) -> Incident:
    first = rows[0]
    moments = {name: _aware(first[name]) for name in MOMENTS}
    spans = [(_aware(row["span_started_at"]), _aware(row["span_ended_at"])) for row in rows]
    declared_at = _aware(first["declared_at"])
    assert declared_at is not None
    return Incident(
        key=key,
        status=first["status"],
        severity=first["severity"],
        declared_at=declared_at,
        spans=tuple(ImpactSpan(start, end) for start, end in spans if start is not None),
        **moments,
    )


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
