"""Who has taken an alert on."""

from dataclasses import dataclass
from datetime import datetime

from store.tables import Alert


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A name as the person gave it, and when (aware UTC)."""

    by: str
    at: datetime


def acknowledged(alert: Alert) -> Acknowledged | None:
    """Who has taken it on; None while nobody has, and after it was open again."""
    if alert.acknowledged_by is None or alert.acknowledged_at is None:
        return None
    return Acknowledged(alert.acknowledged_by, alert.acknowledged_at)
