"""Prices then and now, and usage without a price, as tables and sentences. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from app import format as fmt
from domain.price import STANDARD
from domain.price_lines import price_lines

Row = Mapping[str, Any]
CURRENCY = "USD"
"""List prices are in USD."""
NO_MODEL = "– no model"
MEANT_CENT = Decimal("0.005")
"""A difference that rounds to no cent is rounding, not another price."""

_COMPARED = ("cost_then", "cost_now")


def compared(rows: Sequence[Row]) -> tuple[Decimal, Decimal]:
    """What the usage cost at the prices of its days, and what it would at today's. Rows of prices_then_and_now."""
    then, now = (sum((row[name] for row in rows if row[name] is not None), Decimal()) for name in _COMPARED)
    return then, now


def moved(rows: Sequence[Row]) -> list[Row]:
    """The rows whose price is another one today, the largest difference first."""
    known = [row for row in rows if row["cost_now"] is not None and row["cost_then"] is not None]
    changed = [row for row in known if abs(row["cost_now"] - row["cost_then"]) >= MEANT_CENT]
    return sorted(changed, key=lambda row: -abs(row["cost_now"] - row["cost_then"]))


def then_and_now_sentence(rows: Sequence[Row]) -> str:
    """What the period's usage would cost today, and how much of it that is said of."""
    then, now = compared(rows)
    if not moved(rows):
        told = "The same usage would cost the same at today's prices."
    else:
        change = fmt.signed_percent(fmt.change(now, then))
        told = (
            f"At the prices of each day this usage cost {fmt.money(then, CURRENCY)} at list price; at today's prices "
            f"it would cost {fmt.money(now, CURRENCY)} ({fmt.signed_money(now - then, CURRENCY)}, {change})."
        )
    left_out = sum(row["tokens"] - row["compared_tokens"] for row in rows)
    return f"{told} {fmt.compact(left_out)} tokens have no price then or now and are in neither." if left_out else told


def then_and_now(rows: Sequence[Row]) -> pa.Table:
    """One row per model and tier whose price changed."""
    changed = moved(rows)
    return pa.table(
        {
            "provider": [fmt.provider(row["provider"]) for row in changed],
            "model": [row["model"] or NO_MODEL for row in changed],
            "service_tier": [row["service_tier"] for row in changed],
            "tokens": pa.array([row["compared_tokens"] for row in changed], pa.int64()),
            "cost_then": _floats(row["cost_then"] for row in changed),
            "cost_now": _floats(row["cost_now"] for row in changed),
            "change_cost": _floats(row["cost_now"] - row["cost_then"] for row in changed),
            "change_ratio": pa.array([fmt.change(row["cost_now"], row["cost_then"]) for row in changed], pa.float64()),
        }
    )


def unpriced(rows: Sequence[Row]) -> pa.Table:
    """One row per model, tier and unit without a price, with what to do. Rows of unpriced_usage."""
    return pa.table(
        {
            "provider": [fmt.provider(row["provider"]) for row in rows],
            "model": [row["model"] or f"{NO_MODEL}: {row['service']}" for row in rows],
            "service_tier": [row["service_tier"] for row in rows],
            "unit": [_unit(row) for row in rows],
            "amount": _floats(row["amount"] for row in rows),
            "day_count": pa.array([row["day_count"] for row in rows], pa.int64()),
            "days": [fmt.day(row["first_day"]) + " – " + fmt.day(row["last_day"]) for row in rows],
            "remedy": [_remedy(row) for row in rows],
        }
    )


def unpriced_headline(rows: Sequence[Row]) -> str:
    """How much has no price, in tokens and in kinds of other units."""
    models = {(row["provider"], row["model"] or row["service"]) for row in rows}
    return (
        f"Usage of {fmt.plural(len(models), 'model or tool')} has no price and is in no estimate. "
        "Write the lines below to prices.toml, with the price in place of “USD”."
    )


def lines(rows: Sequence[Row]) -> str:
    """The lines of prices.toml for everything that lacks a price, one table per model and tier."""
    units: dict[tuple[str, str | None, str], list[str]] = {}
    for row in rows:
        if row["unit"] is not None:
            found = units.setdefault((row["provider"], row["model"], row["service_tier"]), [])
            found += [row["unit"]] if row["unit"] not in found else []
    return "\n\n".join(price_lines(*key, of_key) for key, of_key in units.items())


def _unit(row: Row) -> str:
    return "parts unclear" if row["unit"] is None else row["unit"].replace("_", " ")


def _remedy(row: Row) -> str:
    if row["unit"] is None:
        return "Load these days again: every unit has a price, or the source contradicts itself"
    if row["service_tier"] != STANDARD:
        return f"Add the price of the tier {row['service_tier']}, 0 when a commitment pays for it"
    return "Add a price"


def _floats(values: Any) -> Any:
    return pa.array([float(value) for value in values], pa.float64())
