"""Incidents that are not over: no average has them, so they stand beside it with their age."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.incident.incident import Incident


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """`age_seconds` since the impact started; since it was declared where the start is unknown (`is_since_start`)."""

    key: tuple[str, str]
    severity: str | None
    age_seconds: float
    is_since_start: bool


@dataclass(frozen=True, slots=True)
class StillOpen:
    """The open ones, oldest first, and those among them that are older than the mean time to restore."""

    incidents: tuple[OpenIncident, ...]
    older_than_mean: tuple[OpenIncident, ...]

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self.incidents)

    @property
    def is_flattered(self) -> bool:
        """True when the mean looks better than it will be: an open incident is already older than it."""
        return bool(self.older_than_mean)


def still_open(incidents: Iterable[Incident], now: datetime, mean_restore_seconds: float | None) -> StillOpen:
    """Of incidents as known at `now`; with no mean, nothing is older than it."""
    found = sorted((_aged(one, now) for one in incidents if one.is_open), key=lambda one: (-one.age_seconds, one.key))
    older = [one for one in found if mean_restore_seconds is not None and one.age_seconds > mean_restore_seconds]
    return StillOpen(tuple(found), tuple(older))


def _aged(incident: Incident, now: datetime) -> OpenIncident:
    start = incident.impact_started_at
    since = incident.declared_at if start is None else start
    return OpenIncident(incident.key, incident.severity, (now - since).total_seconds(), start is not None)
