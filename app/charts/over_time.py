"""Measured values over time: lines with their 95% intervals, single things as dots, how many stood behind as bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app import format as fmt
from app.charts import figure
from app.charts.figure import COLORS, LIGHT_GREY, Chart

DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "cross")
"""Lines differ by more than their colour."""
LEGEND_LENGTH = 90
"""Letters of a name: a score is told apart by what stands at its end."""
BEHIND = 0.34
"""Of the height, for the bars of what stood behind."""


@dataclass(frozen=True, slots=True)
class Line:
    """One series: a value per day, None where nothing is known, its interval where one is; `told` at the pointer."""

    name: str
    days: Sequence[date]
    values: Sequence[float | None]
    intervals: Sequence[tuple[float, float] | None] = ()
    told: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Dots:
    """Single things: when, how much, what."""

    name: str
    moments: Sequence[datetime]
    values: Sequence[float]
    told: Sequence[str]


@dataclass(frozen=True, slots=True)
class Behind:
    """What the values were divided by, by day."""

    name: str
    days: Sequence[date]
    counts: Sequence[int | None]


def over_time(
    lines: Sequence[Line],
    *,
    title: str,
    subtitle: str,
    unit: str,
    factor: float = 1.0,
    dots: Dots | None = None,
    behind: Behind | None = None,
    from_zero: bool = True,
) -> Chart:
    """`factor` makes numbers of the unit, as 100 makes percent; `behind` stands below on an axis of its own."""
    height = 340 + (90 if behind else 0)
    made = figure.layout(height, unit)
    made["yaxis"] |= {"tickformat": figure.SMALL, "rangemode": "tozero" if from_zero else "normal"}
    traces = [_line(line, place, factor) for place, line in enumerate(lines)]
    if dots is not None:
        traces.insert(0, _dots(dots, factor))
    if behind is not None:
        made["yaxis"] |= {"domain": [BEHIND, 1]}
        made["xaxis"] |= {"anchor": "y2"}
        made["yaxis2"] = {
            "domain": [0, BEHIND - 0.08],
            "title": {"text": f"{behind.name} (count)", "standoff": 14},
            "rangemode": "tozero",
            "gridcolor": figure.GRID,
            "tickformat": "~s",
            "automargin": True,
            "nticks": 3,
        }
        traces.append(_bars(behind))
    return Chart(title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle}{_told(lines, factor, unit)}")


def _line(line: Line, place: int, factor: float) -> dict[str, Any]:
    color = COLORS[place % len(COLORS)]
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": figure.inert(line.name, LEGEND_LENGTH),
        "x": figure.iso(line.days),
        "y": figure.rounded(None if value is None else value * factor for value in line.values),
        "line": {"color": color, "width": 2.5, "dash": DASHES[place % len(DASHES)]},
        "marker": {"size": 7, "symbol": SYMBOLS[place % len(SYMBOLS)]},
        "connectgaps": False,
        "hovertemplate": "%{y:.4~g} %{customdata}" if line.told else "%{y:.4~g}",
    }
    if line.told:
        trace["customdata"] = [figure.inert(told) for told in line.told]
    if any(one is not None for one in line.intervals):
        pairs = list(zip(line.values, line.intervals, strict=True))
        trace["error_y"] = {
            "type": "data",
            "symmetric": False,
            "array": [0 if v is None or i is None else round((i[1] - v) * factor, 4) for v, i in pairs],
            "arrayminus": [0 if v is None or i is None else round((v - i[0]) * factor, 4) for v, i in pairs],
            "color": color,
            "thickness": 1.2,
            "width": 3,
        }
    return trace


def _dots(dots: Dots, factor: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": dots.name,
        "x": [moment.isoformat() for moment in dots.moments],
        "y": [round(value * factor, 2) for value in dots.values],
        "customdata": [figure.inert(told) for told in dots.told],
        "marker": {"color": LIGHT_GREY, "size": 6, "line": {"color": figure.GREY, "width": 1}},
        "hovertemplate": "%{y:.3~g}: %{customdata}",
    }


def _bars(behind: Behind) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": behind.name,
        "x": figure.iso(behind.days),
        "y": list(behind.counts),
        "yaxis": "y2",
        "marker": {"color": LIGHT_GREY},
        "hovertemplate": "%{y:,}",
    }


def _told(lines: Sequence[Line], factor: float, unit: str) -> str:
    parts = []
    for line in lines:
        known = [(day, value) for day, value in zip(line.days, line.values, strict=True) if value is not None]
        if known:
            parts.append(f"{line.name}: last {fmt.decimal(known[-1][1] * factor, 2)}, {fmt.day(known[-1][0])}")
    return f" {unit}. {'; '.join(parts)}." if parts else ""
