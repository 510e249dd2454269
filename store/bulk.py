"""Bulk insert of Arrow batches, each engine by its own fastest road."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any, Protocol
from uuid import uuid4

import pyarrow as pa
import pyarrow.csv as pa_csv
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.engine import Connection

from store.engine import Store
from store.errors import StoreError
from store.schema import arrow_schema, column_names, table, table_name
from store.staged_file import StagedFile


class Staged(Protocol):
    """Batches ready to be inserted."""

    def insert(self, connection: Connection) -> int:
        """Inserts them inside the connection's transaction; the number of rows."""


@contextmanager
def staged(store: Store, row: type, batches: Iterable[pa.RecordBatch]) -> Iterator[Staged]:
    """Prepares batches of a row class for a transaction that has not begun yet."""
    match store.dialect:
        case "duckdb" if isinstance(batches, StagedFile):
            yield from _attached_to_duckdb(store, row, batches)
        case "duckdb":
            yield _DuckDB(row, batches)
        case "postgresql":
            yield _PostgreSQL(row, batches)
        case _:
            yield from _staged_in_snowflake(store, row, batches)


def as_stored(store: Store, value: str) -> str:
    """A vendor's text as the store keeps it: PostgreSQL's cannot hold NUL bytes, so they are left out there."""
    return value.replace("\0", "") if store.dialect == "postgresql" else value


def insert_rows(connection: Connection, row: type, batch: pa.RecordBatch) -> int:
    """Inserts one batch inside the connection's transaction, on any engine; the number of rows."""
    if batch.num_rows == 0:
        return 0
    match connection.dialect.name:
        case "duckdb":
            return _DuckDB(row, [batch]).insert(connection)
        case "postgresql":
            return _PostgreSQL(row, [batch]).insert(connection)
        case _:
            connection.execute(sa.insert(table(row)), batch.to_pylist())
            return int(batch.num_rows)


class _DuckDB:
    """Streams batches from Arrow memory straight into the table."""

    def __init__(self, row: type, batches: Iterable[pa.RecordBatch]) -> None:
        self.row = row
        self.batches = batches
        self._cut_off: Exception | None = None

    def insert(self, connection: Connection) -> int:
        raw = connection.connection.driver_connection
        assert raw is not None
        name = f"staged_{uuid4().hex}"
        raw.register(name, pa.RecordBatchReader.from_batches(arrow_schema(self.row), self._watched()))
        try:
            columns = ", ".join(column_names(self.row))
            statement = f"insert into {table_name(self.row)} ({columns}) select {columns} from {name}"  # noqa: S608
            return int(connection.exec_driver_sql(statement).scalar_one())
        except sa.exc.DBAPIError:
            if self._cut_off:
                raise self._cut_off from None
            raise
        finally:
            raw.unregister(name)

    def _watched(self) -> Iterator[pa.RecordBatch]:
        """DuckDB wraps what a stream raises in an error of its own; the source's sentence must survive."""
        try:
            yield from self.batches
        except Exception as error:
            self._cut_off = error
            raise


def _attached_to_duckdb(store: Store, row: type, file: StagedFile) -> Iterator[Staged]:
    """DuckDB reads a file of its own several times as fast as it is handed the rows. An attachment is no data: it
    belongs to the open store, not to the transaction, and is gone with the process."""
    name = f"staged_{uuid4().hex}"
    path = str(file.path).replace("'", "''")
    with store.read() as connection:
        connection.exec_driver_sql(f"attach '{path}' as {name} (read_only)")
        connection.commit()
    try:
        yield _DuckDBFile(row, name, file.columns)
    finally:
        # a store that an error has closed has no attachments any more, and its own error is the one to tell
        with suppress(StoreError, sa.exc.DBAPIError), store.read() as connection:
            connection.exec_driver_sql(f"detach database if exists {name}")
            connection.commit()


class _DuckDBFile:
    def __init__(self, row: type, database: str, columns: Sequence[str]) -> None:
        self.row = row
        self.database = database
        self.columns = columns

    def insert(self, connection: Connection) -> int:
        columns = ", ".join(self.columns)
        statement = f"insert into {table_name(self.row)} ({columns}) select {columns} from {self.database}.staged"  # noqa: S608
        return int(connection.exec_driver_sql(statement).scalar_one())


class _PostgreSQL:
    """COPY with Arrow's own CSV writer: an unquoted empty field is NULL, a quoted one is empty text."""

    def __init__(self, row: type, batches: Iterable[pa.RecordBatch]) -> None:
        self.row = row
        self.batches = batches

    def insert(self, connection: Connection) -> int:
        columns = ", ".join(column_names(self.row))
        row_count = 0
        raw = connection.connection.driver_connection
        assert raw is not None
        with (
            raw.cursor() as cursor,
            cursor.copy(f"copy {table_name(self.row)} ({columns}) from stdin (format csv)") as copy,
        ):
            for batch in self.batches:
                buffer = BytesIO()
                pa_csv.write_csv(batch, buffer, pa_csv.WriteOptions(include_header=False))
                copy.write(buffer.getvalue().replace(b"\0", b""))  # as `as_stored` says
                row_count += batch.num_rows
        return row_count


class _Snowflake:
    def __init__(self, row: type, staging: str, row_count: int) -> None:
        self.row = row
        self.staging = staging
        self.row_count = row_count

    def insert(self, connection: Connection) -> int:
        columns = ", ".join(column_names(self.row))
        values = ", ".join(
            f"cast({field.name} as decimal({field.type.precision}, {field.type.scale}))"
            if pa.types.is_decimal(field.type)
            else field.name
            for field in arrow_schema(self.row)
        )
        connection.execute(
            text(f"insert into {table_name(self.row)} ({columns}) select {values} from {self.staging}")  # noqa: S608
        )
        return self.row_count


def _staged_in_snowflake(store: Store, row: type, batches: Iterable[pa.RecordBatch]) -> Iterator[Staged]:
    """write_pandas into a table of its own first: its DDL would commit a transaction that is under way.

    Money travels as text, so that no file format in between can make it a float.
    """
    from snowflake.connector.pandas_tools import write_pandas  # 0.4 s: only who uses Snowflake waits for it

    name = f"staged_{table_name(row)}_{uuid4().hex[:12]}"
    columns = [sa.Column(c.name, _staged_type(c.type)) for c in table(row).columns]
    staging = sa.Table(name, sa.MetaData(), *columns)
    row_count = 0
    with store.read() as connection:
        staging.create(connection)
        connection.commit()
        raw: Any = connection.connection.driver_connection
        try:
            for batch in batches:
                if batch.num_rows:
                    write_pandas(raw, _frame(batch), name.upper(), use_logical_type=True)
                    row_count += batch.num_rows
            yield _Snowflake(row, name, row_count)
        finally:
            connection.rollback()
            staging.drop(connection)
            connection.commit()


def _staged_type(type_: Any) -> Any:
    return sa.Text() if isinstance(type_, sa.Numeric) and not isinstance(type_, sa.Float) else type_


def _frame(batch: pa.RecordBatch) -> Any:
    fields = [pa.field(f.name.upper(), pa.string() if pa.types.is_decimal(f.type) else f.type) for f in batch.schema]
    arrays = [column.cast(field.type) for column, field in zip(batch.columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields)).to_pandas()
