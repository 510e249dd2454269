"""What was known on an earlier day: the day in the address, what weeks add up to, tables and sentences. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from app import format as fmt
from app.tables import TOTAL

Row = Mapping[str, Any]

FIRST_DAY = date(2000, 1, 1)
"""Before any bill for the use of a model."""
NOW_SHOWN = "The page shows what is known now."
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sums:
    """What weeks or scopes cost as known then and now."""

    known: Decimal
    current: Decimal

    @property
    def change(self) -> Decimal:
        """By how much today's number is higher."""
        return self.current - self.known


def problem(text: str, today: date) -> str | None:
    """What is wrong with `as_of` of the address, and what to do; None for a day that can be shown."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        day = None
    if day is None:
        return f"as_of={text} in the address is not a day; write it like as_of={today.isoformat()}. {NOW_SHOWN}"
    if day > today:
        return f"as_of={text} lies in the future; choose a day up to {fmt.day(today)} (UTC). {NOW_SHOWN}"
    if day < FIRST_DAY:
        return f"as_of={text} lies before {fmt.day(FIRST_DAY)}; choose a later day. {NOW_SHOWN}"
    return None


def end_of(day: date) -> datetime:
    """The last moment of a UTC day."""
    return datetime.combine(day, time.max, UTC)


def on_record(rows: Iterable[Row]) -> list[Row]:
    """Rows of weeks that were on record then. Rows of cost/weeks_as_known."""
    return [row for row in rows if row["known_cost"] is not None]


def added(rows: Iterable[Row]) -> Sums:
    """The sum of rows that were on record."""
    total = Sums(Decimal(), Decimal())
    for row in rows:
        total = Sums(total.known + row["known_cost"], total.current + row["current_cost"])
    return total


def by_week(rows: Iterable[Row]) -> dict[date, list[Row]]:
    """Rows by week, newest week first."""
    found: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["week_start"]].append(row)
    return dict(sorted(found.items(), reverse=True))


def headline(rows: Sequence[Row], as_of: date, currency: str) -> str:
    """`As known on 16 Nov 2026: … today's numbers are … higher.` Rows that were on record."""
    total, weeks = added(rows), fmt.plural(len(by_week(rows)), "closed week")
    told = f"{fmt.money(total.known, currency)} for {weeks}"
    if not total.change:
        return f"As known on {fmt.day(as_of)}: {told}; today's numbers for them are the same."
    way = "higher" if total.change > 0 else "lower"
    by = fmt.money(abs(total.change), currency)
    return f"As known on {fmt.day(as_of)}: {told}; today's numbers for them are {by} {way}."


def missing(rows: Sequence[Row], as_of: date) -> str:
    """Which weeks were not on record then, and why; empty when all were. Rows of cost/weeks_as_known."""
    weeks = [week for week, found in by_week(rows).items() if not on_record(found)]
    if not weeks:
        return ""
    open_then = [week for week in weeks if week + WEEK > as_of]
    late = [week for week in weeks if week + WEEK <= as_of]
    parts = [
        f"Not over by {fmt.day(as_of)}: {_spans(open_then)}." if open_then else "",
        f"Over, but not on record by {fmt.day(as_of)}, since bills were not complete or not loaded: {_spans(late)}."
        if late
        else "",
    ]
    return " ".join(filter(None, parts))


def _spans(weeks: Iterable[date]) -> str:
    """Adjoining weeks as one span, in order of time."""
    spans: list[tuple[date, date]] = []
    for week in sorted(weeks):
        if spans and spans[-1][1] == week:
            spans[-1] = (spans[-1][0], week + WEEK)
        else:
            spans.append((week, week + WEEK))
    return fmt.listed([fmt.days(start, end) for start, end in spans])


def nothing_known(rows: Sequence[Row], as_of: date) -> str:
    """Why there is nothing to show of these weeks. Rows of cost/weeks_as_known, of which none was on record."""
    firsts = [row["first_taken_at"] for row in rows if row["first_taken_at"] is not None]
    later = f" The first of them went on record on {fmt.moment(min(firsts))}." if firsts else ""
    return f"On {fmt.day(as_of)} no week of this period was on record. {missing(rows, as_of)}{later}"


def weeks_table(rows: Sequence[Row]) -> pa.Table:
    """One row per week, newest first; what was not on record is empty."""
    found = by_week(rows)
    known = {week: added(on_record(parts)) if on_record(parts) else None for week, parts in found.items()}
    sums = list(known.values())
    return pa.table(
        {
            "week": [fmt.days(week, week + WEEK) for week in found],
            **_costs(sums),
            "taken_at": [_newest(parts, "taken_at") for parts in found.values()],
            "changed_at": [_newest(parts, "changed_at") for parts in found.values()],
        }
    )


def scopes_table(rows: Sequence[Row]) -> pa.Table:
    """One row per scope over the weeks that were on record, dearest first; the last row is the total."""
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in on_record(rows):
        parts[row["scope"]].append(row)
    listed = [(fmt.provider(found[0]["scope_name"]), added(found)) for found in parts.values()]
    listed.sort(key=lambda part: (-part[1].known, part[0]))
    listed.append((TOTAL, added(on_record(rows))))
    return pa.table({"scope": [name for name, _ in listed], **_costs([sums for _, sums in listed])})


def _costs(sums: Sequence[Sums | None]) -> dict[str, Any]:
    """Columns of costs; None is a week that was not on record."""

    def column(value: Callable[[Sums], Decimal | float | None]) -> Any:
        values = [None if each is None else value(each) for each in sums]
        return pa.array([None if each is None else float(each) for each in values], pa.float64())

    return {
        "known_cost": column(lambda each: each.known),
        "current_cost": column(lambda each: each.current),
        "change_cost": column(lambda each: each.change),
        "change_ratio": column(lambda each: fmt.change(each.current, each.known)),
    }


def _newest(rows: Iterable[Row], name: str) -> str:
    moments = [row[name] for row in rows if row["known_cost"] is not None and row[name] is not None]
    return fmt.moment(max(moments, default=None))
