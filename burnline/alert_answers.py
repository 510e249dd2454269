"""What people do with alerts and ask about them, for the command line and the worker."""

import getpass
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.actions import Outcome, act
from alerts.silence import MATCHERS
from alerts.wording import moment
from burnline.context import Context
from config.secrets import redact
from config.settings import SettingsError
from domain.wording import count
from queries.runner import run
from store.alert_requests import end_request, waiting_actions
from store.errors import StoreError
from store.tables import AlertRequest

log = logging.getLogger(__name__)

LISTED = timedelta(days=90)
"""A quarter back; older ones are on the page."""
SHOWN_CHARACTERS = 8
"""Of an id of 32: enough for years of alerts to differ."""


def do_asked_actions(context: Context, now: datetime) -> int:
    """Does what pages asked for; how many there were. One that cannot be done is logged.

    A request ends with what it asks for, in one transaction: what a store that fails, or a death, leaves undone is done
    next time, and of two workers one does it. One that is refused ends after that. Raises StoreError.
    """
    asked = waiting_actions(context.store)
    for request in asked:
        try:
            _do(context, request, now)
        except StoreError:
            raise
        except Exception as error:  # one that nobody can do must not hold back what others ask
            log.error("%s asked for %r in vain: %s", request.requested_by, request.action, redact(repr(error)))  # noqa: TRY400
            log.debug("The request was %s", request.request_id, exc_info=True)
        end_request(context.store, request.request_id, now)
    return len(asked)


def _do(context: Context, request: AlertRequest, now: datetime) -> None:
    outcome = act(
        context.store,
        context.settings,
        context.routing,
        request.alert_id,
        request.action,
        request.requested_by,
        now,
        reason=request.reason,
        until=request.until,
        request_id=request.request_id,
    )
    log.log(logging.INFO if outcome.done else logging.WARNING, "%s: %s", request.requested_by, outcome.sentence)


def answer(
    context: Context,
    alert_id: str,
    action: str,
    by: str | None,
    now: datetime,
    *,
    reason: str | None = None,
    until: datetime | None = None,
) -> Outcome:
    """The same for a person at the command line. Raises StoreError."""
    return act(
        context.store, context.settings, context.routing, alert_id, action, who(by), now, reason=reason, until=until
    )


def who(by: str | None) -> str:
    """The given name, else that of the user of the operating system. Raises SettingsError."""
    if by:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise SettingsError("Nobody is logged in here; say who you are with --by.") from None


def listed_alerts(context: Context, now: datetime, *, everything: bool) -> list[dict[str, Any]]:
    """The open alerts, with `everything` also those that ended in the last ninety days. Raises StoreError."""
    return run(context.store, "alert/recent", since=now - LISTED if everything else now).rows()


def alert_line(row: Mapping[str, Any]) -> str:
    """An alert for a person, with as much of its id as the commands need."""
    told = [row["status"]]
    if row["acknowledged_by"]:
        told = [f"acknowledged by {row['acknowledged_by']}"]
    if row["silence_kind"]:
        told.append(f"{row['silence_kind']} until {_moment(row['silenced_to'])} by {row['silenced_by']}")
    return (
        f"{row['alert_id'][:SHOWN_CHARACTERS]}  {row['severity']:<6}  {row['title']} "
        f"({', '.join(told)}; since {_moment(row['opened_at'])})"
    )


def silence_line(row: Mapping[str, Any]) -> str:
    """A silence for a person."""
    named = ", ".join(f"{name} {row[name]}" for name in MATCHERS if row[name] is not None)
    return (
        f"{row['silence_id'][:SHOWN_CHARACTERS]}  {row['kind']}: {named}, {_moment(row['starts_at'])} to "
        f"{_moment(row['ends_at'])} by {row['created_by']}: {row['reason']} ({count(row['alert_count'], 'alert')})"
    )


def _moment(stored: datetime) -> str:
    return moment(stored.replace(tzinfo=UTC))
