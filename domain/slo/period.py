"""The time a promise is judged over: rolling, or aligned to a calendar in a time zone. Pure."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.slo.shorthand import MINUTE_UNITS, nominal_minutes
from domain.window import Window
from domain.wording import count

MONTHS = {"M": 1, "Q": 3, "Y": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingPeriod:
    """The last `minutes`, as `text` writes them."""

    minutes: int
    text: str

    @property
    def nominal_minutes(self) -> int:
        """Its length."""
        return self.minutes

    def span_until(self, end: datetime) -> Window:
        """The period that ends with `end`, which is not in it. UTC."""
        return Window(end - timedelta(minutes=self.minutes), end)

    def so_far(self, end: datetime) -> Window:
        """The same: a rolling window is always full."""
        return self.span_until(end)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPeriod:
    """`count` units of d, w, M, Q or Y from `starts_at` on (a local wall-clock time), one after another.

    A day may have 23 or 25 hours and a week 167 or 169. A start in the hour that summer time leaves out is moved on by
    that hour; in the hour that comes twice it is the first. A start on the 31st is the last day of a shorter month.
    """

    count: int
    unit: str
    starts_at: datetime
    timezone: str
    text: str

    @property
    def nominal_minutes(self) -> int:
        """Its length with months of 30 days and days of 24 hours."""
        return nominal_minutes(self.count, self.unit)

    def span_at(self, moment: datetime) -> Window:
        """The whole period that holds `moment`, in UTC."""
        number = self._number_near(moment)
        while self._start(number + 1) <= moment:
            number += 1
        while self._start(number) > moment:
            number -= 1
        return Window(self._start(number), self._start(number + 1))

    def span_until(self, end: datetime) -> Window:
        """The whole period that holds the last moment before `end`."""
        return self.span_at(end - timedelta(microseconds=1))

    def so_far(self, end: datetime) -> Window:
        """The part of that period up to `end`."""
        return Window(self.span_until(end).start, end)

    def _number_near(self, moment: datetime) -> int:
        local = moment.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)
        if self.unit in MONTHS:
            months = (local.year - self.starts_at.year) * 12 + local.month - self.starts_at.month
            return months // (self.count * MONTHS[self.unit])
        return (local - self.starts_at) // timedelta(minutes=self.count * MINUTE_UNITS[self.unit])

    def _start(self, number: int) -> datetime:
        if self.unit in MONTHS:
            local = _plus_months(self.starts_at, number * self.count * MONTHS[self.unit])
        else:
            local = self.starts_at + timedelta(minutes=number * self.count * MINUTE_UNITS[self.unit])
        return local.replace(tzinfo=ZoneInfo(self.timezone), fold=0).astimezone(UTC)


Period = RollingPeriod | CalendarPeriod
_CALENDAR = {"m": "minute", "h": "hour", "d": "day", "w": "week", "M": "month", "Q": "quarter", "Y": "year"}


def in_words(period: Period) -> str:
    """`30 days`, `the calendar month`, `2 calendar weeks`."""
    if isinstance(period, RollingPeriod):
        days, rest = divmod(period.minutes, 1440)
        return period.text if rest else count(days, "day")
    word = _CALENDAR[period.unit]
    return f"the calendar {word}" if period.count == 1 else count(period.count, f"calendar {word}")


def _plus_months(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
