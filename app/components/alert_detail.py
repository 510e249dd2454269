"""One alert in detail: what it says and why, whose it is, what happened to it, and where it was told."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import streamlit as st

from app import alert_tables, data
from app import format as fmt
from app.alerts import STATUSES, VERDICTS, Line
from app.components import columns, empty, table
from app.components.markdown import plain

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"


def draw(line: Line, now: datetime) -> None:
    """What it says, why, and whose it is."""
    row = line.row
    st.markdown(f"## {plain(line.severity)}: {plain(row['title'])}")
    st.markdown(plain(row["summary"]))
    _sentences("Why", line.told.get("why") or ())
    _sentences("What else happened", line.told.get("happened") or ())
    st.caption(plain(_whose(line, now)))
    if row["page_path"]:
        st.markdown(f"[Open what it is about]({row['page_path']})")
    _fields(line.told.get("fields") or ())
    _runbook(row["rule"])


def history(line: Line) -> None:
    """What happened to it and where it was told, with downloads."""
    left, right = st.columns(2, gap="large")
    with left:
        _timeline(line)
    with right:
        _messages(line)


def _sentences(head: str, said: Sequence[str]) -> None:
    if said:
        st.markdown(f"**{head}**\n\n" + "\n".join(f"- {plain(sentence)}" for sentence in said))


def _whose(line: Line, now: datetime) -> str:
    row = line.row
    lasted = fmt.clock(line.seconds(now))
    status = STATUSES.get(row["status"], str(row["status"])).split(" ", 1)[-1]
    parts = [
        f"{status} {'for' if line.is_open else 'after'} {lasted}, since {fmt.moment(row['opened_at'])}",
        f"At stake: {fmt.money(row['impact_cost'], row['currency'] or '')}",
        f"Owner: {row['owner'] or fmt.UNKNOWN}",
        *(f"{label}: {value}" for label, value in (("Team", line.team), ("Feature", line.feature)) if value),
        f"Has it: {line.has_it or 'nobody'}",
    ]
    if row["verdict"]:
        parts.append(f"Answer: {VERDICTS[row['verdict']]} by {row['verdict_by'] or 'somebody'}")
    if row["silence_id"]:
        until = fmt.moment(row["silenced_until_at"])
        parts.append(f"Silenced until {until} by {row['silenced_by'] or 'somebody'}: {row['silence_reason'] or '–'}")
    return ". ".join(parts) + "."


def _fields(fields: Sequence[Sequence[str]]) -> None:
    if not fields:
        return
    st.markdown("\n".join(f"- {plain(label)}: **{plain(' '.join(value.split()))}**" for label, value in fields))


def _runbook(rule: str) -> None:
    """The runbook itself, where this installation has it; a rule's name comes from the store, so it is looked up."""
    path = next((found for found in RUNBOOKS.glob("*.md") if found.stem == rule), None)
    if path is None:
        st.caption(f"Runbook: docs/runbooks/{plain(rule)}.md")
        return
    with st.expander(f"Runbook: docs/runbooks/{path.name}", icon=":material/menu_book:"):
        st.markdown(_without_headings(path.read_text(encoding="utf-8")))


def _without_headings(text: str) -> str:
    """Headings of a file would stand above those of the page."""
    return re.sub(r"^#+ (.+)$", r"**\1**", text, flags=re.MULTILINE).replace("$", "\\$")


def _timeline(line: Line) -> None:
    found = data.ask("alert/events", alert_id=line.key)
    st.markdown("### What happened to it")
    made = alert_tables.event_table(found.rows())
    if not made.num_rows:
        empty.nothing("No event of it is on record.")
    else:
        shown = {
            "at": columns.moment("When (UTC)"),
            "what": columns.text("What"),
            "who": columns.text("Who"),
            "said": columns.text("What was said", width="large"),
        }
        table.draw(made, shown, alt=f"{fmt.plural(made.num_rows, 'event')} of the alert, oldest first.")
    table.toolbar(found, name="alert-events", made=lambda: made)


def _messages(line: Line) -> None:
    found = data.ask("alert/messages", alert_id=line.key)
    st.markdown("### Where it was told")
    made = alert_tables.message_table(found.rows())
    if not made.num_rows:
        empty.nothing(
            "Nowhere: no route takes it, or it was silenced from the start. What was told half a year ago is not kept."
        )
    else:
        shown = {
            "status": columns.text("Status", pinned=True),
            "destination": columns.text("Destination"),
            "why": columns.text("Why"),
            "action": columns.text("What"),
            "at": columns.moment("Sent or decided (UTC)"),
            "attempts": columns.number("Attempts"),
            "route": columns.text("Route"),
        }
        table.draw(made, shown, alt=_told(made))
    table.toolbar(found, name="alert-messages", made=lambda: made)


def _told(made: pa.Table) -> str:
    statuses = sorted({str(status) for status in made["status"].to_pylist()})
    return f"{fmt.plural(made.num_rows, 'message')}: {fmt.listed(statuses)}."
