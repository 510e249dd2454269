"""How often one provider failed or throttled us each day, with its own incidents shaded."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app import format as fmt
from app.charts import figure
from app.charts.figure import COLORS, GREY, Chart, Row
from app.charts.incident_timeline import BAND, PROVIDER

FAILED, THROTTLED = COLORS[5], COLORS[0]
DAY_MILLISECONDS = 86_400_000


def rates(
    rows: Sequence[Row],
    spans: Sequence[tuple[datetime, datetime]],
    allowed: float | None,
    *,
    title: str,
    subtitle: str,
    span: tuple[date, date],
) -> Chart:
    """Rows of provider/errors_by_day of one provider. `allowed`: what its SLA leaves for both together."""
    by_day = {row["day"]: row for row in rows}
    days = [span[0] + timedelta(days=number) for number in range((span[1] - span[0]).days)]
    made = figure.layout(300, "Requests (%)", barmode="stack", bargap=0.1)
    made["yaxis"] |= {"tickformat": "~%"}
    made["xaxis"] |= {"range": [moment.isoformat() for moment in span]}
    made["shapes"] = [_band(*one) for one in spans]
    traces = [
        _bars("Failed", days, [_ratio(by_day.get(day), "failed_count") for day in days], FAILED, ""),
        _bars("Throttled", days, [_ratio(by_day.get(day), "throttled_count") for day in days], THROTTLED, "/"),
    ]
    if allowed is not None:
        made["shapes"].append(_limit(allowed))
        made["annotations"] = [_limit_label(allowed)]
    with_incidents = f" {fmt.plural(len(spans), 'span')} of its own incidents shaded." if spans else ""
    return Chart(title, subtitle, {"data": traces, "layout": made}, f"{title}. {subtitle}{with_incidents}")


def _bars(name: str, days: Sequence[date], ratios: Sequence[float | None], color: str, pattern: str) -> dict[str, Any]:
    """Each bar stands over its day, so that it lines up with the hours of an incident."""
    return {
        "type": "bar",
        "name": name,
        "x": figure.iso(days),
        "xperiod": DAY_MILLISECONDS,
        "xperiodalignment": "middle",
        "y": figure.rounded(ratios, 6),
        "marker": {"color": color, "pattern": {"shape": pattern, "solidity": 0.35}},
        "hovertemplate": "%{y:.2%}",
    }


def _ratio(row: Row | None, name: str) -> float | None:
    return row[name] / row["valid_count"] if row and row["valid_count"] else None


def _band(start: datetime, end: datetime) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": start.isoformat(),
        "x1": end.isoformat(),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": BAND,
        "line": {"width": 1.5, "color": PROVIDER},
    }


def _limit(allowed: float) -> dict[str, Any]:
    line = {"color": GREY, "width": 1.5, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": allowed, "y1": allowed, "line": line}


def _limit_label(allowed: float) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 1,
        "xanchor": "right",
        "y": allowed,
        "yanchor": "bottom",
        "text": f"the SLA allows {fmt.percent(allowed, 2)}",
        "showarrow": False,
        "font": {"size": 11},
    }
