"""Measurements of people and processes from files (CSV, JSONL, Parquet) by a mapping of columns, or by their names.

Grain: metric × group × period. Groups of few people are not kept, nor one that would let such a group be worked out.
All files below the path are one delivery: it replaces the days from the first `period_start` to the last.
"""

from functools import partial

from collectors.base import FileSource
from collectors.row_files import RowFileSettings, check_rows, deliver_rows
from collectors.row_tables import MEASUREMENTS
from collectors.small_groups import PeopleSettings
from store.tables import Measurement


class MeasurementFileSettings(RowFileSettings, PeopleSettings):
    """A file or folder, its columns, and what must not be kept."""


SOURCE = FileSource(
    name="measurements_csv",
    title="Measurements of people and processes from files",
    role="metrics",
    writes=Measurement,
    settings=MeasurementFileSettings,
    deliver=partial(deliver_rows, MEASUREMENTS),
    check=partial(check_rows, MEASUREMENTS),
    every="1h",
)
