"""What keeps people from hearing of alerts: messages that did not arrive, and what is silenced on purpose."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import streamlit as st

from app import alert_tables, data
from app import format as fmt
from app.alerts import Row
from app.components import columns, empty, table
from app.components.markdown import plain
from app.components.section import section
from app.components.sql import show_sql
from queries.runner import Result

SHOWN_DAYS = 7
"""So long a message that did not arrive stands on top of the page; its alert keeps it for ever."""
PATIENCE = timedelta(minutes=2)
"""What waits longer was not sent at once: its destination is down, slow, or stopped."""
DIGEST = "the digest or the review of a week"


def undelivered(minute: datetime) -> Result:
    """Messages that are dead or possibly sent lately, or wait."""
    return data.ask("alert/undelivered", since=minute - timedelta(days=SHOWN_DAYS), late=minute - PATIENCE)


@section
def messages(minute: datetime) -> None:
    """One box per destination and fate; nothing when all went out."""
    found = undelivered(minute)
    if not found.row_count:
        return
    rows = sorted(found.rows(), key=_fate)  # stable: the newest of each stays first
    for (status, *_), group in groupby(rows, _fate):
        draw = st.error if status == "dead" else st.warning
        draw(_sentence(list(group), minute), icon=":material/unsubscribe:")
    show_sql(found)


def _fate(row: Row) -> tuple[str, str, str]:
    return row["status"], row["destination"], row["error_code"] or ""


def _sentence(rows: Sequence[Row], minute: datetime) -> str:
    newest, number = rows[0], fmt.plural(len(rows), "message")
    where = f"**{plain(newest['destination'])}** ({newest['sink']}: {plain(newest['target'])})"
    example = plain(newest["title"] or DIGEST)
    age = fmt.ago(newest["created_at"], minute)
    code = plain(newest["error_code"] or "")
    match newest["status"]:
        case "dead":
            return f"{where}: {number} could not be delivered ({code}); the newest, {age}: {example}."
        case "possibly_sent":
            return (
                f"{where}: nobody knows whether {number} arrived, so nothing is sent again; the newest, {age}: "
                f"{example}. Tell people by hand if it matters."
            )
        case _:
            why = f" ({code})" if code else ""
            oldest = fmt.ago(rows[-1]["created_at"], minute)
            return (
                f"{where} is paused{why}: {number} waiting, the oldest since {oldest.removesuffix(' ago')}, the "
                f"newest: {example}. `python -m burnline doctor` says what to do."
            )


@section
def silences(minute: datetime) -> None:
    """What is told to nobody now, or will be."""
    found = _silences(minute)
    st.markdown("## Silences")
    if not found.row_count:
        empty.nothing("✓ Nothing is silenced, and nothing is planned.")
        show_sql(found)
        return
    shown: dict[str, Any] = {
        "state": columns.text("State"),
        "what": columns.text("What"),
        "ends_at": columns.moment("Until (UTC)"),
        "reason": columns.text("Reason"),
        "created_by": columns.text("By"),
        "alerts": columns.number("Open alerts", "That nobody is told of."),
        "starts_at": columns.moment("From (UTC)"),
    }
    rows = found.rows()
    told = [f"{alert_tables.silenced_what(row)} until {fmt.moment(row['ends_at'])}" for row in rows]
    table.draw(alert_tables.silence_table(rows), shown, alt=f"{fmt.plural(len(rows), 'silence')}: {fmt.listed(told)}.")


def silences_toolbar(minute: datetime) -> None:
    """Holds widgets: stands outside the cached section."""
    found = _silences(minute)
    if found.row_count:
        table.toolbar(found, name="silences")


def _silences(minute: datetime) -> Result:
    return data.ask("alert/silences", now=minute)
