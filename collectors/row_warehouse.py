"""Rows from a table or a query of a warehouse, by a mapping of columns."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

from pydantic import Field

from collectors.base import Api
from collectors.row_mapping import mapping
from collectors.row_reader import RowReader
from collectors.row_table import RowSettings, RowTable
from collectors.table_file import RowError
from collectors.warehouse import WarehouseSettings, columns_of, read_span
from domain.window import Window

LOOKBACK = "400d"
"""What happens late to a row (approved, resolved, reverted, filled, delivered) is read for more than a year."""
CHUNK = "800d"
"""Two years are one question: a key that comes twice is noticed, and groups of people are judged together."""


class RowWarehouseSettings(RowSettings, WarehouseSettings):
    """`url`: reference to an SQLAlchemy URL; `table` or `query`. Days and times without a zone are UTC there."""

    map: dict[str, str] = Field(default_factory=dict)


def collect_rows(table: RowTable, window: Window, api: Api) -> Iterator[Any]:
    """The rows whose time is in the window. Those that cannot be loaded are set aside by their time.

    Raises CollectorError.
    """
    columns = mapping(table, api.settings, columns_of(api.name, api.settings), "The warehouse", exact=False)
    reader = RowReader(table, api.name, api.settings, UTC)
    rows: list[Any] = []
    counts: Counter[str] = Counter()
    for found in read_span(api.name, api.settings, columns, table.time, window):
        try:
            rows.append(reader.row(found))
        except RowError as error:
            _tell(api, counts, found[table.time], str(error))
    kept_back = table.keeps_back(rows, api.settings)
    for place, row in enumerate(rows):
        if place in kept_back:
            _tell(api, counts, getattr(row, table.time), kept_back[place])
        else:
            yield row


def check_rows(table: RowTable, api: Api) -> None:
    """The question is understood: it is asked for this moment."""
    for _ in collect_rows(table, Window(api.now, api.now + timedelta(seconds=1)), api):
        return


def _tell(api: Api, counts: Counter[str], moment: Any, reason: str) -> None:
    place = f"row of {moment}"
    counts[place] += 1
    api.set_aside(place, counts[place], reason)
