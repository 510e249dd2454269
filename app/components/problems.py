"""Lines of the operator's files that cannot be used: everything else works, and the reader knows what is missing."""

from collections.abc import Sequence

import streamlit as st

from app.components.markdown import plain


def note(sentences: Sequence[str]) -> None:
    """One warning that lists them; nothing without any."""
    if sentences:
        listed = "".join(f"\n- {plain(sentence)}" for sentence in sentences)
        st.warning(f"Left out of the reference files, or of no effect:\n{listed}", icon=":material/rule:")
