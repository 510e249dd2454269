"""timeWindow: which times a promise is judged over."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.slo_files.documents import Place, PlacedError
from config.slo_files.schema import CalendarStart, TimeWindow
from domain.slo.period import CalendarPeriod, Period, RollingPeriod
from domain.slo.shorthand import NOMINAL_DAYS, nominal_minutes, split_shorthand

SHORTEST_MINUTES = 60
"""Below an hour an SLO is an alert; 1m is mostly a month that should read 1M."""
FIRST_YEAR, LAST_YEAR = 1970, 2899


def period_of(window: TimeWindow, place: Place) -> Period:
    """Raises PlacedError."""
    duration = (*place, "duration")
    number, unit = _read(window.duration, duration)
    if nominal_minutes(number, unit) < SHORTEST_MINUTES:
        hint = f"; a month is {number}M" if unit == "m" else ""
        raise PlacedError(
            duration, f"a window of {window.duration} is too short for a promise; write an hour or more{hint}"
        )
    if window.calendar is None:
        if window.is_rolling is False:
            raise PlacedError(place, "a window that is not rolling needs calendar: with startTime and timeZone; add it")
        if unit in NOMINAL_DAYS:
            days = number * NOMINAL_DAYS[unit]
            raise PlacedError(
                duration, f"a rolling window has a fixed length; write {days}d instead of {window.duration}"
            )
        return RollingPeriod(minutes=nominal_minutes(number, unit), text=window.duration)
    if window.is_rolling:
        raise PlacedError(
            (*place, "isRolling"), "a window is rolling or follows a calendar; remove isRolling or calendar"
        )
    starts_at, timezone = _start(window.calendar, (*place, "calendar"))
    return CalendarPeriod(count=number, unit=unit, starts_at=starts_at, timezone=timezone, text=window.duration)


def _start(calendar: CalendarStart, place: Place) -> tuple[datetime, str]:
    here = (*place, "startTime")
    try:
        starts_at = datetime.fromisoformat(calendar.start_time)
    except ValueError:
        raise PlacedError(here, f"startTime {calendar.start_time!r} is no time such as 2026-01-01 00:00:00") from None
    if starts_at.tzinfo is not None:
        raise PlacedError(here, "startTime has a zone of its own; write the local time and leave the zone to timeZone")
    if starts_at.second or starts_at.microsecond or not FIRST_YEAR <= starts_at.year <= LAST_YEAR:
        raise PlacedError(
            here, f"startTime {calendar.start_time!r} is no whole minute from {FIRST_YEAR} to {LAST_YEAR}"
        )
    try:
        ZoneInfo(calendar.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        told = f"timeZone {calendar.time_zone!r} is no IANA time zone such as Europe/Berlin"
        raise PlacedError((*place, "timeZone"), told) from None
    return starts_at, calendar.time_zone


def _read(text: str, place: Place) -> tuple[int, str]:
    try:
        return split_shorthand(text)
    except ValueError as error:
        raise PlacedError(place, str(error)) from None
