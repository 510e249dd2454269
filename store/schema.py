"""From a row class to an SQLAlchemy table and an Arrow schema, so that a table is declared once."""

import re
import types
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pyarrow as pa
import sqlalchemy as sa

MONEY = pa.decimal128(38, 12)
"""An invoice has up to 12 decimals in the FOCUS exports seen; the sum of a billion rows still fits."""
ESTIMATE = pa.decimal128(18, 9)
"""Estimates need speed more than digits: sums of DECIMAL(18,9) are 9 times as fast on DuckDB."""

Money = Annotated[Decimal, MONEY]
Estimate = Annotated[Decimal, ESTIMATE]

_EXACT = Context(prec=50)
"""Python's default of 28 digits is less than a NUMERIC(38,12) holds."""

METADATA = sa.MetaData()

_ARROW: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    bool: pa.bool_(),
    float: pa.float64(),
    datetime: pa.timestamp("us"),
    date: pa.date32(),
}
_SQL: dict[pa.DataType, Any] = {
    pa.string(): sa.Text(),
    pa.int64(): sa.BigInteger(),
    pa.bool_(): sa.Boolean(),
    pa.float64(): sa.Float(53),
    pa.timestamp("us"): sa.DateTime(),
    pa.date32(): sa.Date(),
    MONEY: sa.Numeric(38, 12),
    ESTIMATE: sa.Numeric(18, 9),
}


def table_name(row: type) -> str:
    """`TokenUsage` → `token_usage`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", row.__name__).lower()


@cache
def arrow_schema(row: type) -> pa.Schema:
    """The Arrow schema of a row class; timestamps are UTC without zone."""
    return pa.schema([_field(name, hint) for name, hint in get_type_hints(row, include_extras=True).items()])


@cache
def table(row: type) -> sa.Table:
    """The SQLAlchemy table of a row class, built once."""
    if not is_dataclass(row):
        raise TypeError(f"{row.__name__} is not a dataclass, so it declares no columns")
    columns = [sa.Column(f.name, _SQL[f.type], nullable=f.nullable) for f in arrow_schema(row)]
    return sa.Table(table_name(row), METADATA, *columns)


def to_batch(row: type, rows: Sequence[Any]) -> pa.RecordBatch:
    """Rows of one class as one Arrow batch. Raises pa.ArrowInvalid when a value does not fit its column."""
    arrays = []
    for field in arrow_schema(row):
        values = [getattr(item, field.name) for item in rows]
        arrays.append(to_array(values, field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(row))


def to_array(values: Sequence[Any], type_: pa.DataType) -> Any:
    """Python values as an Arrow array; decimals are rounded half-even to the column's scale, naive times are UTC.

    Raises pa.ArrowInvalid, ArithmeticError when a value does not fit.
    """
    if pa.types.is_timestamp(type_):
        return pa.array(values, pa.timestamp("us", tz="UTC")).cast(type_)
    if pa.types.is_decimal(type_):
        unit = Decimal(1).scaleb(-type_.scale)
        return pa.array([None if value is None else value.quantize(unit, context=_EXACT) for value in values], type_)
    return pa.array(values, type_)


def _field(name: str, hint: Any) -> Any:
    nullable = False
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
        nullable = True
    if get_origin(hint) is Annotated:
        return pa.field(name, hint.__metadata__[0], nullable)
    return pa.field(name, _ARROW[hint], nullable)


def column_names(row: type) -> tuple[str, ...]:
    """Names in declaration order."""
    return tuple(field.name for field in fields(row))
