"""Counts from a table or a query of a warehouse, by a mapping of columns."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from collectors.base import Api
from collectors.count_table import LARGEST_COUNT, CountTable
from collectors.errors import DataError
from collectors.warehouse import read_days, read_span
from domain.window import Window, floor_hour


def collect_counts(table: CountTable, window: Window, api: Api) -> Iterator[Any]:
    """The rows of every day or hour that the window touches. Raises CollectorError."""
    mapping, constants = table.whole_mapping(api.settings.map, api.settings.set)
    if table.time == "day":
        last = (window.end - timedelta(microseconds=1)).date()
        found = read_days(
            api.name, api.settings, mapping, mapping.get("day", ""), window.start.date(), last + timedelta(days=1)
        )
    else:
        found = read_span(api.name, api.settings, mapping, table.time, window)
    for values in found:
        yield _row(table, api.name, constants | values)


def check_counts(table: CountTable, api: Api) -> None:
    """The question is understood: it is asked for today."""
    start = api.now.replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in collect_counts(table, Window(start, start + timedelta(days=1)), api):
        return


def _row(table: CountTable, source: str, found: Mapping[str, Any]) -> Any:
    at = _time(table, found[table.time], source)
    where = f"{source}: the row of {at} and {found['feature']!r}"
    texts = {name: str(found[name]).strip() or None for name in table.texts if found.get(name) is not None}
    counts = {name: _count(found[name], name, where) for name in table.counts if found.get(name) is not None}
    empty = next((name for name in table.required[1:] if (texts | counts).get(name) is None), None)
    if empty:
        raise DataError(f"{where} has no {empty}; correct it in the warehouse, or leave the row out by a query.")
    for part, whole in table.parts_of(counts):
        if counts[part] > counts[whole]:
            raise DataError(f"{where} has more {part} ({counts[part]}) than {whole} ({counts[whole]}); correct it.")
    return table.row(source=source, **{table.time: at}, **texts, **counts)


def _time(table: CountTable, given: Any, source: str) -> date | datetime:
    if table.time == "day":
        on: date = given.date() if isinstance(given, datetime) else given
        return on
    if not isinstance(given, datetime):
        raise DataError(f"{source}: {table.time} is {given!r}, which is no time; map a timestamp.")
    return floor_hour(given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC))


def _count(value: Any, name: str, where: str) -> int:
    try:
        number = Decimal(str(value))
        whole = int(number)
    except (ArithmeticError, ValueError):
        raise DataError(f"{where}: {name} is not a whole number; correct it.") from None
    if number != whole or not 0 <= whole <= LARGEST_COUNT:
        raise DataError(f"{where}: {name} is not a count from 0 to {LARGEST_COUNT:,}; correct it.")
    return whole
