"""What incidents leave behind: remediation items and postmortems, the late ones first."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import streamlit as st

from app import data, incident_tables
from app import format as fmt
from app.components import columns, empty, table
from app.components.sql import show_sql
from queries.runner import Result

Row = Mapping[str, Any]

STATES = {"overdue": "✕ Overdue", "due": "○ Due", "undated": "? No due date", "done": "✓ Done", "dropped": "– Dropped"}
OWED = ("overdue", "due", "undated")
POSTMORTEM_DAYS = 180
"""A postmortem that nobody wrote for half a year is not written any more."""


def actions(today: date, filters: Mapping[str, list[str]]) -> None:
    """Remediation items that are to be done; those done and dropped are counted."""
    found = data.ask("incident/actions", today=today, **filters)
    rows = [row for row in found.rows() if row["due_state"] in OWED]
    late = sum(row["due_state"] == "overdue" for row in rows)
    over = found.row_count - len(rows)
    st.markdown(f"## {_told(len(rows), late, 'remediation item', 'to be done')}")
    if over:
        st.caption(f"{over} more {'is' if over == 1 else 'are'} done or dropped; the download has all.")
    if not rows:
        empty.nothing("Items come from files: `python -m burnline import incident-actions FILE`.")
        show_sql(found)
        return
    table.draw(
        pa.table(
            {
                "state": [STATES[row["due_state"]] for row in rows],
                "title": [row["title"] for row in rows],
                "owner": pa.array([row["owner"] for row in rows], pa.string()),
                "due_on": pa.array([row["due_on"] for row in rows], pa.date32()),
                "late": [_late(row, today) for row in rows],
                "incident": [row["incident_title"] or f"{row['incident_id']} (not known here)" for row in rows],
                "team": pa.array([row["incident_team"] for row in rows], pa.string()),
                "url": pa.array([row["url"] for row in rows], pa.string()),
            }
        ),
        {
            "state": columns.text("State"),
            "title": columns.text("Item"),
            "owner": columns.text("Owner"),
            "due_on": columns.date("Due"),
            "late": columns.text("Late"),
            "incident": columns.text("Incident"),
            "team": columns.text("Team"),
            **({"url": columns.link("Link")} if any(row["url"] for row in rows) else {}),
        },
        alt=f"{_told(len(rows), late, 'remediation item', 'to be done')}, the late ones first.",
    )
    table.toolbar(found, name="incident-actions")


def postmortems(start: datetime, at: datetime, filters: Mapping[str, list[str]]) -> None:
    """Postmortems that are due; those published are counted."""
    found = _postmortems(start, at, filters)
    rows = [row for row in found.rows() if row["state"] != "published"]
    late = sum(row["state"] == "overdue" for row in rows)
    published = found.row_count - len(rows)
    st.markdown(f"## {_told(len(rows), late, 'postmortem', 'owed')}")
    told = f" {fmt.plural(published, 'postmortem')} {'is' if published == 1 else 'are'} published." if published else ""
    st.caption(f"A sev1 or sev2 owes one within 72 hours after its impact ended, or when its source says.{told}")
    if not rows:
        show_sql(found)
        return
    table.draw(
        pa.table(
            {
                "state": [
                    incident_tables.owed(row["state"], row["postmortem_due_at"].replace(tzinfo=UTC), at) for row in rows
                ],
                "incident": [_name(row) for row in rows],
                "severity": pa.array([row["severity"] for row in rows], pa.string()),
                "due_at": pa.array([row["postmortem_due_at"] for row in rows], pa.timestamp("us")),
                "team": pa.array([row["team"] for row in rows], pa.string()),
                "url": pa.array([row["postmortem_url"] or row["url"] for row in rows], pa.string()),
            }
        ),
        {
            "state": columns.text("State"),
            "incident": columns.text("Incident"),
            "severity": columns.text("Severity"),
            "due_at": columns.moment("Due (UTC)"),
            "team": columns.text("Team"),
            "url": columns.link("Link"),
        },
        alt=f"{_told(len(rows), late, 'postmortem', 'owed')}, the late ones first.",
    )
    table.toolbar(found, name="postmortems")


def plain_name(row: Row) -> str:
    """Number and title."""
    return f"#{row['number']} {row['title']}" if row["number"] else str(row["title"])


def _name(row: Row) -> str:
    return f"#{row['number']} {row['title']}" if row["number"] else str(row["title"])


def _postmortems(start: datetime, at: datetime, filters: Mapping[str, list[str]]) -> Result:
    since = min(start, at - timedelta(days=POSTMORTEM_DAYS))
    return data.ask("incident/postmortems", since=since, now=at, **filters)


def _late(row: Row, today: date) -> str:
    if row["due_on"] is None:
        return fmt.UNKNOWN
    days = (today - row["due_on"]).days
    if days > 0:
        return f"{fmt.plural(days, 'day')} late"
    return "today" if days == 0 else f"in {fmt.plural(-days, 'day')}"


def _told(number: int, late: int, noun: str, what: str) -> str:
    """`3 postmortems are owed, 1 of them overdue`."""
    if not number:
        return f"No {noun} is {what}"
    is_late = " and overdue" if late == number == 1 else f", {late} of them overdue" if late else ", not overdue yet"
    return f"{fmt.plural(number, noun)} {'is' if number == 1 else 'are'} {what}{is_late}"
