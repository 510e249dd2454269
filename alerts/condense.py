"""What waited long is told as it is now: of one problem at one place, one message instead of its history. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from alerts.quiet import QuietHours
from alerts.transition import ENDS
from store.tables import Outbox

UNCONFIRMED = "unconfirmed"
"""The error code of a message from its claim until its outcome: it may or may not have been sent."""

CONDENSED_AFTER = timedelta(minutes=30)
"""A blip's messages go out one by one, so that a thread tells what happened; after that, what is counts."""


@dataclass(frozen=True, slots=True)
class Condensed:
    """`kept` in their order, `changed` by id those among them that say something newer now, and what is not sent."""

    kept: tuple[Outbox, ...]
    changed: frozenset[str] = frozenset()
    superseded: tuple[Outbox, ...] = ()


def waited_long(message: Outbox, quiet: QuietHours | None, now: datetime) -> bool:
    """True when it was decided in quiet hours, or some time ago."""
    in_quiet = quiet is not None and quiet.until(message.created_at) is not None
    return in_quiet or now - message.created_at >= CONDENSED_AFTER


def condensed(messages: Sequence[Outbox], *, is_told: bool) -> Condensed:
    """The messages of one alert for one place, in their order; `is_told` when the place has heard of it before.

    A first message takes the newest words and swallows what was to follow; one whose problem was withdrawn, or went on
    in another alert, before anybody heard of it is not sent at all. Where it is told already, the newest edit and the
    newest answer count. Messages that may have gone out stay as they are.
    """
    unsure = [message for message in messages if _may_be_out(message)]
    rest = [message for message in messages if not _may_be_out(message)]
    leaves = [message for message in rest if said(message, "transition") == "joined"]
    told = [message for message in rest if message not in leaves]
    if not told:
        return Condensed(tuple(messages))
    last = told[-1]
    if is_told or unsure:
        newest = {message.action: message for message in told}
        kept = [*unsure, *(message for message in rest if message in leaves or newest.get(message.action) is message)]
        return _condensed(messages, kept, frozenset())
    ended = said(last, "transition") in ENDS
    if ended and said(last, "transition") != "resolved":
        return Condensed((), superseded=tuple(messages))
    first = replace(told[0], payload=last.payload)
    return _condensed(messages, [first, *([] if ended else leaves)], frozenset({first.message_id}))


def said(message: Outbox, key: str) -> Any:
    """One of the words of its notice."""
    return orjson.loads(message.payload).get(key)


def _condensed(messages: Sequence[Outbox], kept: Sequence[Outbox], changed: frozenset[str]) -> Condensed:
    ids = {message.message_id for message in kept}
    return Condensed(tuple(kept), changed, tuple(message for message in messages if message.message_id not in ids))


def _may_be_out(message: Outbox) -> bool:
    """Claimed without an outcome, or sent to some of its recipients."""
    return message.error_code == UNCONFIRMED or message.remaining is not None
