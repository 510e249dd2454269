"""The period a page looks at, and the one it is compared with. Pure; days are UTC days, spans half-open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ROLLING = {"7d": 7, "28d": 28, "90d": 90, "120d": 120}
NAMES = {
    "7d": "7 days",
    "28d": "28 days",
    "90d": "90 days",
    "120d": "120 days",
    "mtd": "This month",
    "last-month": "Last month",
    "custom": "Custom",
}
DEFAULT = "28d"


@dataclass(frozen=True, slots=True)
class Period:
    """Days `[start, end)`; those before `complete_end` are whole, and they compare with `[before, before_end)`."""

    start: date
    end: date
    complete_end: date
    before: date
    before_end: date

    @property
    def complete_days(self) -> int:
        """How many days of the period are whole."""
        return max(0, (self.complete_end - self.start).days)

    @property
    def has_partial_days(self) -> bool:
        """True when the period reaches into days that are not whole yet."""
        return self.end > self.complete_end

    def is_whole(self, bucket_start: date, bucket: str) -> bool:
        """True when a day, week or month lies inside the whole days of the period."""
        return bucket_start >= self.start and bucket_end(bucket_start, bucket) <= self.complete_end


def resolve(name: str, today: date, complete_end: date, custom: Sequence[date] = ()) -> Period:
    """The period of a name. Rolling ones hold whole days only; `custom` is first and last day."""
    if name in ROLLING:
        return rolling(complete_end, ROLLING[name])
    if name == "mtd":
        start, end = today.replace(day=1), today + timedelta(days=1)
        return _with_previous_month(start, end, min(end, complete_end))
    if name == "last-month":
        end = today.replace(day=1)
        return _with_previous_month(month_before(end), end, min(end, complete_end))
    if not custom:
        return rolling(complete_end, ROLLING[DEFAULT])
    start, end = custom[0], custom[-1] + timedelta(days=1)
    whole = max(start, min(end, complete_end))
    return Period(start, end, whole, start - (whole - start), start)


def rolling(complete_end: date, length: int) -> Period:
    """The last whole days, compared with as many before them."""
    start = complete_end - timedelta(days=length)
    return Period(start, complete_end, complete_end, start - timedelta(days=length), start)


def month_before(first: date) -> date:
    """The first day of the month before the one that starts on `first`."""
    return (first - timedelta(days=1)).replace(day=1)


def bucket_end(start: date, bucket: str) -> date:
    """The first day after a day, week or month that starts on `start`."""
    if bucket == "month":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if bucket == "week" else 1)


def _with_previous_month(start: date, end: date, complete_end: date) -> Period:
    """The same days of the month before; a whole month is compared with the whole one before."""
    whole = max(start, complete_end)
    before = month_before(start)
    before_end = start if whole.day == 1 and whole > start else min(start, before + (whole - start))
    return Period(start, end, whole, before, before_end)
