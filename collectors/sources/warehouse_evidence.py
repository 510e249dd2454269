"""Evidence requests from a table or a query of a warehouse, by columns of any name.

Grain: one request for compliance evidence. A run asks for those whose `requested_at` is in its window. The last 400
days are read again by every run, since such tables are small and a delivery comes late.
"""

from functools import partial

from collectors.base import Source
from collectors.row_tables import EVIDENCE
from collectors.row_warehouse import CHUNK, LOOKBACK, RowWarehouseSettings, check_rows, collect_rows
from store.tables import EvidenceRequest

SOURCE = Source(
    name="warehouse_evidence",
    title="Evidence requests from a warehouse",
    role="metrics",
    writes=EvidenceRequest,
    settings=RowWarehouseSettings,
    collect=partial(collect_rows, EVIDENCE),
    check=partial(check_rows, EVIDENCE),
    endpoint=None,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
