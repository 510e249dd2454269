"""One promise in detail: how its budget went, when it would have alerted, and whose requests broke it."""

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import streamlit as st

from app import data, events, slo_history, slos
from app import format as fmt
from app.charts import burn_down
from app.charts.marks import marked
from app.components import chart, columns, empty, metrics, table
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.slos import Line
from domain.slo.definition import TIMED, Origin
from domain.slo.period import in_words
from domain.slo.series import MinuteSeries
from domain.window import floor_day
from queries.promises import series_of
from queries.runner import Result


def slo_lines() -> list[Line]:
    """One line per promise, what needs a person first."""
    found = data.promises()
    return data.derived(("slo lines", found.at, data.slos()), lambda: slos.lines(found.standings))


def line_of(key: str) -> Line:
    """One of them."""
    return next(line for line in slo_lines() if line.key == key)


def draw(chosen: Line) -> None:
    """All sections with their downloads; a composite has the first only."""
    _detail(chosen.key)
    if chosen.is_composite:
        return
    seen = slo_history.asked_hours(chosen.standing)
    happened = events.asked(seen.start, seen.end)
    table.toolbar(_hours(chosen), _minutes(chosen), happened, *data.promises().asked, name="slo-hours")
    _alerts(chosen.key)
    _models(chosen.key)
    if _by_model(chosen).row_count:
        table.toolbar(_by_model(chosen), name="slo-models")


@section
def _detail(key: str) -> None:
    line = line_of(key)
    standing = line.standing
    st.markdown(f"## {plain(slos.sentence(line))}")
    if line.is_composite:
        parts = [s for s in data.promises().standings if s.slo.name == standing.slo.name]
        st.caption(
            f"A composite of {fmt.listed([part.title for part in parts])}: what is left is one minus the "
            "weighted mean of what each part spent of its own budget."
        )
        return
    metrics.draw(_cards(line))
    found = _series(line)
    history = slo_history.budget_path(standing, _hours(line).rows())
    spans = [] if found is None else slo_history.alerted(standing, found)
    drawn = burn_down.burn_down(
        history.hours,
        history.left,
        [(span.severity, span.start, span.end) for span in spans],
        title=_finding(line),
        subtitle=f"Of {fmt.target(standing.objective.target)} over {in_words(standing.period)}, by hour (UTC); "
        "shaded: alert windows (darker: page).",
    )
    seen = slo_history.asked_hours(standing)
    chart.draw(marked(drawn, events.marks(seen.start, seen.end), exact=True), key="burn-down")
    for sentence in _remarks(line):
        st.caption(sentence)


def _finding(line: Line) -> str:
    left = line.remaining
    if left is not None and left < 0:
        return f"{line.name} spent its error budget {fmt.factor(1 - left)}"
    return f"{line.name}: {_left(line)} of the error budget is left"


def _left(line: Line) -> str:
    return fmt.UNKNOWN if line.remaining is None else fmt.percent(float(line.remaining), 1)


def _cards(line: Line) -> list[Card]:
    standing = line.standing
    others = [
        Card(
            f"Left of {in_words(period)}",
            fmt.percent(_remaining(counts.bad, counts.total, standing.objective.budget), 1),
        )
        for period, counts in standing.others
    ]
    return [
        Card("Attained", fmt.attainment(standing.attained), note=f"of {fmt.target(standing.objective.target)}"),
        Card(
            f"Left of {in_words(standing.period)}",
            _left(line),
            note=f"{fmt.compact(int(standing.counts.bad))} bad events",
        ),
        Card("Burn, 1 h", fmt.factor(standing.burn(60)), note=f"{fmt.factor(standing.burn(360))} in 6 h"),
        Card("Budget gone", slos.exhaustion(line), note="if the last 6 h go on"),
        *others,
    ]


def _remaining(bad: Fraction, total: Fraction, budget: Decimal) -> float | None:
    return float(1 - bad / total / Fraction(budget)) if total else None


def _remarks(line: Line) -> list[str]:
    standing, series = line.standing, _series(line)
    told = [
        f"{standing.slo.method.value} over {fmt.compact(int(standing.counts.total))} events; "
        f"status: {line.status.split(' ', 1)[1].lower()}, 95% interval {slos.interval(standing)}."
    ]
    if standing.excluded_count:
        told.append(f"{fmt.count(standing.excluded_count)} events of planned maintenance are in neither good nor bad.")
    if series is not None:
        ends = slo_history.simulated_end(standing, series)
        if ends and ends > standing.at:
            told.append(f"With old errors leaving the window as well, the budget is gone {fmt.moment(ends)}.")
        if warning := slo_history.methods_disagree(standing, series):
            told.append(warning)
    if refused := standing.objective.refused:
        told.append(f"Left out, since they can never fire at this target: {fmt.listed([str(p) for p in refused])}.")
    return told


@section
def _alerts(key: str) -> None:
    line = line_of(key)
    series = _series(line)
    spans = [] if series is None else slo_history.alerted(line.standing, series)
    st.markdown("## When would it have alerted?")
    if not spans:
        empty.nothing(f"Never in {in_words(line.standing.period)}, as far as minutes are kept.")
        return
    table.draw(
        pa.table(
            {
                "severity": [span.severity for span in spans],
                "pair": [span.pair for span in spans],
                "start": [span.start.replace(tzinfo=None) for span in spans],
                "end": [span.end.replace(tzinfo=None) for span in spans],
                "lasted": [fmt.duration((span.end - span.start).total_seconds()) for span in spans],
            }
        ),
        {
            "severity": columns.text("Severity"),
            "pair": columns.text("Pair", "Burn rate that both windows exceed."),
            "start": columns.moment("From (UTC)"),
            "end": columns.moment("To (UTC)"),
            "lasted": columns.text("For"),
        },
        alt=f"{fmt.plural(len(spans), 'time')} a pair of windows alerted, newest first.",
    )


@section
def _models(key: str) -> None:
    line = line_of(key)
    st.markdown("## Whose requests broke the promise?")
    indicator = line.standing.objective.indicator
    if indicator.origin is not Origin.REQUESTS:
        empty.nothing("Counted elsewhere: only the sums are known here.")
        return
    if indicator.of_features and indicator.kind in TIMED:
        empty.nothing("Promised to some features only, and times are not kept by feature and model: nobody can say.")
        return
    found = _by_model(line)
    if not found.row_count:
        empty.nothing("Nothing was counted in this period.")
        return
    rows = found.rows()
    bad = [row["total_count"] - row["good_count"] for row in rows]
    table.draw(
        pa.table(
            {
                "provider": [fmt.provider(row["provider"]) for row in rows],
                "model": [row["model"] for row in rows],
                "bad": bad,
                "total": [row["total_count"] for row in rows],
                "ratio": [
                    b / row["total_count"] if row["total_count"] else None for b, row in zip(bad, rows, strict=True)
                ],
                "share": [b / sum(bad) if sum(bad) else None for b in bad],
            }
        ),
        {
            "provider": columns.text("Provider"),
            "model": columns.text("Model"),
            "bad": columns.number("Bad events"),
            "total": columns.compact("Events"),
            "ratio": columns.percent("Bad"),
            "share": columns.share("Share of all bad"),
        },
        alt=f"{fmt.plural(len(rows), 'model')}, worst first.",
    )


def _hours(line: Line) -> Result:
    span = slo_history.asked_hours(line.standing)
    return data.ask("slo/by_hour", slo=line.key, start=span.start, end=span.end)


def _minutes(line: Line) -> Result:
    span = line.standing.period.so_far(line.standing.at)
    return data.ask("slo/by_minute", slo=(line.key,), start=span.start, end=span.end)


def _series(line: Line) -> MinuteSeries | None:
    return data.derived(("slo minutes", line.key), lambda: series_of(_minutes(line).table))


def _by_model(line: Line) -> Result:
    span = line.standing.period.so_far(line.standing.at)
    return data.ask("slo/by_model", slo=line.key, start=floor_day(span.start), end=span.end)
