"""What every chart has: a finding as title, units on its axes, a text for who cannot see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
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
SMALL = "~g"
"""How ticks of small numbers are written: the usual prefixes would make 500m of a half."""
LONGEST_NAME = 48
"""Letters of a name in a legend or on an axis; more would leave no room to draw."""
_LEGEND_GAP = 46
"""Pixels between axis and legend: two lines of dates."""


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


def inert(text: str, longest: int = LONGEST_NAME) -> str:
    """A name from elsewhere, cut to what fits: plotly would read tags and links in it."""
    line = " ".join(text.split())
    return escape(line if len(line) <= longest else f"{line[: longest - 1]}…", quote=False)


def iso(days: Iterable[date]) -> list[str]:
    """Days as plotly reads them fastest."""
    return [day.isoformat() for day in days]


def rounded(values: Iterable[Decimal | float | None], places: int = 4) -> list[float | None]:
    """Numbers to draw: floats without digits nobody sees."""
    return [None if value is None else round(float(value), places) for value in values]
