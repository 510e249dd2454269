"""Bill and usage at list price, added up for drawing. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from app import format as fmt
from domain.reconciliation import PARTS, Cell, Slice, reconcile, reconciled_ratio

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


def slices(rows: Iterable[Mapping[str, Any]]) -> list[Slice]:
    """Rows of cost/reconciliation_cells as slices."""
    return reconcile(Cell(**row) for row in rows)


def bridge(found: Sequence[Slice]) -> list[tuple[str, Decimal]]:
    """The parts that are not 0, with their names, in order."""
    sums = {part: sum((s.parts[part] for s in found), Decimal()) for part in PARTS}
    return [(NAMES[part], amount) for part, amount in sums.items() if round(amount, 2)]


def headline(found: Sequence[Slice], currency: str) -> str:
    """What agrees, and the largest reason for what does not."""
    ratio = reconciled_ratio(found)
    if ratio is None:
        return "Nothing was billed for usage in this period"
    told = f"{fmt.percent(ratio, 1)} of the bill agrees with reported usage at list price"
    parts = sorted(bridge(found), key=lambda part: -abs(part[1]))
    if not parts:
        return told
    name, amount = parts[0]
    return f"{told}; the largest gap is “{name.lower()}” with {fmt.signed_money(amount, currency)}"


def by_model(found: Sequence[Slice], currency: str) -> pa.Table:
    """One row per provider and model, the largest gap first; the last row is the total."""
    groups = _grouped(found, lambda s: (s.provider, s.model or NO_MODEL))
    ordered = sorted(groups.items(), key=lambda item: -abs(_sum(item[1], "gap")))
    names = {"provider": [fmt.provider(p) for (p, _), _ in ordered], "model": [m for (_, m), _ in ordered]}
    listed = [group for _, group in ordered]
    return _table(
        {"provider": [*names["provider"], "Total"], "model": [*names["model"], ""]}, [*listed, found], currency
    )


def by_day(found: Sequence[Slice], currency: str) -> pa.Table:
    """One row per day, newest first."""
    groups = sorted(_grouped(found, lambda s: s.day).items(), reverse=True)
    return _table({"day": [day for day, _ in groups]}, [group for _, group in groups], currency)


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
        columns[part] = pa.array([one.parts[part] for one in found], _MONEY)
    return pa.table(columns)


def _grouped(found: Sequence[Slice], key: Callable[[Slice], Any]) -> dict[Any, list[Slice]]:
    groups: dict[Any, list[Slice]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return groups


def _table(names: dict[str, list[Any]], groups: Sequence[Sequence[Slice]], currency: str) -> pa.Table:
    shown = [part for part in PARTS if any(round(s.parts[part], 2) for group in groups for s in group)]
    gateway = [[s.gateway for s in group if s.gateway is not None] for group in groups]
    columns: dict[str, Any] = {
        **names,
        "bill": _floats(_sum(group, "bill") for group in groups),
        "estimate": _floats(_sum(group, "estimate") for group in groups),
        "gap": _floats(_sum(group, "gap") for group in groups),
        "agrees": _floats(reconciled_ratio(group) for group in groups),
    }
    if any(gateway):
        columns["gateway"] = _floats(sum(costs, Decimal()) if costs else None for costs in gateway)
    for part in shown:
        columns[part] = _floats(sum((s.parts[part] for s in group), Decimal()) for group in groups)
    columns["exact"] = [fmt.money_exact(_sum(group, "gap"), currency) for group in groups]
    return pa.table(columns)


def _sum(group: Sequence[Slice], name: str) -> Decimal:
    return sum((getattr(s, name) for s in group), Decimal())


def _floats(values: Iterable[Decimal | None]) -> Any:
    return pa.array([None if value is None else float(value) for value in values], pa.float64())
