"""What happened meanwhile, to be marked on charts over time: of the chosen features and teams, and of everybody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from app import data
from app.charts.marks import Marks
from queries.runner import Result

MOST = 6
"""Marks of one chart: more would hide what they explain."""
OF_OWNER = ("feature", "team", "tier", "provider")

Row = Mapping[str, Any]


def asked(start: date, end: date, most: int = MOST) -> Result:
    """What happened in the days or the moments `[start, end)`."""
    return data.ask("ops/events", start=_moment(start), end=_moment(end), most=most)


def marks(start: date, end: date, filters: Iterable[tuple[str, Sequence[str]]] = (), *, without: str = "") -> Marks:
    """The gravest of `[start, end)`, but those of the kind `without`, which the chart draws by itself.

    What has no feature, team, tier or provider belongs to everybody.
    """
    rows = [row for row in of_owner(asked(start, end).rows(), filters) if row["kind"] != without]
    first, last = _moment(start), _moment(end)
    groups = {(row["kind"], row["feature"], row["team"], row["provider"]): row["of_count"] for row in rows}
    return Marks(
        rows=rows[:MOST],
        middle=(first + (last - first) / 2).replace(tzinfo=None),
        more_count=sum(groups.values()) - min(MOST, len(rows)),
    )


def of_owner(rows: Iterable[Row], filters: Iterable[tuple[str, Sequence[str]]]) -> list[Row]:
    """The rows of what is filtered by, as far as events know it, and those of everybody."""
    wanted = [(name, values) for name, values in filters if name in OF_OWNER and values]
    return [row for row in rows if all(row[name] is None or row[name] in values for name, values in wanted)]


def _moment(at: date) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)
