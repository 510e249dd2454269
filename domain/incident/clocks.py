"""The three clocks of one incident: to detect, to acknowledge, to restore."""

from dataclasses import dataclass
from datetime import datetime

from domain.incident.incident import Incident
from domain.incident.spans import impact_time, is_ordered

BEFORE_IMPACT = "detected before the impact"
BEFORE_DECLARED = "acknowledged before it was declared"
OUT_OF_ORDER = "over before it began"


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds from start to stop, None where either is unknown or still to come; `flag` says what is odd."""

    seconds: float | None
    flag: str | None = None


def detect(incident: Incident) -> Clock:
    """Detected − impact start. Who is warned before it hurts took no time: 0, flagged."""
    return _between(incident.impact_started_at, incident.detected_at, BEFORE_IMPACT)


def acknowledge(incident: Incident) -> Clock:
    """Acknowledged − declared. Who was at work before anybody declared it took no time: 0, flagged."""
    return _between(incident.declared_at, incident.acknowledged_at, BEFORE_DECLARED)


def restore(incident: Incident) -> Clock:
    """The sum of the spans of impact: (mitigated, else resolved) − impact start, pauses of a reopened one left out.

    None while it is open, and without an impact start. An incident that was over before it began has no time at all,
    rather than a wrong one: it is flagged.
    """
    if incident.is_open or not incident.spans:
        return Clock(None)
    if not is_ordered(incident.spans):
        return Clock(None, OUT_OF_ORDER)
    together = impact_time(incident.spans)
    return Clock(None if together is None else together.total_seconds())


def _between(start: datetime | None, stop: datetime | None, early: str) -> Clock:
    if start is None or stop is None:
        return Clock(None)
    seconds = (stop - start).total_seconds()
    return Clock(0.0, early) if seconds < 0 else Clock(seconds)
