"""The organisation's weeks, months and quarters as moments of UTC, and its working days. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from domain.window import Window

CADENCES = ("week", "month", "quarter")
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Span:
    """One period: its days `[start_on, end_on)` on the organisation's clock and the UTC window they fill.

    A week has 167 or 169 hours where the clock is changed.
    """

    cadence: str
    name: str
    start_on: date
    end_on: date
    window: Window


@dataclass(frozen=True, slots=True)
class Day:
    """One day as a UTC window, whether people work on it, and how many working days there were up to it."""

    day: date
    window: Window
    number: int
    is_working: bool


def spans(cadence: str, first: date, last: date, zone: tzinfo, fiscal_start_month: int = 1) -> Iterator[Span]:
    """Every period of a cadence that has a day in `[first, last]`, oldest first; quarters follow the fiscal year."""
    start = start_of(cadence, first, fiscal_start_month)
    while start <= last:
        end = following(cadence, start)
        window = Window(midnight(start, zone), midnight(end, zone))
        yield Span(cadence, name_of(cadence, start, fiscal_start_month), start, end, window)
        start = end


def start_of(cadence: str, day: date, fiscal_start_month: int = 1) -> date:
    """The first day of the period that holds `day`."""
    if cadence == "week":
        return day - timedelta(days=day.weekday())
    if cadence == "month":
        return day.replace(day=1)
    back = (day.month - fiscal_start_month) % 3
    return _months_later(day.replace(day=1), -back)


def following(cadence: str, start: date) -> date:
    """The first day of the period after the one that begins at `start`."""
    if cadence == "week":
        return start + timedelta(days=7)
    return _months_later(start, 1 if cadence == "month" else 3)


def year_before(cadence: str, start: date) -> date:
    """Where the same period began a year ago: 52 weeks, so that weekdays fall on weekdays, or 12 months."""
    return start - timedelta(weeks=52) if cadence == "week" else _months_later(start, -12)


def name_of(cadence: str, start: date, fiscal_start_month: int = 1) -> str:
    """`2026-W47`, `2026-10`, `2026-Q4`; a fiscal year that does not begin in January is named by its end: `FY27-Q1`."""
    if cadence == "week":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    if cadence == "month":
        return f"{start:%Y-%m}"
    quarter = (start.month - fiscal_start_month) % 12 // 3 + 1
    if fiscal_start_month == 1:
        return f"{start.year}-Q{quarter}"
    ends = start.year + (1 if start.month >= fiscal_start_month else 0)
    return f"FY{ends % 100:02}-Q{quarter}"


def working_days(first: date, last: date, zone: tzinfo, holidays: Collection[date] = ()) -> Iterator[Day]:
    """Every day from `first` to `last`; a day off has the number of the working day before it."""
    number, day = 0, first
    while day <= last:
        works = day.weekday() < SATURDAY and day not in holidays
        number += works
        yield Day(day, Window(midnight(day, zone), midnight(day + timedelta(days=1), zone)), number, works)
        day += timedelta(days=1)


def midnight(day: date, zone: tzinfo) -> datetime:
    """When the day begins, in UTC. Where clocks skip midnight, the first moment after it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _months_later(first_of_month: date, months: int) -> date:
    year, month = divmod(first_of_month.year * 12 + first_of_month.month - 1 + months, 12)
    return date(year, month + 1, 1)
