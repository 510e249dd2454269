"""Specifications from a table or a query of a warehouse, by columns of any name.

Grain: one specification. A run asks for those whose `created_at` is in its window. The last 400 days are read again
by every run, since such tables are small and an approval or its end comes late.
"""

from functools import partial

from collectors.base import Source
from collectors.row_tables import SPECS
from collectors.row_warehouse import CHUNK, LOOKBACK, RowWarehouseSettings, check_rows, collect_rows
from store.tables import Spec

SOURCE = Source(
    name="warehouse_specs",
    title="Specifications from a warehouse",
    role="metrics",
    writes=Spec,
    settings=RowWarehouseSettings,
    collect=partial(collect_rows, SPECS),
    check=partial(check_rows, SPECS),
    endpoint=None,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
