"""Rows from files by a mapping of columns: all files below a path are one delivery."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from collectors.base import Delivery, FileApi, History
from collectors.errors import DataError
from collectors.files import by_folder, digest, up_to_date
from collectors.row_file import header_of, rows_of
from collectors.row_mapping import mapping
from collectors.row_reader import RowReader
from collectors.row_table import RowSettings, RowTable
from collectors.staging import SUFFIXES
from collectors.table_file import RowError
from config.settings import known_zone
from domain.window import Window, floor_day
from store.schema import to_batch
from store.tables import Quarantine

Zone = Annotated[str, AfterValidator(known_zone)]


class RowFileSettings(RowSettings):
    """`path`: a file or folder; `timezone` is that of days and of times that name no offset."""

    path: str = Field(min_length=1)
    timezone: Zone = "UTC"


def deliver_rows(table: RowTable, api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files. Raises CollectorError for a mapping or a file that does not fit."""
    settings: RowFileSettings = api.settings
    files = files_below(settings.path)
    detail = digest(files, also=settings.model_dump_json(exclude={"path"}))
    if up_to_date(history, [detail]):
        return
    reader = RowReader(table, api.name, settings, ZoneInfo(settings.timezone))
    rows: list[Any] = []
    places: list[tuple[str, int]] = []
    rejected: list[Quarantine] = []
    for path in files:
        columns = mapping(table, settings, header_of(path), path.name, exact=True)
        for number, found in rows_of(path):
            try:
                rows.append(reader.row(by_field(found, columns)))
                places.append((path.name, number))
            except RowError as error:
                rejected.append(set_aside(api.name, path.name, number, str(error)))
    if not rows:
        raise nothing_to_load(files, rejected)
    window = days_of([getattr(row, table.time) for row in rows])
    kept_back = table.keeps_back(rows, settings)
    rejected += [set_aside(api.name, *places[place], reason) for place, reason in kept_back.items()]
    kept = [row for place, row in enumerate(rows) if place not in kept_back]
    yield Delivery(detail, window, [to_batch(table.row, kept)], rejected=rejected)


def check_rows(table: RowTable, api: FileApi) -> None:
    """The mapping fits the first file."""
    first = files_below(api.settings.path)[0]
    mapping(table, api.settings, header_of(first), first.name, exact=True)


def files_below(path: str) -> list[Path]:
    """The file itself, or all tables of a folder. Raises CollectorError when there is none."""
    return [file for folder in by_folder(Path(path), SUFFIXES) for file in folder]


def by_field(found: dict[str, Any] | RowError, columns: dict[str, str]) -> dict[str, Any]:
    """The values of a file's row by field. Raises RowError where the row could not be read."""
    if isinstance(found, RowError):
        raise found
    return {name: found.get(column) for name, column in columns.items()}


def set_aside(source: str, file_name: str, number: int, reason: str) -> Quarantine:
    """The record of a row that is not loaded."""
    return Quarantine(run_id="", source=source, file_name=file_name, row_number=number, reason=reason)


def nothing_to_load(files: Sequence[Path], rejected: Sequence[Quarantine]) -> DataError:
    """What to say of files in which no row is left."""
    told = f": row {rejected[0].row_number}: {rejected[0].reason}" if rejected else ""
    return DataError(f"{files[0].name} has no row that can be loaded{told}.")


def days_of(moments: Sequence[datetime]) -> Window:
    """The whole UTC days from the first to the last."""
    return Window(floor_day(min(moments)), floor_day(max(moments)) + timedelta(days=1))
