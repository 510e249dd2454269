"""Evaluations from files (CSV, JSONL, Parquet) by a mapping of columns, or by their names.

Grain: one metric of one evaluation run. All files below the path are one delivery: it replaces the days from the
first `evaluated_at` to the last.
"""

from functools import partial

from collectors.base import FileSource
from collectors.row_files import RowFileSettings, check_rows, deliver_rows
from collectors.row_tables import EVALUATIONS
from store.tables import Evaluation

SOURCE = FileSource(
    name="evaluations_csv",
    title="Evaluations from files",
    role="metrics",
    writes=Evaluation,
    settings=RowFileSettings,
    deliver=partial(deliver_rows, EVALUATIONS),
    check=partial(check_rows, EVALUATIONS),
    every="1h",
)
