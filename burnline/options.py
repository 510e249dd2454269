"""Options that several commands share, and what their texts mean."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from burnline.context import utc_now
from config.settings import SettingsError
from domain.window import Window

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a script to read.")]
Moment = Annotated[str | None, typer.Option(help="ISO 8601; without a zone it is UTC.")]


def window_of(since: str | None, until: str | None) -> Window | None:
    """The range of --since and --until; None without both. Raises SettingsError."""
    if since is None and until is None:
        return None
    if since is None:
        raise SettingsError("--until needs --since.")
    now = utc_now()
    try:
        start = _moment(since)
        window = Window(start, _moment(until) if until else max(now, start + timedelta(microseconds=1)))
    except (ValueError, OverflowError) as error:
        raise SettingsError(f"--since and --until do not make a range: {error}.") from None
    if window.start >= now:  # an empty future range would pass for data that are complete up to now
        raise SettingsError("--since lies in the future; nothing can have been charged there yet.")
    return window


def moment_of_option(option: str, text: str | None) -> datetime | None:
    """The moment in UTC; None without one. Raises SettingsError."""
    try:
        return None if text is None else _moment(text)
    except (ValueError, OverflowError):
        raise SettingsError(f"{option} {text!r} is not a time such as 2026-11-23T10:00Z.") from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def pairs_of(option: str, given: list[str]) -> dict[str, str]:
    """name=value texts by name. Raises SettingsError for one of another form."""
    pairs = dict(item.partition("=")[::2] for item in given)
    wrong = [item for item in given if "=" not in item]
    if wrong:
        raise SettingsError(f"{option} {wrong[0]!r} is not of the form name=value.")
    return pairs
