"""One KPI by tier, team or feature: bars of its value, the ones with the most behind them on top."""

from collections.abc import Sequence
from typing import Any

from app.charts import figure
from app.charts.figure import COLORS, Chart

ROW_HEIGHT = 26


def segments(
    names: Sequence[str],
    values: Sequence[float],
    told: Sequence[str],
    *,
    title: str,
    subtitle: str,
    unit: str,
    factor: float = 1.0,
) -> Chart:
    """Horizontal bars, the first on top; `told` are their values in words."""
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "x": [round(value * factor, 4) for value in values],
            "y": list(range(len(names))),
            "customdata": [figure.inert(name) for name in names],
            "text": list(told),
            "textposition": ["auto" if value else "outside" for value in values],
            "cliponaxis": False,
            "marker": {"color": COLORS[0]},
            "hovertemplate": "%{customdata}: %{text}<extra></extra>",
        }
    ]
    made = figure.layout(110 + ROW_HEIGHT * len(names), "", showlegend=False)
    made["hovermode"] = "closest"
    made["xaxis"] = {"title": {"text": unit}, "gridcolor": figure.GRID, "zeroline": True, "automargin": True}
    made["yaxis"] = {
        "tickvals": list(range(len(names))),
        "ticktext": [figure.inert(name) for name in names],
        "autorange": "reversed",
        "automargin": True,
    }
    parts = ", ".join(f"{name} {value}" for name, value in zip(names, told, strict=True))
    return Chart(title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle} {parts}.")
