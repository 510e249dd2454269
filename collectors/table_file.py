"""Small tables that people keep as CSV files: columns by name, times in UTC, what is wrong with a row in words."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from collectors.errors import DataError
from domain.attribution import OPEN_FROM, OPEN_TO
from store.tables import Quarantine

Made = TypeVar("Made")

TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


class RowError(ValueError):
    """What is wrong with one row; the others go on."""


Reader = Callable[[str, str], Any]
"""(text, name of the column) → its value. Raises RowError."""


def read_files(
    source: str,
    files: Sequence[Path],
    readers: Mapping[str, Reader],
    required: Sequence[str],
    make: Callable[[dict[str, Any]], Made],
) -> tuple[list[Made], list[Quarantine]]:
    """What `make` makes of each row of all files, and the rows that are set aside: those where it raises RowError too.

    Raises DataError for a file that does not fit, and when no row is left.
    """
    made: list[Made] = []
    rejected: list[Quarantine] = []
    for path in files:
        for number, values in table_rows(path, readers, required):
            try:
                made.append(make(_good(values)))
            except RowError as error:
                rejected.append(
                    Quarantine(run_id="", source=source, file_name=path.name, row_number=number, reason=str(error))
                )
    if not made:
        told = f": row {rejected[0].row_number}: {rejected[0].reason}" if rejected else ""
        raise DataError(f"{files[0].name} has no row that can be loaded{told}.")
    return made, rejected


def _good(values: dict[str, Any] | RowError) -> dict[str, Any]:
    if isinstance(values, RowError):
        raise values
    return values


def table_rows(
    path: Path, readers: Mapping[str, Reader], required: Sequence[str]
) -> Iterator[tuple[int, dict[str, Any] | RowError]]:
    """Each data row's number (from 1) and its values, empty ones left out, or what is wrong with it.

    Raises DataError when the file is no CSV file in UTF-8, has an unknown column or lacks a required one.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(path, header, readers, required)
            for number, cells in enumerate(reader, start=1):
                if cells:
                    yield number, _values(header, cells, readers, required)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} is no CSV file in UTF-8 ({error}); export it again.") from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}.") from None


def _check_header(path: Path, header: list[str], readers: Mapping[str, Reader], required: Sequence[str]) -> None:
    unknown = [name for name in header if name not in readers]
    absent = [name for name in required if name not in header]
    if unknown:
        raise DataError(f"{path.name} has the unknown column {unknown[0]!r}; there are: {', '.join(readers)}.")
    if absent:
        raise DataError(f"{path.name} has no column {absent[0]!r}; add it: every row needs one.")
    if len(set(header)) < len(header):
        raise DataError(f"{path.name} has a column twice; keep one.")


def _values(
    header: list[str], cells: list[str], readers: Mapping[str, Reader], required: Sequence[str]
) -> dict[str, Any] | RowError:
    if len(cells) != len(header):
        return RowError(f"the row has {len(cells)} fields where the header has {len(header)}")
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    empty = next((name for name in required if name not in given), None)
    if empty:
        return RowError(f"{empty} is empty")
    try:
        return {name: readers[name](cell, name) for name, cell in given.items()}
    except RowError as error:
        return error


def as_text(value: str, _: str) -> str:
    """The text itself."""
    return value


def as_time(value: str, name: str) -> datetime:
    """ISO 8601, UTC where it names no offset."""
    try:
        moment = datetime.fromisoformat(value)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowError(f"{name} is not a time such as 2026-11-03T14:05:00Z") from None
    check_range(moment.date(), name)
    return moment


def as_day(value: str, name: str) -> date:
    """ISO 8601."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise RowError(f"{name} is not a day such as 2026-11-03") from None
    check_range(day, name)
    return day


def as_flag(value: str, name: str) -> bool:
    """true or false, yes or no, 1 or 0."""
    word = value.lower()
    if word not in TRUE + FALSE:
        raise RowError(f"{name} is neither true nor false")
    return word in TRUE


def one_of(*words: str) -> Reader:
    """A reader of one of these words."""

    def read(value: str, name: str) -> str:
        if value.lower() not in words:
            raise RowError(f"{name} is none of {', '.join(words)}")
        return value.lower()

    return read


def check_range(day: date, name: str) -> None:
    """Raises RowError for a day that no table of an AI system can have."""
    if not OPEN_FROM <= day < OPEN_TO:
        raise RowError(f"{name} is not between {OPEN_FROM} and {OPEN_TO}")
