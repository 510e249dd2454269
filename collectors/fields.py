"""Reads fields of a vendor's row; what is not as the contract says is a DataError that names report and field.

`where` is the source and the path, such as `openai_usage /organization/usage/completions`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from collectors.errors import DataError

Row = Mapping[str, Any]

LARGEST_COUNT = 2**63 - 1
LARGEST_MONEY_DIGITS = 26
"""NUMERIC(38,12) has 26 digits before the point."""


def row_of(value: Any, where: str) -> Row:
    """`value` as an object."""
    if not isinstance(value, dict):
        raise DataError(f"{where}: a row is {type(value).__name__}, not an object")
    return value


def list_of(row: Row, name: str, where: str) -> list[Any]:
    """A required list."""
    value = row.get(name)
    if not isinstance(value, list):
        raise DataError(f"{where}: {_problem(row, name)} where a list belongs")
    return value


def count(row: Row, name: str, where: str) -> int:
    """A required whole number that is not negative."""
    value = row.get(name)
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise DataError(f"{where}: {_problem(row, name)} where a count of 0 or more belongs")
    return value


def optional_count(row: Row, name: str, where: str) -> int | None:
    """A whole number that is not negative; None when absent or null."""
    return None if row.get(name) is None else count(row, name, where)


def text(row: Row, name: str, where: str) -> str | None:
    """Text; None when absent, null or empty."""
    value = row.get(name)
    if value is not None and type(value) is not str:
        raise DataError(f"{where}: {_problem(row, name)} where text belongs")
    return value or None


def required_text(row: Row, name: str, where: str) -> str:
    """Text that is there and not empty."""
    value = text(row, name, where)
    if value is None:
        raise DataError(f"{where}: {_problem(row, name)} where text belongs")
    return value


def number(row: Row, name: str, where: str) -> Decimal:
    """A required exact number, as a JSON number or as text. A float is refused: read such reports `exact`."""
    value = row.get(name)
    if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool):
        try:
            exact = Decimal(value)
        except InvalidOperation:
            exact = Decimal("NaN")
        if exact.is_finite() and exact.adjusted() < LARGEST_MONEY_DIGITS:
            return exact
    raise DataError(f"{where}: {_problem(row, name)} where a number belongs")


def optional_number(row: Row, name: str, where: str) -> Decimal | None:
    """An exact number; None when absent or null."""
    return None if row.get(name) is None else number(row, name, where)


def unix_time(row: Row, name: str, where: str) -> datetime:
    """A required time in Unix seconds, as aware UTC."""
    try:
        return datetime.fromtimestamp(count(row, name, where), UTC)
    except (OverflowError, ValueError, OSError):
        raise DataError(f"{where}: {_problem(row, name)} where Unix seconds belong") from None


def rfc3339_time(row: Row, name: str, where: str) -> datetime:
    """A required time with an offset, as aware UTC."""
    value = row.get(name)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise DataError(f"{where}: {_problem(row, name)} where a time with its offset from UTC belongs")
    return moment.astimezone(UTC)


def optional_time(row: Row, name: str, where: str) -> datetime | None:
    """A time with an offset, as aware UTC; None when absent, null or empty."""
    return None if row.get(name) in (None, "") else rfc3339_time(row, name, where)


def part(row: Row, name: str, where: str) -> Row:
    """An object inside the row; an empty one when absent or null."""
    value = row.get(name)
    if value is not None and not isinstance(value, dict):
        raise DataError(f"{where}: {_problem(row, name)} where an object belongs")
    return value or {}


def parts(row: Row, name: str, where: str) -> list[Row]:
    """A list of objects; an empty one when absent or null."""
    value = row.get(name)
    if value is None:
        return []
    return [row_of(item, where) for item in list_of(row, name, where)]


def _problem(row: Row, name: str) -> str:
    if name not in row:
        return f"the field {name} is missing"
    shown = repr(row[name])
    return f"{name} is {shown if len(shown) <= 60 else shown[:59] + '…'}"
