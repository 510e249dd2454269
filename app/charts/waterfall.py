"""From the cost before to the cost after, one bar an effect; bars lie, so that names fit on a phone."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from app import format as fmt
from app.charts import figure
from app.charts.figure import FALL, GREY, RISE, Chart

FULL_AXIS_BELOW = 0.6
"""A lowest bar end above this part of the highest leaves most of the plot empty: the axis then starts higher."""
ROOM, BAR_HEIGHT = 70, 38
"""Pixels of the axis with its title, and of each bar with its gap."""
LABEL_SHARE = 0.3
"""Of the plot's width, kept for labels: a phone is narrow."""
NOTHING = Decimal("0.0000001")
"""An effect below this part of the cost is what rounding to whole last decimals left."""

Step = tuple[str, Decimal]


def waterfall(before: Step, effects: Sequence[Step], after: Step, *, title: str, subtitle: str, currency: str) -> Chart:
    """Names and amounts; before plus the effects is after. Rise and fall differ by colour, sign and arrow."""
    levels = [float(level) for level in accumulate((before[1], *(amount for _, amount in effects)))]
    low, high = _axis(levels)
    unit = f"Cost ({currency})" if low == 0 else f"Cost ({currency}), from {fmt.money_compact(low, currency)} on"
    steps = [before, *effects, after]
    made = figure.layout(
        ROOM + BAR_HEIGHT * len(steps),
        "",
        hovermode="closest",
        showlegend=False,
        bargap=0.3,
        xaxis={
            "title": {"text": unit},
            "range": [low, high],
            "tickprefix": fmt.symbol(currency),
            "tickformat": "~s",
            "nticks": 6,
            "gridcolor": figure.GRID,
            "zeroline": low < 0,
            "zerolinecolor": GREY,
            "automargin": True,
        },
        yaxis={"type": "category", "autorange": "reversed", "automargin": True, "ticklabelstandoff": 6},
    )
    labels = [
        fmt.money(before[1], currency),
        *(_moved(amount, max(abs(level) for level in levels), currency) for _, amount in effects),
        fmt.money(after[1], currency),
    ]
    trace: dict[str, Any] = {
        "type": "waterfall",
        "orientation": "h",
        "y": [name for name, _ in steps],
        "x": figure.rounded(amount for _, amount in steps),
        "measure": ["absolute", *("relative" for _ in effects), "total"],
        "text": labels,
        "textposition": "outside",
        "cliponaxis": False,
        "increasing": {"marker": {"color": RISE}},
        "decreasing": {"marker": {"color": FALL}},
        "totals": {"marker": {"color": GREY}},
        "connector": {"line": {"color": GREY, "width": 1, "dash": "dot"}},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    told = fmt.listed([f"{name} {fmt.signed_money(amount, currency)}" for name, amount in effects])
    ends = f"{before[0]} {labels[0]}, {after[0]} {labels[-1]}"
    return Chart(title, subtitle, {"data": [trace], "layout": made}, f"{title} {subtitle} {ends}: {told}.")


def _moved(amount: Decimal, scale: float, currency: str) -> str:
    shown = Decimal() if abs(amount) < NOTHING * Decimal(scale) else round(amount, 2) or amount
    arrow = "▲ " if shown > 0 else "▼ " if shown < 0 else ""
    return f"{arrow}{fmt.signed_money(shown, currency)}"


def _axis(levels: Sequence[float]) -> tuple[float, float]:
    """Where the axis starts and ends, with room for the labels at the ends of the bars."""
    lowest, highest = min(0.0, *levels), max(0.0, *levels)
    nearest = min(levels)
    if lowest == 0 and nearest > FULL_AXIS_BELOW * highest:
        span = max(highest - nearest, highest * 0.05)
        return round(max(0.0, nearest - span), 4), round(highest + LABEL_SHARE * 2 * span, 4)
    room = max(highest - lowest, 1e-9) * LABEL_SHARE
    return round(lowest - (room if lowest < 0 else 0), 4), round(highest + room, 4)
