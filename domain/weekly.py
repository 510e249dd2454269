"""What happens once a week at a time of the organisation's own clock, and the ISO week that it reports. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekday (Monday is 0) and a time of the day, both local."""

    weekday: int
    at: time

    def due_day(self, now: datetime, zone: tzinfo) -> date | None:
        """The local day whose turn it is at `now` (aware): the weekday from the time on until midnight, else None.

        Where the clock skips that time, it is due when the clock has skipped it.
        """
        day = now.astimezone(zone).date()
        if day.weekday() != self.weekday or now < datetime.combine(day, self.at, zone):
            return None
        return day

    def next_after(self, day: date, zone: tzinfo) -> datetime:
        """The first such moment of a day that is not before `day`, in UTC."""
        on = day + timedelta(days=(self.weekday - day.weekday()) % 7)
        return datetime.combine(on, self.at, zone).astimezone(UTC)


def parse_weekly(text: str) -> Weekly:
    """From `Mon 08:00`. Raises ValueError that shows the form."""
    found = re.fullmatch(r"([A-Z][a-z]{2}) ([01]\d|2[0-3]):([0-5]\d)", text.strip())
    if not found or found[1] not in DAYS:
        raise ValueError(f"{text!r} is not a weekday and a time; write one of {', '.join(DAYS)}, such as Mon 08:00")
    return Weekly(DAYS.index(found[1]), time(int(found[2]), int(found[3])))


def week_before(day: date) -> date:
    """The Monday of the last ISO week that was over before `day`."""
    return day - timedelta(days=day.weekday()) - WEEK


def week_name(monday: date) -> str:
    """`2026-W47`."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def parse_week(text: str) -> date:
    """The Monday of `2026-W47`. Raises ValueError that shows the form."""
    found = re.fullmatch(r"(\d{4})-W(\d{2})", text.strip())
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else _no_week(text)
    except ValueError:
        return _no_week(text)


def _no_week(text: str) -> date:
    raise ValueError(f"{text!r} is not an ISO week; write one such as 2026-W47")
