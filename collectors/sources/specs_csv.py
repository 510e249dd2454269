"""Specifications from files (CSV, JSONL, Parquet) by a mapping of columns, or by their names.

Grain: one specification. All files below the path are one delivery: it replaces the days from the first `created_at`
to the last.
"""

from functools import partial

from collectors.base import FileSource
from collectors.row_files import RowFileSettings, check_rows, deliver_rows
from collectors.row_tables import SPECS
from store.tables import Spec

SOURCE = FileSource(
    name="specs_csv",
    title="Specifications from files",
    role="metrics",
    writes=Spec,
    settings=RowFileSettings,
    deliver=partial(deliver_rows, SPECS),
    check=partial(check_rows, SPECS),
    every="1h",
)
