"""Experiments from a table or a query of a warehouse, by columns of any name.

Grain: one experiment. A run asks for those whose `created_at` is in its window. The last 400 days are read again by
every run, since such tables are small and its decision comes late.
"""

from functools import partial

from collectors.base import Source
from collectors.row_tables import EXPERIMENTS
from collectors.row_warehouse import CHUNK, LOOKBACK, RowWarehouseSettings, check_rows, collect_rows
from store.tables import Experiment

SOURCE = Source(
    name="warehouse_experiments",
    title="Experiments from a warehouse",
    role="metrics",
    writes=Experiment,
    settings=RowWarehouseSettings,
    collect=partial(collect_rows, EXPERIMENTS),
    check=partial(check_rows, EXPERIMENTS),
    endpoint=None,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
