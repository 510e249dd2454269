"""The weekly review, for the scheduler and the command line: closes weeks and shows how every KPI stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from burnline.context import Context
from config.settings import SettingsError
from domain.duration import parse_duration
from domain.kpi.definition import Kpi
from domain.weekly import parse_week, parse_weekly, week_name
from queries import kpis
from queries.coverage import FactsState, coverage_of
from queries.kpi_closing import close_week, last_week
from queries.kpi_definitions import chosen
from queries.kpis import Period, Review
from queries.runner import run
from store.audit import BURNLINE
from store.kpi_snapshots import is_closed

WAITED_FOR = (FactsState.LATE, FactsState.FAILED)
NO_CALENDAR = "The store has no calendar yet; run: python -m burnline db upgrade"


@dataclass(frozen=True)
class Closed:
    """A week that was put on record."""

    week: Period
    kpi_count: int

    def sentence(self) -> str:
        """For the log and the command line."""
        return f"{self.week.name} is closed: {self.kpi_count} KPIs are on record with their facts and queries."


def wanted(context: Context) -> Sequence[Kpi]:
    """The KPIs that this organisation reviews."""
    return chosen(context.reference.kpis)


def close_if_due(context: Context, now: datetime) -> Closed | None:
    """Closes the last week once its time has come and its facts are there, or were waited for long enough.

    Raises StoreError.
    """
    week = last_week(context.store, now)
    if week is None or is_closed(context.store, week.start_on):
        return None
    settings = context.settings
    zone = ZoneInfo(settings.organization.timezone)
    due_at = parse_weekly(settings.review.close).next_after(week.end_on, zone)
    if now < due_at:
        return None
    if now < due_at + parse_duration(settings.review.wait) and _is_waited_for(context, week):
        return None
    return close(context, week, now)


def close(context: Context, week: Period, now: datetime, by: str = BURNLINE) -> Closed | None:
    """Closes a week; None when it is on record already. Raises SettingsError for one that is not over, StoreError."""
    reviewed = wanted(context)
    try:
        done = close_week(context.store, reviewed, week, context.settings.organization.currency, now, by)
    except ValueError as error:
        raise SettingsError(f"{error}; a week is closed when it is over.") from None
    return Closed(week, len(reviewed)) if done else None


def review_of(context: Context, week: Period) -> Review:
    """Every KPI at the end of a week, as it is known now."""
    ask = partial(run, context.store)
    return kpis.review(ask, wanted(context), week, context.settings.organization.currency)


def week_asked(context: Context, text: str | None, now: datetime) -> Period:
    """The week of the command line, the last whole one without it. Raises SettingsError."""
    if text is None:
        found = last_week(context.store, now)
        if found is None:
            raise SettingsError(NO_CALENDAR)
        return found
    try:
        monday = parse_week(text)
    except ValueError as error:
        raise SettingsError(f"--week {error}.") from None
    return _week_of(context, monday, now)


def _week_of(context: Context, monday: date, now: datetime) -> Period:
    weeks = kpis.periods_to(partial(run, context.store), now)["week"]
    if not weeks:
        raise SettingsError(NO_CALENDAR)
    found = next((week for week in weeks if week.start_on == monday), None)
    if found is None:
        raise SettingsError(f"--week {week_name(monday)} lies outside of what can be reviewed: {weeks[0].name} to now.")
    return found


def _is_waited_for(context: Context, week: Period) -> bool:
    coverage = coverage_of(run(context.store, kpis.COVERAGE).rows(), week.end)
    return any(coverage.facts(kpi.facts).state in WAITED_FOR for kpi in wanted(context))
