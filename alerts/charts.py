"""The chart of a finding as plain data: what was measured, what was expected, where the limit is. Draws nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

MOST_POINTS = 90
"""A quarter of days; more cannot be told apart at the width of a phone."""

T = TypeVar("T")
Number: TypeAlias = float | int | Decimal
Point: TypeAlias = tuple[datetime, float | None]
"""Moment (aware UTC) and value; None where nothing was measured."""
Band: TypeAlias = tuple[datetime, float, float]
"""Moment, lower and upper end of what was expected; alike where it is a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One series over time. `title` says what is found, `unit` is a currency's code, "%" or a noun.

    `expected` may reach beyond `points`, as a forecast does. `limit` is a budget or a threshold, named by
    `limit_label`. `marked` is the span the finding is about. Values are floats: they are drawn, never decided on.
    """

    title: str
    unit: str
    points: tuple[Point, ...]
    expected: tuple[Band, ...] = ()
    expected_label: str = "expected"
    limit: float | None = None
    limit_label: str = "limit"
    marked: tuple[datetime, datetime] | None = None
    by_hour: bool = False

    @property
    def words(self) -> str:
        """What the picture shows, for who cannot see it."""
        known = [(at, value) for at, value in self.points if value is not None]
        if not known:
            return f"{self.title}. Nothing was measured."
        (first, _), (last, value) = known[0], known[-1]
        form = "%d %b %Y %H:%M UTC" if self.by_hour else "%d %b %Y"
        told = f"{self.title}. Measured from {first:{form}} to {last:{form}}, last {_amount(value, self.unit)}"
        told += f", highest {_amount(max(v for _, v in known), self.unit)}"
        return told + (f"; {self.limit_label} {_amount(self.limit, self.unit)}." if self.limit is not None else ".")


def daily(
    title: str,
    unit: str,
    points: Iterable[tuple[date, Number | None]],
    *,
    expected: Iterable[tuple[date, Number, Number]] = (),
    expected_label: str = "expected",
    limit: Number | None = None,
    limit_label: str = "limit",
    marked: tuple[date, date] | None = None,
) -> Chart:
    """A chart of UTC days; of more than 90 the newest. `marked` is the first and the last day of the span."""
    return Chart(
        title=title,
        unit=unit,
        points=_newest([(_midnight(day), _drawn(value)) for day, value in points]),
        expected=_newest([(_midnight(day), float(low), float(high)) for day, low, high in expected]),
        expected_label=expected_label,
        limit=_drawn(limit),
        limit_label=limit_label,
        marked=None if marked is None else (_midnight(marked[0]), _midnight(marked[1])),
    )


def hourly(
    title: str,
    unit: str,
    points: Iterable[tuple[datetime, Number | None]],
    *,
    limit: Number | None = None,
    limit_label: str = "limit",
    marked: tuple[datetime, datetime] | None = None,
) -> Chart:
    """A chart of hours by when they begin (UTC, with or without zone); of more than 90 the newest."""
    return Chart(
        title=title,
        unit=unit,
        points=_newest([(_aware(at), _drawn(value)) for at, value in points]),
        limit=_drawn(limit),
        limit_label=limit_label,
        marked=None if marked is None else (_aware(marked[0]), _aware(marked[1])),
        by_hour=True,
    )


def chart_from(content: Mapping[str, Any]) -> Chart:
    """A chart from parsed JSON."""
    marked = content["marked"]
    return Chart(
        **{
            **content,
            "points": tuple((datetime.fromisoformat(at), value) for at, value in content["points"]),
            "expected": tuple((datetime.fromisoformat(at), low, high) for at, low, high in content["expected"]),
            "marked": None if marked is None else tuple(map(datetime.fromisoformat, marked)),
        }
    )


def _newest(items: Sequence[T]) -> tuple[T, ...]:
    return tuple(items[-MOST_POINTS:])


def _drawn(value: Number | None) -> float | None:
    return None if value is None else float(value)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _amount(value: float, unit: str) -> str:
    return f"{value:,.4g}%" if unit == "%" else f"{value:,.0f} {unit}" if abs(value) >= 1000 else f"{value:,.4g} {unit}"
