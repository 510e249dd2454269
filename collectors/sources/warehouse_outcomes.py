"""Outcomes of AI work from a table or a query of a warehouse, by a mapping of columns.

Grain: UTC day × feature × outcome × customer tier; rows that share these are added up. Whole days are read, the
running one included, and the last week again, since outcomes (an answer that is accepted, a ticket that stays closed)
are often known late. `good_count` is never made of the other counts.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from collectors.base import Api, Source
from collectors.errors import DataError
from collectors.outcome_fields import COUNTS, LARGEST_COUNT, REQUIRED, TEXTS, parts_of, whole_mapping
from collectors.warehouse import WarehouseSettings, read_days
from domain.window import Window
from store.tables import Outcome


def collect(window: Window, api: Api) -> Iterator[Outcome]:
    """The outcomes of every day that the window touches. Raises CollectorError."""
    start = window.start.date()
    end = (window.end - timedelta(microseconds=1)).date() + timedelta(days=1)
    yield from _read(api, start, end)


def check(api: Api) -> None:
    """The question is understood: it is asked for today."""
    for _ in _read(api, api.now.date(), api.now.date() + timedelta(days=1)):
        return


def _read(api: Api, start: date, end: date) -> Iterator[Outcome]:
    mapping, constants = whole_mapping(api.settings.map, api.settings.set)
    for found in read_days(api.name, api.settings, mapping, mapping.get("day", ""), start, end):
        yield _outcome(api.name, constants | found)


def _outcome(source: str, found: Mapping[str, Any]) -> Outcome:
    day = found["day"].date() if isinstance(found["day"], datetime) else found["day"]
    where = f"{source}: the row of {day} and {found['feature']!r}"
    texts = {name: str(found[name]).strip() or None for name in TEXTS if found.get(name) is not None}
    counts = {name: _count(found[name], name, where) for name in COUNTS if found.get(name) is not None}
    empty = next((name for name in REQUIRED[1:] if (texts | counts).get(name) is None), None)
    if empty:
        raise DataError(f"{where} has no {empty}; correct it in the warehouse, or leave the row out by a query.")
    for part, whole in parts_of(counts):
        if counts[part] > counts[whole]:
            raise DataError(f"{where} has more {part} ({counts[part]}) than {whole} ({counts[whole]}); correct it.")
    values: dict[str, Any] = {"source": source, "day": day, **texts, **counts}
    return Outcome(**values)


def _count(value: Any, name: str, where: str) -> int:
    try:
        number = Decimal(str(value))
        whole = int(number)
    except (ArithmeticError, ValueError):
        raise DataError(f"{where}: {name} is not a whole number; correct it.") from None
    if number != whole or not 0 <= whole <= LARGEST_COUNT:
        raise DataError(f"{where}: {name} is not a count from 0 to {LARGEST_COUNT:,}; correct it.")
    return whole


SOURCE = Source(
    name="warehouse_outcomes",
    title="Outcomes from a warehouse",
    role="metrics",
    writes=Outcome,
    settings=WarehouseSettings,
    collect=collect,
    check=check,
    endpoint=None,
    every="6h",
    lookback="7d",
)
