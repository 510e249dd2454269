"""A process-behaviour (XmR) chart: values within their natural limits are noise, those beyond are signals."""

from collections.abc import Sequence
from typing import Any

from app.charts import figure
from app.charts.figure import COLORS, GREY, Chart
from domain.kpi.process import Process


def behaviour(
    labels: Sequence[str],
    values: Sequence[float | None],
    limits: Process,
    *,
    title: str,
    subtitle: str,
    unit: str,
    factor: float = 1.0,
    floor: float | None = None,
) -> Chart:
    """Values oldest first with centre line and limits; `floor` is below what no value can be."""
    lower = limits.lower if floor is None else max(limits.lower, floor)
    lines = (("Upper limit", limits.upper, "dash"), ("Mean", limits.centre, "solid"), ("Lower limit", lower, "dash"))
    beyond = [value is not None and not lower <= value <= limits.upper for value in values]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": list(labels),
            "y": [round(value * factor, 4)] * len(labels),
            "line": {"color": GREY, "width": 1.5, "dash": dash},
            "hoverinfo": "skip" if name != "Mean" else "all",
        }
        for name, value, dash in lines
    ]
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "Value",
            "x": list(labels),
            "y": [None if value is None else round(value * factor, 4) for value in values],
            "line": {"color": COLORS[0], "width": 2},
            "marker": {
                "size": [12 if signal else 7 for signal in beyond],
                "symbol": ["diamond" if signal else "circle" for signal in beyond],
                "color": [COLORS[5] if signal else COLORS[0] for signal in beyond],
            },
        }
    )
    made = figure.layout(300, unit)
    made["xaxis"] = {"type": "category", "automargin": True, "showgrid": False}
    made["yaxis"] |= {"rangemode": "normal", "tickformat": figure.SMALL}
    return Chart(title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle}")
