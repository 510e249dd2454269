"""The answer of a query as a CSV file that is the same on every engine and for every order of loading."""

import csv
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from queries.runner import Result
from store.export import plain


def csv_of(result: Result) -> bytes:
    """UTF-8, one header line, LF. Rows are ordered by their columns: engines sort text by rules of their own."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    names = list(result.query.returns)
    writer.writerow(names)
    rows = sorted([(row[name] is not None, row[name]) for name in names] for row in result.rows())
    writer.writerows([_cell(value) for _, value in row] for row in rows)
    return file.getvalue().encode()


def _cell(value: Any) -> str:
    """Empty for NULL; ISO 8601 UTC; every digit of money; floats by the fewest digits that give them back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)
