"""With what a period is compared. Pure; days are UTC days, spans half-open."""

from calendar import monthrange
from datetime import date, timedelta

from app import format as fmt
from app.period import Period, month_before
from domain.compared import Compared, with_same_weekdays

NAMES = {"weekdays": "Same weekdays", "before": "Period before", "month": "Month ago"}
"""The first is the default: weekends are compared with weekends."""


def compared(name: str, period: Period, known_from: date | None) -> Compared | None:
    """The whole days of a period and what they are compared with; None when nothing is known of that.

    `known_from` is the first day with costs.
    """
    start, end = period.start, period.complete_end
    if end <= start or known_from is None:
        return None
    if name == "weekdays":
        return with_same_weekdays(start, end, known_from) if known_from <= start - timedelta(weeks=1) else None
    if name == "month":
        before, before_end = _month_ago(start, end)
    else:
        before, before_end = start - (end - start), start
    return Compared(before, before_end, start, end) if known_from < before_end else None


def _month_ago(start: date, end: date) -> tuple[date, date]:
    """Whole months beside whole months, else as many days from the same day of the month before."""
    if start.day == end.day == 1:
        return month_before(start), month_before(end)
    first = month_before(start.replace(day=1))
    before = first.replace(day=min(start.day, monthrange(first.year, first.month)[1]))
    return before, before + (end - start)


def told(name: str, found: Compared) -> str:
    """Both periods in words: `28 whole UTC days, 26 Oct – 22 Nov 2026, beside …`."""
    after = f"{fmt.plural(found.after_days, 'whole UTC day')}, {fmt.days(found.after_start, found.after_end)},"
    before = fmt.days(found.before_start, found.before_end)
    if name != "weekdays":
        return f"{after} beside {before}."
    weeks = (found.before_end - found.before_start).days // 7
    return (
        f"{after} beside the same weekdays of the {fmt.plural(weeks, 'week')} before ({before}), "
        f"scaled to {fmt.plural(found.after_days, 'day')}."
    )
