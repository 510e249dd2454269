"""Releases from a table or a query of a warehouse, by columns of any name.

Grain: one attempt to bring one version to one environment. A run asks for those whose `created_at` is in its window.
The last 400 days are read again by every run, since such tables are small and a release that is reverted comes late.
"""

from functools import partial

from collectors.base import Source
from collectors.row_tables import RELEASES
from collectors.row_warehouse import CHUNK, LOOKBACK, RowWarehouseSettings, check_rows, collect_rows
from store.tables import Release

SOURCE = Source(
    name="warehouse_releases",
    title="Releases from a warehouse",
    role="metrics",
    writes=Release,
    settings=RowWarehouseSettings,
    collect=partial(collect_rows, RELEASES),
    check=partial(check_rows, RELEASES),
    endpoint=None,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
