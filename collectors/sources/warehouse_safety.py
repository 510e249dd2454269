"""What guardrails and reviewers found, from a table or a query of a warehouse, by a mapping of columns.

Grain: UTC hour × feature × policy × provider × model; rows that share these are added up. The policy `any` counts each
interaction once; those of single policies overlap and stand beside it. The last week is read again, since violations
are confirmed late.
"""

from functools import partial

from collectors.base import Source
from collectors.count_table import SAFETY
from collectors.count_warehouse import check_counts, collect_counts
from collectors.warehouse import WarehouseSettings
from store.tables import SafetyHour

SOURCE = Source(
    name="warehouse_safety",
    title="Safety checks from a warehouse",
    role="metrics",
    writes=SafetyHour,
    settings=WarehouseSettings,
    collect=partial(collect_counts, SAFETY),
    check=partial(check_counts, SAFETY),
    endpoint=None,
    every="6h",
    lookback="7d",
)
