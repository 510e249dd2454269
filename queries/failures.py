"""How a question can fail, and what is told of it."""

import re

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from queries.catalog import QueryError
from store.errors import StoreError

FAILURES = (QueryError, StoreError, SQLAlchemyError, duckdb.Error)
DRIVER = re.compile(r"^\([\w.]+\)\s*")
"""`(psycopg.errors.UndefinedColumn)`: whose class an error is says nothing to who reads a review."""


def first_line(error: Exception) -> str:
    """What a failed question says first, without the driver's own names in front."""
    told = next(iter(str(error).splitlines()), "") or type(error).__name__
    return DRIVER.sub("", told).strip()
