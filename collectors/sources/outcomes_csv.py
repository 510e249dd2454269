"""Outcomes of AI work from files (CSV, JSONL, Parquet) by a mapping of columns.

Grain: UTC day × feature × outcome × customer tier; rows that share these are added up. All files below the path are
one delivery: it replaces the days from its first to its last. `good_count` is never made of the other counts.
"""

from functools import partial

from collectors.base import FileSource
from collectors.count_files import CountFileSettings, check_counts, deliver_counts
from collectors.count_table import OUTCOMES
from store.tables import Outcome

SOURCE = FileSource(
    name="outcomes_csv",
    title="Outcomes from files",
    role="metrics",
    writes=Outcome,
    settings=CountFileSettings,
    deliver=partial(deliver_counts, OUTCOMES),
    check=partial(check_counts, OUTCOMES),
    every="1h",
)
