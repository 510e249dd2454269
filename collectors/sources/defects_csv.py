"""Defects from files (CSV, JSONL, Parquet) by a mapping of columns, or by their names.

Grain: one defect. All files below the path are one delivery: it replaces the days from the first `reported_at` to the
last.
"""

from functools import partial

from collectors.base import FileSource
from collectors.row_files import RowFileSettings, check_rows, deliver_rows
from collectors.row_tables import DEFECTS
from store.tables import Defect

SOURCE = FileSource(
    name="defects_csv",
    title="Defects from files",
    role="metrics",
    writes=Defect,
    settings=RowFileSettings,
    deliver=partial(deliver_rows, DEFECTS),
    check=partial(check_rows, DEFECTS),
    every="1h",
)
