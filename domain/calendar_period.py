"""Calendar months and runs of them in a time zone."""

from datetime import UTC, datetime, tzinfo

from domain.window import Window


def calendar_period(moment: datetime, months: int, zone: tzinfo) -> Window:
    """The run of `months` calendar months, counted from January, that holds `moment`; `months` divides 12."""
    local = moment.astimezone(zone)
    first = (local.month - 1) // months * months
    start = datetime(local.year, first + 1, 1, tzinfo=zone)
    end = datetime(local.year + (first + months) // 12, (first + months) % 12 + 1, 1, tzinfo=zone)
    return Window(start.astimezone(UTC), end.astimezone(UTC))
