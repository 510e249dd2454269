"""How long the record of alerts is kept: what Burnline said of what is over is forgotten, what people did is not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.daily_digest import PREFIX
from alerts.ledger import ALERTS, DELIVERIES, EVENTS, OUTBOX, naive
from alerts.transition import ENDED
from store.schema import table
from store.tables import AlertRequest

MESSAGES_KEPT = timedelta(days=180)
"""The page counts noise over 90 days and looks back over 120; what messages said is in the events, too."""
TRANSITIONS_KEPT = timedelta(days=400)
"""Thirteen months: a yearly audit looks at a year that ended a month ago."""
REQUESTS_KEPT = timedelta(days=90)
"""What was asked and done is an event and on the access log."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows of each kind were."""

    messages: int
    places: int
    transitions: int
    requests: int

    @property
    def total(self) -> int:
        """Of every kind."""
        return self.messages + self.places + self.transitions + self.requests


def forget_old(connection: Connection, now: datetime) -> Forgotten:
    """Drops messages, places and transitions of alerts that ended long ago, and requests that were done.

    Alerts themselves stay, and so do silences, every transition that a person caused, what was not sent or not done
    yet, and the weekly messages, by which nobody is told of a week twice.
    """
    old, requests = naive(now - MESSAGES_KEPT), table(AlertRequest)
    of_ended = OUTBOX.c.alert_id.in_(_ended_before(old))
    of_digest = OUTBOX.c.alert_id.startswith(PREFIX) & (OUTBOX.c.action == "update")
    is_over = (OUTBOX.c.status != "pending") & (OUTBOX.c.created_at < old)
    told_at = DELIVERIES.c.alert_id.in_(_ended_before(old)) | DELIVERIES.c.alert_id.startswith(PREFIX)
    long_ago = naive(now - TRANSITIONS_KEPT)
    by_machine = EVENTS.c.actor.is_(None) & (EVENTS.c.occurred_at < long_ago)
    done = requests.c.picked_up_at < naive(now - REQUESTS_KEPT)
    return Forgotten(
        messages=_drop(connection, OUTBOX, is_over & (of_ended | of_digest)),
        places=_drop(connection, DELIVERIES, told_at & (DELIVERIES.c.added_at < old)),
        transitions=_drop(connection, EVENTS, by_machine & EVENTS.c.alert_id.in_(_ended_before(long_ago))),
        requests=_drop(connection, requests, done),
    )


def _ended_before(moment: datetime) -> sa.Select[tuple[str]]:
    return sa.select(ALERTS.c.alert_id).where(ALERTS.c.status.in_(ENDED), ALERTS.c.resolved_at < moment)


def _drop(connection: Connection, rows: sa.Table, wanted: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.delete(rows).where(wanted)).rowcount)
