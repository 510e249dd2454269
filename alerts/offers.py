"""The buttons of a message, and what a press of one does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from alerts.actions import act
from alerts.detection.calendar import EXPECTED, NOT_USEFUL
from alerts.detection.feedback import is_anomaly
from alerts.notice import Notice
from alerts.routing import Routing
from config.settings import Settings
from store.engine import Store

SNOOZED = timedelta(days=1)
"""Until the same time tomorrow: long enough to work in peace, short enough that nothing is forgotten."""
REASON = "pressed in Slack"
UNKNOWN = "Burnline does not know this button; nothing was done."


class Act(Protocol):
    """What a press of a button calls."""

    def __call__(self, alert_id: str, action: str, who: str, now: datetime) -> str | None:
        """Does it; None when done, else one sentence for the person who pressed. Raises StoreError."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: its id, what it says, the action behind it, how long that lasts, and where it makes sense."""

    action: str
    label: str
    does: str
    fits: Callable[[Notice], bool]
    lasts: timedelta | None = None


OFFERED = (
    Offer("acknowledge", "Acknowledge", "acknowledge", lambda notice: notice.acknowledged is None),
    Offer("expected", "Expected", EXPECTED, lambda notice: is_anomaly(notice.fingerprint)),
    Offer("not_useful", "Not useful", NOT_USEFUL, lambda _: True),
    Offer("snooze", "Snooze 1 day", "snooze", lambda _: True, SNOOZED),
)
"""In their order. Only days that left their past can have been expected; anything else is snoozed."""


def pressing(store: Store, settings: Settings, routing: Routing) -> Act:
    """Does what a button says, on this store."""
    known = {offer.action: offer for offer in OFFERED}

    def press(alert_id: str, action: str, who: str, now: datetime) -> str | None:
        offer = known.get(action)
        if offer is None:
            return UNKNOWN
        until = now + offer.lasts if offer.lasts else None
        outcome = act(store, settings, routing, alert_id, offer.does, who, now, reason=REASON, until=until)
        return None if outcome.done else outcome.sentence

    return press
