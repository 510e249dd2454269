"""What a page says when there is nothing to draw."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from app import format as fmt

NEWEST_DAYS = 31

CONNECT = (
    "Connect a source in `burnline.toml` (`python -m burnline doctor` checks it), "
    "or import a FOCUS file: `python -m burnline import focus PATH`."
)


def no_costs(start: date, end: date, currency: str) -> None:
    """No costs in a period, and what to do about it."""
    st.info(f"No costs in {currency} between {fmt.days(start, end)}. {CONNECT}", icon=":material/inbox:")


def nothing(sentence: str) -> None:
    """A quiet sentence where a list would be."""
    st.caption(sentence)


def offer_newest(currencies: Sequence[Mapping[str, Any]], currency: str) -> None:
    """A way to the newest costs when the period holds none. Rows of cost/currencies."""
    row = next((r for r in currencies if r["billing_currency"] == currency), None)
    row = row or next(iter(currencies), None)
    if row is None:
        return
    first, last = max(row["first_day"], row["last_day"] - timedelta(days=NEWEST_DAYS - 1)), row["last_day"]
    st.button(
        f"Show {fmt.days(first, last + timedelta(days=1))} ({row['billing_currency']})",
        on_click=_show,
        args=(first, last, row["billing_currency"]),
        icon=":material/history:",
    )


def _show(first: date, last: date, currency: str) -> None:
    st.session_state.update({"period": "custom", "range": (first, last), "currency": currency})
