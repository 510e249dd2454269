"""Incidents as bars over time, ours by severity and the providers' on lanes of their own, with our error rate above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import format as fmt
from app.charts import figure
from app.charts.figure import COLORS, GREY, LIGHT_GREY, Chart

COLOR = {"sev1": COLORS[5], "sev2": COLORS[1], "sev3": COLORS[4], "sev4": GREY}
"""By severity; the lane says it in words as well."""
PROVIDER, NO_SEVERITY = COLORS[3], LIGHT_GREY
BAND = "rgba(204,121,167,0.22)"
"""The providers' colour as a shade behind our error rate."""
LANE_PIXELS, RATE_PIXELS, EDGE_PIXELS = 34, 170, 70
GAP = 0.05
"""Of the height, between both parts."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One span of impact on a lane. `is_open`: it goes on. Without `end` only the declaration is known."""

    lane: str
    severity: str | None
    is_provider: bool
    start: datetime
    end: datetime | None
    is_open: bool
    label: str


@dataclass(frozen=True, slots=True)
class Errors:
    """Our error rate by hour, None where nothing was asked; no hours without request telemetry."""

    hours: Sequence[datetime]
    ratios: Sequence[float | None]


def timeline(
    bars: Sequence[Bar],
    lanes: Sequence[str],
    errors: Errors,
    *,
    title: str,
    subtitle: str,
    span: tuple[datetime, datetime],
) -> Chart:
    """`lanes` from the top down; the axis ends where `span` does."""
    top = EDGE_PIXELS + LANE_PIXELS * max(1, len(lanes))
    height = top + (RATE_PIXELS if errors.hours else 0)
    split = top / height - GAP if errors.hours else 1.0
    made = figure.layout(height, "", showlegend=False, hovermode="closest")
    made["xaxis"] |= {"range": [moment.isoformat() for moment in span], "anchor": "y", "title": {"text": "Time (UTC)"}}
    made["yaxis"] = {
        "domain": [0, split],
        "range": [-len(lanes) + 0.4, 0.6],
        "tickvals": [-place for place in range(len(lanes))],
        "ticktext": list(lanes),
        "gridcolor": figure.GRID,
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
    }
    traces = _bars(bars, lanes, span[1])
    if errors.hours:
        made["yaxis2"] = {
            "domain": [split + GAP, 1],
            "title": {"text": "Our errors (%)", "standoff": 8},
            "tickformat": "~%",
            "rangemode": "tozero",
            "gridcolor": figure.GRID,
            "zeroline": False,
            "automargin": True,
            "nticks": 4,
        }
        made["shapes"] = [_band(bar, span[1], split) for bar in bars if bar.is_provider]
        traces.append(_errors(errors))
    return Chart(title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle} {_told(bars, lanes)}")


def _bars(bars: Sequence[Bar], lanes: Sequence[str], now: datetime) -> list[dict[str, Any]]:
    """One trace per lane: each costs plotly more than its points."""
    traces = []
    for place, lane in enumerate(lanes):
        mine = [bar for bar in bars if bar.lane == lane]
        if not mine:
            continue
        x: list[str | None] = []
        text: list[str | None] = []
        symbols = []
        for bar in mine:
            ends = [bar.start, bar.start] if bar.end is None and not bar.is_open else [bar.start, bar.end or now]
            x += [*(moment.isoformat() for moment in ends), None]
            text += [bar.label, bar.label, None]
            unknown = bar.end is None and not bar.is_open
            last = "triangle-right" if bar.is_open else "diamond-open" if unknown else "square"
            symbols += ["diamond-open" if unknown else "square", last, "square"]
        color = PROVIDER if mine[0].is_provider else COLOR.get(mine[0].severity or "", NO_SEVERITY)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": lane,
                "x": x,
                "y": [None if moment is None else -place for moment in x],
                "text": text,
                "line": {"color": color, "width": 9},
                "marker": {"color": color, "size": 9, "symbol": symbols, "opacity": 1},
                "connectgaps": False,
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    return traces


def _errors(errors: Errors) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "Our errors",
        "x": [hour.isoformat() for hour in errors.hours],
        "y": figure.rounded(errors.ratios, 5),
        "yaxis": "y2",
        "line": {"color": figure.FALL, "width": 1.5},
        "connectgaps": False,
        "hovertemplate": "%{x|%d %b %H:%M}: %{y:.2%} of our requests failed<extra></extra>",
    }


def _band(bar: Bar, now: datetime, split: float) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": bar.start.isoformat(),
        "x1": (bar.end or now).isoformat(),
        "yref": "paper",
        "y0": split + GAP,
        "y1": 1,
        "fillcolor": BAND,
        "line": {"width": 1, "color": BAND},
        "layer": "below",
    }


def _told(bars: Sequence[Bar], lanes: Sequence[str]) -> str:
    counts = [(lane, len({bar.label for bar in bars if bar.lane == lane})) for lane in lanes]
    return f"{fmt.listed([f'{lane}: {count}' for lane, count in counts if count])}." if bars else "No incident."
