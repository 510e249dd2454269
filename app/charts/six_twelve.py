"""The last weeks, and the last months, of one KPI with the year before and the target: a chart and a scale each."""

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


def six_twelve(panel: Panel, *, title: str, subtitle: str, unit: str, factor: float = 1.0) -> Chart:
    """One panel as a chart of its own; `factor` makes numbers of the unit, as 100 makes percent."""
    made = figure.layout(320, unit)
    made["yaxis"]["tickformat"] = figure.SMALL
    made["xaxis"] = {"type": "category", "automargin": True, "showgrid": False, "title": {"text": panel.title}}
    made["legend"] = {**made["legend"], "y": -0.32}
    drawn = {"data": _traces(panel, factor), "layout": made}
    return Chart(title, subtitle, drawn, f"{title}. {subtitle} {_told(panel, factor, unit)}")


def _traces(panel: Panel, factor: float) -> list[dict[str, Any]]:
    common = {"type": "scatter", "x": list(panel.labels)}
    found: list[dict[str, Any]] = []
    if any(value is not None for value in panel.year_before):
        found.append(
            {
                **common,
                "name": "Year before",
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
                "mode": "markers",
                "y": [round(panel.target * factor, 4)] * len(panel.labels),
                "marker": {"symbol": "triangle-up", "size": 9, "color": COLORS[5]},
            }
        )
    return found


def _scaled(values: Sequence[float | None], factor: float) -> list[float | None]:
    return [None if value is None else round(value * factor, 4) for value in values]


def _told(panel: Panel, factor: float, unit: str) -> str:
    if not panel.labels or panel.values[-1] is None:
        return f"{panel.title}."
    return f"{panel.title}: last {panel.labels[-1]} {round(panel.values[-1] * factor, 2)} {unit}."
