"""Counts from files by a mapping of columns: all files below a path are one delivery."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from pydantic import Field

from collectors.base import Delivery, FileApi, History, SourceSettings
from collectors.count_sql import selection
from collectors.count_table import CountTable
from collectors.errors import DataError
from collectors.files import by_folder, digest, up_to_date
from collectors.staging import SUFFIXES, Staging
from domain.window import Window
from store.tables import Quarantine

STEP = {"day": timedelta(days=1), "hour": timedelta(hours=1)}


class CountFileSettings(SourceSettings):
    """`path`: a file or folder; `map`: field → column of the file; `set`: field → one value for all rows."""

    path: str = Field(min_length=1)
    map: dict[str, str]
    set: dict[str, str] = Field(default_factory=dict)


def deliver_counts(table: CountTable, api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files, from their first to their last day or hour.

    Raises CollectorError for a mapping or a file that does not fit.
    """
    files = [file for folder in by_folder(Path(api.settings.path), SUFFIXES) for file in folder]
    mapping, constants = table.whole_mapping(api.settings.map, api.settings.set)
    detail = digest(files, also=f"{sorted(mapping.items())} {sorted(constants.items())}")
    if up_to_date(history, [detail]):
        return
    with Staging(table.row) as staging:
        rejected = [
            Quarantine(run_id="", source=api.name, file_name=path.name, row_number=number, reason=reason)
            for path in files
            for number, reason in staging.add(
                path, selection(table, staging.header(path), path.name, api.name, mapping, constants)
            )
        ]
        first, last = staging.ask(f"select min({table.time}), max({table.time}) from staged")[0]  # noqa: S608
        if first is None:
            told = f": row {rejected[0].row_number}: {rejected[0].reason}" if rejected else ""
            raise DataError(f"{files[0].name} has no row that can be loaded{told}.")
        window = Window(_moment(first), _moment(last) + STEP[table.time])
        yield Delivery(detail, window, staging.handed_over(), (), rejected)


def check_counts(table: CountTable, api: FileApi) -> None:
    """The mapping is whole and the first file has its columns."""
    first = next(by_folder(Path(api.settings.path), SUFFIXES))[0]
    mapping, constants = table.whole_mapping(api.settings.map, api.settings.set)
    with Staging(table.row) as staging:
        selection(table, staging.header(first), first.name, api.name, mapping, constants)


def _moment(at: date | datetime) -> datetime:
    return at.replace(tzinfo=UTC) if isinstance(at, datetime) else datetime.combine(at, time(), UTC)
