"""Reads a span of days from a table or a query of any database that SQLAlchemy speaks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from pydantic import Field, model_validator
from sqlalchemy.engine import Connection, make_url

from collectors.base import SourceSettings
from collectors.errors import CollectorError, FatalError, RetriableError
from config.secrets import SecretReference, redact, resolve

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


def _statement(settings: WarehouseSettings, columns: Mapping[str, str], day: str) -> sa.Select[Any]:
    found: dict[str, sa.ColumnClause[Any]] = {name: sa.column(name) for name in (*columns.values(), day)}
    if settings.query is not None:
        text = settings.query.strip().rstrip(";")
        relation: Any = sa.text(f"({text}) as given")
    else:
        assert settings.table is not None
        schema, _, bare = settings.table.rpartition(".")
        relation = sa.table(bare, schema=schema or None)
    on = sa.cast(found[day], sa.Date)
    start, end = sa.bindparam("start", type_=sa.Date), sa.bindparam("end", type_=sa.Date)
    selected = [(on if field == "day" else found[name]).label(field) for field, name in columns.items()]
    return sa.select(*selected).select_from(relation).where(on >= start, on < end)


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
