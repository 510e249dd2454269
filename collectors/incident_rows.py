"""From what a source says of one incident to its rows: who owns it, when it hurt, when its postmortem is due."""

from collections.abc import Iterable, Iterator, Sequence

from collectors.incident_settings import IncidentSettings
from domain.incident import incident as clocked
from domain.incident.postmortem import postmortem_due_at
from domain.incident.spans import Change, ImpactSpan, impact_spans
from domain.incident.words import OPEN
from store.tables import Incident, IncidentSpan

IncidentRow = Incident | IncidentSpan


def incident_rows(incident: Incident, changes: Iterable[Change], settings: IncidentSettings) -> Iterator[IncidentRow]:
    """The incident and its spans, from when its impact was over and when it came back.

    The last end is what the incident itself says (mitigated, else resolved); an open one has none.
    """
    yield from with_spans(incident, impact_spans(incident.impact_started_at, _ended(incident, changes)), settings)


def with_spans(incident: Incident, spans: Sequence[ImpactSpan], settings: IncidentSettings) -> Iterator[IncidentRow]:
    """The incident and the spans given; fills its owner where the source says none, and what it owes."""
    owner = settings.owner_of(incident.service)
    incident.service = owner.name or incident.service
    incident.feature = incident.feature or owner.feature
    incident.team = incident.team or owner.team
    if incident.ai_related is None:
        incident.ai_related = settings.ai_related if owner.ai_related is None else owner.ai_related
    if incident.provider is None:
        incident.postmortem_due_at = postmortem_due_at(_clocked(incident, spans))
    yield incident
    for span in spans:
        yield IncidentSpan(
            source=incident.source,
            incident_id=incident.incident_id,
            declared_at=incident.declared_at,
            started_at=span.started_at,
            ended_at=span.ended_at,
        )


def _ended(incident: Incident, changes: Iterable[Change]) -> list[Change]:
    known = sorted(changes)
    last_back = max((moment for moment, over in known if not over), default=None)
    if incident.status == OPEN:
        return [change for change in known if last_back is not None and change[0] <= last_back]
    end = incident.mitigated_at or incident.resolved_at
    if end is None:
        return known
    if last_back is None or last_back < end:
        return [change for change in known if last_back is not None and change[0] <= last_back] + [(end, True)]
    return known


def _clocked(incident: Incident, spans: Sequence[ImpactSpan]) -> clocked.Incident:
    return clocked.Incident(
        key=(incident.source, incident.incident_id),
        status=incident.status,
        declared_at=incident.declared_at,
        severity=incident.severity,
        mitigated_at=incident.mitigated_at,
        resolved_at=incident.resolved_at,
        spans=tuple(spans),
        postmortem_due_at=incident.postmortem_due_at,
    )
