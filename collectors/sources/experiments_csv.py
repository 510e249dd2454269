"""Experiments from files (CSV, JSONL, Parquet) by a mapping of columns, or by their names.

Grain: one experiment. All files below the path are one delivery: it replaces the days from the first `created_at` to
the last.
"""

from functools import partial

from collectors.base import FileSource
from collectors.row_files import RowFileSettings, check_rows, deliver_rows
from collectors.row_tables import EXPERIMENTS
from store.tables import Experiment

SOURCE = FileSource(
    name="experiments_csv",
    title="Experiments from files",
    role="metrics",
    writes=Experiment,
    settings=RowFileSettings,
    deliver=partial(deliver_rows, EXPERIMENTS),
    check=partial(check_rows, EXPERIMENTS),
    every="1h",
)
