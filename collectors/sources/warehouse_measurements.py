"""Measurements of people and processes from a table or a query of a warehouse, by columns of any name.

Grain: metric × group × period. Groups of few people are not kept, nor one that would let such a group be worked out.
A run asks for those whose `period_start` is in its window. The last 400 days are read again by every run, since such
tables are small and a correction comes late.
"""

from functools import partial

from collectors.base import Source
from collectors.row_tables import MEASUREMENTS
from collectors.row_warehouse import CHUNK, LOOKBACK, RowWarehouseSettings, check_rows, collect_rows
from collectors.small_groups import PeopleSettings
from store.tables import Measurement


class MeasurementWarehouseSettings(RowWarehouseSettings, PeopleSettings):
    """A table or query, its columns, and what must not be kept."""


SOURCE = Source(
    name="warehouse_measurements",
    title="Measurements of people and processes from a warehouse",
    role="metrics",
    writes=Measurement,
    settings=MeasurementWarehouseSettings,
    collect=partial(collect_rows, MEASUREMENTS),
    check=partial(check_rows, MEASUREMENTS),
    endpoint=None,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
