"""Runs a query file on any engine: binds exactly its parameters, returns exactly its columns and types."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from queries.catalog import Query, QueryError, find
from store.engine import Store
from store.schema import to_array

_PYTHON: dict[str, tuple[type, ...]] = {
    "timestamp": (datetime,),
    "date": (date,),
    "text": (str,),
    "texts": (list, tuple, frozenset, set),
    "count": (int,),
}


_FLAG = re.compile(r":(any_\w+)")
"""Stands for whether a list is open: `(:any_x or x in :x)`."""

_NO_ITEM = [""]
"""Stands for an empty list, whose SQL would be a subquery: eight of them double the time of a small query."""


@dataclass(frozen=True)
class Result:
    """An answer with what is needed to explain it: the SQL, the parameters, the rows and the time it took."""

    query: Query
    params: Mapping[str, Any]
    table: pa.Table
    seconds: float

    @property
    def row_count(self) -> int:
        """Rows in the answer."""
        return int(self.table.num_rows)

    def rows(self) -> list[dict[str, Any]]:
        """Rows as dicts; money is Decimal, timestamps are UTC without zone. Callers share them: change nothing."""
        return self._rows

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        return list(self.table.to_pylist())

    def one(self) -> dict[str, Any]:
        """The only row. Raises QueryError when there is none or more than one."""
        rows = self.rows()
        if len(rows) != 1:
            raise QueryError(f"{self.query.name} gave {len(rows)} rows where one was expected")
        return rows[0]

    def frame(self) -> pd.DataFrame:
        """A pandas frame with Arrow types, so that money stays exact."""
        return self.table.to_pandas(types_mapper=pd.ArrowDtype)


def run(store: Store, name: str, **params: Any) -> Result:
    """Answers one query. Raises QueryError for an unknown name or a wrong parameter, StoreError for the store."""
    query = find(name)
    bound = bind(query, params)
    started = time.perf_counter()
    table = _from_duckdb(store, query, bound) if store.dialect == "duckdb" else _from_server(store, query, bound)
    return Result(query, params, table, time.perf_counter() - started)


def bind(query: Query, params: Mapping[str, Any]) -> dict[str, Any]:
    """The values to bind, UTC without zone.

    Raises QueryError for a parameter that is missing, unknown, ill-typed or none of its choices.
    """
    unknown = params.keys() - query.params.keys()
    if unknown:
        raise QueryError(
            f"{query.name} has no parameter {min(unknown)!r}; it takes: {', '.join(query.params) or 'none'}"
        )
    bound: dict[str, Any] = {}
    for name, word in query.params.items():
        if word == "texts":
            items = list(params.get(name, ()))
            bound[f"any_{name}"] = not items
            bound[name] = items or _NO_ITEM
            continue
        if name not in params:
            raise QueryError(f"{query.name} needs the parameter {name!r} ({query.takes(name)})")
        value = params[name]
        if not isinstance(value, _PYTHON[word]):
            raise QueryError(f"{query.name}: {name} must be a {word}, not {type(value).__name__}")
        if name in query.choices and value not in query.choices[name]:
            raise QueryError(f"{query.name}: {name} must be {query.takes(name)}, not {value!r}")
        bound[name] = _utc_naive(query, name, value) if isinstance(value, datetime) and word == "timestamp" else value
    return bound


def _utc_naive(query: Query, name: str, value: datetime) -> datetime:
    if value.tzinfo is None:
        raise QueryError(f"{query.name}: {name} has no time zone; give it in UTC")
    try:
        return value.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise QueryError(f"{query.name}: {name} lies outside the years 1 to 9999 in UTC") from None


def parse_params(query: Query, given: Mapping[str, str]) -> dict[str, Any]:
    """Typed parameters from text, as the command line has them; a list is comma-separated."""
    parsed: dict[str, Any] = {}
    for name, text in given.items():
        word = query.params.get(name, "text")
        try:
            parsed[name] = _parsed(word, text)
        except ValueError:
            raise QueryError(f"{query.name}: {name}={text!r} is not a {word}") from None
    return parsed


def _parsed(word: str, text: str) -> Any:
    if word == "timestamp":
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if word == "date":
        return date.fromisoformat(text)
    if word == "count":
        return int(text)
    if word == "texts":
        return [item for item in text.split(",") if item]
    return text


def _statement(query: Query, bound: Mapping[str, Any]) -> sa.TextClause:
    """The flag of a list is written into the SQL, so that a filter that filters nothing costs nothing."""
    lists: list[Any] = [
        sa.bindparam(name, type_=sa.String(), expanding=True) for name, word in query.params.items() if word == "texts"
    ]
    sql = _FLAG.sub(lambda flag: "true" if bound[flag[1]] else "false", query.sql)
    used = {name: value for name, value in bound.items() if f":{name}" in sql}
    return sa.text(sql).bindparams(*lists).bindparams(**used)


def _from_server(store: Store, query: Query, bound: Mapping[str, Any]) -> pa.Table:
    with store.read() as connection:
        cursor = connection.execute(_statement(query, bound))
        names = list(cursor.keys())
        rows = cursor.all()
    _check_columns(query, names)
    return pa.table(
        [_array([row[i] for row in rows], field.type) for i, field in enumerate(query.schema)],
        schema=query.schema,
    )


def _from_duckdb(store: Store, query: Query, bound: Mapping[str, Any]) -> pa.Table:
    """DuckDB hands over Arrow as it is, without a Python object per cell."""
    shape = tuple((name, _shape(value)) for name, value in bound.items())
    sql, names = _compiled(store.engine.dialect, query.name, shape)
    values: dict[str, Any] = {}
    for name, value in bound.items():
        values |= {f"{name}_{i}": item for i, item in enumerate(value, 1)} if isinstance(value, list) else {name: value}
    with store.duckdb_cursor() as cursor:
        table = cursor.execute(sql, [values[name] for name in names]).to_arrow_table()
    _check_columns(query, table.column_names)
    return table if table.schema.equals(query.schema) else table.cast(query.schema)


@dataclass(frozen=True, slots=True)
class _List:
    length: int


_Shape = bool | _List | None


def _shape(value: Any) -> _Shape:
    if isinstance(value, bool):
        return value
    return _List(len(value)) if isinstance(value, list) else None


@lru_cache(maxsize=512)
def _compiled(dialect: sa.Dialect, name: str, shape: tuple[tuple[str, _Shape], ...]) -> tuple[str, tuple[str, ...]]:
    """SQL and its parameters in order; it depends on which lists filter, how long they are, and on no value.

    Compiling takes a millisecond, which is as long as a small query.
    """
    example = {param: [""] * form.length if isinstance(form, _List) else form for param, form in shape}
    compiled = _statement(find(name), example).compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return compiled.string, tuple(compiled.positiontup or ())


def _array(values: list[Any], type_: pa.DataType) -> Any:
    """The drivers' idea of a type, made the header's: Decimal counts, datetime dates, int ratios."""
    if pa.types.is_decimal(type_):
        return to_array([None if v is None else Decimal(v) for v in values], type_)
    if pa.types.is_floating(type_) or pa.types.is_integer(type_):
        number = float if pa.types.is_floating(type_) else int
        return pa.array([None if v is None else number(v) for v in values], type_)
    if pa.types.is_date(type_):
        return pa.array([v.date() if isinstance(v, datetime) else v for v in values], type_)
    return pa.array(values, type_)


def _check_columns(query: Query, names: list[str]) -> None:
    if list(query.returns) != [name.lower() for name in names]:
        raise QueryError(f"queries/{query.name}.sql returns {names}, its header says {list(query.returns)}")
