"""One incident in detail: its clock times, when it hurt, what is to be done and what it still owes."""

from datetime import datetime, timedelta

import pyarrow as pa
import streamlit as st

from app import data, incident_tables
from app import format as fmt
from app.components import columns, empty, table
from app.components.markdown import plain
from app.incidents import Line
from domain.incident.clocks import acknowledge, detect, restore
from domain.incident.postmortem import postmortem_due_at, postmortem_state
from domain.window import floor_day
from queries.runner import Result

CLOCKS = {
    "impact_started_at": "Impact started",
    "detected_at": "Detected",
    "declared_at": "Declared",
    "acknowledged_at": "Acknowledged",
    "mitigated_at": "Mitigated",
    "resolved_at": "Resolved",
    "postmortem_published_at": "Postmortem published",
}


def draw(line: Line, found: Result, at: datetime) -> None:
    """Sentence, clock times and spans of one incident with their downloads. `found` is what they were made from."""
    st.markdown(f"## {plain(sentence(line, at))}")
    if told := _about(line):
        st.caption(told)
    for remark in _remarks(line, at):
        st.caption(remark)
    if line.row["url"]:
        st.markdown(f"[Open it where it is kept]({line.row['url']})")
    times = _times(line)
    table.draw(
        times,
        {
            "what": columns.text("What"),
            "at": columns.moment("When (UTC)"),
            "after": columns.text("After the impact's start"),
        },
        alt=f"The clock times of {line.name}, in order.",
    )
    table.toolbar(found, name="incident-times", made=lambda: times)
    if line.incident:
        _items(line, at)


def sentence(line: Line, at: datetime) -> str:
    """What it is and how long it hurt."""
    severity = line.row["severity"] or "no severity"
    lasted = incident_tables.impact_seconds(line)
    if line.is_open:
        age = fmt.clock((at - (line.impact_started_at or line.declared_at)).total_seconds())
        return f"{line.name} ({severity}) has been open for {age}"
    if lasted is None:
        return f"{line.name} ({severity}) is over; nobody knows how long it hurt"
    return f"{line.name} ({severity}) hurt for {fmt.clock(lasted)}"


def _about(line: Line) -> str:
    row = line.row
    parts = [
        ("Provider", fmt.provider(row["provider"]) if row["provider"] else None),
        *((label, row.get(name)) for label, name in (("Service", "service"), ("Feature", "feature"), ("Team", "team"))),
        *((label, row.get(name)) for label, name in (("Kind", "kind"), ("Cause", "cause"), ("Parts", "components"))),
    ]
    told = [f"{label}: {plain(str(value))}" for label, value in parts if value]
    if line.incident:
        of_ai = {True: "Related to AI", False: "Not related to AI", None: "Nobody said whether it is related to AI"}
        told.append(of_ai[row["ai_related"]])
    return f"{'. '.join(told)}." if told else ""


def _remarks(line: Line, at: datetime) -> list[str]:
    told = []
    if len(line.spans) > 1:
        told.append(
            f"It came back: {len(line.spans)} spans of impact, their sum is the time to restore, the pauses are none "
            "of it."
        )
    if line.incident is None:
        return told
    if not line.spans:
        told.append("Nobody knows since when it hurt, so it is in no time to detect or to restore.")
    told += [f"Flagged: {flag}." for flag in (of(line.incident).flag for of in (detect, acknowledge, restore)) if flag]
    state, due_at = postmortem_state(line.incident, at), postmortem_due_at(line.incident)
    if state:
        told.append(f"Postmortem: {incident_tables.owed(state, due_at, at)}, due {fmt.moment(due_at)}.")
    elif line.is_open:
        told.append("A postmortem is owed once its impact is over, if it is a sev1 or sev2 then.")
    return told


def _times(line: Line) -> pa.Table:
    """Clock times and the ends of spans, in order of time."""
    start = line.impact_started_at
    moments: list[tuple[str, datetime]] = []
    if line.incident:
        told = ((label, getattr(line.incident, name)) for name, label in CLOCKS.items())
        moments += [(label, moment) for label, moment in told if moment is not None]
    else:
        moments.append((CLOCKS["impact_started_at"], line.spans[0].started_at))
    several = len(line.spans) > 1
    for number, span in enumerate(line.spans, start=1):
        which = f" ({number} of {len(line.spans)})" if several else ""
        if number > 1:
            moments.append((f"Impact came back{which}", span.started_at))
        if span.ended_at is not None:
            moments.append((f"Impact ended{which}", span.ended_at))
    moments.sort(key=lambda one: one[1])
    return pa.table(
        {
            "what": pa.array([what for what, _ in moments], pa.string()),
            "at": pa.array([moment.replace(tzinfo=None) for _, moment in moments], pa.timestamp("us")),
            "after": pa.array([_after(moment, start) for _, moment in moments], pa.string()),
        }
    )


def _after(moment: datetime, start: datetime | None) -> str:
    if start is None:
        return fmt.UNKNOWN
    seconds = (moment - start) / timedelta(seconds=1)
    return f"{fmt.clock(-seconds)} before" if seconds < 0 else fmt.clock(seconds)


def _items(line: Line, at: datetime) -> None:
    """The items that name it; the whole list stands below."""
    found = data.ask("incident/actions", today=floor_day(at).date())
    names = {line.key[1], line.row["number"] or line.key[1]}
    rows = [row for row in found.rows() if row["incident_id"] in names]
    if not rows:
        empty.nothing("No remediation item names it.")
        return
    told = [f"{row['title']} ({row['owner'] or 'no owner'}, {row['due_state']})" for row in rows]
    st.caption(f"{fmt.plural(len(rows), 'remediation item')}: {plain(fmt.listed(told))}.")
