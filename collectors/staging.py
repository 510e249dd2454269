"""Reads files column-wise with an embedded DuckDB on disk: types and checks millions of rows in little memory."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from collectors.errors import DataError
from store.schema import arrow_schema

READING_MEMORY = "400MB"
HANDING_OVER_MEMORY = "150MB"
"""Beside the store's own limit this keeps a million FOCUS rows under 1.5 GB, as bench/focus.py measures."""

BATCH_ROWS = 50_000

SUFFIXES = (".csv", ".csv.gz", ".parquet", ".jsonl", ".jsonl.gz")

DUCKDB_TYPES = {
    "string": "varchar",
    "timestamp[us]": "timestamp",
    "int64": "bigint",
    "double": "double",
    "decimal128(38, 12)": "decimal(38, 12)",
}


class Staging:
    """Files of one delivery on their way to rows of one class."""

    def __init__(self, row: type) -> None:
        self.row = row
        self._folder = tempfile.TemporaryDirectory(prefix="burnline-")
        self._connection = duckdb.connect(
            f"{self._folder.name}/staging.duckdb",
            config={"memory_limit": READING_MEMORY, "preserve_insertion_order": False},
        )
        self._connection.execute("set timezone = 'UTC'")
        self._created = False

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._folder.cleanup()

    def header(self, path: Path) -> list[str]:
        """The column names of a file. Raises DataError when it is not a table."""
        try:
            return [row[0] for row in self._rows(f"describe select * from {_reader(path)}")]  # noqa: S608
        except duckdb.Error as error:
            raise _unreadable(path, error) from None

    def add(self, path: Path, select: str) -> list[tuple[int, str]]:
        """Stages one file through a select list of the row's columns and `reason`.

        `reason` is null for a row that can be loaded. Gives (data row number from 1, reason) of the others, which
        are not staged. Raises DataError when the file cannot be read.
        """
        into = "insert into staged by name" if self._created else "create table staged as"
        try:
            self._connection.execute(f"{into} select * from (select {select} from {_reader(path)})")  # noqa: S608
            self._created = True
            rejected = self._broken_lines(path)
            bad = self._rows("select count(*) from staged where reason is not null")[0][0]
            if bad:
                rejected += self._numbered(path, select)
                self._connection.execute("delete from staged where reason is not null")
        except duckdb.Error as error:
            raise _unreadable(path, error) from None
        return sorted(rejected)

    def ask(self, statement: str) -> list[Any]:
        """Rows of one question about the table `staged`; empty when no file was added."""
        return self._rows(statement) if self._created else []

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The accepted rows as Arrow batches of the row class."""
        self._connection.execute(f"set memory_limit = '{HANDING_OVER_MEMORY}'")
        schema = arrow_schema(self.row)
        names = ", ".join(schema.names)
        reader = self._connection.execute(f"select {names} from staged").to_arrow_reader(BATCH_ROWS)  # noqa: S608
        for batch in reader:
            yield batch.cast(schema)

    def _broken_lines(self, path: Path) -> list[tuple[int, str]]:
        if ".csv" not in path.suffixes:
            return []
        found = self._rows("select distinct line - 1, error_message from reject_errors")
        self._connection.execute("delete from reject_errors")
        return [(line, message.splitlines()[0]) for line, message in found]

    def _numbered(self, path: Path, select: str) -> list[tuple[int, str]]:
        """A second, ordered read: numbering the rows of every file would cost the good ones their speed."""
        self._connection.execute("set preserve_insertion_order = true")
        rows = self._rows(
            f"select number, reason from (select row_number() over () as number, reason "  # noqa: S608
            f"from (select {select} from {_reader(path)})) where reason is not null"
        )
        self._connection.execute("set preserve_insertion_order = false")
        return rows

    def _rows(self, statement: str) -> list[Any]:
        return self._connection.execute(statement).fetchall()


def quoted(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def column(name: str) -> str:
    """A file's column as text, whatever its type: a double keeps the digits its file shows."""
    escaped = name.replace('"', '""')
    return f'cast("{escaped}" as varchar)'


def utc_timestamp(text: str) -> str:
    """SQL for a UTC timestamp from text; without an offset it is UTC already.

    Only text with an offset pays for the zone-aware cast; the plain one would drop it.
    """
    whole = f"right({text}, 1) = 'Z' or length({text}) = 10 or (length({text}) = 19 and substr({text}, 17, 1) = ':')"
    return (
        f"case when {whole} then try_cast({text} as timestamp) "
        f"else cast(try_cast({text} as timestamptz) as timestamp) end"
    )


def _reader(path: Path) -> str:
    name = quoted(str(path))
    if path.suffix == ".parquet":
        return f"read_parquet({name})"
    if ".jsonl" in path.suffixes:
        return f"read_json({name}, format='newline_delimited', maximum_depth=1)"
    return f"read_csv({name}, header=true, all_varchar=true, nullstr=['NULL', ''], store_rejects=true)"


def _unreadable(path: Path, error: duckdb.Error) -> DataError:
    return DataError(f"{path.name} cannot be read: {str(error).splitlines()[0]}")
