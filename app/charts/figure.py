"""What every chart has: a finding as title, units on its axes, marks for what happened, a text for who cannot see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app import format as fmt

Row = Mapping[str, Any]

COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#6A51A3", "#A6761D")
"""Okabe and Ito's colours, told apart by colour-blind readers, on light and dark ground."""
GREY = "#8A9099"
LIGHT_GREY = "#B9BEC7"
RISE, FALL = "#D55E00", "#0072B2"
UNATTRIBUTED = "unattributed"
FONT_SIZE = 12
GRID = "rgba(138,144,153,0.22)"
_LEGEND_GAP = 46
"""Pixels between axis and legend: two lines of dates."""
_LABEL_HEIGHT, _LEVELS = 19, 3
"""Pixels of one label of a mark, and how many stand above each other before they begin again."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A plotly figure as a dict; `title` says the finding, `subtitle` the unit and the period."""

    title: str
    subtitle: str
    figure: dict[str, Any]
    alt: str


def layout(height: int, y_title: str, currency: str | None = None, **extra: Any) -> dict[str, Any]:
    """The common layout; `currency` puts its symbol before the numbers of the y axis."""
    y_axis: dict[str, Any] = {
        "title": {"text": y_title, "standoff": 14},
        "rangemode": "tozero",
        "gridcolor": GRID,
        "zeroline": False,
        "automargin": True,
        "tickformat": "~s",
    }
    if currency:
        y_axis["tickprefix"] = fmt.symbol(currency)
    made: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "font": {"size": FONT_SIZE},
        "hovermode": "x unified",
        "legend": {"orientation": "h", "y": round(-_LEGEND_GAP / (height - 90), 3), "x": 0, "traceorder": "normal"},
        "xaxis": {"type": "date", "automargin": True, "showgrid": False},
        "yaxis": y_axis,
    }
    return {**made, **extra}


def iso(days: Iterable[date]) -> list[str]:
    """Days as plotly reads them fastest."""
    return [day.isoformat() for day in days]


def rounded(values: Iterable[Decimal | float | None], places: int = 4) -> list[float | None]:
    """Numbers to draw: floats without digits nobody sees."""
    return [None if value is None else round(float(value), places) for value in values]


def mark(made: dict[str, Any], annotations: Sequence[Row], start: date, end: date) -> None:
    """Adds dotted lines for what happened in `[start, end)`, labelled above the plot so that no data are hidden."""
    inside = [row for row in annotations if start <= row["day"] < end]
    if not inside:
        return
    made["shapes"] = [*made.get("shapes", []), *(_line(row["day"].isoformat()) for row in inside)]
    labels = [_label(row, number % _LEVELS, start, end) for number, row in enumerate(inside)]
    made["annotations"] = [*made.get("annotations", []), *labels]
    made["margin"] = {**made["margin"], "t": 14 + _LABEL_HEIGHT * min(len(inside), _LEVELS)}


def _line(on: str) -> dict[str, Any]:
    dotted = {"color": GREY, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": on, "x1": on, "yref": "paper", "y0": 0, "y1": 1, "line": dotted}


def _label(row: Row, level: int, start: date, end: date) -> dict[str, Any]:
    late = (row["day"] - start).days * 2 > (end - start).days
    return {
        "x": row["day"].isoformat(),
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "yshift": 2 + _LABEL_HEIGHT * level,
        "text": f"{row['title']} ▾" if late else f"▾ {row['title']}",
        "showarrow": False,
        "xanchor": "right" if late else "left",
        "xshift": 5 if late else -5,
        "font": {"size": 11},
    }


def told(annotations: Sequence[Row], start: date, end: date) -> str:
    """The same marks as a sentence for the alternative text."""
    inside = [f"{r['title']} ({fmt.day(r['day'])})" for r in annotations if start <= r["day"] < end]
    return f" Marked: {fmt.listed(inside)}." if inside else ""
