"""How many alerts each destination heard of, week by week."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app.charts import figure
from app.charts.figure import COLORS, Chart, Row

WEEK = timedelta(days=7)


def weeks(rows: Sequence[Row], first: date, last: date, *, title: str, subtitle: str) -> Chart:
    """Rows of alert/noise; a bar for each week from `first` to `last` (Mondays), also for one without a message."""
    mondays = [first + number * WEEK for number in range((last - first) // WEEK + 1)]
    counts = {(row["destination"], row["week_start"]): row["message_count"] for row in rows}
    names = sorted({row["destination"] for row in rows})
    traces = [_bars(name, place, mondays, counts) for place, name in enumerate(names)]
    made = figure.layout(240, "New messages (per week)", barmode="stack", bargap=0.25)
    made["yaxis"] |= {"tickformat": "d", "nticks": 5}
    made["xaxis"] |= {"tickformat": "%d %b"}
    return Chart(title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle}")


def _bars(name: str, place: int, mondays: Sequence[date], counts: Any) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": figure.iso(mondays),
        "y": [counts.get((name, monday), 0) for monday in mondays],
        "marker": {"color": COLORS[place % len(COLORS)]},
        "showlegend": True,
        "hovertemplate": "%{y}",
    }
