"""One incident as the clocks need it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.incident.spans import ImpactSpan
from domain.incident.words import MITIGATED, OPEN, RESOLVED, UNCOUNTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident. A moment that is None is unknown, or has not come; `spans` are empty without an impact start.

    `key` names it among those it is compared with: (source, incident id).
    """

    key: tuple[str, str]
    status: str
    declared_at: datetime
    severity: str | None = None
    impact_started_at: datetime | None = None
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    spans: tuple[ImpactSpan, ...] = ()
    postmortem_due_at: datetime | None = None
    postmortem_published_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """False for a merged or declined one."""
        return self.status not in UNCOUNTED

    @property
    def is_open(self) -> bool:
        """True while the impact goes on, or nobody has said that it is over."""
        return self.status == OPEN

    @property
    def restored_at(self) -> datetime | None:
        """When the impact ended for the last time: mitigated, else resolved. None while open, or when nobody knows."""
        if self.is_open:
            return None
        if self.spans and self.spans[-1].ended_at is not None:
            return max(span.ended_at for span in self.spans if span.ended_at is not None)
        return self.mitigated_at or self.resolved_at


_MOMENTS = (
    "impact_started_at",
    "detected_at",
    "acknowledged_at",
    "mitigated_at",
    "resolved_at",
    "postmortem_published_at",
)


def as_known_at(incident: Incident, now: datetime) -> tuple[Incident, bool]:
    """The incident without what is later than `now`, and whether there was such a moment.

    A later moment has not happened: a clock that runs ahead must not end an incident, nor improve an average.
    """
    changes: dict[str, Any] = {name: None for name in _MOMENTS if _is_later(getattr(incident, name), now)}
    spans = tuple(_cut(span, now) for span in incident.spans if span.started_at <= now)
    if spans != incident.spans:
        changes["spans"] = spans
    if not changes:
        return incident, False
    known = replace(incident, **changes)
    if known.status in (MITIGATED, RESOLVED) and _goes_on(incident, known, now):
        known = replace(known, status=OPEN)
    return known, True


def _is_later(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment > now


def _cut(span: ImpactSpan, now: datetime) -> ImpactSpan:
    return replace(span, ended_at=None) if _is_later(span.ended_at, now) else span


def _goes_on(told: Incident, known: Incident, now: datetime) -> bool:
    """True when what ended the incident is what was taken away."""
    if known.spans:
        return known.spans[-1].ended_at is None and told.spans[-1].ended_at is not None
    return _is_later(told.restored_at, now)
