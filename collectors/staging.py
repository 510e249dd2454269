"""Reads files column-wise with an embedded DuckDB on disk: types and checks millions of rows in little memory."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from glob import escape
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from collectors.errors import CollectorError, DataError, RetriableError
from domain.attribution import OPEN_FROM, OPEN_TO
from store.engine import DISK_FULL
from store.schema import arrow_schema

READING_MEMORY = "400MB"
HANDING_OVER_MEMORY = "150MB"
"""Beside the store's own limit this keeps a million FOCUS rows under 1.5 GB, as bench/focus.py measures."""

BATCH_ROWS = 50_000

CSV_SUFFIXES = (".csv", ".csv.gz")
JSONL_SUFFIXES = (".jsonl", ".jsonl.gz")
SUFFIXES = (*CSV_SUFFIXES, ".parquet", *JSONL_SUFFIXES)

EARLIEST, LATEST = OPEN_FROM.isoformat(), OPEN_TO.isoformat()
"""The time that attribution covers: a row outside would belong to no feature, not even to `unattributed`."""

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
        self._headers: dict[Path, list[str]] = {}

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._folder.cleanup()

    def header(self, path: Path) -> list[str]:
        """The column names of a file. Raises DataError when it is not a table."""
        if path.stat().st_size == 0:
            raise DataError(f"{path.name} is empty; deliver it again.")
        if path not in self._headers:
            try:
                described = self._rows(f"describe select * from {_reader(path)}")  # noqa: S608
            except duckdb.Error as error:
                raise self._unreadable(path.name, error) from None
            self._headers[path] = [row[0] for row in described]
        return self._headers[path]

    def add(self, path: Path, select: str) -> list[tuple[int, str]]:
        """Stages one file through a select list of the row's columns and `reason`.

        `reason` is null for a row that can be loaded. Gives (data row number from 1, reason) of the others, which
        are not staged. Raises DataError when the file cannot be read.
        """
        into = "insert into staged by name" if self._created else "create table staged as"
        reader = _reader(path, self.header(path))
        try:
            self._connection.execute(f"{into} select * from (select {select} from {reader})")  # noqa: S608
            self._created = True
            rejected = self._broken_rows(path)
            bad = self._rows("select count(*) from staged where reason is not null")[0][0]
            if bad:
                broken = [number for number, _ in rejected]
                rejected += [(_shifted(number, broken), reason) for number, reason in self._numbered(reader, select)]
                self._broken_rows(path)
                self._connection.execute("delete from staged where reason is not null")
        except duckdb.Error as error:
            raise self._unreadable(path.name, error) from None
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
        try:
            for batch in reader:
                yield batch.cast(schema)
        except (duckdb.Error, OSError) as error:
            raise self._unreadable("The staged file", error) from None

    def _broken_rows(self, path: Path) -> list[tuple[int, str]]:
        """What DuckDB could not split into the header's fields since it was last asked, in order of number."""
        if not path.name.endswith(CSV_SUFFIXES):
            return []
        found = self._rows("select line - 1, list(error_message) from reject_errors group by line order by line")
        self._connection.execute("delete from reject_errors")
        return [(number, _broken_reason(messages)) for number, messages in found]

    def _numbered(self, reader: str, select: str) -> list[tuple[int, str]]:
        """A second, ordered read: numbering the rows of every file would cost the good ones their speed."""
        self._connection.execute("set preserve_insertion_order = true")
        rows = self._rows(
            f"select number, reason from (select row_number() over () as number, reason "  # noqa: S608
            f"from (select {select} from {reader})) where reason is not null"
        )
        self._connection.execute("set preserve_insertion_order = false")
        return rows

    def _unreadable(self, name: str, error: Exception) -> CollectorError:
        if DISK_FULL.search(str(error)):
            return RetriableError(
                f"The disk with {Path(self._folder.name).parent} is full while {name} is read; free some space, "
                "or set TMPDIR to a larger disk, and run again."
            )
        if "sniffing" in str(error):
            return DataError(
                f"{name} cannot be read: it is not a CSV file in UTF-8 whose quotes are closed; export it again."
            )
        return DataError(f"{name} cannot be read: {str(error).splitlines()[0]}")

    def _rows(self, statement: str) -> list[Any]:
        return self._connection.execute(statement).fetchall()


def quoted(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def column(name: str) -> str:
    """A file's column as text, whatever its type: a double keeps the digits its file shows."""
    return f"cast({_identifier(name)} as varchar)"


def json_column(name: str) -> str:
    """A file's column as JSON text: Parquet may hold a map or a struct where a CSV file holds the text."""
    plain = _identifier(name)
    nested = f"cast(to_json({plain}) as varchar)"
    return f"case when typeof({plain}) = 'VARCHAR' then {column(name)} when {plain} is not null then {nested} end"


def utc_timestamp(text: str) -> str:
    """SQL for a UTC timestamp from text; without an offset it is UTC already.

    Only text with an offset pays for the zone-aware cast; the plain one would drop it.
    """
    whole = (  # the cheapest test first: a file of a million rows has four million times
        f"(strlen({text}) = 19 and {text}[17] = ':') or suffix({text}, 'Z') or strlen({text}) = 10"
    )
    return (
        f"case when {whole} then try_cast({text} as timestamp) "
        f"else cast(try_cast({text} as timestamptz) as timestamp) end"
    )


def out_of_range(timestamp: str) -> str:
    """SQL that is true for a time that no bill or request of an AI system can have."""
    return f"{timestamp} < timestamp '{EARLIEST}' or {timestamp} >= timestamp '{LATEST}'"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _reader(path: Path, header: Sequence[str] = ()) -> str:
    """SQL that reads a file. Quoting is that of RFC 4180: guessed from the first rows, it fails on later ones."""
    name = f"{quoted(escape(str(path)))}, hive_partitioning=false"
    if path.name.endswith(".parquet"):
        return f"read_parquet({name})"
    if path.name.endswith(JSONL_SUFFIXES):
        types = ", ".join(f"{quoted(column)}: 'VARCHAR'" for column in header)
        columns = f"columns={{{types}}}" if header else "maximum_depth=1"
        return f"read_json({name}, format='newline_delimited', ignore_errors=true, {columns})"
    return (
        f"read_csv({name}, header=true, all_varchar=true, nullstr=['NULL', ''], store_rejects=true, "
        """quote='"', escape='"', comment='', skip=0)"""
    )


def _broken_reason(messages: Sequence[str]) -> str:
    """DuckDB tells a row that is short of three fields three times; the fewest found are what it has."""
    counts = [re.search(r"Columns: (\d+) Found: (\d+)", message) for message in messages]
    found = [(int(count[2]), count[1]) for count in counts if count]
    if not found:
        return messages[0].splitlines()[0]
    has, expected = min(found)
    if has > int(expected):  # DuckDB stops counting at the first that is too many
        return f"the row has more than the {expected} fields of the header"
    return f"the row has {has} fields where the header has {expected}"


def _shifted(number: int, broken: Sequence[int]) -> int:
    """The number in the file of a row that is the `number`-th of those that could be split."""
    for passed in broken:
        if passed > number:
            break
        number += 1
    return number
