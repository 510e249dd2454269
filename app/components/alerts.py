"""The open alerts as a short list."""

from datetime import datetime
from urllib.parse import urlencode

import streamlit as st

from app import format as fmt
from app.components.markdown import plain
from queries.runner import Result

MOST_SHOWN = 8
_SEVERITY = {"page": ":red[✕ Page]", "ticket": ":orange[! Ticket]", "info": ":blue[i Info]"}


def open_alerts(result: Result, now: datetime) -> None:
    """The gravest, each with severity, age and a way to all that is known of it."""
    rows = result.rows()
    if not rows:
        st.caption("✓ No alert is open.")
        return
    for row in rows[:MOST_SHOWN]:
        severity = _SEVERITY.get(row["severity"], row["severity"])
        linked = f"[{plain(row['title'])}](alerts?{urlencode({'alert': row['alert_id']})})"
        seen = " · acknowledged" if row["status"] == "acknowledged" else ""
        since = f"since {fmt.moment(row['opened_at'])} ({fmt.ago(row['opened_at'], now)}){seen}"
        st.markdown(f"**{severity}** {linked}  \n:gray[{since}]")
    left = f"{fmt.count(len(rows) - MOST_SHOWN)} more are open. " if len(rows) > MOST_SHOWN else ""
    st.markdown(f"{left}[All alerts, and what became of them](alerts)")
