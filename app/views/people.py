"""How the team is, how satisfied those are it builds for, and how it grows: groups only, never persons."""

import pyarrow as pa
import streamlit as st

from app import data, delivery, events, people, span
from app import format as fmt
from app.charts.marks import marked
from app.charts.over_time import Line, over_time
from app.components import chart, columns, empty, filters, head, metrics, table
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.people import Answered
from app.span import Asked
from domain.small_groups import DEFAULT_LEAST
from queries.runner import Result

PAGE = {"title": "People", "url": "people", "icon": ":material/groups:", "order": 64}

ENGAGEMENT, STAKEHOLDERS, STAGES = "engagement_enps", "stakeholder_satisfaction", "hiring_stage_pass"
CARD_WIDTH = 185
NOTE = (
    f"Groups of fewer than {DEFAULT_LEAST} answers are suppressed, and so is a group that would let such a one be "
    "worked out. No name, comment or answer of a person is in the store."
)


def render() -> None:
    """The page."""
    head.draw("People")
    asked, found = span.choose("team")
    if filters.leave_nothing(asked.filters, found):
        return
    if told := filters.told(asked.filters, found):
        st.caption(f"{told} Surveys are of all teams.")
    _summary(asked)
    _engagement(asked)
    _stakeholders(asked)
    _groups(asked)
    _attrition(asked)
    _hiring(asked)


@section
def _summary(asked: Asked) -> None:
    engaged, satisfied = _answered(asked, ENGAGEMENT), _answered(asked, STAKEHOLDERS)
    health, hiring, open_ = _health(asked), _hired(asked), _open(asked)
    st.markdown(f"## {plain(people.headline(engaged, satisfied, open_.row_count))}")
    told, pleased = people.of_everybody(engaged), people.of_everybody(satisfied)
    attrition = [row for row in health.rows() if row["attrition_ratio"] is not None]
    filled = delivery.last(hiring.rows())
    passed = [row for row in hiring.rows() if row["six_month_pass_ratio"] is not None]
    oldest = max((row["open_days"] for row in open_.rows()), default=None)
    metrics.draw(
        [
            Card(
                "eNPS",
                f"{fmt.decimal(people.enps(told[-1]), 1, signed=True)} pts" if told else fmt.UNKNOWN,
                note=f"± {fmt.decimal(people.enps_error(told[-1]), 1)} standard error" if told else None,
                help="Percent of 9 and 10 minus percent of 0 to 6, of everybody who answered.",
            ),
            Card(
                "Answered",
                people.response_ratio(told[-1]) if told else fmt.UNKNOWN,
                note=people.response(told[-1]) if told else None,
                help="In the newest engagement survey.",
            ),
            Card(
                "Attrition",
                fmt.percent(attrition[-1]["attrition_ratio"], 1) if attrition else fmt.UNKNOWN,
                note="voluntary, 12 months",
                help="Who left by their own wish in 12 months, by the mean headcount.",
            ),
            Card(
                "Stakeholders",
                f"{fmt.decimal(people.mean(pleased[-1]), 2)} of 10" if pleased else fmt.UNKNOWN,
                note=people.response(pleased[-1]) if pleased else None,
            ),
            Card(
                "Open positions",
                fmt.count(open_.row_count) if hiring.row_count or open_.row_count else fmt.UNKNOWN,
                note=None if oldest is None else f"oldest {fmt.decimal(oldest, 0)} days",
            ),
            Card(
                "Time to hire",
                f"{fmt.decimal(delivery.value(filled), 0)} days" if filled else fmt.UNKNOWN,
                note=f"median of {filled['sample_count']}" if filled else None,
            ),
            Card(
                "After six months",
                fmt.percent(passed[-1]["six_month_pass_ratio"]) if passed else fmt.UNKNOWN,
                note="perform as expected",
            ),
        ],
        CARD_WIDTH,
    )
    st.caption(NOTE)
    for fact in ("measurement", "opening"):
        if missing := span.missing(asked, fact):
            st.caption(plain(missing))
    show_sql(_asked_groups(asked, ENGAGEMENT), _asked_groups(asked, STAKEHOLDERS), health, hiring, open_)


@section
def _engagement(asked: Asked) -> None:
    shown = people.of_everybody(_answered(asked, ENGAGEMENT))
    if not shown:
        return
    _survey_chart(
        asked,
        people.enps_line(shown),
        f"Would they recommend us? {fmt.plural(len(shown), 'survey')}",
        "Employee net promoter score of everybody by survey, with its 95% interval (1.96 standard errors).",
        "eNPS (points)",
        ENGAGEMENT,
    )


@section
def _stakeholders(asked: Asked) -> None:
    shown = people.of_everybody(_answered(asked, STAKEHOLDERS))
    if not shown:
        return
    _survey_chart(
        asked,
        people.mean_line(shown),
        f"How satisfied are those we build for? {fmt.plural(len(shown), 'survey')}",
        "Mean answer of everybody from 0 to 10 by survey, with its 95% interval; one answer a person.",
        "Satisfaction (of 10)",
        STAKEHOLDERS,
    )


def _survey_chart(asked: Asked, line: Line, title: str, subtitle: str, unit: str, metric: str) -> None:
    drawn = over_time([line], title=title, subtitle=subtitle, unit=unit, from_zero=False)
    chart.draw(marked(drawn, events.marks(asked.start, asked.at, asked.filters)), key=metric)
    show_sql(_asked_groups(asked, metric), events.asked(asked.start, asked.at))


def _groups(asked: Asked) -> None:
    engaged, satisfied = _answered(asked, ENGAGEMENT), _answered(asked, STAKEHOLDERS)
    newest = [people.newest(engaged), people.newest(satisfied)]
    if not any(newest):
        st.markdown("## What did groups answer?")
        empty.nothing("No survey is known in this period. docs/people.md shows how one is connected.")
        show_sql(_asked_groups(asked, ENGAGEMENT))
        return
    drawn = people.surveyed_table(*newest)
    st.markdown("## The newest surveys, group by group")
    table.draw(
        drawn,
        {
            "survey": columns.text("Survey"),
            "group": columns.text("Group", pinned=True),
            "value": columns.text("Value", "eNPS with its standard error; the mean of 0 to 10."),
            "answers": columns.text("Answers"),
            "rate": columns.text("Response rate"),
            "asked": columns.date("Asked from"),
        },
        alt=f"{fmt.plural(drawn.num_rows, 'group')} of the newest surveys; small ones are suppressed.",
    )
    table.toolbar(
        _asked_groups(asked, ENGAGEMENT),
        _asked_groups(asked, STAKEHOLDERS),
        name="surveys",
        made=lambda: people.shown([*engaged, *satisfied]),
    )


@section
def _attrition(asked: Asked) -> None:
    found = _health(asked)
    rows = [row for row in found.rows() if row["attrition_ratio"] is not None]
    if not rows:
        return
    line = Line("Attrition", [r["period_start"].date() for r in rows], [r["attrition_ratio"] for r in rows])
    drawn = over_time(
        [line],
        title=f"{fmt.percent(rows[-1]['attrition_ratio'], 1)} left by their own wish in 12 months",
        subtitle="Voluntary leavers of the last 12 months by the mean headcount, at the end of each quarter.",
        unit="Attrition (%)",
        factor=100,
    )
    chart.draw(marked(drawn, events.marks(asked.start, asked.at, asked.filters)), key="attrition")
    show_sql(found, events.asked(asked.start, asked.at))


def _hiring(asked: Asked) -> None:
    open_, stages = _open(asked), _asked_groups(asked, STAGES)
    st.markdown(f"## {fmt.plural(open_.row_count, 'open position')}")
    if open_.row_count:
        table.draw(
            people.openings_table(open_.rows()),
            {
                "age": columns.text("Open for"),
                "team": columns.text("Team"),
                "status": columns.text("Status"),
                "opened": columns.date("Opened"),
            },
            alt=f"{fmt.plural(open_.row_count, 'open position')}, the oldest first.",
        )
        table.toolbar(open_, name="open-positions")
    else:
        empty.nothing(span.missing(asked, "opening") or "None with these filters.")
        show_sql(open_)
    if rows := people.stages(stages.rows()):
        st.markdown("## How many candidates pass each stage?")
        table.draw(
            people.stages_table(rows),
            {"stage": columns.text("Stage"), "rate": columns.share("Passed"), "of": columns.text("Candidates")},
            alt=f"{fmt.plural(len(rows), 'stage')} of hiring with the share that passes.",
        )
        table.toolbar(stages, name="hiring-stages", made=lambda: _stages(stages))


def _stages(found: Result) -> pa.Table:
    return people.stages_table(people.stages(found.rows()))


def _answered(asked: Asked, metric: str) -> list[Answered]:
    found = _asked_groups(asked, metric)
    return data.derived(("answered", asked.start, asked.at, metric), lambda: people.answered(found.rows()))


def _asked_groups(asked: Asked, metric: str) -> Result:
    return data.ask("people/groups", start=asked.start, end=asked.at, metric=metric)


def _health(asked: Asked) -> Result:
    return span.series("team_health", asked, cadence="quarter")


def _hired(asked: Asked) -> Result:
    return span.series("hiring", asked, cadence="quarter")


def _open(asked: Asked) -> Result:
    return data.ask("people/open_positions", now=asked.at, **asked.params())


if __name__ == "__main__":
    render()
