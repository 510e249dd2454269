"""The last weeks beside the last months of one KPI, with the year before and the target: one scale per panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.charts import figure
from app.charts.figure import COLORS, GREY, Chart


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: `labels` of its periods, their values, those of a year before, and the target where it is a value."""

    title: str
    labels: Sequence[str]
    values: Sequence[float | None]
    year_before: Sequence[float | None]
    target: float | None


def six_twelve(panels: Sequence[Panel], *, title: str, subtitle: str, unit: str, factor: float = 1.0) -> Chart:
    """At most two panels; `factor` makes numbers of the unit, as 100 makes percent."""
    traces: list[dict[str, Any]] = []
    made = figure.layout(320, unit)
    made["hovermode"] = "x unified"
    made["yaxis"]["tickformat"] = figure.SMALL
    domains = [[0.0, 1.0]] if len(panels) == 1 else [[0.0, 0.33], [0.42, 1.0]]
    for place, (panel, domain) in enumerate(zip(panels, domains, strict=True)):
        end = "" if place == 0 else "2"
        traces += _traces(panel, end, factor, legend=place == 0)
        axis = {
            "domain": domain,
            "type": "category",
            "automargin": True,
            "showgrid": False,
            "title": {"text": panel.title},
        }
        made[f"xaxis{end}"] = axis
        if end:
            made["yaxis2"] = {**made["yaxis"], "anchor": "x2", "title": {"text": ""}}
    made["legend"] = {**made["legend"], "y": -0.32}
    return Chart(
        title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle} {_told(panels, factor, unit)}"
    )


def _traces(panel: Panel, end: str, factor: float, *, legend: bool) -> list[dict[str, Any]]:
    common = {
        "type": "scatter",
        "x": list(panel.labels),
        "xaxis": f"x{end}",
        "yaxis": f"y{end}",
        "showlegend": legend,
    }
    found: list[dict[str, Any]] = []
    if any(value is not None for value in panel.year_before):
        found.append(
            {
                **common,
                "name": "Year before",
                "legendgroup": "before",
                "mode": "lines+markers",
                "y": _scaled(panel.year_before, factor),
                "line": {"color": GREY, "width": 1.5},
                "marker": {"size": 4},
            }
        )
    found.append(
        {
            **common,
            "name": "This year",
            "legendgroup": "now",
            "mode": "lines+markers",
            "y": _scaled(panel.values, factor),
            "line": {"color": COLORS[0], "width": 3},
            "marker": {"size": 7},
        }
    )
    if panel.target is not None:
        found.append(
            {
                **common,
                "name": "Target",
                "legendgroup": "target",
                "mode": "markers",
                "y": [round(panel.target * factor, 4)] * len(panel.labels),
                "marker": {"symbol": "triangle-up", "size": 9, "color": COLORS[5]},
            }
        )
    return found


def _scaled(values: Sequence[float | None], factor: float) -> list[float | None]:
    return [None if value is None else round(value * factor, 4) for value in values]


def _told(panels: Sequence[Panel], factor: float, unit: str) -> str:
    last = [
        f"{panel.title}: last {panel.labels[-1]} {round(panel.values[-1] * factor, 2)} {unit}"
        for panel in panels
        if panel.labels and panel.values[-1] is not None
    ]
    return "; ".join(last) + "." if last else ""
