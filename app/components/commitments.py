"""What is left of credits and commitments, and when it runs out."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa
import streamlit as st

from app import format as fmt
from app.components import columns, table
from app.components.markdown import plain
from app.data import Horizon
from domain.commitment import RECENT_DAYS, Burn

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
            "last_day": [fmt.day(row["ends_on"] - timedelta(days=1)) for row in rows],
        }
    )
    shown = {
        "name": columns.text("Name", pinned=True),
        "state": columns.text("At this pace"),
        "kind": columns.text("Kind"),
        "used": columns.share("Used"),
        "amount": columns.text("Amount"),
        "remaining": columns.text("Left"),
        "per_day": columns.text("Per day"),
        "last_day": columns.text("Last day"),
    }
    told = [_told(row, burn) for row, burn in zip(rows, burns, strict=True)]
    st.caption(f"{plain('; '.join(told))}. The pace is that of the last {RECENT_DAYS} whole days.")
    table.draw(drawn, shown, alt=f"Credits and commitments, the first to end on top. {'; '.join(told)}.")


def _told(row: Mapping[str, Any], burn: Burn) -> str:
    words = _state(row, burn).partition(" ")[2]
    return f"{row['name']}: {words[0].lower()}{words[1:]}"


def _state(row: Mapping[str, Any], burn: Burn) -> str:
    unused = fmt.money(burn.unused_at_end, row["currency"])
    if burn.remaining <= 0:
        return "● Used up"
    if burn.end <= burn.day:
        return f"○ Ended with {unused} unused"
    if burn.runs_out_on:
        return f"▲ Runs out on {fmt.day(burn.runs_out_on)}"
    return f"▼ Ends with {unused} unused" if burn.unused_at_end else "✓ Lasts to its end"
