"""Opens a store by SQLAlchemy URL: DuckDB, PostgreSQL or Snowflake."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import duckdb_sqlalchemy  # noqa: F401  registers the dialect
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from store.errors import StoreError, StoreLockedError
from store.time_limit import TimeLimit

DIALECTS = ("duckdb", "postgresql", "snowflake")

DUCKDB_SETTINGS = {
    "memory_limit": "600MB",  # leaves room for the web server on a 4 GB machine; larger work spills to disk
    "preserve_insertion_order": False,
    "nested_loop_join_threshold": 300,  # many rows find their period among a few without being sorted for it
}

WRITER_LOCK = 0x6275726E
"""PostgreSQL's advisory lock of all writers ("burn"): two loads of one slice that overlap would both stay."""

CONNECT_SECONDS = 10
"""A PostgreSQL server that is there answers within a second; without a limit an absent one takes two minutes."""

DISK_FULL = re.compile("No space left|File too large|could not extend file|Disk quota")
"""What the operating system, DuckDB and PostgreSQL say when no more can be written."""

SECRET_OPTION = re.compile("pass|token|secret|private_key", re.IGNORECASE)
"""Options of a URL's query that may carry a secret, as psycopg and Snowflake name them."""

SNOWFLAKE_CONNECTING = range(250_000, 252_000)
"""Error numbers of the connector for reach and login; others are about statements."""


class Store:
    """One database with its engine. `write()` is one transaction; on DuckDB and PostgreSQL writers take turns."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._writing = threading.RLock()
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self._limit = TimeLimit()

    @cached_property
    def label(self) -> str:
        """The URL without its password, wherever in it that stands."""
        url = self.engine.url
        hidden = {name: "***" for name in url.query if SECRET_OPTION.search(name)}
        return url.update_query_dict(hidden).render_as_string(hide_password=True)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: everything inside is kept, or nothing. Raises StoreError."""
        turn = self._writing if self.dialect == "duckdb" else nullcontext()
        with turn, self._translated(), self.engine.begin() as connection:
            if self.dialect == "postgresql":
                execute(connection, "select pg_advisory_xact_lock(:key)", key=WRITER_LOCK)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One connection for reading. Raises StoreError."""
        with self._translated(), self.engine.connect() as connection:
            left = self._limit.left()
            if left is not None and self.dialect == "postgresql":
                limit = str(max(1, int(left * 1000)))
                execute(connection, "select set_config('statement_timeout', :limit, true)", limit=limit)
            yield connection

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        """All that this thread asks inside may take so long together; on Snowflake the warehouse's own limit counts.

        A question that takes longer is stopped and raises StoreError.
        """
        with self._limit.of(seconds):
            yield

    @contextmanager
    def duckdb_cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One of DuckDB's own cursors for reading, kept for the next reader. Raises StoreError.

        A small query takes a millisecond; checking a connection out of SQLAlchemy's pool and back in, half of one.
        """
        with self._translated():
            cursor = self._idle_cursor() or self._new_cursor()
            try:
                with self._limit.stopping(cursor.interrupt):
                    yield cursor
            except BaseException:
                cursor.close()
                raise
            self._cursors.append(cursor)

    def _idle_cursor(self) -> duckdb.DuckDBPyConnection | None:
        try:
            return self._cursors.pop()
        except IndexError:  # another thread may take the last one at any moment
            return None

    def _new_cursor(self) -> duckdb.DuckDBPyConnection:
        with self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            own: duckdb.DuckDBPyConnection = raw.duplicate()
            return own

    def _close_cursors(self) -> None:
        while self._cursors:
            self._cursors.pop().close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with translated(self.label):
                yield
        except StoreError as error:
            if isinstance(getattr(error.__cause__, "orig", error.__cause__), duckdb.FatalException):
                self._close_cursors()
                self.engine.dispose()  # after such an error DuckDB works again only when the file is opened anew
            raise

    def close(self) -> None:
        """Gives all connections back; a DuckDB file is free for other processes afterwards."""
        self._close_cursors()
        self.engine.dispose()
        _OPEN.pop(self.engine.url, None)


_OPEN: dict[URL, Store] = {}
_OPENING = threading.Lock()


def open_store(url: str, *, threads: int | None = None) -> Store:
    """The store at `url`; the same object for the same URL within one process. Raises StoreError.

    `threads` is how many of the machine's cores DuckDB may use for one question, all unless given.
    """
    parsed = _parsed(url)
    with _OPENING:
        if parsed not in _OPEN:
            _OPEN[parsed] = Store(_engine(parsed, threads))
        return _OPEN[parsed]


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise StoreError(
            "The store URL is not an SQLAlchemy URL; write one such as duckdb:///var/burnline.duckdb"
        ) from None
    name = parsed.get_backend_name()
    if name not in DIALECTS:
        raise StoreError(f"The store cannot be {name!r}; use a URL that starts with {', '.join(DIALECTS)}")
    return parsed.set(drivername="postgresql+psycopg") if name == "postgresql" else parsed


def _engine(url: URL, threads: int | None) -> Engine:
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS})
    if url.get_backend_name() == "snowflake":
        return sa.create_engine(url, pool_pre_ping=True)
    if not url.database or url.database == ":memory:":
        raise StoreError("A store in memory is gone when the process ends; give a file: duckdb:///var/burnline.duckdb")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder of the store {url.database} cannot be made: {error.strerror}; choose another store URL."
        ) from None
    engine = sa.create_engine(
        url,
        pool_size=16,
        max_overflow=16,
        connect_args={"config": DUCKDB_SETTINGS | ({"threads": threads} if threads else {})},
    )
    with translated(str(url.database)), engine.connect():
        pass  # the file lock is taken here, so that a locked store is reported at start
    return engine


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turns the drivers' errors about locks, space and reach into StoreError; all others pass."""
    try:
        yield
    except (sa.exc.DBAPIError, duckdb.Error, OSError) as error:
        told = _told(error, where)
        if told is None:
            raise
        raise told from error


def _told(error: BaseException, where: str) -> StoreError | None:
    text = str(getattr(error, "orig", error))
    if "Could not set lock on file" in text:
        pid = re.search(r"PID (\d+)", text)
        holder = f"process {pid[1]}" if pid else "another process"
        return StoreLockedError(
            f"The store {where} is open in {holder}; stop that process first, "
            "or use PostgreSQL, which several processes can share."
        )
    if DISK_FULL.search(text):
        return StoreError(
            f"The disk of the store {where} is full; free some space and run again. Nothing stored was lost."
        )
    line = (text.strip().splitlines() or [""])[0]
    match getattr(error, "orig", error):
        case duckdb.FatalException():
            return StoreError(f"The store {where} stopped after an error: {line}; run again. Nothing stored was lost.")
        case duckdb.IOException():
            return StoreError(f"The store {where} cannot be used: {line}")
        case psycopg.errors.QueryCanceled():
            return StoreError(f"The store {where} stopped a question: {line}")
        case psycopg.OperationalError():
            return StoreError(f"The store {where} does not answer: {line}")
        case psycopg.errors.InsufficientPrivilege():
            return StoreError(f"The store {where} does not let this user work: {line}")
        case psycopg.ProgrammingError(sqlstate=None):
            return StoreError(f"The store {where} cannot be used: {line}; check its URL.")
        case object(errno=number) if number in SNOWFLAKE_CONNECTING:
            return StoreError(f"The store {where} does not answer: {line}")
    return None


def execute(connection: Connection, statement: str, **params: Any) -> sa.CursorResult[Any]:
    """Runs one SQL text with bound parameters."""
    return connection.execute(sa.text(statement), params)
