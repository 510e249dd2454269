"""Spend over time, stacked by item: the eight dearest, the rest as other, unattributed always by itself."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app import format as fmt
from app.charts import figure
from app.charts.figure import COLORS, GREY, LIGHT_GREY, UNATTRIBUTED, Chart, Row

TOP = 8
AREA_FROM = 62
"""More buckets than two months of days: bars become hair, areas stay readable."""
OTHER = "Other"

Series = dict[date, Decimal]


def spend(
    rows: Sequence[Row],
    *,
    title: str,
    subtitle: str,
    currency: str,
    partial: Sequence[date],
) -> Chart:
    """Rows of (bucket_day, item, item_name, cost). `partial` buckets are drawn pale and named in the text."""
    buckets = sorted({row["bucket_day"] for row in rows})
    stacks = stack(rows)
    area = len(buckets) > AREA_FROM
    traces = [
        _trace(name, series, buckets, color, area=area, pale=frozenset(partial))
        for (name, series), color in zip(stacks, _colors(stacks), strict=True)
    ]
    made = figure.layout(400, f"Cost ({currency})", currency, barmode="stack", bargap=0.18)
    if partial:
        made["annotations"] = [_partial_label(partial[-1])]
        made["margin"]["t"] = 26
    return Chart(
        title=title,
        subtitle=subtitle,
        figure={"data": traces, "layout": made},
        alt=f"{title}. {subtitle} Stacked by {_told(stacks, currency)}.",
    )


def stack(rows: Sequence[Row]) -> list[tuple[str, Series]]:
    """Series from the dearest down, then other, then unattributed; together they are the sum of the rows."""
    by_item: dict[str, Series] = defaultdict(lambda: defaultdict(Decimal))
    names: dict[str, str] = {}
    for row in rows:
        by_item[row["item"]][row["bucket_day"]] += row["cost"]
        names[row["item"]] = row["item_name"]
    unowned = next((item for item in by_item if item.lower() == UNATTRIBUTED), None)
    ranked = sorted((i for i in by_item if i != unowned), key=lambda i: -sum(by_item[i].values()))
    kept = ranked if len(ranked) <= TOP else ranked[: TOP - 1]
    stacks = [(names[item], by_item[item]) for item in kept]
    if rest := ranked[len(kept) :]:
        other: Series = defaultdict(Decimal)
        for item in rest:
            for day, cost in by_item[item].items():
                other[day] += cost
        stacks.append((f"{OTHER} ({len(rest)})", other))
    if unowned is not None:
        stacks.append(("Unattributed", by_item[unowned]))
    return stacks


def _colors(stacks: Sequence[tuple[str, Series]]) -> list[str]:
    special = {"Unattributed": GREY}
    colors = iter(COLORS)
    return [
        special[name] if name in special else LIGHT_GREY if name.startswith(f"{OTHER} (") else next(colors)
        for name, _ in stacks
    ]


def _trace(
    name: str, series: Series, buckets: Sequence[date], color: str, *, area: bool, pale: frozenset[date]
) -> dict[str, Any]:
    unowned = name == "Unattributed"
    common: dict[str, Any] = {
        "name": name,
        "x": figure.iso(buckets),
        "y": figure.rounded(series.get(day, Decimal()) for day in buckets),
        "hovertemplate": "%{y:,.2f}",
    }
    if area:
        pattern = {"fillpattern": {"shape": "/", "fgcolor": color, "bgcolor": "rgba(0,0,0,0)"}} if unowned else {}
        return {
            **common,
            "type": "scatter",
            "mode": "lines",
            "stackgroup": "one",
            "line": {"color": color, "width": 1, "dash": "dash" if unowned else "solid"},
            "fillcolor": color,
            **pattern,
        }
    marker: dict[str, Any] = {"color": color, "opacity": [0.45 if day in pale else 1 for day in buckets]}
    if unowned:
        marker |= {"pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.75)", "size": 6}}
    return {**common, "type": "bar", "marker": marker}


def _partial_label(day: date) -> dict[str, Any]:
    return {
        "x": day.isoformat(),
        "y": 1,
        "yanchor": "bottom",
        "yref": "paper",
        "text": "not whole yet",
        "showarrow": False,
        "xanchor": "right",
        "xshift": 18,
        "font": {"size": 11, "color": GREY},
    }


def _told(stacks: Sequence[tuple[str, Series]], currency: str) -> str:
    return fmt.listed([f"{name} {fmt.money(sum(series.values()), currency)}" for name, series in stacks])
