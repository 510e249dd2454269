"""One feature over time: its cost as bars, what a thousand requests cost as a line on its own axis."""

from collections.abc import Sequence
from typing import Any

from app import format as fmt
from app.charts import figure
from app.charts.figure import COLORS, Chart, Row


def unit_cost(
    rows: Sequence[Row],
    *,
    title: str,
    subtitle: str,
    currency: str,
) -> Chart:
    """Rows of (day, billed_cost, cost_per_1k_requests). The line is left out where no source reports requests."""
    days = figure.iso(row["day"] for row in rows)
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": f"Cost ({currency})",
            "x": days,
            "y": figure.rounded(row["billed_cost"] for row in rows),
            "marker": {"color": COLORS[0], "opacity": 0.75},
            "hovertemplate": "%{y:,.2f}",
        }
    ]
    extra: dict[str, Any] = {}
    if any(row["cost_per_1k_requests"] is not None for row in rows):
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"Per 1K requests ({currency}, right axis)",
                "x": days,
                "y": figure.rounded((row["cost_per_1k_requests"] for row in rows), 6),
                "yaxis": "y2",
                "line": {"color": COLORS[5], "width": 2.5},
                "hovertemplate": "%{y:,.4f}",
            }
        )
        extra["yaxis2"] = {
            "title": {"text": f"Per 1K requests ({currency})"},
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "showgrid": False,
            "zeroline": False,
            "tickprefix": fmt.symbol(currency),
            "automargin": True,
            "tickmode": "auto",
            "nticks": 5,
        }
    made = figure.layout(320, f"Cost ({currency})", currency, **extra)
    return Chart(title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle}")
