"""The weekly review: is the organisation on track, what needs somebody, what was promised. The first page of all."""

from datetime import UTC
from typing import Any

import pyarrow as pa
import streamlit as st

from app import data, promised, review
from app import format as fmt
from app.components import empty, filters, head, kpi_notes, metrics, problems, report_downloads, scorecard
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.components.table import toolbar
from app.frozen import Frozen, as_closed, frozen, gone, note
from domain.kpi.reading import Status
from queries.kpis import COVERAGE, Filters, Period, Review, Row
from queries.runner import Result

PAGE = {"title": "Weekly review", "url": "", "icon": ":material/fact_check:", "order": 10}

DIMENSIONS = ("tier", "team", "feature")
FILTER_VALUES = "kpi/filter_values"
CARDS = {
    Status.MISSED: "Off track",
    Status.AT_RISK: "At risk",
    Status.MET: "On track",
    Status.NOT_ENOUGH: "Not enough data",
    Status.NO_DATA: "No data",
}


def render() -> None:
    """The page."""
    head.draw(data.settings().organization.name)
    problems.note([sentence for name, sentence in data.reference_problems() if name in ("", "kpis.toml")])
    weeks = data.weeks()
    if not weeks:
        empty.nothing("No week is over yet, or the store has no calendar: python -m burnline db upgrade writes it.")
        return
    week, chosen, options = _choose(weeks)
    if filters.leave_nothing(tuple(chosen.given().items()), options):
        return
    _headline(week, chosen)
    found, names = _review(week, chosen), {kpi.key: kpi.name for kpi in data.kpis()}
    actions = _actions(week)
    if actions.row_count:
        st.markdown("## What was promised")
        kpi_notes.refused()
        if any(one["status"] == "open" for one in actions.rows()):
            kpi_notes.ask_name()
        kpi_notes.promises(actions.rows(), names, data.now().date())
    _exceptions(week, chosen)
    st.markdown("## Scorecard")
    table = _table(week, chosen)
    st.caption("A click on a row opens its own page: definition, arithmetic, trend, who makes it, comments, actions.")
    scorecard.draw(table, week.name, alt=f"{fmt.plural(len(found.rows), 'KPI')}. {review.headline(found)}")
    asked = [row.result for row in found.rows if row.result is not None]
    toolbar(
        asked[0] if asked else actions,
        *asked[1:],
        _snapshots(week),
        name="kpis",
        made=lambda: table,
        also=lambda: report_downloads.draw(data.review(week, chosen)),
    )


def _choose(weeks: list[Period]) -> tuple[Period, Filters, filters.Options]:
    options = filters.options(FILTER_VALUES)
    by_name = {week.name: week for week in weeks}
    labels = {week.name: review.week_label(week) for week in weeks}
    filters.accept_keys(filters.Options({**options.items, "week": labels}), *DIMENSIONS, "week")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Week",
            list(by_name),
            format_func=labels.__getitem__,
            key="week",
            bind=filters.URL,
            width=320,
        )
        chosen = dict(filters.choose_filters(options, DIMENSIONS))
    return by_name.get(name, weeks[0]), Filters(**chosen), options


@section
def _headline(week: Period, chosen: Filters) -> None:
    found, told = _review(week, chosen), _frozen(week, chosen)
    st.markdown(f"## {plain(review.headline(found))}")
    counts = review.counts(found)
    metrics.draw(
        [
            Card(f"{review.STATUSES[status].split()[0]} {label}", fmt.count(counts[status]))
            for status, label in CARDS.items()
        ],
        width=120,
    )
    lost = gone(found, _snapshots(week).rows())
    st.caption(plain(note(week, chosen, told, data.settings().organization.timezone, lost)))
    asked = [row.result for row in found.rows if row.result is not None]
    show_sql(*asked, data.ask(COVERAGE), _snapshots(week))


@section
def _exceptions(week: Period, chosen: Filters) -> None:
    found, currency = _review(week, chosen), data.currency()
    shown = [row for status in (Status.MISSED, Status.AT_RISK) for row in found.rows if row.verdict.status is status]
    if not shown:
        return
    st.markdown("## Exceptions")
    st.caption("Off track first. The owner speaks to each; a red one wants an owner, an action and a day.")
    actions = _actions(week).rows()
    st.markdown("\n".join(_exception(row, currency, actions) for row in shown))


def _exception(row: Row, currency: str, actions: list[dict[str, Any]]) -> str:
    sign, today = review.STATUSES[row.verdict.status], data.now().date()
    owner = plain(row.kpi.owner) if row.kpi.owner else "**no owner** (kpis.toml)"
    action = plain(promised.due(actions, row.kpi.key, today))
    if not action and row.verdict.status is Status.MISSED:
        action = "**no action promised**"
    told = [plain(review.why(row, currency)), owner, action]
    return (
        f"- {sign} **{plain(row.kpi.name)}**: {plain(review.standing(row, currency))}  \n"
        f"  {' · '.join(filter(None, told))}"
    )


def _table(week: Period, chosen: Filters) -> pa.Table:
    found = _review(week, chosen)
    comments, actions = _comments(week).rows(), _actions(week).rows()
    return data.derived(
        ("scorecard", week.start_on, chosen),
        lambda: scorecard.made(found, data.currency(), _frozen(week, chosen), comments, actions, data.now().date()),
    )


def _review(week: Period, chosen: Filters) -> Review:
    """As the week was closed; a narrowed review, of which no week is closed, as it is known now."""
    found = data.review(week, chosen)
    if chosen.given() or not _snapshots(week).row_count:
        return found
    return as_closed(found, _snapshots(week).rows(), _snapshots(week, "tier").rows())


def _frozen(week: Period, chosen: Filters) -> dict[str, Frozen]:
    """What was restated since the week was closed; nothing for an open week and for a narrowed review."""
    snapshots = _snapshots(week)
    if chosen.given() or not snapshots.row_count:
        return {}
    closed_at = snapshots.rows()[0]["closed_at"].replace(tzinfo=UTC)
    restated = data.ask("ops/restatements", since=closed_at)
    return frozen(data.review(week, chosen).rows, snapshots.rows(), restated.rows(), data.currency())


def _snapshots(week: Period, scope_type: str = "all") -> Result:
    return data.ask("kpi/snapshots", start=week.start_on, end=week.end_on, scope_type=scope_type)


def _comments(week: Period) -> Result:
    return data.ask("kpi/comments", start=week.start_on, end=week.end_on)


def _actions(week: Period) -> Result:
    return data.ask("kpi/actions", since=promised.since(week))


if __name__ == "__main__":
    render()
