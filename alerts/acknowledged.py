"""Who has taken an alert on."""

from dataclasses import dataclass
from datetime import datetime

from store.tables import Alert

ACKNOWLEDGED = "acknowledged"
"""Status of an alert and transition of its event."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A name as the sink knows it, and when (aware UTC)."""

    by: str
    at: datetime


def acknowledged(alert: Alert) -> Acknowledged | None:
    """Of an alert that still is acknowledged; None otherwise."""
    if alert.status != ACKNOWLEDGED or alert.acknowledged_by is None or alert.acknowledged_at is None:
        return None
    return Acknowledged(alert.acknowledged_by, alert.acknowledged_at)
