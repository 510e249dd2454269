"""Are the answers good and safe? Scores that never mix, failed evaluations, violations, what customers reported."""

import streamlit as st

from app import data, events, quality, span
from app import format as fmt
from app.charts.marks import marked
from app.charts.over_time import Behind, over_time
from app.components import chart, chooser, columns, empty, filters, head, metrics, table
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.quality import Series
from app.span import Asked
from queries.runner import Result

PAGE = {"title": "Quality & safety", "url": "quality", "icon": ":material/rule:", "order": 60}

CARD_WIDTH = 185
MOST_LINES = 6
"""Lines that can be told apart in one chart."""


def render() -> None:
    """The page."""
    head.draw("Quality & safety")
    asked, found = span.choose(*span.FILTERS)
    if filters.leave_nothing(asked.filters, found):
        return
    if told := filters.told(asked.filters, found):
        st.caption(told)
    _summary(asked)
    _scores(asked)
    _failed(asked)
    _safety(asked)
    _safety_items(asked)
    _around(asked)
    _defects(asked)


@section
def _summary(asked: Asked) -> None:
    found, weeks, defects = _series(asked), _weeks(asked).rows(), _reported(asked).rows()
    leaked, checked = quality.total(weeks, "leaked_count"), quality.total(weeks, "leaked_checked_count")
    blocked, blocked_of = quality.total(weeks, "blocked_count"), quality.total(weeks, "blocked_checked_count")
    failed = sum(row["failed_count"] for one in found for row in one.rows)
    judged = sum(row["judged_count"] for one in found for row in one.rows)
    open_days = [row["open_days"] for row in defects if row["open_days"] is not None]
    st.markdown(f"## {plain(quality.headline(found, leaked, checked))}")
    metrics.draw(
        [
            Card("Scores", fmt.count(len(found)) if found else fmt.UNKNOWN, note="series that never mix"),
            Card(
                "Evaluations failed",
                fmt.count(failed) if judged else fmt.UNKNOWN,
                note=f"of {fmt.count(judged)} with a verdict",
            ),
            Card(
                "Leaked",
                quality.rate_told(leaked, checked),
                note=f"95% {quality.interval_told(leaked, checked)}",
                help="Confirmed violations that reached somebody, by 10,000 checked interactions.",
            ),
            Card(
                "Blocked",
                quality.rate_told(blocked, blocked_of),
                note=f"95% {quality.interval_told(blocked, blocked_of)}",
                help="Confirmed violations that a guardrail stopped, by 10,000 checked interactions.",
            ),
            Card(
                "Defects from customers",
                fmt.count(sum(row["is_new"] for row in defects)) if _knows(asked, "defect") else fmt.UNKNOWN,
                note=f"{len(open_days)} open, oldest {fmt.decimal(max(open_days), 0)} days" if open_days else None,
            ),
        ],
        CARD_WIDTH,
    )
    for facts in ("evaluation", "safety_hour", "defect"):
        if told := span.missing(asked, facts):
            st.caption(plain(told))
    show_sql(_months(asked), _weeks(asked), _reported(asked))


def _knows(asked: Asked, fact: str) -> bool:
    return "No source" not in span.missing(asked, fact)


def _scores(asked: Asked) -> None:
    """Not cached as a section: its rows can be clicked."""
    found = _series(asked)
    if not found:
        st.markdown("## How good are the answers?")
        empty.nothing("No evaluation is known in this period. docs/evaluations.md lists what can be connected.")
        show_sql(_months(asked))
        return
    names = {one.key: one.name for one in found}
    _scores_chart(asked, chooser.box(names, "series", "Click a row below or choose a score to draw it alone"))
    chooser.rows(
        quality.scores_table(found),
        {
            "name": columns.text("Score", "Task, metric, evaluator with its version.", pinned=True),
            "score": columns.text("Score", "Of 100, newest month."),
            "interval": columns.text("95% interval"),
            "samples": columns.compact("n"),
            "change": columns.text("In a year", "Against the same month a year before, by the same evaluator."),
            "failed": columns.text("Failed", "Evaluations that did not pass, of those with a verdict."),
            "trend": columns.shape("Trend", "Month by month; not from zero."),
            "version": columns.text("Version"),
            "month": columns.text("Month"),
        },
        list(names),
        "series",
        alt=f"{fmt.plural(len(found), 'score')}, the one with the most answers first.",
    )
    table.toolbar(_months(asked), name="scores")


@section
def _scores_chart(asked: Asked, key: str | None) -> None:
    found = _series(asked)
    shown = [one for one in found if one.key == key] or found[:MOST_LINES]
    what = shown[0].name if key else f"{len(shown)} of {fmt.plural(len(found), 'score')}"
    chart.draw(
        marked(
            over_time(
                [quality.line(one) for one in shown],
                title=f"How good are the answers? {what}",
                subtitle="Mean score of each month, of 100, with its 95% interval; scores of two tasks, metrics or "
                "evaluators do not compare.",
                unit="Score (of 100)",
                factor=100,
                from_zero=False,
            ),
            events.marks(asked.start, asked.at, asked.filters),
        ),
        key="scores",
    )
    show_sql(_months(asked), events.asked(asked.start, asked.at))


def _failed(asked: Asked) -> None:
    found = _failures(asked)
    told = f"{fmt.plural(found.row_count, 'evaluation')} failed" if found.row_count else "Failed evaluations"
    st.markdown(f"## {told}")
    if not found.row_count:
        none = "None in this period with these filters, as far as evaluations say whether they passed."
        empty.nothing(span.missing(asked, "evaluation") or none)
        show_sql(found)
        return
    table.draw(
        found.table,
        {
            "evaluated_at": columns.moment("Evaluated (UTC)"),
            "task": columns.text("Task"),
            "metric": columns.text("Metric"),
            "kind": columns.text("Kind"),
            "version": columns.text("Version"),
            "evaluator": columns.text("Evaluator"),
            "score": columns.percent("Score"),
            "sample_count": columns.compact("n"),
            "team": columns.text("Team"),
            "url": columns.link("Link"),
        },
        alt=f"{fmt.plural(found.row_count, 'evaluation')} that failed, newest first.",
    )
    table.toolbar(found, name="failed-evaluations")


@section
def _safety(asked: Asked) -> None:
    found = _weeks(asked)
    rows = found.rows()
    if not rows:
        st.markdown("## How often was an answer unsafe?")
        empty.nothing("No safety check is known in this period: unknown, not safe. See docs/evaluations.md.")
        show_sql(found)
        return
    leaked, checked = quality.total(rows, "leaked_count"), quality.total(rows, "leaked_checked_count")
    chart.draw(
        marked(
            over_time(
                [quality.safety_line("Leaked", rows, "leaked"), quality.safety_line("Blocked", rows, "blocked")],
                title=f"{quality.rate_told(leaked, checked)} unsafe answers reached somebody",
                subtitle="Confirmed violations by 10,000 checked interactions and week, with exact 95% Poisson "
                "intervals; each interaction counts once (policy any). Below: how many were checked.",
                unit="Violations (per 10,000)",
                behind=Behind("Checked", [r["week_on"] for r in rows], [r["checked_count"] for r in rows]),
            ),
            events.marks(asked.start, asked.at, asked.filters),
        ),
        key="safety",
    )
    show_sql(found, events.asked(asked.start, asked.at))


def _safety_items(asked: Asked) -> None:
    found = _items(asked)
    if not found.row_count:
        return
    st.markdown("## By feature and policy")
    st.caption("Single policies overlap: they stand beside the policy any, which counts each interaction once.")
    table.draw(
        quality.safety_table(found.rows()),
        {
            "feature": columns.text("Feature", pinned=True),
            "policy": columns.text("Policy"),
            "leaked": columns.text("Leaked"),
            "leaked_interval": columns.text("95% interval"),
            "blocked": columns.text("Blocked"),
            "violations": columns.text("All violations"),
            "checked": columns.compact("Checked"),
        },
        alt=f"{found.row_count} pairs of feature and policy, the most leaked first.",
    )
    table.toolbar(found, name="safety")


def _around(asked: Asked) -> None:
    found = data.ask("quality/around_releases", start=asked.start, end=asked.at, until=asked.at, **asked.params())
    if not found.row_count:
        return
    rows = found.rows()
    worse = sum(quality.verdict(row).startswith("✕") for row in rows)
    st.markdown(f"## {worse} of {fmt.plural(len(rows), 'release')} of a model or prompt made answers less safe")
    st.caption("All violations by 10,000 checked interactions, 14 days before and after, with 95% intervals.")
    table.draw(
        quality.around_table(rows),
        {
            "released": columns.text("Released"),
            "feature": columns.text("Feature"),
            "what": columns.text("What"),
            "before": columns.text("Before"),
            "after": columns.text("After"),
            "verdict": columns.text("Unsafe answers", "Whether chance alone explains the difference."),
        },
        alt=f"{fmt.plural(len(rows), 'release')}, newest first; {worse} followed by more violations.",
    )
    table.toolbar(found, name="safety-around-releases")


def _defects(asked: Asked) -> None:
    found = _reported(asked)
    rows = found.rows()
    new = fmt.plural(sum(row["is_new"] for row in rows), "defect")
    st.markdown(f"## Customers reported {new}" if rows else "## Defects that customers reported")
    if not rows:
        told = span.missing(asked, "defect") or "None in this period with these filters, and none is open."
        empty.nothing(told)
        show_sql(found)
        return
    parts = [f"{name}: {new} new, {waiting} open" for name, new, waiting in quality.by_severity(rows)]
    st.caption(f"{'; '.join(parts)}. Repeats of a known one and those that are none after all are left out.")
    table.draw(
        quality.defects_table(rows),
        {
            "state": columns.text("State"),
            "severity": columns.text("Severity"),
            "age": columns.text("Open for"),
            "defect": columns.text("Defect"),
            "feature": columns.text("Feature"),
            "team": columns.text("Team"),
            "reported": columns.date("Reported"),
            "url": columns.link("Link"),
        },
        alt=f"{fmt.plural(len(rows), 'defect')}, the oldest open one first.",
    )
    table.toolbar(found, name="customer-defects")


def _series(asked: Asked) -> list[Series]:
    return data.derived(("scores", asked), lambda: quality.series(_months(asked).rows()))


def _months(asked: Asked) -> Result:
    return data.ask("quality/scores", start=asked.start, end=asked.at, until=asked.at, **asked.params())


def _weeks(asked: Asked) -> Result:
    return data.ask("quality/safety_by_week", start=asked.start, end=asked.at, until=asked.at, **asked.params())


def _items(asked: Asked) -> Result:
    return data.ask("quality/safety_by_item", start=asked.start, end=asked.at, **asked.params())


def _failures(asked: Asked) -> Result:
    return data.ask("quality/failed_runs", start=asked.start, end=asked.at, **asked.params())


def _reported(asked: Asked) -> Result:
    return data.ask("quality/defects", start=asked.start, end=asked.at, now=asked.at, **asked.params())


if __name__ == "__main__":
    render()
