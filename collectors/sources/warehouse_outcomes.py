"""Outcomes of AI work from a table or a query of a warehouse, by a mapping of columns.

Grain: UTC day × feature × outcome × customer tier; rows that share these are added up. Whole days are read, the
running one included, and the last week again, since outcomes (an answer that is accepted, a ticket that stays closed)
are often known late. `good_count` is never made of the other counts.
"""

from functools import partial

from collectors.base import Source
from collectors.count_table import OUTCOMES
from collectors.count_warehouse import check_counts, collect_counts
from collectors.warehouse import WarehouseSettings
from store.tables import Outcome

SOURCE = Source(
    name="warehouse_outcomes",
    title="Outcomes from a warehouse",
    role="metrics",
    writes=Outcome,
    settings=WarehouseSettings,
    collect=partial(collect_counts, OUTCOMES),
    check=partial(check_counts, OUTCOMES),
    endpoint=None,
    every="6h",
    lookback="7d",
)
