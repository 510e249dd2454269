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
from collectors.files import is_of_kind
from collectors.selection import Selection, quoted
from store.engine import DISK_FULL
from store.schema import arrow_schema
from store.staged_file import StagedFile

READING_MEMORY = "400MB"
HANDING_OVER_MEMORY = "150MB"
"""Beside the store's own limit this keeps a million FOCUS rows under 1.5 GB, as bench/focus.py measures."""

BATCH_ROWS = 50_000

CSV_SUFFIXES = (".csv", ".csv.gz")
JSONL_SUFFIXES = (".jsonl", ".jsonl.gz")
SUFFIXES = (*CSV_SUFFIXES, ".parquet", *JSONL_SUFFIXES)

DUCKDB_TYPES = {
    "string": "varchar",
    "timestamp[us]": "timestamp",
    "date32[day]": "date",
    "int64": "bigint",
    "double": "double",
    "decimal128(38, 12)": "decimal(38, 12)",
}


class Staging:
    """Files of one delivery on their way to rows of one class."""

    def __init__(self, row: type) -> None:
        self.row = row
        self._folder = tempfile.TemporaryDirectory(prefix="burnline-")
        self._path = Path(self._folder.name) / "staging.duckdb"
        self._connection = duckdb.connect(
            str(self._path),
            config={
                "memory_limit": READING_MEMORY,
                "preserve_insertion_order": False,
                "disabled_compression_methods": "fsst",  # a tenth of the time, for rows that are read once
            },
        )
        self._connection.execute("set timezone = 'UTC'")
        self._connection.execute("create table staged (reason varchar, rounded boolean)")
        self._types = {field.name: DUCKDB_TYPES[str(field.type)] for field in arrow_schema(row)}
        self._filled: set[str] = set()
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
                described = self.ask(f"describe select * from {_reader(path)}")  # noqa: S608
            except duckdb.Error as error:
                raise self._unreadable(path.name, error) from None
            self._headers[path] = [row[0] for row in described]
        return self._headers[path]

    def add(self, path: Path, selection: Selection) -> list[tuple[int, str]]:
        """Stages the rows of one file that can be loaded.

        Gives (data row number from 1, reason) of the others. Raises DataError when the file cannot be read.
        """
        columns = [name for name in self._types if name in selection.read or name in selection.made]
        select = selection.of(_reader(path, self.header(path)), columns)
        try:
            self._add_columns(columns)
            self._connection.execute(f"insert into staged ({', '.join(columns)}, reason, rounded) {select}")
            rejected = self._broken_rows(path)
            bad = self.ask("select count(*) from staged where reason is not null")[0][0]
            if bad:
                broken = [number for number, _ in rejected]
                rejected += [(_shifted(number, broken), reason) for number, reason in self._numbered(select)]
                self._broken_rows(path)
                self._connection.execute("delete from staged where reason is not null")
        except duckdb.Error as error:
            raise self._unreadable(path.name, error) from None
        return sorted(rejected)

    def rounded_count(self) -> int:
        """How many staged rows have money with more than 12 decimals, which the store rounds."""
        return int(self.ask("select count(*) from staged where rounded")[0][0])

    def ask(self, statement: str) -> list[Any]:
        """Rows of one question about the table `staged`."""
        return self._connection.execute(statement).fetchall()

    def handed_over(self) -> StagedFile:
        """The accepted rows, ready for the store. This staging takes and answers nothing more, but keeps the file."""
        try:
            self._connection.execute("checkpoint")
        except duckdb.Error as error:
            raise self._unreadable("The staged file", error) from None
        self._connection.close()  # one process can open a DuckDB file only once, and its memory is the store's now
        return StagedFile(self._path, tuple(name for name in self._types if name in self._filled), self._batches)

    def _add_columns(self, names: Sequence[str]) -> None:
        """A column that nothing fills is not made: thirty of NULLs cost as much as reading the file."""
        for name in names:
            if name not in self._filled:
                self._connection.execute(f"alter table staged add column {name} {self._types[name]}")
                self._filled.add(name)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        schema = arrow_schema(self.row)
        columns = ", ".join(
            name if name in self._filled else f"cast(null as {kind}) as {name}" for name, kind in self._types.items()
        )
        try:
            with duckdb.connect(
                str(self._path), read_only=True, config={"memory_limit": HANDING_OVER_MEMORY}
            ) as connection:
                rows = connection.execute(f"select {columns} from staged")  # noqa: S608
                for batch in rows.to_arrow_reader(BATCH_ROWS):
                    yield batch.cast(schema)
        except (duckdb.Error, OSError) as error:
            raise self._unreadable("The staged file", error) from None

    def _broken_rows(self, path: Path) -> list[tuple[int, str]]:
        """What DuckDB could not split into the header's fields since it was last asked, in order of number."""
        if not is_of_kind(path, CSV_SUFFIXES):
            return []
        found = self.ask("select line - 1, list(error_message) from reject_errors group by line order by line")
        self._connection.execute("delete from reject_errors")
        return [(number, _broken_reason(messages)) for number, messages in found]

    def _numbered(self, select: str) -> list[tuple[int, str]]:
        """A second, ordered read: numbering the rows of every file would cost the good ones their speed."""
        self._connection.execute("set preserve_insertion_order = true")
        rows = self.ask(
            f"select number, reason from (select row_number() over () as number, reason "  # noqa: S608
            f"from ({select})) where reason is not null"
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


def _reader(path: Path, header: Sequence[str] = ()) -> str:
    """SQL that reads a file. Quoting is that of RFC 4180: guessed from the first rows, it fails on later ones."""
    name = f"{quoted(escape(str(path)))}, hive_partitioning=false"
    if is_of_kind(path, (".parquet",)):
        return f"read_parquet({name})"
    if is_of_kind(path, (".gz",)):
        name += ", compression='gzip'"  # which DuckDB does not see in capitals
    if is_of_kind(path, JSONL_SUFFIXES):
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
