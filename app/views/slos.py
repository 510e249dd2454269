"""Do we keep our promises? Each SLO with its budget, how fast it burns and when it is gone; one of them in detail."""

from datetime import timedelta

import pyarrow as pa
import streamlit as st

from app import data, slos
from app import format as fmt
from app.components import chooser, columns, head, problems, slo_detail, table
from app.components.markdown import plain
from app.components.section import section
from app.components.slo_detail import slo_lines
from app.components.sql import show_sql
from app.slos import Line
from domain.slo.standing import SHOWN_MINUTES
from domain.window import floor_day
from queries.runner import Result

PAGE = {"title": "SLOs", "url": "slos", "icon": ":material/verified:", "order": 50}

CONNECT = (
    "No SLO is declared. Write one as an OpenSLO v1 file into the folder `slos/` beside `burnline.toml`; "
    "`python -m burnline slo lint` checks it, and docs/slos.md shows how."
)
BURNED = {60: "Burn 1 h", 360: "Burn 6 h", 4320: "Burn 3 d"}
ENDINGS = (".yaml", ".yml")


def render() -> None:
    """The page."""
    head.draw("SLOs")
    problems.note([sentence for name, sentence in data.reference_problems() if not name or name.endswith(ENDINGS)])
    if not data.slos():
        st.info(CONNECT, icon=":material/verified:")
        return
    _summary()
    lines = slo_lines()
    _list(lines)
    by_key = {line.key: line for line in lines}
    key = chooser.box({key: line.name for key, line in by_key.items()}, "slo", "Click a row above or choose an SLO")
    if key:
        slo_detail.draw(by_key[key])


@section
def _summary() -> None:
    found, lines = data.promises(), slo_lines()
    st.markdown(f"## {plain(slos.headline(lines))}")
    st.caption(
        f"Counted up to {fmt.moment(found.at)}. Met and missed are said when the 95% interval lies on one side of the "
        "target. A burn of 1× spends exactly the budget in its period."
    )
    show_sql(*found.asked)


def _list(lines: list[Line]) -> None:
    """Not cached as a section: its rows can be clicked."""
    by_day = _by_day()
    drawn = data.derived(
        ("slo table", data.promises().at, data.slos()),
        lambda: slos.table(lines, slos.trends(by_day.rows())),
    )
    shown = {
        "status": columns.text("Status"),
        "name": columns.text("SLO", pinned=True),
        "tier": columns.text("Tier"),
        "objective": columns.text("Objective"),
        "attained": columns.text("Attained", "Good of all events; cut off, never rounded up."),
        "left_bar": columns.share("Budget left"),
        **{f"burn_{minutes}": columns.text(BURNED[minutes]) for minutes in SHOWN_MINUTES},
        "exhausted": columns.text("Budget gone", "If the last six hours go on."),
        "trend": columns.sparkline(f"Bad by day, {slos.TREND_DAYS} days"),
        "interval": columns.text("95% interval", "Wilson's interval of what was attained."),
        "service": columns.text("Service"),
        "owner": columns.text("Owner"),
    }
    chooser.rows(
        drawn,
        shown,
        [line.key for line in lines],
        "slo",
        alt=f"{fmt.plural(len(lines), 'promise')}, what needs a person first. {slos.headline(lines)}.",
    )
    table.toolbar(by_day, *data.promises().asked, name="slos", made=lambda: _exact(drawn))


def _exact(drawn: pa.Table) -> pa.Table:
    return drawn.drop_columns(["left_bar", "trend"])


def _by_day() -> Result:
    at = data.promises().at
    end = floor_day(at) + timedelta(days=1)
    return data.ask("slo/by_day", start=end - timedelta(days=slos.TREND_DAYS), end=end)


if __name__ == "__main__":
    render()
