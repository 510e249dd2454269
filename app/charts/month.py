"""A month or quarter as it adds up: actual, the budget pro rata, and the forecast as a fan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from app import format as fmt
from app.charts import figure
from app.charts.figure import COLORS, GREY, Chart
from domain.outlook import FanPoint

FORECAST = COLORS[5]
ROOM = 2.0
"""A range beyond twice of everything else would flatten the rest: it goes on above the chart, and the text says so."""
_FAN_95, _FAN_80 = "rgba(213,94,0,0.13)", "rgba(213,94,0,0.22)"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a period's chart shows: `days` is the cost of each whole day so far, `path` and `fan` are what may come.

    `budget` is the pro-rated budget at the end of each day, empty without one.
    """

    start: date
    end: date
    days: Sequence[float]
    budget: Sequence[Decimal]
    path: Sequence[tuple[date, float]]
    fan: Sequence[FanPoint]


def cumulative(drawn: Drawn, *, title: str, currency: str) -> Chart:
    """The actual ends with the last whole day; the forecast is dotted from there, its ranges are bands."""
    every = [drawn.start + timedelta(days=number) for number in range((drawn.end - drawn.start).days)]
    days = every[: len(drawn.days)]
    actual = list(accumulate(drawn.days))
    since = (days[-1], actual[-1]) if days else (drawn.start, 0.0)
    traces = _fan(drawn.fan, since)
    if drawn.budget:
        traces.append(_line("Budget, pro rata", every, drawn.budget, GREY, "dash"))
    if drawn.path:
        ahead = [since, *drawn.path]
        traces.append(_line("Forecast", [day for day, _ in ahead], [cost for _, cost in ahead], FORECAST, "dot"))
    if days:
        traces.append(
            {
                **_line("Actual", days, actual, COLORS[0], "solid"),
                "line": {"color": COLORS[0], "width": 3},
                "fill": "tozeroy",
                "fillcolor": "rgba(0,114,178,0.12)",
            }
        )
    top = ROOM * max([1e-9, *actual, *map(float, drawn.budget), *(cost for _, cost in drawn.path)])
    high = max((point.high_95 or 0.0 for point in drawn.fan), default=0.0)
    subtitle = f"Cumulative cost in {currency}, {fmt.days(drawn.start, drawn.end)}, whole UTC days."
    made = figure.layout(400, f"Cost so far ({currency})", currency)
    if high > top:
        subtitle += f" The 95% range goes on above the chart, to {fmt.money_compact(high, currency)}."
        made["yaxis"]["range"] = [min(0.0, *(point.low_95 or 0.0 for point in drawn.fan)), round(top, 2)]
    made["annotations"] = _ends(drawn, every[-1], currency)
    made["xaxis"] |= {"range": [drawn.start.isoformat(), drawn.end.isoformat()]}
    made["margin"]["r"] = 76
    alt = f"{title}. {subtitle}{_alt(drawn, len(days), since[1], currency)}"
    return Chart(title, subtitle, {"data": traces, "layout": made}, alt)


def _line(
    name: str, days: Sequence[date], values: Sequence[Decimal] | Sequence[float], color: str, dash: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": figure.iso(days),
        "y": figure.rounded(values, 2),
        "line": {"color": color, "width": 2, "dash": dash},
        "hovertemplate": "%{y:,.0f}",
    }


def _fan(points: Sequence[FanPoint], since: tuple[date, float]) -> list[dict[str, Any]]:
    """Two bands, the wider first; nothing where the history is too short for a range."""
    known = [point for point in points if point.low_95 is not None]
    if not known:
        return []
    days = figure.iso([since[0], *(point.day for point in known)])
    bands = (
        ("95% range", [p.low_95 for p in known], [p.high_95 for p in known], _FAN_95),
        ("80% range", [p.low_80 for p in known], [p.high_80 for p in known], _FAN_80),
    )
    traces: list[dict[str, Any]] = []
    for name, low, high, color in bands:
        edge = {"type": "scatter", "mode": "lines", "x": days, "line": {"width": 0}, "legendgroup": name}
        traces.append({**edge, "y": figure.rounded([since[1], *low], 2), "showlegend": False, "hoverinfo": "skip"})
        traces.append(
            {
                **edge,
                "name": name,
                "y": figure.rounded([since[1], *high], 2),
                "fill": "tonexty",
                "fillcolor": color,
                "hoverinfo": "skip",
            }
        )
    return traces


def _ends(drawn: Drawn, last: date, currency: str) -> list[dict[str, Any]]:
    ends = [
        ("Budget", float(drawn.budget[-1]) if drawn.budget else None, GREY),
        ("Forecast", drawn.path[-1][1] if drawn.path else None, FORECAST),
    ]
    shown = [(name, value, color) for name, value, color in ends if value is not None]
    higher = max((value for _, value, _ in shown), default=0.0)
    return [
        {
            "x": last.isoformat(),
            "y": round(value, 2),
            "text": f"{name}<br><b>{fmt.money_compact(value, currency)}</b>",
            "showarrow": False,
            "xanchor": "left",
            "xshift": 6,
            "yshift": 14 if value == higher else -14,
            "align": "left",
            "font": {"size": 11, "color": color},
        }
        for name, value, color in shown
    ]


def _alt(drawn: Drawn, day_count: int, spent: float, currency: str) -> str:
    parts = [f" Actual {fmt.money(spent, currency)} after {fmt.plural(day_count, 'day')}"] if day_count else []
    if drawn.budget:
        parts.append(f"budget {fmt.money(drawn.budget[-1], currency)}")
    if drawn.path:
        parts.append(f"forecast {fmt.money(drawn.path[-1][1], currency)}")
    last = drawn.fan[-1] if drawn.fan else None
    if last and last.low_80 is not None:
        parts.append(f"80% range {fmt.money(last.low_80, currency)} to {fmt.money(last.high_80, currency)}")
    return f"{', '.join(parts)}." if parts else ""
