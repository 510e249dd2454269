"""The dashboard's frame: the menu, the page, and a sentence instead of a traceback."""

import logging
from pathlib import Path

import streamlit as st

from app.navigation import discover
from config.settings import SettingsError
from queries.catalog import QueryError
from store.errors import StoreError

STATIC = Path(__file__).parent / "static"

_log = logging.getLogger("burnline.app")


def main() -> None:
    """Draws the page that the address names."""
    pages = [
        st.Page(
            page.path,
            title=page.title,
            icon=page.icon,
            url_path=page.url or None,
            default=page.url == "",
            visibility="hidden" if page.hidden else "visible",
        )
        for page in discover()
    ]
    st.set_page_config(page_icon=str(STATIC / "icon.png"), layout="wide")
    page = st.navigation(pages, position="top")
    st.set_page_config(page_title=f"{page.title} · Burnline")
    st.logo(str(STATIC / "wordmark.png"), size="large")
    try:
        page.run()
    except (StoreError, QueryError, SettingsError) as error:
        _log.warning("%s: %s", page.title, error)
        st.error(str(error), icon=":material/error:")
    except Exception:  # noqa: BLE001  the last stop before a reader
        _log.exception("The page %s could not be drawn", page.title)
        st.error(
            "This page could not be drawn. The reason is in Burnline's log; the data are not touched. "
            "Reload the page, and if it happens again, run: python -m burnline doctor",
            icon=":material/error:",
        )


if __name__ == "__main__":
    main()
