"""How the columns of tables look: labels, units, formats. One place, so that a measure looks alike everywhere."""

from typing import Any

import streamlit as st

from app import format as fmt

_config = st.column_config
_LINE = "#2F8FCE"
"""At least 3:1 on white and on the dark ground."""
DIRECT = "What the feature's own projects and keys were billed."
ALLOCATED = "Shared costs that a rule of allocation.toml moved here, or away from here (negative)."
_FORMATS = {"USD": "dollar", "EUR": "euro"}


def text(label: str, help_: str | None = None, **options: Any) -> Any:
    """Words."""
    return _config.TextColumn(label, help=help_, **options)


def cost(label: str, currency: str, help_: str | None = None) -> Any:
    """Money with cents; currencies without a format of their own are named in the label."""
    if currency in _FORMATS:
        return _config.NumberColumn(label, help=help_, format=_FORMATS[currency])
    return _config.NumberColumn(f"{label} ({currency})", help=help_, format="%.2f")


def unit_cost(label: str, currency: str, help_: str | None = None) -> Any:
    """Money of a small unit, with four decimals."""
    return _config.NumberColumn(label, help=help_, format=f"{fmt.symbol(currency)}%.4f")


def number(label: str, help_: str | None = None) -> Any:
    """Whole numbers with thousands."""
    return _config.NumberColumn(label, help=help_, format="localized")


def exact(label: str, help_: str | None = None) -> Any:
    """Numbers with the digits that matter."""
    return _config.NumberColumn(label, help=help_, format="%.5g")


def compact(label: str, help_: str | None = None) -> Any:
    """Large numbers as 1.2M."""
    return _config.NumberColumn(label, help=help_, format="compact")


def day(label: str) -> Any:
    """A UTC day."""
    return _config.DateColumn(label, format="YYYY-MM-DD", pinned=True)


def percent(label: str, help_: str | None = None) -> Any:
    """A ratio as percent."""
    return _config.NumberColumn(label, help=help_, format="percent")


def seconds(label: str, help_: str | None = None) -> Any:
    """How long something took."""
    return _config.NumberColumn(label, help=help_, format="%.2f s")


def share(label: str, help_: str | None = None) -> Any:
    """A part of a whole as a bar with its percent."""
    return _config.ProgressColumn(label, help=help_, format="percent", min_value=0, max_value=1)


def sparkline(label: str, help_: str | None = None) -> Any:
    """A small line from zero."""
    return _config.LineChartColumn(label, help=help_, y_min=0, color=_LINE)


def shape(label: str, help_: str | None = None) -> Any:
    """A small line between its lowest and highest value, where the movement tells and not the level."""
    return _config.LineChartColumn(label, help=help_, color=_LINE)


def moment(label: str, help_: str | None = None) -> Any:
    """A time in UTC."""
    return _config.DatetimeColumn(label, help=help_, format="D MMM HH:mm")


def link(label: str, help_: str | None = None) -> Any:
    """A way to where it comes from."""
    return _config.LinkColumn(label, help=help_, display_text="Open")


def date(label: str) -> Any:
    """A UTC day that is no axis of the table."""
    return _config.DateColumn(label, format="YYYY-MM-DD")
