"""Headcount and attrition from snapshots in files (CSV, JSONL, Parquet).

Grain: metric × department × month, and everybody; the metrics are `headcount` and, where the file counts them since the
snapshot before, `voluntary_leavers`. Of a month the last snapshot of each department counts. Leavers of a small
department are not kept, nor those of one that would let it be worked out. All files below the path are one delivery: it
replaces the days from the first month's start to the last.
"""

from collectors.base import FileSource
from collectors.headcount_files import HeadcountSettings, check_headcount, deliver_headcount
from store.tables import Measurement

SOURCE = FileSource(
    name="headcount_csv",
    title="Headcount from files",
    role="metrics",
    writes=Measurement,
    settings=HeadcountSettings,
    deliver=deliver_headcount,
    check=check_headcount,
    every="1h",
)
