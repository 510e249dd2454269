"""Money in other currencies is never added; it is named."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app import format as fmt


def sentence(rows: Iterable[Mapping[str, Any]], currency: str, measure: str = "billed_cost") -> str:
    """`Not included: €32.44 …`; empty when there is only one currency. Rows of cost/currencies."""
    others = [
        fmt.money(row[measure], row["billing_currency"])
        for row in rows
        if row["billing_currency"] != currency and row[measure] is not None
    ]
    return f"Not included: {fmt.listed(others)} billed in other currencies, which are never added up." if others else ""


def first_day(rows: Iterable[Mapping[str, Any]], currency: str) -> date | None:
    """The first day with costs in a currency."""
    return next((row["first_day"] for row in rows if row["billing_currency"] == currency), None)
