"""Evidence requests from files (CSV, JSONL, Parquet) by a mapping of columns, or by their names.

Grain: one request for compliance evidence. All files below the path are one delivery: it replaces the days from the
first `requested_at` to the last.
"""

from functools import partial

from collectors.base import FileSource
from collectors.row_files import RowFileSettings, check_rows, deliver_rows
from collectors.row_tables import EVIDENCE
from store.tables import EvidenceRequest

SOURCE = FileSource(
    name="evidence_csv",
    title="Evidence requests from files",
    role="metrics",
    writes=EvidenceRequest,
    settings=RowFileSettings,
    deliver=partial(deliver_rows, EVIDENCE),
    check=partial(check_rows, EVIDENCE),
    every="1h",
)
