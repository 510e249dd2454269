"""Comments about a KPI and promises to mend it: what was said and promised, and the forms to add to it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import streamlit as st

from app import data, promised
from app import format as fmt
from app.components.markdown import plain
from queries.kpis import Period
from store.errors import StoreError
from store.kpi_notes import DONE, DROPPED, add_action, add_comment, close_action

WHO, COMMENT, OWNER, TEXT, DUE, REFUSED = (
    "note-who",
    "note-comment",
    "note-owner",
    "note-text",
    "note-due",
    "note-refused",
)
RESULT = "note-result-"
"""Followed by the id of the promise."""
USUAL_DAYS = 14


def told(comments: Sequence[Mapping[str, Any]]) -> None:
    """What was said, newest first. Static."""
    for one in comments:
        st.markdown(
            f"**{plain(one['author'])}**, {fmt.day(one['created_at'].date())} "
            f"(week of {fmt.day(one['week_start'])}): {plain(one['text'])}"
        )


def promises(actions: Sequence[Mapping[str, Any]], names: Mapping[str, str], today: date) -> None:
    """What was promised, each with a way to end it, which wants the name of `ask_name`. Holds widgets."""
    for one in actions:
        name = plain(names.get(one["kpi"], one["kpi"]))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{promised.state(one, today)} · **{name}**: {plain(promised.told(one))}")
            if one["status"] == "open":
                _ways_to_end(one["action_id"])


def _ways_to_end(action_id: str) -> None:
    with st.popover("End", icon=":material/task_alt:", type="tertiary"):
        st.text_input(
            "What became of it",
            key=RESULT + action_id,
            max_chars=500,
            placeholder="One sentence: what is different now, or why it was dropped",
        )
        with st.container(horizontal=True):
            for label, status, icon in (("Done", DONE, "check"), ("Dropped", DROPPED, "close")):
                st.button(
                    label,
                    key=f"{status}-{action_id}",
                    icon=f":material/{icon}:",
                    on_click=_end,
                    args=(action_id, status),
                )


def refused() -> None:
    """What the last click was refused for; nothing when it was done."""
    if told_why := st.session_state.pop(REFUSED, None):
        st.error(plain(told_why), icon=":material/error:")


def ask_name() -> None:
    """Who comments, promises or ends a promise, once for all of them. Holds a widget."""
    st.text_input("Your name", key=WHO, persist_state="session", width=240, max_chars=100)


def forms(kpi: str, week: Period, owner: str) -> None:
    """A comment, and a promise with owner and day, both by the name of `ask_name`. Holds widgets."""
    left, right = st.columns(2, gap="large")
    with left, st.form("kpi-comment", clear_on_submit=False):
        st.text_area("Comment", key=COMMENT, max_chars=1000, placeholder="What is behind it, as far as it is known")
        st.form_submit_button("Comment", icon=":material/comment:", on_click=_comment, args=(kpi, week))
    with right, st.form("kpi-action", clear_on_submit=False):
        with st.container(horizontal=True):
            st.text_input("Owner", value=owner, key=OWNER, width=220, max_chars=100)
            st.date_input(
                "Due", value=data.now().date() + timedelta(days=USUAL_DAYS), key=DUE, format="YYYY-MM-DD", width=180
            )
        st.text_input("What will be done", key=TEXT, max_chars=500)
        st.form_submit_button("Promise", icon=":material/flag:", on_click=_promise, args=(kpi, week))


def _said(key: str) -> str:
    return str(st.session_state.get(key) or "").strip()


def _comment(kpi: str, week: Period) -> None:
    who, text = _said(WHO), _said(COMMENT)
    if not who or not text:
        st.session_state[REFUSED] = "Write your name and a comment, so that others know who said what."
        return
    with _told_if_not_kept():
        add_comment(data.store(), kpi, week.start_on, who, text, data.now())
        st.session_state[COMMENT] = ""
        data.forget_version()


def _promise(kpi: str, week: Period) -> None:
    who, owner, text, due = _said(WHO), _said(OWNER), _said(TEXT), st.session_state.get(DUE)
    if not (who and owner and text and isinstance(due, date)):
        st.session_state[REFUSED] = "A promise needs your name, an owner, what will be done and a day."
        return
    if due < data.now().date():
        st.session_state[REFUSED] = f"{fmt.day(due)} is over: promise it for today or a day to come."
        return
    with _told_if_not_kept():
        add_action(data.store(), kpi, week.start_on, owner, text, due, who, data.now())
        st.session_state[TEXT] = ""
        data.forget_version()


def _end(action_id: str, status: str) -> None:
    who, result = _said(WHO), _said(RESULT + action_id)
    if not who or not result:
        lacks = fmt.listed([*([] if who else ["your name"]), *([] if result else ["a sentence on what became of it"])])
        st.session_state[REFUSED] = f"Write {lacks}, so that others know who ended the promise and how."
        return
    with _told_if_not_kept():
        ended = close_action(data.store(), action_id, status, who, data.now(), result)
        data.forget_version()
        if not ended:
            st.session_state[REFUSED] = _ended_before(action_id)


def _ended_before(action_id: str) -> str:
    """Two may look at the same promise: who comes second is told what the first one did."""
    found = next((one for one in data.ask("kpi/actions", since=date.min).rows() if one["action_id"] == action_id), None)
    if found is None:
        return "That promise is not there any more; nothing was changed."
    return f"It was ended before you did, and stays so: {promised.told(found)}."


@contextmanager
def _told_if_not_kept() -> Iterator[None]:
    """A store that cannot be written is one sentence, and what was typed stays."""
    try:
        yield
    except StoreError as error:
        st.session_state[REFUSED] = f"Nothing was kept: {error}"
