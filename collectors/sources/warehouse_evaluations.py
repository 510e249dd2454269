"""Evaluations from a table or a query of a warehouse, by columns of any name.

Grain: one metric of one evaluation run. A run asks for those whose `evaluated_at` is in its window. The last 400 days
are read again by every run, since such tables are small and a score that is corrected comes late.
"""

from functools import partial

from collectors.base import Source
from collectors.row_tables import EVALUATIONS
from collectors.row_warehouse import CHUNK, LOOKBACK, RowWarehouseSettings, check_rows, collect_rows
from store.tables import Evaluation

SOURCE = Source(
    name="warehouse_evaluations",
    title="Evaluations from a warehouse",
    role="metrics",
    writes=Evaluation,
    settings=RowWarehouseSettings,
    collect=partial(collect_rows, EVALUATIONS),
    check=partial(check_rows, EVALUATIONS),
    endpoint=None,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
