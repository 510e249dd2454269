"""Openings from files (CSV, JSONL, Parquet) by a mapping of columns, or by their names.

Grain: one opening. Its id is hashed; its title only says whether it is an AI role, and is not kept. All files below
the path are one delivery: it replaces the days from the first `opened_at` to the last.
"""

from functools import partial

from collectors.base import FileSource
from collectors.openings import OpeningSettings
from collectors.row_files import RowFileSettings, check_rows, deliver_rows
from collectors.row_tables import OPENINGS
from store.tables import Opening


class OpeningFileSettings(RowFileSettings, OpeningSettings):
    """A file or folder, its columns, and what must not be kept."""


SOURCE = FileSource(
    name="openings_csv",
    title="Openings from files",
    role="metrics",
    writes=Opening,
    settings=OpeningFileSettings,
    deliver=partial(deliver_rows, OPENINGS),
    check=partial(check_rows, OPENINGS),
    every="1h",
)
