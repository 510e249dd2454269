"""Reads small tables from CSV (comma or semicolon), JSONL and Parquet files, row by row as they are."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from collectors.errors import DataError
from collectors.files import is_of_kind
from collectors.staging import CSV_SUFFIXES, JSONL_SUFFIXES
from collectors.table_file import RowError

FileRow = tuple[int, dict[str, Any] | RowError]
"""Number of the data row, from 1, and its values by column, or what is wrong with it."""

UNREADABLE = (OSError, UnicodeDecodeError, csv.Error, EOFError, pa.ArrowInvalid)


def header_of(path: Path) -> list[str]:
    """The names of a file's columns. Raises DataError for a file that is no table, or names a column twice."""
    try:
        if is_of_kind(path, CSV_SUFFIXES):
            with _text(path) as file:
                header = next(_csv(file), [])
        elif is_of_kind(path, JSONL_SUFFIXES):
            rows = (values for _, values in _json_rows(path) if not isinstance(values, RowError))
            header = list(dict.fromkeys(name for values in rows for name in values))
        else:
            header = list(pq.read_schema(path).names)
    except UNREADABLE as error:
        raise _unreadable(path, error) from None
    if not header:
        raise DataError(f"{path.name} is empty; deliver it again.")
    if len(set(header)) < len(header):
        raise DataError(f"{path.name} has a column twice; keep one.")
    return header


def rows_of(path: Path) -> Iterator[FileRow]:
    """Every data row. Raises DataError when the file cannot be read to its end."""
    try:
        if is_of_kind(path, CSV_SUFFIXES):
            yield from _csv_rows(path)
        elif is_of_kind(path, JSONL_SUFFIXES):
            yield from _json_rows(path)
        else:
            yield from enumerate(pq.read_table(path).to_pylist(), start=1)
    except UNREADABLE as error:
        raise _unreadable(path, error) from None


def _csv_rows(path: Path) -> Iterator[FileRow]:
    with _text(path) as file:
        reader = _csv(file)
        header = next(reader, [])
        for number, cells in enumerate(reader, start=1):
            if not cells:
                continue
            if len(cells) != len(header):
                yield number, RowError(f"the row has {len(cells)} fields where the header has {len(header)}")
            else:
                yield number, dict(zip(header, cells, strict=True))


def _csv(file: IO[str]) -> Iterator[list[str]]:
    """Spreadsheets of half of Europe write semicolons; the header has more of the one than of the other."""
    first = file.readline()
    file.seek(0)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    for number, cells in enumerate(csv.reader(file, strict=True, delimiter=delimiter)):
        yield [cell.strip() for cell in cells] if number == 0 else cells


def _json_rows(path: Path) -> Iterator[FileRow]:
    with _text(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                values = orjson.loads(line)
            except orjson.JSONDecodeError:
                values = None
            yield number, values if isinstance(values, dict) else RowError("the line is no JSON object")


def _text(path: Path) -> IO[str]:
    if is_of_kind(path, (".gz",)):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _unreadable(path: Path, error: Exception) -> DataError:
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
    return DataError(f"{path.name} cannot be read ({told}); give a CSV file in UTF-8, JSON lines or Parquet.")
