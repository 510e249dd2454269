"""Draws a chart: a plotly dict with its title, its unit and a text that says what it shows."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.charts.figure import Chart
from app.charts.finished import FinishedFigure
from app.components.markdown import plain

_CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False}


def draw(chart: Chart, key: str) -> None:
    """The title as text above the figure, so that it wraps on a phone and is read by a screen reader."""
    beside({key: chart})


def beside(charts: Mapping[str, Chart]) -> None:
    """Charts by key under the title of the first: beside each other on a desk, below each other on a phone."""
    first = next(iter(charts.values()))
    st.markdown(f"## {plain(first.title)}")
    st.caption(plain(first.subtitle))
    places = st.columns(len(charts)) if len(charts) > 1 else [st.container()]
    for place, (key, chart) in zip(places, charts.items(), strict=True):
        place.plotly_chart(FinishedFigure(chart.figure), key=key, alt=chart.alt, config=_CONFIG)
