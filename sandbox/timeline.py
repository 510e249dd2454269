"""Days and hours as whole numbers since the Unix epoch, always UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

SECONDS_PER_HOUR = 3600
HOURS_PER_DAY = 24

_EPOCH = date(1970, 1, 1)


def epoch_day(day: date) -> int:
    """Whole days since 1970-01-01."""
    return (day - _EPOCH).days


def day_of(epoch_days: int) -> date:
    """The calendar day that many days after 1970-01-01."""
    return _EPOCH + timedelta(days=epoch_days)


def epoch_hour(moment: datetime) -> int:
    """Whole hours since 1970-01-01 00:00, rounded down."""
    return int(moment.timestamp() // SECONDS_PER_HOUR)


def rfc3339(epoch_seconds: int) -> str:
    """`2026-11-01T00:00:00Z`."""
    return datetime.fromtimestamp(epoch_seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def month_start(day: date, months: int) -> date:
    """The first day of the month that many months after the day's own."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
