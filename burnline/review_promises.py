"""What was promised in the weekly review, for the command line: listed, and ended by somebody who says so."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app import promised
from burnline.alert_answers import who
from burnline.context import Context
from config.settings import SettingsError
from domain.wording import count
from queries.kpi_definitions import shipped
from queries.kpis import Period
from queries.runner import run
from store.kpi_notes import DONE, DROPPED, OPEN, close_action

SHOWN_CHARACTERS = 8
"""Of an id of 32: enough for years of promises to differ."""
ENDS = (DONE, DROPPED)


def promises_of(context: Context, week: Period) -> Sequence[Mapping[str, Any]]:
    """What is open, and what was promised or ended since the review before; what is due first on top."""
    return run(context.store, "kpi/actions", since=promised.since(week)).rows()


def promise_line(one: Mapping[str, Any], today: date) -> str:
    """A promise for a person, with as much of its id as `review end` needs."""
    name = shipped()[one["kpi"]].name if one["kpi"] in shipped() else one["kpi"]
    return f"{one['action_id'][:SHOWN_CHARACTERS]}  {name}: {promised.line(one, today)}"


def end_promise(
    context: Context, given: str, status: str, by: str | None, result: str | None, week: Period, now: datetime
) -> str:
    """Ends the open promise whose id begins so; a sentence. Raises SettingsError, StoreError."""
    if status not in ENDS:
        raise SettingsError(f"--as {status!r} is not how a promise ends; write {' or '.join(ENDS)}.")
    found = [
        one
        for one in promises_of(context, week)
        if given and one["status"] == OPEN and one["action_id"].startswith(given)
    ]
    if len(found) != 1:
        told = "No open promise has" if not found else f"{count(len(found), 'open promise')} have"
        raise SettingsError(f"{told} an id that begins with {given!r}; see: python -m burnline review show")
    name = who(by)
    if not close_action(context.store, found[0]["action_id"], status, name, now, result):
        raise SettingsError(f"The promise {given} was ended by somebody else in this moment.")
    return f"{status.capitalize()} by {name}: {found[0]['text']}"
