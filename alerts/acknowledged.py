"""Who has taken an alert on, as its events tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson

from store.tables import Alert, AlertEvent

ACKNOWLEDGED = "acknowledged"
"""Status of an alert and transition of its event."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A name as the sink knows it, and when (aware UTC)."""

    by: str
    at: datetime


def acknowledged(alert: Alert, events: Iterable[AlertEvent]) -> Acknowledged | None:
    """The newest acknowledgement of an alert that still is acknowledged; None otherwise."""
    if alert.status != ACKNOWLEDGED:
        return None
    told = [event for event in events if event.transition == ACKNOWLEDGED]
    if not told:
        return None
    newest = max(told, key=lambda event: event.occurred_at)
    return Acknowledged(orjson.loads(newest.facts)["by"], newest.occurred_at)
