"""Releases from files (CSV, JSONL, Parquet) by a mapping of columns, or by their names.

Grain: one attempt to bring one version to one environment. All files below the path are one delivery: it replaces the
days from the first `created_at` to the last.
"""

from functools import partial

from collectors.base import FileSource
from collectors.row_files import RowFileSettings, check_rows, deliver_rows
from collectors.row_tables import RELEASES
from store.tables import Release

SOURCE = FileSource(
    name="releases_csv",
    title="Releases from files",
    role="metrics",
    writes=Release,
    settings=RowFileSettings,
    deliver=partial(deliver_rows, RELEASES),
    check=partial(check_rows, RELEASES),
    every="1h",
)
