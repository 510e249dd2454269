"""Tables as the bytes of a file: every digit, whatever a page rounds."""

from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

FORMULA = r"^([=+\-@\t\r\n＝＋－＠])"
"""With what a text begins that spreadsheets take for a formula (OWASP, CSV Injection)."""
SIGNED_NUMBER = r"^[+\-][$€£¥]?[0-9][0-9A-Za-z.,:% ]*$"
"""`+7.5 pp`, `-12%`: a number that a page wrote out calls nothing and refers to nothing."""


def as_csv(table: pa.Table) -> bytes:
    """CSV with a header; money with every digit, unknown as an empty field, a list as its items with spaces.

    A text that a spreadsheet would take for a formula begins with an apostrophe; numbers stay numbers.
    """
    buffer = BytesIO()
    csv.write_csv(_flat(table), buffer)
    return buffer.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    """Parquet with the types of the query: money stays DECIMAL."""
    buffer = BytesIO()
    parquet.write_table(table, buffer)
    return buffer.getvalue()


def _flat(table: pa.Table) -> pa.Table:
    """Every column as CSV can hold it."""
    for place, field in enumerate(table.schema):
        column = table.column(place)
        if pa.types.is_list(field.type):
            items = [None if one is None else " ".join(map(str, one)) for one in column.to_pylist()]
            table = table.set_column(place, field.name, pa.array(items, pa.string()))
        elif pa.types.is_string(field.type):
            table = table.set_column(place, field.name, _inert(column))
    return table


def _inert(texts: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    is_number = pc.match_substring_regex(texts, SIGNED_NUMBER)
    made: pa.ChunkedArray[Any] = pc.if_else(is_number, texts, pc.replace_substring_regex(texts, FORMULA, r"'\1"))
    return made
