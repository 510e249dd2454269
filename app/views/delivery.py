"""How fast, how safely and how well tested we ship: lead time, rollbacks, evaluations, experiments, adoption."""

from typing import Any

import streamlit as st

from app import data, delivery, events, span
from app import format as fmt
from app.charts.marks import marked
from app.charts.over_time import Line, over_time
from app.components import chart, columns, empty, filters, head, metrics, table
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.span import Asked
from queries.runner import Result

PAGE = {"title": "Delivery", "url": "delivery", "icon": ":material/rocket_launch:", "order": 62}

FACTS = ("release", "spec", "evaluation", "experiment")
RELEASE_COLUMNS = {
    "released": columns.date("Released"),
    "feature": columns.text("Feature"),
    "what": columns.text("What"),
    "ending": columns.text("What became of it"),
    "after": columns.text("After"),
    "lacks": columns.text("Lacked"),
    "later": columns.text("Evaluated"),
    "team": columns.text("Team"),
    "tier": columns.text("Tier"),
    "url": columns.link("Link"),
}


def render() -> None:
    """The page."""
    head.draw("Delivery")
    asked, found = span.choose(*span.FILTERS)
    if filters.leave_nothing(asked.filters, found):
        return
    if told := filters.told(asked.filters, found):
        st.caption(told)
    _summary(asked)
    _lead_time(asked)
    table.toolbar(_lead_times(asked), span.series("feature_lead_time", asked), name="lead-times")
    _waiting(asked)
    _ratios(asked)
    _taken_back(asked)
    _unevaluated(asked)
    _experiments(asked)
    _adoption(asked)


@section
def _summary(asked: Asked) -> None:
    lead, rollback = span.series("feature_lead_time", asked), span.series("rollback_rate", asked)
    covered, decided = span.series("evaluation_coverage", asked), span.series("experiment_velocity", asked)
    evidence = span.series("evidence_readiness", asked, cadence="quarter")
    waiting, endings = _specs(asked), _endings(asked)
    released = sum(row["sample_count"] or 0 for row in rollback.rows())
    newest = delivery.last(lead.rows())
    oldest = max((row["waiting_days"] for row in waiting.rows()), default=None)
    st.markdown(f"## {plain(delivery.headline(lead.rows(), waiting.rows(), endings.rows(), released))}")
    metrics.draw(
        [
            Card(
                "Lead time",
                f"{fmt.decimal(delivery.value(newest), 1)} days" if newest else fmt.UNKNOWN,
                note=f"P85 {fmt.decimal(newest['p85_days'], 1)} days, {newest['period_start']:%b %Y}"
                if newest
                else None,
                help="Median from the approved specification to the first release in production.",
            ),
            Card(
                "Waiting",
                fmt.count(waiting.row_count) if _knows(asked, "spec") else fmt.UNKNOWN,
                note=None if oldest is None else f"oldest {fmt.decimal(oldest, 0)} days",
                help="Approved specifications that are not in production.",
            ),
            _whole("Rollbacks", rollback.rows(), "releases"),
            _whole("Evaluated", covered.rows(), "releases", "Both suites ran on the very version before its release."),
            Card(
                "Experiments decided",
                fmt.count(sum(row["sample_count"] for row in decided.rows())) if decided.row_count else fmt.UNKNOWN,
                note="with a decision",
                help="Won, lost or inconclusive.",
            ),
            _whole("Evidence on time", evidence.rows(), "requests", "Complete within 5 working days."),
        ]
    )
    for fact in FACTS:
        if told := span.missing(asked, fact):
            st.caption(plain(told))
    show_sql(lead, rollback, covered, decided, evidence, waiting, endings)


def _whole(label: str, rows: list[dict[str, Any]], noun: str, help_: str | None = None) -> Card:
    """A ratio over all months of the period: its numerators by its denominators."""
    known = [row for row in rows if row["denominator"]]
    below = sum(row["denominator"] for row in known)
    ratio = sum(row["numerator"] or 0 for row in known) / below if below else None
    return Card(label, fmt.percent(ratio, 1), note=f"of {fmt.compact(below)} {noun}" if below else None, help=help_)


def _knows(asked: Asked, fact: str) -> bool:
    return "No source" not in span.missing(asked, fact)


@section
def _lead_time(asked: Asked) -> None:
    months, single = span.series("feature_lead_time", asked), _lead_times(asked)
    if not single.row_count:
        st.markdown("## How long does a release take?")
        empty.nothing("Nothing was released in this period with these filters, as far as sources tell.")
        show_sql(months, single)
        return
    rows = months.rows()
    unapproved = sum(row["days"] is None for row in single.rows())
    more = f" {unapproved} without an approval before them are left out." if unapproved else ""
    chart.draw(
        marked(
            over_time(
                [delivery.months(rows, "Median of the month"), delivery.months(rows, "P85", "p85_days")],
                title=f"{fmt.plural(single.row_count, 'first release')}: days from the approved specification",
                subtitle=f"Median and 85% of each month; dots are single releases.{more}",
                unit="Lead time (days)",
                dots=delivery.dots(single.rows()),
            ),
            events.marks(asked.start, asked.at, asked.filters, without="release"),
        ),
        key="lead-time",
    )
    show_sql(months, single, events.asked(asked.start, asked.at))


def _waiting(asked: Asked) -> None:
    found = _specs(asked)
    if not found.row_count:
        return
    st.markdown(f"## {fmt.plural(found.row_count, 'approved specification')} not released")
    table.draw(
        delivery.waiting_table(found.rows()),
        {
            "waits": columns.text("Waits for"),
            "spec": columns.text("Specification"),
            "feature": columns.text("Feature"),
            "team": columns.text("Team"),
            "approved": columns.date("Approved"),
            "status": columns.text("Status"),
            "url": columns.link("Link"),
        },
        alt=f"{fmt.plural(found.row_count, 'specification')}, the one that waits longest first.",
    )
    table.toolbar(found, name="waiting-specs")


@section
def _ratios(asked: Asked) -> None:
    rollback, covered = span.series("rollback_rate", asked), span.series("evaluation_coverage", asked)
    adopted = span.series("platform_adoption", asked)
    lines: list[Line] = [
        delivery.months(found.rows(), name)
        for name, found in (("Taken back", rollback), ("Evaluated before", covered), ("Platform adoption", adopted))
        if found.row_count
    ]
    if not lines:
        return
    chart.draw(
        marked(
            over_time(
                lines,
                title="How many releases are evaluated, how many taken back, how many teams adopt the platform?",
                subtitle="By month, in percent of the releases, and of the teams that own an AI feature.",
                unit="Share (%)",
                factor=100,
            ),
            events.marks(asked.start, asked.at, asked.filters, without="release"),
        ),
        key="ratios",
    )
    show_sql(rollback, covered, adopted, events.asked(asked.start, asked.at))


def _taken_back(asked: Asked) -> None:
    found = _endings(asked)
    rows = found.rows()
    back = sum(row["ending"] in delivery.TAKEN_BACK for row in rows)
    fixed = sum(row["ending"] == "rolled forward" for row in rows)
    st.markdown(f"## {fmt.plural(back, 'rollback')}, {fixed} rolled forward" if rows else "## Rollbacks")
    if not rows:
        empty.nothing(span.missing(asked, "release") or "None in this period with these filters.")
        show_sql(found)
        return
    table.draw(
        delivery.releases_table(rows),
        {name: column for name, column in RELEASE_COLUMNS.items() if name not in ("lacks", "later")},
        alt=f"{fmt.plural(len(rows), 'release')} taken back, mended or failed, newest first.",
    )
    table.toolbar(found, name="rollbacks")


def _unevaluated(asked: Asked) -> None:
    found = data.ask("delivery/unevaluated", start=asked.start, end=asked.at, **asked.params())
    rows = found.rows()
    told = f"{fmt.plural(len(rows), 'release')} went out" if rows else "Releases"
    st.markdown(f"## {told} without both evaluations")
    if not rows:
        empty.nothing(span.missing(asked, "release", "evaluation") or "None in this period with these filters.")
        show_sql(found)
        return
    table.draw(
        delivery.releases_table(rows),
        {name: column for name, column in RELEASE_COLUMNS.items() if name not in ("ending", "after")},
        alt=f"{fmt.plural(len(rows), 'release')} that lacked an evaluation, newest first.",
    )
    table.toolbar(found, name="unevaluated-releases")


def _experiments(asked: Asked) -> None:
    found = data.ask("delivery/experiments", start=asked.start, end=asked.at, now=asked.at, **asked.params())
    rows = found.rows()
    counts = [f"{number} {state.split(' ', 1)[1]}" for state, number in delivery.experiment_counts(rows)]
    st.markdown(f"## Experiments: {', '.join(counts) or 'none'}")
    if not rows:
        empty.nothing(span.missing(asked, "experiment") or "None in this period with these filters.")
        show_sql(found)
        return
    table.draw(
        delivery.experiments_table(rows),
        {
            "state": columns.text("State"),
            "experiment": columns.text("Experiment"),
            "age": columns.text("Age", "So far, or how long it ran."),
            "gate": columns.text("Quality gate"),
            "feature": columns.text("Feature"),
            "team": columns.text("Team"),
            "iterations": columns.number("Iterations"),
            "url": columns.link("Link"),
        },
        alt=f"{fmt.plural(len(rows), 'experiment')}, running ones first.",
    )
    table.toolbar(found, name="experiments")


def _adoption(asked: Asked) -> None:
    found = span.series("platform_adoption", asked, segment="team")
    rows = delivery.adoption(found.rows())
    if not rows:
        return
    adopted = sum(bool(delivery.value(row)) for row in rows)
    st.markdown(f"## {adopted} of {fmt.plural(len(rows), 'team')} work on the platform")
    st.caption(
        "Calls: through a gateway whose requests are logged, in 28 days. Registered: a release of a prompt or model on "
        "record. Evaluated: in 28 days."
    )
    table.draw(
        delivery.adoption_table(rows),
        {
            "team": columns.text("Team", pinned=True),
            "adopted": columns.text("Platform"),
            **{name: columns.text(label) for name, label in delivery.PARTS.items()},
        },
        alt=f"{fmt.plural(len(rows), 'team')}, {adopted} with all three.",
    )
    table.toolbar(found, name="adoption")


def _lead_times(asked: Asked) -> Result:
    return data.ask("delivery/lead_times", start=asked.start, end=asked.at, **asked.params())


def _specs(asked: Asked) -> Result:
    return data.ask("delivery/waiting_specs", now=asked.at, **asked.params())


def _endings(asked: Asked) -> Result:
    return data.ask("delivery/taken_back", start=asked.start, end=asked.at, until=asked.at, **asked.params())


if __name__ == "__main__":
    render()
