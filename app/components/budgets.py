"""Budgets with what is spent of them and where the run rate leads."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import streamlit as st

from app import format as fmt
from app.components import columns, empty, table
from app.pace import Pace

GRAVEST_FIRST = ("✕ Exceeded", "! Will not hold", "✓ On track", "– Too early")


def budgets_table(rows: Sequence[Mapping[str, Any]], complete_end: date, currency: str) -> None:
    """One line per budget: whether it will hold, as a sign and a word. Rows of cost/budget_status."""
    if not rows:
        empty.nothing(f"No budget in {currency} covers this month. Write one into `config/budgets.csv`.")
        return
    rows = sorted(rows, key=lambda row: GRAVEST_FIRST.index(status(row, _pace(row, complete_end))))
    paces = [_pace(row, complete_end) for row in rows]
    drawn = pa.table(
        {
            "status": [status(row, pace) for row, pace in zip(rows, paces, strict=True)],
            "scope": [_scope(row) for row in rows],
            "spent": [fmt.money_compact(row["billed_cost"], currency) for row in rows],
            "used": [float(r["billed_cost"] / r["budget_amount"]) if r["budget_amount"] else None for r in rows],
            "budget": [fmt.money_compact(row["budget_amount"], currency) for row in rows],
            "run_rate": [fmt.money_compact(pace.run_rate, currency) for pace in paces],
        }
    )
    shown = {
        "status": columns.text("Status"),
        "scope": columns.text("Budget of"),
        "used": st.column_config.ProgressColumn("Used", format="percent", min_value=0, max_value=1),
        "spent": columns.text("Spent"),
        "budget": columns.text("Budget"),
        "run_rate": columns.text("Run rate"),
    }
    told = [f"{_scope(row)} {status(row, p)[2:].lower()}" for row, p in zip(rows, paces, strict=True)]
    table.draw(drawn, shown, alt=f"Budgets: {fmt.listed(told)}.")


def _pace(row: Mapping[str, Any], complete_end: date) -> Pace:
    return Pace(row["period_start"], row["period_end"], complete_end, row["complete_cost"], row["budget_amount"])


def _scope(row: Mapping[str, Any]) -> str:
    match row["scope_type"]:
        case "organization":
            return "Organisation"
        case "provider":
            return fmt.provider(row["scope"])
        case _:
            return str(row["scope_name"])


def status(row: Mapping[str, Any], pace: Pace) -> str:
    """Exceeded already, not going to hold at the run rate, or on track."""
    if row["billed_cost"] > row["budget_amount"]:
        return "✕ Exceeded"
    if pace.overrun is None:
        return "– Too early"
    return "! Will not hold" if pace.overrun > 0 else "✓ On track"
