"""Bill and usage at list price, added up for drawing. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from app import format as fmt
from domain.reconciled_sum import Sum, summed, total
from domain.reconciliation import PARTS, Cell, Slice, reconcile

NAMES = {
    "tax_and_credits": "Tax and credits",
    "other_units": "Other units",
    "no_usage": "No usage reported",
    "not_billed": "Not billed",
    "unpriced": "No list price",
    "quantity": "Missing rows",
    "cache": "Cache pricing",
    "tier": "Tier pricing",
    "price": "Price and version",
    "day_cut": "Day cut",
}
HELP = {
    "tax_and_credits": "Charges that are no usage: tax, credits, purchases, adjustments.",
    "other_units": "Calls, images, seconds, storage: they have no list price here.",
    "no_usage": "Billed tokens of a model and day for which no usage was reported.",
    "not_billed": "Reported tokens of a model and day that the bill does not have (yet).",
    "unpriced": "The bill of tokens whose model or tier has no list price; add one in prices.toml.",
    "quantity": "Tokens billed but not reported, or the reverse, at list price.",
    "cache": "Cache reads and writes at another price than the list's.",
    "tier": "Batch, priority and other tiers at another price than the list's.",
    "price": "Input and output at another price: a discount, another version of the price list, long context.",
    "day_cut": "What neighbouring days hold of each other, because the two reports cut the day differently.",
}
NO_MODEL = "– no model"
_MONEY = pa.decimal128(38, 12)
_HALF_A_CENT = Decimal("0.005")


def slices(cells: pa.Table) -> list[Slice]:
    """The answer of cost/reconciliation_cells as slices."""
    return reconcile(map(Cell, *(cells[name].to_pylist() for name in Cell._fields)))


def bridge(whole: Sum) -> list[tuple[str, Decimal]]:
    """The parts that are not 0, with their names, in order."""
    return [(NAMES[part], amount) for part in PARTS if round(amount := whole.parts.get(part, Decimal()), 2)]


def headline(whole: Sum, currency: str) -> str:
    """What agrees, and the largest reason for what does not."""
    ratio = whole.reconciled_ratio
    if ratio is None:
        return "Nothing was billed for usage in this period"
    told = f"{fmt.percent(ratio, 1)} of the bill agrees with reported usage at list price"
    parts = sorted(bridge(whole), key=lambda part: -abs(part[1]))
    if not parts:
        return told
    name, amount = parts[0]
    return f"{told}; the largest gap is “{name.lower()}” with {fmt.signed_money(amount, currency)}"


def by_model(found: Sequence[Slice], currency: str) -> pa.Table:
    """One row per provider and model, the largest gap first; the last row is the total."""
    sums = summed(found, lambda s: (s.provider, s.model or NO_MODEL))
    ordered = sorted(sums.items(), key=lambda item: -abs(item[1].gap))
    providers, models = [fmt.provider(p) for (p, _), _ in ordered], [model for (_, model), _ in ordered]
    names = {"provider": [*providers, "Total"], "model": [*models, ""]}
    return _table(names, [*(one for _, one in ordered), total(found)], _shown(found), currency)


def by_day(found: Sequence[Slice], currency: str) -> pa.Table:
    """One row per day, newest first."""
    sums = sorted(summed(found, lambda s: s.day).items(), reverse=True)
    return _table({"day": [day for day, _ in sums]}, [one for _, one in sums], _shown(found), currency)


def exact(found: Sequence[Slice]) -> pa.Table:
    """One row per provider, day and model with every digit, for a download."""
    columns: dict[str, Any] = {
        "provider": [one.provider for one in found],
        "day": [one.day for one in found],
        "model": pa.array([one.model for one in found], pa.string()),
    }
    for name in ("bill", "estimate", "gap", "agreed"):
        columns[name] = pa.array([getattr(one, name) for one in found], _MONEY)
    for part in PARTS:
        columns[part] = pa.array([one.part(part) for one in found], _MONEY)
    return pa.table(columns)


def _shown(found: Sequence[Slice]) -> list[str]:
    """The parts that come to a cent in any slice."""
    seen = {part for one in found for part, amount in one.parts.items() if abs(amount) > _HALF_A_CENT}
    return [part for part in PARTS if part in seen]


def _table(names: dict[str, list[Any]], sums: Sequence[Sum], shown: Sequence[str], currency: str) -> pa.Table:
    columns: dict[str, Any] = {
        **names,
        "bill": _floats(one.bill for one in sums),
        "estimate": _floats(one.estimate for one in sums),
        "gap": _floats(one.gap for one in sums),
        "agrees": _floats(one.reconciled_ratio for one in sums),
    }
    if any(one.gateway is not None for one in sums):
        columns["gateway"] = _floats(one.gateway for one in sums)
    for part in shown:
        columns[part] = _floats(one.parts.get(part, Decimal()) for one in sums)
    columns["exact"] = [fmt.money_exact(one.gap, currency) for one in sums]
    return pa.table(columns)


def _floats(values: Iterable[Decimal | None]) -> Any:
    return pa.array([None if value is None else float(value) for value in values], pa.float64())
