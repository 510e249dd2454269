"""Budgets on the first page: what is spent, where it leads, and whether it will hold."""

from collections.abc import Sequence

import streamlit as st

from app import budgets
from app import format as fmt
from app.budgets import Line
from app.components import columns, empty, table

MISSING = "No budget in {} covers this month. Write one into `config/budgets.csv`."


def budgets_table(lines: Sequence[Line], currency: str) -> None:
    """The few columns that fit beside another section."""
    if not lines:
        empty.nothing(MISSING.format(currency))
        return
    shown = {
        "status": columns.text("Status"),
        "name_in_month": columns.text("Budget of"),
        "used": st.column_config.ProgressColumn("Used", format="percent", min_value=0, max_value=1),
        "spent": columns.text("Spent"),
        "budget": columns.text("Budget"),
        "forecast": columns.text("Forecast"),
    }
    told = [f"{line.name_in_month} {budgets.VERDICTS[line.outlook.verdict][2:].lower()}" for line in lines]
    table.draw(budgets.table(lines, currency, seasonal=False), shown, alt=f"Budgets: {fmt.listed(told)}.")
