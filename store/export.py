"""Writes charges as a FOCUS file, row by row, to the last digit."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

import sqlalchemy as sa

from domain.window import Window
from store import focus_rules
from store.engine import Store
from store.focus_columns import COLUMNS, MANDATORY
from store.focus_estimates import ESTIMATED, FILLED, estimates
from store.schema import table
from store.tables import Charge

VERSIONS = tuple(COLUMNS)
"""1.2 is what most readers of FOCUS files accept; 1.4 is written by its draft."""

PAGE_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Exported:
    """How many rows were written, and how often each rule of FOCUS is broken by what the providers delivered."""

    row_count: int
    broken: Mapping[str, int]


def export_focus(
    store: Store, file: TextIO, window: Window | None, version: str = "1.2", *, with_estimates: bool = False
) -> Exported:
    """Writes the charges whose charge period begins in `window` (all without one) as CSV.

    Columns that no charge of the store has a value for are left out, unless FOCUS makes them mandatory. With
    estimates, usage follows that no bill has, one row per kind of token: its BilledCost is 0 and its estimate in
    `x_EstimatedCost`.
    """
    columns = _filled(store, COLUMNS[version], MANDATORY | FILLED if with_estimates else MANDATORY)
    writer = csv.writer(file, lineterminator="\n")
    names = [*columns, *(ESTIMATED if with_estimates else ())]
    writer.writerow(names)
    row_count, broken = 0, Counter[str]()
    extra = [""] * (len(names) - len(columns))
    rows = ([*map(_text, row), *extra] for row in _charges(store, window, columns))
    for texts in rows:
        writer.writerow(texts)
        row_count += 1
        broken.update(focus_rules.broken(dict(zip(names, texts, strict=True))))
    for values in estimates(store, window) if with_estimates else ():
        texts = [_text(values.get(name)) for name in names]
        writer.writerow(texts)
        row_count += 1
        broken.update(focus_rules.broken(dict(zip(names, texts, strict=True))))
    return Exported(row_count, dict(broken))


def _filled(store: Store, columns: Mapping[str, str], kept: Set[str]) -> dict[str, str]:
    charges = table(Charge).c
    counts = sa.select(*(sa.func.count(charges[column]).label(name) for name, column in columns.items()))
    with store.read() as connection:
        filled = connection.execute(counts).one()
    return {
        name: column
        for (name, column), count in zip(columns.items(), filled, strict=True)
        if count or name in kept or name.startswith("x_")
    }


def _charges(store: Store, window: Window | None, columns: Mapping[str, str]) -> Iterator[Sequence[Any]]:
    charges = table(Charge).c
    query = sa.select(*(charges[name] for name in columns.values())).order_by(
        charges.charge_period_start, charges.billing_account_id, charges.sku_price_id, charges.billed_cost
    )
    if window:
        query = query.where(
            charges.charge_period_start >= window.start.replace(tzinfo=None),
            charges.charge_period_start < window.end.replace(tzinfo=None),
        )
    with store.read() as connection:
        yield from connection.execution_options(yield_per=PAGE_ROWS).execute(query)


def _text(value: Any) -> str:
    """Empty for NULL, ISO 8601 UTC for times, plain digits without trailing zeros for money."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}Z"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}T00:00:00Z"
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)


def plain(value: Decimal) -> str:
    """All digits that count, never in E notation: 1.500000000000 → 1.5, 0E-12 → 0."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text
