"""A table whose rows can be clicked, and a box to look into one of them: both choose the same, and the URL keeps it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from app import format as fmt
from app.components import filters, table


def rows(drawn: pa.Table, shown: Mapping[str, Any], items: Sequence[str], key: str, alt: str) -> None:
    """Draws one row per item, in their order; a click chooses it, another leaves nothing chosen.

    `shown` are the columns to draw, as far as the table has them; `key` is the parameter of the URL. Call it outside
    cached sections.
    """
    st.dataframe(
        drawn.select([name for name in shown if name in drawn.column_names]),
        hide_index=True,
        column_config=shown,
        height=table.height(len(items)),
        key=_table_key(key),
        placeholder=fmt.UNKNOWN,
        on_select=lambda: _select(items, key),
        selection_mode="single-row",
        alt=alt,
    )


def box(names: Mapping[str, str], key: str, placeholder: str) -> str | None:
    """The chosen item of item → name, by the same `key`; None while nothing is, or what is no longer there."""
    filters.accept_item(key, names)
    item = st.selectbox(
        "Look into",
        list(names),
        index=None,
        format_func=lambda item: names.get(item, item),
        key=key,
        bind=filters.URL,
        placeholder=placeholder,
    )
    return item if item in names else None


def _select(items: Sequence[str], key: str) -> None:
    chosen = st.session_state[_table_key(key)].selection.rows
    st.session_state[key] = items[chosen[0]] if chosen else None


def _table_key(key: str) -> str:
    return f"{key}-table"
