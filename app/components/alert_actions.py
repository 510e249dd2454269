"""What a person can do about an alert: acknowledge it, answer it, snooze it. The worker does it within seconds."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from app import data
from app import format as fmt
from app.alerts import Line
from app.components.markdown import plain
from app.components.sql import show_sql
from domain.window import floor_hour
from store.alert_requests import request_action

WHO, WHY, UNTIL, REFUSED = "alert-who", "alert-why", "alert-until", "alert-refused"
WORDS = {
    "acknowledge": "acknowledge it",
    "useful": "call it useful",
    "not useful": "call it not useful",
    "expected": "call it expected",
    "snooze": "snooze it",
    "unsnooze": "end its snooze",
}
NEEDS_UNTIL = ("expected", "snooze")
NEEDS_REASON = ("snooze",)
"""Others must be able to read why they hear nothing."""
WATCH_SECONDS = 3


def draw(line: Line) -> None:
    """The buttons with who, why and until when; what was asked for and is not done yet stands above them."""
    _waiting(line)
    if refused := st.session_state.pop(REFUSED, None):
        st.error(refused, icon=":material/error:")
    with st.form("alert-actions"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Your name", key=WHO, persist_state="session", width=220, max_chars=100)
            st.text_input("Reason", key=WHY, width=340, max_chars=500)
            st.datetime_input(
                "Until (UTC)",
                value=(floor_hour(data.now()) + timedelta(days=1)).replace(tzinfo=None),
                key=UNTIL,
                format="YYYY-MM-DD",
                width=260,
                help="For Expected and Snooze.",
            )
        with st.container(horizontal=True):
            _button(line, "acknowledge", "Acknowledge", ":material/front_hand:", disabled=not _can_be_taken(line))
            _button(line, "useful", "Useful", ":material/thumb_up:")
            _button(line, "not useful", "Not useful", ":material/thumb_down:")
            _button(line, "expected", "Expected until …", ":material/event_available:")
            if line.row["silence_kind"] == "snooze":
                _button(line, "unsnooze", "End the snooze", ":material/notifications_active:")
            else:
                _button(line, "snooze", "Snooze until …", ":material/snooze:", disabled=not line.is_open)
        st.caption(
            "Expected: the days up to then are neither judged nor learned from. Snooze: nobody is told of it until "
            "then. The worker does it within seconds."
        )


def _can_be_taken(line: Line) -> bool:
    return line.is_open and line.row["status"] == "open"


def _button(line: Line, action: str, label: str, icon: str, *, disabled: bool = False) -> None:
    st.form_submit_button(
        label,
        key=f"alert-{action.replace(' ', '-')}",
        icon=icon,
        disabled=disabled,
        on_click=_ask,
        args=(line.key, action),
    )


def _ask(alert_id: str, action: str) -> None:
    """Writes the request, or says what it lacks."""
    state = st.session_state
    who, why = str(state.get(WHO) or "").strip(), str(state.get(WHY) or "").strip()
    until: datetime | None = state.get(UNTIL) if action in NEEDS_UNTIL else None
    until = until.replace(tzinfo=UTC) if until else None
    lacking = _lacking(action, who, why, until)
    if lacking:
        state[REFUSED] = lacking
        return
    request_action(data.store(), alert_id, action, who, data.now(), why or None, until)
    state[WHY] = ""
    data.forget_version()


def _lacking(action: str, who: str, why: str, until: datetime | None) -> str | None:
    if not who:
        return "Write your name, so that others see who did it; nothing was done."
    if action in NEEDS_REASON and not why:
        return "Write a reason, so that others see why nobody is told of it; nothing was done."
    if action in NEEDS_UNTIL and (until is None or until <= data.now()):
        return "Choose a time that is still to come (UTC); nothing was done."
    return None


def _waiting(line: Line) -> None:
    asked = data.ask("alert/waiting_requests")
    rows = [row for row in asked.rows() if row["alert_id"] == line.key]
    for row in rows:
        until = f" until {fmt.moment(row['until'])}" if row["until"] else ""
        st.info(
            f"{plain(row['requested_by'])} asked {fmt.ago(row['requested_at'], data.now())} to "
            f"{WORDS.get(row['action'], row['action'])}{until}; the worker does it within seconds.",
            icon=":material/hourglass_top:",
        )
    if rows:
        show_sql(asked)
        st.fragment(_watch, run_every=WATCH_SECONDS)(data.data_version())


def _watch(version: str) -> None:
    """Draws the page again when the worker has done it."""
    if data.data_version() != version:
        st.rerun(scope="app")
