"""How the data come in: every source's state, its failures with their reasons, and ways to run it."""

from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa
import streamlit as st

from app import data
from app import format as fmt
from app.components import columns, empty, filters, head, problems, table
from app.components.markdown import plain
from app.components.section import section
from app.components.sql import show_sql
from app.freshness import SourceState
from domain.window import Window
from store import ledger

PAGE = {"title": "Sources", "url": "sources", "icon": ":material/database:", "order": 90}

HISTORY_DAYS = 14
LOG_DAYS = 90
WHO = "source-who"


def render() -> None:
    """The page."""
    head.draw("Sources")
    problems.note([sentence for _, sentence in data.reference_problems()])
    found = head.source_states()
    if not found:
        st.info(f"No source is connected yet. {empty.CONNECT}", icon=":material/inbox:")
        show_sql(data.ask("ops/sources"))
        _access_log()
        return
    _failures(found)
    _states(found)
    table.toolbar(data.ask("ops/sources"), name="sources")
    _waiting()
    source = _actions(found)
    _history(source)
    _access_log()


def _failures(found: list[SourceState]) -> None:
    """What is broken stands first, with the reason."""
    for state in found:
        if state.state == "failing":
            since = state.facts["last_ok_at"]
            age = f"last success {fmt.moment(since)}" if since else "it never succeeded"
            times = fmt.plural(state.facts["failed_since_ok_count"], "failed run")
            told = state.facts["error_message"] or "no reason was recorded"
            reason = plain(told.removeprefix(f"{state.source}: "))
            st.error(f"**{plain(state.source)}**: {reason}  \n{times}, {age}.", icon=":material/error:")
        elif state.state == "late":
            reach = fmt.moment(state.facts.get("watermark_at"))
            st.warning(f"**{plain(state.source)}** is late: its data reach to {reach}.", icon=":material/schedule:")


def _states(found: list[SourceState]) -> None:
    now = data.now()
    rows = pa.table(
        {
            "state": [s.label for s in found],
            "source": [s.source for s in found],
            "last_run": [fmt.ago(s.facts.get("last_finished_at"), now) for s in found],
            "every": [fmt.duration(s.facts.get("every_seconds")) for s in found],
            "next_run": [fmt.moment(s.facts.get("next_run_at")) for s in found],
            "watermark_at": [fmt.moment(s.facts.get("watermark_at")) for s in found],
            "last_row_count": pa.array([s.facts.get("last_row_count") for s in found], pa.int64()),
            "loaded_row_count": pa.array([s.facts.get("loaded_row_count") for s in found], pa.int64()),
            "quarantined_count": pa.array([s.facts.get("quarantined_count") for s in found], pa.int64()),
            "run_count": pa.array([s.facts.get("run_count") for s in found], pa.int64()),
        }
    )
    shown = {
        "state": columns.text("State", pinned=True),
        "source": columns.text("Source", pinned=True),
        "last_run": columns.text("Last run"),
        "every": columns.text("Runs every"),
        "next_run": columns.text("Next run", "– for what was imported by hand."),
        "watermark_at": columns.text("Complete to", "The watermark: data are complete up to here."),
        "last_row_count": columns.number("Rows, last run"),
        "loaded_row_count": columns.number("Rows, all runs"),
        "quarantined_count": columns.number("Refused rows"),
        "run_count": columns.number("Runs"),
    }
    table.draw(rows, shown, alt=f"{fmt.plural(len(found), 'source')} with state, last run and rows, gravest first.")


def _waiting() -> None:
    waiting = data.ask("ops/waiting_requests")
    for row in waiting.rows():
        what = "a run"
        if row["window_start_at"]:
            what = f"a backfill of {fmt.days(row['window_start_at'].date(), row['window_end_at'].date())}"
        st.info(
            f"**{plain(row['source'])}**: {what} was asked for {fmt.ago(row['requested_at'], data.now())}; "
            "the worker picks it up within seconds.",
            icon=":material/hourglass_top:",
        )
    if waiting.row_count:
        show_sql(waiting)


def _actions(found: list[SourceState]) -> str:
    names = [state.source for state in found]
    st.markdown("## Run and inspect a source")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.selectbox("Source", names, key="source", bind=filters.URL, width=260) or names[0]
        st.button(
            "Run now",
            icon=":material/play_arrow:",
            on_click=_ask_for,
            args=(source, None),
            disabled=source not in data.settings().sources,
            help="Files that were imported by hand are imported again by hand.",
        )
        with st.popover("Backfill a range", icon=":material/history:"):
            _backfill(source)
        st.text_input(
            "Your name", key=WHO, persist_state="session", width=220, max_chars=100, help="For the access log."
        )
    return source


def _backfill(source: str) -> None:
    today = data.now().date()
    chosen = st.date_input(
        "First and last day (UTC)",
        value=(today - timedelta(days=7), today - timedelta(days=1)),
        max_value=today,
        key="backfill-range",
        format="YYYY-MM-DD",
    )
    st.caption("These days are read again and replace what is stored; nothing is counted twice.")
    window = _window(min(chosen), max(chosen)) if len(chosen) == 2 else None
    st.button("Backfill", disabled=window is None, on_click=_ask_for, args=(source, window))


def _window(first: date, last: date) -> Window:
    start, end = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
    return Window(start, end)


def _ask_for(source: str, window: Window | None) -> None:
    by = str(st.session_state.get(WHO) or "").strip() or "somebody on the page"
    ledger.request_collection(data.store(), source, window, by, data.now())
    data.forget_version()


def _history(source: str) -> None:
    since = datetime.combine(data.now().date() - timedelta(days=HISTORY_DAYS), time(), UTC)
    _runs(source, since)
    table.toolbar(data.ask("ops/runs", since=since, source=(source,)), name="runs")
    left, right = st.columns(2, gap="large")
    with left:
        _quarantined(source)
        table.toolbar(data.ask("ops/quarantined_rows", source=(source,)), name="quarantined")
    with right:
        _restated(source, since)
        table.toolbar(data.ask("ops/restatements", since=since, source=(source,)), name="restatements")


@section
def _runs(source: str, since: datetime) -> None:
    result = data.ask("ops/runs", since=since, source=(source,))
    st.markdown(f"## Runs of {plain(source)}, last {HISTORY_DAYS} days")
    if not result.row_count:
        empty.nothing("No run in these days.")
        return
    rows = result.rows()
    drawn = pa.table(
        {
            "status": [_STATUS.get(row["status"], row["status"]) for row in rows],
            "started": [fmt.moment(row["started_at"]) for row in rows],
            "took": [_took(row["started_at"], row["finished_at"]) for row in rows],
            "kind": [row["kind"] for row in rows],
            "window": [f"{fmt.moment(row['window_start_at'])} – {fmt.moment(row['window_end_at'])}" for row in rows],
            "row_count": pa.array([row["row_count"] for row in rows], pa.int64()),
            "request_count": pa.array([row["request_count"] for row in rows], pa.int64()),
            "retry_count": pa.array([row["retry_count"] for row in rows], pa.int64()),
            "reason": [row["error_message"] or "" for row in rows],
        }
    )
    shown = {
        "status": columns.text("Result", pinned=True),
        "started": columns.text("Started"),
        "took": columns.text("Took"),
        "kind": columns.text("Kind"),
        "row_count": columns.number("Rows"),
        "reason": columns.text("Reason", width="large"),
        "window": columns.text("Window", width="medium"),
        "request_count": columns.number("Calls"),
        "retry_count": columns.number("Retries"),
    }
    failed = sum(1 for row in rows if row["status"] == "failed")
    table.draw(drawn, shown, alt=f"{fmt.plural(len(rows), 'run')} of {source}, {fmt.count(failed)} failed.")


_STATUS = {"ok": "✓ Loaded", "failed": "✕ Failed", "running": "↻ Running"}


def _took(start: datetime, end: datetime | None) -> str:
    return fmt.duration((end - start).total_seconds()) if end else fmt.UNKNOWN


@section
def _quarantined(source: str) -> None:
    result = data.ask("ops/quarantined_rows", source=(source,))
    st.markdown("## Refused rows")
    if not result.row_count:
        empty.nothing("✓ No row of this source was refused.")
        return
    shown = {
        "file_name": columns.text("File"),
        "row_number": columns.number("Row"),
        "reason": columns.text("Reason", width="large"),
    }
    table.draw(result.table, shown, alt=f"{fmt.plural(result.row_count, 'refused row')} with reasons.")


@section
def _restated(source: str, since: datetime) -> None:
    result = data.ask("ops/restatements", since=since, source=(source,))
    st.markdown("## Days that changed afterwards")
    if not result.row_count:
        empty.nothing("✓ No complete day changed.")
        return
    rows = result.rows()
    drawn = pa.table(
        {
            "day": [fmt.day(row["day"]) for row in rows],
            "measure": [row["measure"] for row in rows],
            "before": pa.array([_number(row["before_value"]) for row in rows], pa.float64()),
            "after": pa.array([_number(row["after_value"]) for row in rows], pa.float64()),
            "seen": [fmt.moment(row["restated_at"]) for row in rows],
        }
    )
    shown = {
        "day": columns.text("Day"),
        "measure": columns.text("Measure"),
        "before": columns.number("Before"),
        "after": columns.number("After"),
        "seen": columns.text("Seen"),
    }
    table.draw(drawn, shown, alt=f"{fmt.plural(len(rows), 'restatement')}, newest first.")


def _access_log() -> None:
    since = datetime.combine(data.now().date() - timedelta(days=LOG_DAYS), time(), UTC)
    _acts(since)
    table.toolbar(data.ask("ops/audit_log", since=since), name="audit-log")


@section
def _acts(since: datetime) -> None:
    result = data.ask("ops/audit_log", since=since)
    st.markdown(f"## Audit log, last {LOG_DAYS} days")
    st.caption("What people and commands did, under the names they gave; who looked at a page is not recorded.")
    if not result.row_count:
        empty.nothing("Nobody did anything in these days.")
        return
    rows = result.rows()
    drawn = pa.table(
        {
            "occurred": [fmt.moment(row["occurred_at"]) for row in rows],
            "actor": [row["actor"] for row in rows],
            "action": [row["action"] for row in rows],
            "subject": [row["subject"] for row in rows],
            "detail": [row["detail"] or "" for row in rows],
        }
    )
    shown = {
        "occurred": columns.text("When"),
        "actor": columns.text("Who"),
        "action": columns.text("What"),
        "subject": columns.text("To what", width="medium"),
        "detail": columns.text("Detail", width="large"),
    }
    table.draw(drawn, shown, alt=f"{fmt.plural(len(rows), 'act')} of people and commands, newest first.")


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


if __name__ == "__main__":
    render()
