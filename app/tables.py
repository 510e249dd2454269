"""Arrow tables to draw, made from query rows: rounded floats, shares, changes and sparklines. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from app import format as fmt

Row = Mapping[str, Any]

_SPARKLINE = pa.list_(pa.float64())
TOTAL = "Total"
NO_MODEL = "– no model"
"""Bills name no model for calls of tools, stored files and code execution."""
MAX_RATIO = 9.0
"""From ten times on, a change in percent tells nothing: next to nothing was there before."""


def by_item(rows: Sequence[Row], buckets: Sequence[Row], currency: str, *, compared: bool) -> pa.Table:
    """Items with share of the total, change and sparkline; the last row is the total. Rows of spend_by_item."""
    trends = sparklines(buckets, "item", "bucket_day", "cost")
    total = {
        "item": TOTAL,
        "item_name": TOTAL,
        **{name: sum((r[name] for r in rows), Decimal()) for name in ("cost", "complete_cost", "previous_cost")},
    }
    listed = [*rows, total]
    trends[TOTAL] = [round(sum(values), 4) for values in zip(*trends.values(), strict=True)]
    changes = [
        (row["complete_cost"] - row["previous_cost"], _ratio(row["complete_cost"], row["previous_cost"]))
        if compared
        else (None, None)
        for row in listed
    ]
    return pa.table(
        {
            "item_name": [row["item_name"] for row in listed],
            "cost": _floats(row["cost"] for row in listed),
            "share": _floats(row["cost"] / total["cost"] if total["cost"] else None for row in listed),
            "change_cost": _floats(change for change, _ in changes),
            "change_ratio": _floats(ratio for _, ratio in changes),
            "trend": pa.array([trends.get(row["item"], []) for row in listed], _SPARKLINE),
            "exact": [fmt.money_exact(row["cost"], currency) for row in listed],
        }
    )


def units(rows: Sequence[Row], trends: Mapping[str, Sequence[float]]) -> pa.Table:
    """Unit costs of any grain, with names of the grain as they are. `trends` by feature."""
    columns: dict[str, Any] = {}
    for name in ("feature_name", "team", "provider", "model", "project_id", "api_key_id", "environment"):
        if rows and name in rows[0]:
            columns[name] = pa.array([_named(name, row[name]) for row in rows], pa.string())
    for name in ("billed_cost", "cost_per_1k_requests", "cost_per_1m_tokens", "estimated_cost"):
        columns[name] = _floats(row[name] for row in rows)
    for name in ("request_count", "total_tokens", "unpriced_tokens"):
        columns[name] = pa.array([row[name] for row in rows], pa.int64())
    columns["covered"] = _floats(
        None if not row["billed_cost"] or row["request_cost"] is None else row["request_cost"] / row["billed_cost"]
        for row in rows
    )
    if trends:
        columns["trend"] = pa.array([trends.get(row["feature"], []) for row in rows], _SPARKLINE)
    return pa.table(columns)


def _named(column: str, value: str | None) -> str:
    if value is None:
        return NO_MODEL if column == "model" else fmt.UNKNOWN
    return fmt.provider(value) if column == "provider" else value


def sparklines(rows: Sequence[Row], item: str, day: str, measure: str) -> dict[str, list[float]]:
    """One list per item over all days of the rows; a day without a row is a day without cost."""
    days: list[date] = sorted({row[day] for row in rows})
    found: dict[str, dict[date, float]] = defaultdict(dict)
    for row in rows:
        found[row[item]][row[day]] = round(float(row[measure]), 4)
    return {name: [values.get(on, 0.0) for on in days] for name, values in found.items()}


def _ratio(now: Decimal, before: Decimal) -> float | None:
    ratio = fmt.change(now, before)
    return None if ratio is None or ratio > MAX_RATIO else ratio


def _floats(values: Iterable[Decimal | float | None]) -> Any:
    return pa.array([None if value is None else float(value) for value in values], pa.float64())
