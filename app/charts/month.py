"""The month as it adds up: actual, the budget pro rata, and where the run rate leads."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from app import format as fmt
from app.charts import figure
from app.charts.figure import COLORS, GREY, Chart, Row
from app.pace import Pace


def cumulative(rows: Sequence[Row], pace: Pace, *, title: str, currency: str, annotations: Sequence[Row]) -> Chart:
    """Rows of (day, billed_cost). The actual ends with the last whole day; the forecast is dashed from there."""
    whole = [row for row in rows if pace.start <= row["day"] < pace.complete_end]
    by_day = {row["day"]: row["billed_cost"] for row in whole}
    days = [pace.start + timedelta(days=n) for n in range(pace.complete_days)]
    actual = list(accumulate(by_day.get(day, Decimal()) for day in days))
    last = pace.end - timedelta(days=1)
    traces: list[dict[str, Any]] = []
    if pace.budget is not None:
        traces.append(
            _line("Budget, pro rata", [pace.start, last], [pace.budget / pace.days, pace.budget], GREY, "dash")
        )
    if pace.run_rate is not None:
        traces.append(_line("Run rate", [days[-1], last], [actual[-1], pace.run_rate], COLORS[5], "dot"))
    traces.append(
        {
            **_line("Actual", days, actual, COLORS[0], "solid"),
            "line": {"color": COLORS[0], "width": 3},
            "fill": "tozeroy",
            "fillcolor": "rgba(0,114,178,0.12)",
        }
    )
    subtitle = f"Cumulative cost in {currency}, {fmt.days(pace.start, pace.end)}, whole UTC days."
    made = figure.layout(400, f"Cost so far ({currency})", currency)
    figure.mark(made, annotations, pace.start, pace.end)
    made["annotations"] = [*made.get("annotations", []), *_ends(pace, last, currency)]
    made["xaxis"] |= {"range": [pace.start.isoformat(), (last + timedelta(days=1)).isoformat()]}
    made["margin"]["r"] = 76
    return Chart(title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle}{_alt(pace, currency)}")


def _line(name: str, days: Sequence[date], values: Sequence[Decimal], color: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": figure.iso(days),
        "y": figure.rounded(values, 2),
        "line": {"color": color, "width": 2, "dash": dash},
        "hovertemplate": "%{y:,.0f}",
    }


def _ends(pace: Pace, last: date, currency: str) -> list[dict[str, Any]]:
    ends = [("Budget", pace.budget, GREY), ("Run rate", pace.run_rate, COLORS[5])]
    shown = [(name, value, color) for name, value, color in ends if value is not None]
    higher = max((value for _, value, _ in shown), default=Decimal())
    return [
        {
            "x": last.isoformat(),
            "y": round(float(value), 2),
            "text": f"{name}<br><b>{fmt.money_compact(value, currency)}</b>",
            "showarrow": False,
            "xanchor": "left",
            "xshift": 6,
            "yshift": 10 if value == higher else -10,
            "align": "left",
            "font": {"size": 11, "color": color},
        }
        for name, value, color in shown
    ]


def _alt(pace: Pace, currency: str) -> str:
    parts = [f" Actual {fmt.money(pace.complete_cost, currency)} after {fmt.plural(pace.complete_days, 'day')}"]
    if pace.budget is not None:
        parts.append(f"budget {fmt.money(pace.budget, currency)}")
    if pace.run_rate is not None:
        parts.append(f"run rate {fmt.money(pace.run_rate, currency)}")
    return f"{', '.join(parts)}."
