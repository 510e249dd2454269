"""Tables as the bytes of a file: every digit, whatever a page rounds."""

from io import BytesIO

import pyarrow as pa
from pyarrow import csv, parquet


def as_csv(table: pa.Table) -> bytes:
    """CSV with a header; money with every digit, unknown as an empty field."""
    buffer = BytesIO()
    csv.write_csv(table, buffer)
    return buffer.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    """Parquet with the types of the query: money stays DECIMAL."""
    buffer = BytesIO()
    parquet.write_table(table, buffer)
    return buffer.getvalue()
