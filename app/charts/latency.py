"""Latency over time: three percentiles as lines, and the whole distribution as a heat map."""

from collections.abc import Sequence
from datetime import datetime
from math import isinf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import format as fmt
from app.charts import figure
from app.charts.figure import COLORS, Chart

HEAT = ((0.0, "rgba(0,114,178,0.0)"), (0.15, "rgba(0,114,178,0.25)"), (1.0, "rgba(0,114,178,1)"))
"""One colour from nothing to full, so that it reads on light and dark ground alike."""
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600)


def lines(moments: Sequence[datetime], found: NDArray[np.float64], *, title: str, subtitle: str) -> Chart:
    """`found` is moments × (P50, P95, P99) in seconds."""
    styles = ((2.0, "solid", COLORS[4]), (2.5, "solid", COLORS[0]), (1.5, "dot", COLORS[5]))
    x = [moment.isoformat() for moment in moments]
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": x,
            "y": [None if value != value else round(value, 4) for value in found[:, place].tolist()],
            "line": {"width": width, "dash": dash, "color": color},
            "hovertemplate": "%{y:.3~s}s",
        }
        for place, (name, (width, dash, color)) in enumerate(zip(("P50", "P95", "P99"), styles, strict=True))
    ]
    made = figure.layout(300, "Duration (s)")
    made["yaxis"] |= {"ticksuffix": "s", "tickformat": "~s"}
    return Chart(title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle}")


def heat_map(
    moments: Sequence[datetime],
    edges: Sequence[float],
    counts: NDArray[np.int64],
    *,
    title: str,
    subtitle: str,
) -> Chart:
    """`counts` is moments × edges; each column is the share of its own moment, so that quiet hours are seen as well."""
    used = np.flatnonzero(counts.sum(axis=0))
    low, high = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, len(edges))
    kept, shown = counts[:, low:high], list(edges[low:high])
    totals = kept.sum(axis=1, keepdims=True)
    shares = np.divide(kept, totals, out=np.zeros(kept.shape), where=totals > 0)
    made = figure.layout(340, "Answered within (s)", hovermode="closest")
    made["yaxis"] = _rows(shown) | {"title": {"text": "Answered within (s)", "standoff": 14}, "automargin": True}
    trace = {
        "type": "heatmap",
        "x": [moment.isoformat() for moment in moments],
        "y": list(range(len(shown))),
        "z": np.round(shares.T, 4).tolist(),
        "customdata": [[_edge(edge)] * len(moments) for edge in shown],
        "colorscale": [list(step) for step in HEAT],
        "showscale": True,
        "colorbar": {"tickformat": ".0%", "title": {"text": "share", "side": "right"}, "thickness": 12},
        "hovertemplate": "%{x}<br>within %{customdata}: %{z:.1%}<extra></extra>",
    }
    return Chart(title, subtitle, {"data": [trace], "layout": made}, f"{title}. {subtitle}")


def _rows(shown: Sequence[float]) -> dict[str, Any]:
    marks = [tick for tick in TICKS if shown and shown[0] <= tick <= max(e for e in (*shown, 0.0) if not isinf(e))]
    places = [int(np.searchsorted(shown, tick)) for tick in marks]
    return {
        "tickmode": "array",
        "tickvals": places,
        "ticktext": [f"{tick:g} s" for tick in marks],
        "showgrid": False,
    }


def _edge(edge: float) -> str:
    return "more than ten minutes" if isinf(edge) else fmt.seconds(edge)
