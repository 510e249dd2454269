"""A static part of a page, drawn once per argument and data version, then replayed by Streamlit for everyone."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from app import data

MAX_ENTRIES = 512
"""One entry is 20 to 300 KB of messages; server.maxCacheDataSize bounds them all."""

P = ParamSpec("P")


def section(draw: Callable[P, None]) -> Callable[P, None]:
    """Marks a function that draws static elements only: a widget inside it is an error of Streamlit's.

    The cache is global, so every argument must be hashable and together they must decide what is shown.
    """
    name = f"{draw.__code__.co_filename}:{draw.__qualname__}"

    @wraps(draw)
    def replayed(*args: P.args, **kwargs: P.kwargs) -> None:
        key = repr((name, data.data_version(), args, sorted(kwargs.items())))
        _replay(lambda: draw(*args, **kwargs), key)

    return replayed


@st.cache_data(ttl=data.CACHE_SECONDS, max_entries=MAX_ENTRIES, show_spinner=False)
def _replay(_draw: Callable[[], None], key: str) -> None:  # noqa: ARG001
    _draw()
