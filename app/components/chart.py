"""Draws a chart: a plotly dict with its title, its unit and a text that says what it shows."""

from typing import Any

import streamlit as st

from app.charts.figure import Chart
from app.charts.finished import FinishedFigure
from app.components.markdown import plain

_CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False}


def draw(chart: Chart, key: str) -> None:
    """The title as text above the figure, so that it wraps on a phone and is read by a screen reader."""
    st.markdown(f"## {plain(chart.title)}")
    st.caption(plain(chart.subtitle))
    st.plotly_chart(FinishedFigure(chart.figure), key=key, alt=chart.alt, config=_CONFIG)
