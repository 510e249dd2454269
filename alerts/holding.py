"""What of a destination's waiting messages is sent later, and what of them in short."""

from datetime import datetime
from itertools import groupby

from alerts.condense import condensed, said, waited_long
from alerts.outbox_rows import OutboxRows, in_order
from alerts.sink import Destination
from store.tables import Outbox


def in_short(rows: OutboxRows, destination: Destination, messages: list[Outbox], now: datetime) -> list[Outbox]:
    """The messages as they are to be sent: alerts whose messages waited long are told as they are now."""
    if destination.kind.every_transition or not any(waited_long(one, destination.quiet, now) for one in messages):
        return messages
    told = rows.told_before(destination.name)
    kept: list[Outbox] = []
    for alert_id, some in groupby(sorted(messages, key=_by_alert), key=lambda message: message.alert_id):
        of_alert = list(some)
        if waited_long(of_alert[0], destination.quiet, now):
            short = condensed(of_alert, is_told=alert_id in told)
            if short.superseded and rows.condense(of_alert, short):
                of_alert = list(short.kept)
        kept += of_alert
    return in_order(kept)


def held_back(destination: Destination, messages: list[Outbox], now: datetime) -> set[str]:
    """The alerts that wait for the end of the quiet hours: all but those with a page among their messages."""
    if destination.quiet is None or destination.quiet.until(now) is None:
        return set()
    pages = {message.alert_id for message in messages if said(message, "severity") == "page"}
    return {message.alert_id for message in messages} - pages


def _by_alert(message: Outbox) -> tuple[str, int]:
    return message.alert_id, message.position
