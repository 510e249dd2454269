"""An error budget over its period: what was left at each hour, and when alerts burned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app import format as fmt
from app.charts import figure
from app.charts.figure import COLORS, FALL, GREY, RISE, Chart

PAGE_FILL, TICKET_FILL = "rgba(213,94,0,0.28)", "rgba(230,159,0,0.22)"

Span = tuple[str, datetime, datetime]
"""Severity, first minute and end of a time in which a pair alerted."""


def burn_down(
    hours: Sequence[datetime],
    left: Sequence[float | None],
    spans: Sequence[Span],
    *,
    title: str,
    subtitle: str,
) -> Chart:
    """`left`: the part of the budget at the end of each hour; None is unknown and leaves a gap."""
    made = figure.layout(320, "Error budget left (%)", showlegend=False)
    lowest = min((value for value in left if value is not None), default=0.0)
    made["yaxis"] |= {"tickformat": ".0%", "range": [min(-0.05, lowest * 1.1), 1.05], "rangemode": "normal"}
    made["shapes"] = [_zero(), *(_span(span) for span in spans)]
    trace = {
        "type": "scatter",
        "mode": "lines",
        "name": "Left",
        "x": [hour.isoformat() for hour in hours],
        "y": figure.rounded(left, 5),
        "line": {"color": FALL, "width": 2},
        "hovertemplate": "%{y:.1%} left<extra></extra>",
        "connectgaps": False,
    }
    alerted = f" {fmt.plural(len(spans), 'alert window')} shaded." if spans else " No alert window."
    return Chart(title, subtitle, {"data": [trace], "layout": made}, f"{title}. {subtitle}{alerted}")


def errors(hours: Sequence[datetime], bad: Sequence[int], *, title: str, subtitle: str, unit: str) -> Chart:
    """Bad events by hour as bars."""
    trace = {
        "type": "bar",
        "name": unit,
        "x": [hour.isoformat() for hour in hours],
        "y": list(bad),
        "marker": {"color": COLORS[5]},
        "hovertemplate": "%{y:,} bad<extra></extra>",
    }
    made = figure.layout(220, unit, showlegend=False)
    return Chart(title, subtitle, {"data": [trace], "layout": made}, f"{title}. {subtitle}")


def _zero() -> dict[str, Any]:
    line = {"color": RISE, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": line}


def _span(span: Span) -> dict[str, Any]:
    severity, start, end = span
    return {
        "type": "rect",
        "x0": start.isoformat(),
        "x1": end.isoformat(),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": PAGE_FILL if severity == "page" else TICKET_FILL,
        "line": {"width": 0.5, "color": GREY},
        "layer": "below",
    }
