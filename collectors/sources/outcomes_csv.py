"""Outcomes of AI work from files (CSV, JSONL, Parquet) by a mapping of columns.

Grain: UTC day × feature × outcome × customer tier; rows that share these are added up. All files below the path are
one delivery: it replaces the days from its first to its last. `good_count` is never made of the other counts.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from pydantic import Field

from collectors.base import Delivery, FileApi, FileSource, History, SourceSettings
from collectors.errors import DataError
from collectors.files import by_folder, digest, up_to_date
from collectors.outcome_fields import whole_mapping
from collectors.outcome_sql import selection
from collectors.staging import SUFFIXES, Staging
from domain.window import Window
from store.tables import Outcome, Quarantine


class OutcomeFileSettings(SourceSettings):
    """`path`: a file or folder; `map`: field → column of the file; `set`: field → one value for all rows."""

    path: str = Field(min_length=1)
    map: dict[str, str]
    set: dict[str, str] = Field(default_factory=dict)


def deliver(api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files. Raises CollectorError for a mapping or a file that does not fit."""
    files = [file for folder in by_folder(Path(api.settings.path), SUFFIXES) for file in folder]
    mapping, constants = whole_mapping(api.settings.map, api.settings.set)
    detail = digest(files, also=f"{sorted(mapping.items())} {sorted(constants.items())}")
    if up_to_date(history, [detail]):
        return
    with Staging(Outcome) as staging:
        rejected = [
            Quarantine(run_id="", source=api.name, file_name=path.name, row_number=number, reason=reason)
            for path in files
            for number, reason in staging.add(
                path, selection(staging.header(path), path.name, api.name, mapping, constants)
            )
        ]
        first, last = staging.ask("select min(day), max(day) from staged")[0]
        if first is None:
            told = f": row {rejected[0].row_number}: {rejected[0].reason}" if rejected else ""
            raise DataError(f"{files[0].name} has no row that can be loaded{told}.")
        start, end = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
        yield Delivery(detail, Window(start, end), staging.handed_over(), (), rejected)


def check(api: FileApi) -> None:
    """The mapping is whole and the first file has its columns."""
    first = next(by_folder(Path(api.settings.path), SUFFIXES))[0]
    mapping, constants = whole_mapping(api.settings.map, api.settings.set)
    with Staging(Outcome) as staging:
        selection(staging.header(first), first.name, api.name, mapping, constants)


SOURCE = FileSource(
    name="outcomes_csv",
    title="Outcomes from files",
    role="metrics",
    writes=Outcome,
    settings=OutcomeFileSettings,
    deliver=deliver,
    check=check,
    every="1h",
)
