"""One value of a small table, from a file's text or a warehouse's own types, as the type of its column."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

import pyarrow as pa

from collectors.count_table import LARGEST_COUNT
from collectors.table_file import RowError, as_flag, check_range

Convert = Callable[[Any, str, tzinfo], Any]
"""(value, name of the field, zone of times that name no offset) → the value. Raises RowError."""


def is_empty(given: Any) -> bool:
    """True for what says nothing: NULL, NaN or blank text."""
    return (
        given is None or (isinstance(given, str) and not given.strip()) or (isinstance(given, float) and given != given)
    )


def as_moment(given: Any, name: str, zone: tzinfo) -> datetime:
    """A time in UTC; a day is its midnight."""
    try:
        moment = datetime.fromisoformat(given.strip()) if isinstance(given, str) else given
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime.combine(moment, time())
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (AttributeError, ValueError, OverflowError):
        raise RowError(f"{name} is neither a time such as 2026-11-03T14:05:00Z nor a day such as 2026-11-03") from None
    check_range(moment.date(), name)
    return moment


def as_string(given: Any, _: str, __: tzinfo) -> str:
    """The text, without space around it."""
    return str(given).strip()


def as_bool(given: Any, name: str, _: tzinfo) -> bool:
    """true or false, yes or no, 1 or 0."""
    return given if isinstance(given, bool) else as_flag(str(given).strip(), name)


def as_count(given: Any, name: str, _: tzinfo) -> int:
    """A whole number that is not negative."""
    number = _number(given, name)
    if number != number.to_integral_value():
        raise RowError(f"{name} is not a whole number")
    if not 0 <= number <= LARGEST_COUNT:
        raise RowError(f"{name} is not a count from 0 to {LARGEST_COUNT:,}")
    return int(number)


def as_float(given: Any, name: str, _: tzinfo) -> float:
    """A number with or without decimals."""
    value = float(_number(given, name))
    if not math.isfinite(value):
        raise RowError(f"{name} is too large")
    return value


def _number(given: Any, name: str) -> Decimal:
    try:
        number = Decimal(str(given).strip())
    except ArithmeticError:
        raise RowError(f"{name} is not a number") from None
    if not number.is_finite() or isinstance(given, bool):
        raise RowError(f"{name} is not a number")
    return number


CONVERT: dict[pa.DataType, Convert] = {
    pa.string(): as_string,
    pa.timestamp("us"): as_moment,
    pa.bool_(): as_bool,
    pa.int64(): as_count,
    pa.float64(): as_float,
}
"""By the type of the column in the store."""
