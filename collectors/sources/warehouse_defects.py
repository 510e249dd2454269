"""Defects from a table or a query of a warehouse, by columns of any name.

Grain: one defect. A run asks for those whose `reported_at` is in its window. The last 400 days are read again by
every run, since such tables are small and its resolution comes late.
"""

from functools import partial

from collectors.base import Source
from collectors.row_tables import DEFECTS
from collectors.row_warehouse import CHUNK, LOOKBACK, RowWarehouseSettings, check_rows, collect_rows
from store.tables import Defect

SOURCE = Source(
    name="warehouse_defects",
    title="Defects from a warehouse",
    role="metrics",
    writes=Defect,
    settings=RowWarehouseSettings,
    collect=partial(collect_rows, DEFECTS),
    check=partial(check_rows, DEFECTS),
    endpoint=None,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
