"""Arrow tables to draw, made from query rows: rounded floats, shares, changes and sparklines. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from app import format as fmt

Row = Mapping[str, Any]

_SPARKLINE = pa.list_(pa.float64())
TOTAL = "Total"
NO_MODEL = "– no model"
"""Bills name no model for calls of tools, stored files and code execution."""
_ADDED = ("cost", "allocated_cost", "complete_cost", "previous_cost")
MAX_RATIO = 9.0
"""From ten times on, a change in percent tells nothing: next to nothing was there before."""


def by_item(rows: Sequence[Row], buckets: pa.Table, currency: str, *, compared: bool) -> pa.Table:
    """Items with share of the total, change and sparkline; the last row is the total. Rows of spend_by_item."""
    trends = sparklines(buckets, "item", "bucket_day", "cost")
    total = {
        "item": TOTAL,
        "item_name": TOTAL,
        **{name: sum((r[name] for r in rows), Decimal()) for name in _ADDED},
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
            **_allocated(listed, "cost"),
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
    if rows and "allocated_cost" in rows[0]:
        columns |= _allocated(rows, "billed_cost")
    if "allocated_cost" in columns:
        columns["loaded_cost_per_1k_requests"] = _floats(row["loaded_cost_per_1k_requests"] for row in rows)
    for name in ("billed_cost", "cost_per_1k_requests", "cost_per_1m_tokens", "estimated_cost"):
        columns[name] = _floats(row[name] for row in rows)
    for name in ("request_count", "total_tokens", "unpriced_tokens"):
        columns[name] = pa.array([row[name] for row in rows], pa.int64())
    columns["covered"] = _floats(_covered(row) for row in rows)
    if trends:
        columns["trend"] = pa.array([trends.get(row["feature"], []) for row in rows], _SPARKLINE)
    return pa.table(columns)


def links(rows: Sequence[Row]) -> dict[str, Any]:
    """The column `url`; nothing where no row has one."""
    return {"url": pa.array([r["url"] for r in rows], pa.string())} if any(r["url"] for r in rows) else {}


def _covered(row: Row) -> Decimal | None:
    """The share of the direct cost whose usage reports requests."""
    direct = (row["billed_cost"] or Decimal()) - (row.get("allocated_cost") or Decimal())
    return None if not direct or row["request_cost"] is None else row["request_cost"] / direct


def _allocated(rows: Sequence[Row], cost: str) -> dict[str, Any]:
    """Direct and allocated cost apart; nothing while no rule moves a shared cost."""
    if not any(row["allocated_cost"] for row in rows):
        return {}
    moved = [row["allocated_cost"] or Decimal() for row in rows]
    return {
        "direct_cost": _floats((row[cost] or 0) - part for row, part in zip(rows, moved, strict=True)),
        "allocated_cost": _floats(moved),
    }


def _named(column: str, value: str | None) -> str:
    if value is None:
        return NO_MODEL if column == "model" else fmt.UNKNOWN
    return fmt.provider(value) if column == "provider" else value


def sparklines(table: pa.Table, item: str, day: str, measure: str) -> dict[str, list[float]]:
    """One list per item over all days of the table; a day without a row is a day without cost."""
    if not table.num_rows:
        return {}
    items: Any = pc.dictionary_encode(table[item].combine_chunks())
    days: Any = pc.dictionary_encode(table[day].combine_chunks())
    ranks = np.argsort(np.argsort(days.dictionary.cast(pa.int32()).to_numpy()))
    found = np.zeros((len(items.dictionary), len(days.dictionary)))
    costs = table[measure].cast(pa.float64()).to_numpy()
    found[items.indices.to_numpy(), ranks[days.indices.to_numpy()]] = np.round(costs, 4)
    return dict(zip(items.dictionary.to_pylist(), found.tolist(), strict=True))


def _ratio(now: Decimal, before: Decimal) -> float | None:
    ratio = fmt.change(now, before)
    return None if ratio is None or ratio > MAX_RATIO else ratio


def _floats(values: Iterable[Decimal | float | None]) -> Any:
    return pa.array([None if value is None else float(value) for value in values], pa.float64())
