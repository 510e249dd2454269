"""Money in other currencies is converted at dated rates or left out, and named either way."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app import data
from app import format as fmt


def sentence(rows: Sequence[Mapping[str, Any]], currency: str, measure: str = "billed_cost") -> str:
    """`Includes €32.44 …`, `Not included: €1.10 …`; empty when there is one currency only. Rows of cost/currencies.

    The organisation's currency takes in what can be converted; another one shows what was billed in it.
    """
    others = [row for row in rows if row["billing_currency"] != currency and row[measure] is not None]
    if currency != data.currency():
        return _left_out(
            [(row[measure], row) for row in others], "billed in other currencies, which are never added up"
        )
    without_rate = [(row[f"unconverted_{measure}"], row) for row in others if row[f"unconverted_{measure}"] is not None]
    converted = [(row[measure] - (row[f"unconverted_{measure}"] or 0), row) for row in others]
    included = [fmt.money(cost, row["billing_currency"]) for cost, row in converted if cost]
    days = [row["first_unconverted_day"] for _, row in without_rate]
    why = f"billed in other currencies, without a rate in fx_rates.csv from {fmt.day(min(days))} on" if days else ""
    told = [f"Includes {fmt.listed(included)} at the day's rate." if included else "", _left_out(without_rate, why)]
    return " ".join(filter(None, told))


def _left_out(costs: Sequence[tuple[Decimal, Mapping[str, Any]]], why: str) -> str:
    named = [fmt.money(cost, row["billing_currency"]) for cost, row in costs]
    return f"Not included: {fmt.listed(named)} {why}." if named else ""


def first_day(rows: Iterable[Mapping[str, Any]], currency: str) -> date | None:
    """The first day with costs that are shown in a currency."""
    own = data.currency()
    days = [
        row["first_day"]
        for row in rows
        if row["billing_currency"] == currency
        or (currency == own and row["billed_cost"] is not None and row["unconverted_billed_cost"] != row["billed_cost"])
    ]
    return min(days, default=None)
