"""What is left of credits and commitments, and when it runs out."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from app import format as fmt
from app.components import columns, table
from app.data import Horizon
from domain.commitment import Burn

KINDS = {"credit": "Credit", "commitment": "Commitment"}


def commitments_table(rows: Sequence[Mapping[str, Any]], horizon: Horizon) -> None:
    """One row each, the one that ends first on top. Rows of cost/commitments."""
    st.markdown("## Credits and commitments")
    burns = [
        Burn(row["amount"], row["used_cost"], row["recent_cost"], horizon.complete_end, row["ends_on"]) for row in rows
    ]
    drawn = pa.table(
        {
            "name": [row["name"] for row in rows],
            "kind": [KINDS[row["kind"]] for row in rows],
            "state": [_state(row, burn) for row, burn in zip(rows, burns, strict=True)],
            "used": [float(burn.used / burn.amount) for burn in burns],
            "amount": [fmt.money(burn.amount, row["currency"]) for row, burn in zip(rows, burns, strict=True)],
            "remaining": [fmt.money(burn.remaining, row["currency"]) for row, burn in zip(rows, burns, strict=True)],
            "per_day": [fmt.money(burn.per_day, row["currency"]) for row, burn in zip(rows, burns, strict=True)],
            "ends": [fmt.day(row["ends_on"]) for row in rows],
        }
    )
    shown = {
        "name": columns.text("Name", pinned=True),
        "kind": columns.text("Kind"),
        "state": columns.text("At this pace", "The pace of the last 28 whole days.", width="large"),
        "used": columns.share("Used"),
        "amount": columns.text("Amount"),
        "remaining": columns.text("Left"),
        "per_day": columns.text("Per day"),
        "ends": columns.text("Ends"),
    }
    table.draw(drawn, shown, alt=f"{fmt.plural(len(rows), 'line')} of credits and commitments.")


def _state(row: Mapping[str, Any], burn: Burn) -> str:
    unused = fmt.money(burn.unused_at_end, row["currency"])
    if burn.remaining <= 0:
        return "● Used up"
    if burn.end <= burn.day:
        return f"○ Ended with {unused} unused"
    if burn.runs_out_on:
        return f"▲ Runs out on {fmt.day(burn.runs_out_on)}"
    return f"▼ Ends with {unused} unused" if burn.unused_at_end else "✓ Lasts to its end"
