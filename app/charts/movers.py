"""What changed most: horizontal bars to both sides of zero."""

from collections.abc import Sequence

from app import format as fmt
from app.charts import figure
from app.charts.figure import FALL, RISE, Chart, Row

SHOWN = 8


def movers(rows: Sequence[Row], *, title: str, subtitle: str, currency: str) -> Chart:
    """Rows of (item_name, complete_cost, previous_cost); the largest changes, the greatest rise on top."""
    changes = sorted(((r["complete_cost"] - r["previous_cost"], r) for r in rows), key=lambda c: -abs(c[0]))[:SHOWN]
    changes.sort(key=lambda c: c[0])
    labels = [_label(row, currency) for _, row in changes]
    values = [round(float(change), 2) for change, _ in changes]
    made = figure.layout(
        64 + 34 * len(changes),
        "",
        hovermode="closest",
        showlegend=False,
        xaxis={
            "title": {"text": f"Change ({currency})"},
            "tickprefix": fmt.symbol(currency),
            "tickformat": "~s",
            "zeroline": True,
            "zerolinecolor": figure.GREY,
            "gridcolor": figure.GRID,
            "automargin": True,
            "range": _range(values),
        },
        yaxis={"automargin": True, "type": "category"},
    )
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": [figure.inert(row["item_name"]) for _, row in changes],
        "x": values,
        "text": labels,
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [RISE if value > 0 else FALL for value in values]},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    told = fmt.listed(
        [f"{row['item_name']} {label}" for (_, row), label in reversed(list(zip(changes, labels, strict=True)))]
    )
    return Chart(title, subtitle, {"data": [trace], "layout": made}, f"{title}. {subtitle} {told}.")


def _label(row: Row, currency: str) -> str:
    change = row["complete_cost"] - row["previous_cost"]
    ratio = fmt.change(row["complete_cost"], row["previous_cost"])
    return f"{fmt.signed_money(change, currency)} ({'new' if ratio is None else fmt.signed_percent(ratio, 0)})"


def _range(values: Sequence[float]) -> list[float]:
    """Room for the labels on both sides."""
    widest = max((abs(value) for value in values), default=1.0) or 1.0
    low = min(0.0, *values, 0.0) if values else 0.0
    return [
        round(low - (0.75 * widest if low < 0 else 0.05 * widest), 4),
        round(max(0.0, *values, 0.0) + 0.75 * widest, 4),
    ]
