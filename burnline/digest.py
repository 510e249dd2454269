"""The weekly digest, for the scheduler and the command line."""

import logging
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from alerts import digest
from alerts.digest import Digest
from alerts.digest_lines import Given
from alerts.outbox import deliver
from burnline.context import Context
from config.settings import SettingsError
from domain.weekly import parse_week, parse_weekly, week_before, week_name
from queries.kpi_definitions import chosen
from queries.runner import run

log = logging.getLogger(__name__)


def digest_of(context: Context, monday: date, now: datetime) -> Digest:
    """One week as it is known now; budgets, promises, alerts and sources are those of now. Raises StoreError."""
    every = {source.name: source.every for source in context.sources}
    ask = partial(run, context.store)
    reference = context.reference
    wanted = chosen(reference.kpis)
    return digest.compose(Given(ask, context.settings, now, monday, reference.slos, every, wanted))


def tell_if_due(context: Context, now: datetime) -> bool:
    """Puts the digest into the outbox when its time has come today and nobody did it yet; True when it did.

    What was missed on its day is not made up for on the next: by then it is old. Raises StoreError.
    """
    settings = context.settings
    if settings.digest is None:
        return False
    day = parse_weekly(settings.digest.at).due_day(now, ZoneInfo(settings.organization.timezone))
    if day is None:
        return False
    destination, monday = digest.destination_of(settings, context.routing), week_before(day)
    if isinstance(destination, str) or digest.is_told(context.store, destination.name, monday):
        return False
    return digest.tell(context.store, settings, destination, digest_of(context, monday, now), now)


def tell_now(context: Context, found: Digest, now: datetime) -> str:
    """Sends it to the destination of the settings unless that was done already; how that went.

    Raises SettingsError when there is no destination, StoreError.
    """
    settings = context.settings
    if settings.digest is None:
        raise SettingsError('burnline.toml has no [digest] section; add one with to = "…", or use --dry-run.')
    destination = digest.destination_of(settings, context.routing)
    if isinstance(destination, str):
        raise SettingsError(f"{destination}.")
    week = week_name(found.monday)
    if not digest.tell(context.store, settings, destination, found, now):
        return f"{destination.name} was told of {week} before; it is not told again."
    sent = deliver(context.store, settings, now, routing=context.routing)
    if destination.name in sent.reached:
        return f"{destination.name} is told of {week}."
    why = sent.stopped.get(destination.name, "it does not take messages now")
    return f"The digest of {week} waits for {destination.name}: {why}"


def week_asked(context: Context, week: str | None, now: datetime) -> date:
    """The Monday of the week of the command line; the last whole one without it. Raises SettingsError."""
    if week is None:
        return week_before(now.astimezone(ZoneInfo(context.settings.organization.timezone)).date())
    try:
        return parse_week(week)
    except ValueError as error:
        raise SettingsError(f"--week {error}.") from None
