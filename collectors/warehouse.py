"""Reads a span of days from a table or a query of any database that SQLAlchemy speaks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from pydantic import Field, model_validator
from sqlalchemy.engine import Connection, make_url

from collectors.base import SourceSettings
from collectors.errors import CollectorError, FatalError, RetriableError
from collectors.request_rows import START_UNITS
from config.secrets import SecretReference, redact, resolve
from domain.window import Window

IN_UTC = {
    "postgresql": "set time zone 'UTC'",
    "duckdb": "set timezone = 'UTC'",
    "snowflake": "alter session set timezone = 'UTC'",
}
"""A time with zone becomes a day in the zone of the session, which is the server's unless it is told."""


class WarehouseSettings(SourceSettings):
    """`url`: reference to an SQLAlchemy URL; `table` (schema.table) or `query`; `map`: field → column of it;
    `set`: field → one value for all rows. A query may use `:start` and `:end`, the UTC days asked for."""

    url: SecretReference
    table: str | None = Field(default=None, min_length=1)
    query: str | None = Field(default=None, min_length=1)
    map: dict[str, str]
    set: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_of_both(self) -> "WarehouseSettings":
        if (self.table is None) == (self.query is None):
            raise ValueError("give either table or query")
        return self


def read_days(
    name: str, settings: WarehouseSettings, columns: Mapping[str, str], day: str, start: date, end: date
) -> Iterator[dict[str, Any]]:
    """Rows of the UTC days `[start, end)`, their values by field. `columns`: field → column; `day`: the one of days.

    Raises FatalError for a missing driver, URL, table or column; RetriableError when the warehouse does not answer.
    """
    with _connected(name, settings) as connection:
        answer = connection.execute(_statement(settings, columns, day), {"start": start, "end": end})
        for row in answer.mappings():
            yield dict(row)


def columns_of(name: str, settings: WarehouseSettings) -> list[str]:
    """What the columns of the table or the query are called. Raises as `read_days`."""
    moment = datetime(1970, 1, 1)  # noqa: DTZ001 - of no consequence: no row is asked for
    statement = sa.select(sa.text("*")).select_from(_relation(settings)).where(sa.false())
    with _connected(name, settings) as connection:
        return list(connection.execute(statement, {"start": moment, "end": moment}).keys())


def read_span(
    name: str, settings: WarehouseSettings, columns: Mapping[str, str], start: str, window: Window
) -> Iterator[dict[str, Any]]:
    """Rows whose field `start` lies in the window, their values by field; otherwise as `read_days`.

    A column with a zone is compared in it, one without is UTC, and numbers count their unit since 1970.
    """
    per_second = START_UNITS.get(start)
    bounds: dict[str, Any] = {"start": window.start, "end": window.end}
    if per_second is not None:
        bounds = {side: int(_since_1970(moment) * per_second) for side, moment in bounds.items()}
    else:
        bounds = {side: moment.replace(tzinfo=None) for side, moment in bounds.items()}
    kind: Any = sa.DateTime() if per_second is None else sa.BigInteger()
    on: sa.ColumnClause[Any] = sa.column(columns[start])
    first, last = sa.bindparam("start", type_=kind), sa.bindparam("end", type_=kind)
    selected: list[Any] = [sa.column(column).label(field) for field, column in columns.items()]
    statement = sa.select(*selected).select_from(_relation(settings)).where(on >= first, on < last)
    with _connected(name, settings) as connection:
        answer = connection.execution_options(stream_results=True).execute(statement, bounds)
        for row in answer.mappings():
            yield dict(row)


def _since_1970(moment: datetime) -> Decimal:
    """Seconds, exactly."""
    return Decimal((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)) / 10**6


def _relation(settings: WarehouseSettings) -> Any:
    if settings.query is not None:
        text = settings.query.strip().rstrip(";")
        return sa.text(f"({text}) as given")
    assert settings.table is not None
    schema, _, bare = settings.table.rpartition(".")
    return sa.table(bare, schema=schema or None)


def _statement(settings: WarehouseSettings, columns: Mapping[str, str], day: str) -> sa.Select[Any]:
    found: dict[str, sa.ColumnClause[Any]] = {name: sa.column(name) for name in (*columns.values(), day)}
    on = sa.cast(found[day], sa.Date)
    start, end = sa.bindparam("start", type_=sa.Date), sa.bindparam("end", type_=sa.Date)
    selected = [(on if field == "day" else found[name]).label(field) for field, name in columns.items()]
    return sa.select(*selected).select_from(_relation(settings)).where(on >= start, on < end)


@contextmanager
def _connected(name: str, settings: WarehouseSettings) -> Iterator[Connection]:
    url = resolve(settings.url).get_secret_value()
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(parsed, poolclass=sa.NullPool)
    except (sa.exc.NoSuchModuleError, ImportError):
        kind = make_url(url).drivername
        raise FatalError(
            f"{name}: the Python driver for {kind!r} is not installed; install its SQLAlchemy dialect beside Burnline."
        ) from None
    except (sa.exc.ArgumentError, ValueError):
        raise FatalError(
            f"{name}: what {settings.url} holds is not an SQLAlchemy URL; write one such as "
            "postgresql://user:password@host/database"
        ) from None
    try:
        with engine.connect() as connection:
            if parsed.get_backend_name() in IN_UTC:
                connection.exec_driver_sql(IN_UTC[parsed.get_backend_name()])
            yield connection
    except sa.exc.SQLAlchemyError as error:
        raise _told(name, settings, error) from None
    finally:
        engine.dispose()


def _told(name: str, settings: WarehouseSettings, error: sa.exc.SQLAlchemyError) -> CollectorError:
    """The first line of what the driver says, which names no value of a row and, redacted, no password."""
    text = str(getattr(error, "orig", None) or error).strip()
    line = redact(text.splitlines()[0]) if text else type(error).__name__
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
        return RetriableError(f"{name}: the warehouse in {settings.url} does not answer: {line}")
    return FatalError(f"{name}: the warehouse refused the question: {line}; check table, query and map.")
