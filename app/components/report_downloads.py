"""Buttons that hand out the weekly review: as one HTML file, as PDF, and everything behind it as CSV files."""

from collections.abc import Callable

import streamlit as st

from app import data
from app.report.content import Content, gather
from app.report.formats import as_html, as_pdf
from app.report.tables import archive
from queries.kpis import Review


def draw(found: Review) -> None:
    """The buttons; nothing is made before one is pressed. Holds widgets."""
    for label, ending, mime, made in (
        ("Report (HTML)", "html", "text/html", as_html),
        ("Report (PDF)", "pdf", "application/pdf", as_pdf),
        ("All CSVs (zip)", "zip", "application/zip", archive),
    ):
        _button(found, label, ending, mime, made)


def _button(found: Review, label: str, ending: str, mime: str, made: Callable[[Content], bytes]) -> None:
    st.download_button(
        label,
        data=lambda: made(gather(data.ask, found, data.settings(), data.now())),
        file_name=f"burnline-review-{found.week.name}.{ending}",
        mime=mime,
        key=f"report-{ending}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
