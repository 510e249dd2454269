"""A table with its downloads: what is drawn is rounded, what is downloaded has every digit."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import streamlit as st

from app.as_file import as_csv, as_parquet
from app.components.sql import show_sql
from app.format import UNKNOWN
from queries.runner import Result

ROW_HEIGHT = 35
SHOWN_ROWS = 14


def draw(table: pa.Table, columns: dict[str, Any], alt: str) -> None:
    """A static table without an index, as high as its rows up to fourteen."""
    st.dataframe(
        table.select([name for name in columns if name in table.column_names]),
        hide_index=True,
        column_config=columns,
        height=height(table.num_rows),
        placeholder=UNKNOWN,
        alt=alt,
    )


def height(row_count: int) -> int:
    """Pixels of a table with its header."""
    return ROW_HEIGHT * (min(row_count, SHOWN_ROWS) + 1) + 3


def toolbar(
    result: Result,
    *others: Result,
    name: str,
    made: Callable[[], pa.Table] | None = None,
    also: Callable[[], None] = lambda: None,
) -> None:
    """The SQL, and the answer of `result` as CSV and Parquet; instead of it what `made` gives of it.

    `also` draws what else the page offers beside them. Holds widgets: call it outside cached sections.
    """
    rows = made or (lambda: result.table)
    with st.container(horizontal=True, gap="small"):
        show_sql(result, *others)
        _download("CSV", rows, name, "csv", "text/csv", as_csv)
        _download("Parquet", rows, name, "parquet", "application/vnd.apache.parquet", as_parquet)
        also()


def _download(
    label: str, rows: Callable[[], pa.Table], name: str, ending: str, mime: str, write: Callable[[pa.Table], bytes]
) -> None:
    st.download_button(
        label,
        data=lambda: write(rows()),
        file_name=f"burnline-{name}.{ending}",
        mime=mime,
        key=f"download-{name}-{ending}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
