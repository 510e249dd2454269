"""How well the rules do: how often they fire, who answers, whether they are right, and how loud they are."""

from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from app import alert_tables, data, events
from app import format as fmt
from app.alerts import DAYS
from app.charts import alert_noise
from app.charts.marks import marked
from app.components import chart, columns, empty, table
from app.components.markdown import plain
from app.components.section import section
from app.components.sql import show_sql
from domain.window import floor_day
from queries.runner import Result

WEEKS = 12

PRECISION = (
    f"Of the alerts that ended or were answered in {DAYS} days: right are those that somebody called useful, or "
    "acknowledged without another answer; wrong are those called not useful or expected, and those that late data "
    "withdrew. Alerts that nobody answered count neither way; – means that none is judged."
)

Lists = dict[str, list[str]]


def by_rule(minute: datetime, lists: Lists) -> Result:
    """Rows of alert/by_rule over the last days. `lists` are filters of severity and rule."""
    return data.ask("alert/by_rule", start=minute - timedelta(days=DAYS), end=minute + timedelta(minutes=1), **lists)


def rules(minute: datetime, lists: Lists) -> None:
    """The table of rules with its downloads; also those that are switched off, so that one can decide."""
    st.markdown("## By rule")
    found, past = by_rule(minute, lists), data.ask("alert/rule_past")
    tried = [row for row in past.rows() if _is_asked(row["rule"], lists)]
    off = [rule for rule in data.settings().alerts.off if _is_asked(rule, lists)]
    if not found.row_count and not tried and not off:
        empty.nothing("No rule has fired or was tried yet: python -m burnline alerts backtest tries them.")
        show_sql(found, past)
        return
    are = "is" if len(off) == 1 else "are"
    silent = f" {plain(fmt.listed(off))} {are} switched off." if off else ""
    st.caption(f"{PRECISION} Of all teams and features.{silent}")
    made = alert_tables.rule_table(found.rows(), tried, off)
    table.draw(made, _columns(), alt=f"{fmt.plural(made.num_rows, 'rule')}, those that fire most first.")
    table.toolbar(found, past, name="alert-rules", made=lambda: made)


def _is_asked(rule: str, lists: Lists) -> bool:
    return not lists["rule"] or rule in lists["rule"]


def _columns() -> dict[str, Any]:
    return {
        "rule": columns.text("Rule", pinned=True),
        "state": columns.text("State", 'off = ["…"] under [alerts] in burnline.toml switches a rule off.'),
        "fired": columns.number(f"Fired in {DAYS} days"),
        "estimate": columns.text(
            "Would have fired", "With today's settings over the stored history, also while it is switched off."
        ),
        "precision": columns.text("Right", PRECISION),
        "acknowledged": columns.number("Acknowledged"),
        "useful": columns.number("Useful"),
        "expected": columns.number("Expected"),
        "not_useful": columns.number("Not useful"),
        "withdrawn": columns.number("Withdrawn"),
        "unanswered": columns.number("Unanswered"),
        "notice": columns.text(
            "Time to notice", "Median, from opening to the first person who acknowledged or answered."
        ),
        "noticed": columns.text("Noticed", "So many of those that fired; the median is of these."),
    }


@section
def noise(minute: datetime) -> None:
    """New messages per destination and week."""
    found = _noise(minute)
    rows = found.rows()
    if not rows:
        st.markdown("## How loud is it?")
        empty.nothing(f"No alert was told anywhere in {WEEKS} weeks.")
        show_sql(found)
        return
    monday = _monday(minute)
    this = sum(row["message_count"] for row in rows if row["week_start"] == monday)
    before = sum(row["message_count"] for row in rows) - this
    average = before / (WEEKS - 1)
    first, end = monday - (WEEKS - 1) * alert_noise.WEEK, monday + alert_noise.WEEK
    drawn = alert_noise.weeks(
        rows,
        first,
        monday,
        title=f"{fmt.plural(this, 'new message')} this week, {average:.1f} in an average week before",
        subtitle="Alerts told anew, by destination and week from Monday (UTC); edits and threads are none.",
    )
    chart.draw(marked(drawn, events.marks(first, end)), key="alert-noise")
    show_sql(found, events.asked(first, end))


def _noise(minute: datetime) -> Result:
    start = floor_day(minute) - timedelta(days=minute.weekday() + 7 * (WEEKS - 1))
    return data.ask("alert/noise", start=start, end=minute + timedelta(minutes=1))


def _monday(minute: datetime) -> Any:
    return (floor_day(minute) - timedelta(days=minute.weekday())).date()
