"""One KPI: where it stands, how it moved, whether that is noise, who makes it, what was said and promised."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta

import streamlit as st

from app import data, events, people, review, trust
from app import format as fmt
from app.charts import behaviour, segments
from app.charts.figure import Chart
from app.charts.marks import Label, marked_periods
from app.charts.six_twelve import Panel, six_twelve
from app.components import chart, columns, empty, filters, head, kpi_notes, metrics, table
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.frozen import on_record
from domain.kpi.definition import Better, Kpi
from domain.kpi.reading import Point, point
from domain.kpi.target import Form
from queries import kpis
from queries.coverage import coverage_of
from queries.kpis import Filters, Period, Row
from queries.runner import Result

PAGE = {"title": "Metric", "url": "metric", "icon": ":material/query_stats:", "order": 11, "hidden": True}

PANELS = (("week", "Last 6 weeks", 6), ("month", "Last 12 months", 12))
QUARTERS = (("quarter", "Last 8 quarters", 8),)
SEGMENTS = {"tier": "Tier", "team": "Team", "feature": "Feature"}
MOST_SEGMENTS = 15
CARD_WIDTH = 165
"""Pixels: two cards beside each other on a phone."""
FACTORS = {"ratio": 100.0}
"""What makes the numbers of a unit's axis."""


def render() -> None:
    """The page."""
    head.draw("Metric")
    weeks, found = data.weeks(), {kpi.key: kpi for kpi in data.kpis()}
    if not weeks:
        empty.nothing("No week is over yet, or the store has no calendar: python -m burnline db upgrade writes it.")
        return
    names = {key: kpi.name for key, kpi in found.items()}
    by_name = {week.name: week for week in weeks}
    filters.accept_keys(filters.Options({"kpi": names, "week": {name: name for name in by_name}}), "kpi", "week")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = st.selectbox("KPI", list(found), format_func=names.__getitem__, key="kpi", bind=filters.URL, width=320)
        name = st.selectbox("Week", list(by_name), key="week", bind=filters.URL, width=200)
    week, kpi = by_name.get(name, weeks[0]), found[key]
    row = _row(kpi.key, week)
    _standing(kpi.key, week)
    _charts(kpi.key, week)
    _notes(row, week)
    _definition(kpi.key, week)
    by = filters.choose_one("By", {one: SEGMENTS[one] for one in kpis.segments_of(kpi)}, "by-segment")
    _segments(kpi.key, week, by)
    _numbers(row)


def _row(key: str, week: Period) -> Row:
    return data.kpi_row(key, week)


@section
def _standing(key: str, week: Period) -> None:
    row, currency = _row(key, week), data.currency()
    reading, kpi = row.reading, row.kpi
    st.markdown(f"## {plain(kpi.name)}: {review.STATUSES[row.verdict.status]}")
    if row.problem or reading.point.value is None:
        st.markdown(plain(trust.missing(row)))
    else:
        st.markdown(plain(f"{review.standing(row, currency)} · {review.why(row, currency)}"))
    if closed := _on_record(row, week):
        st.caption(plain(closed))
    rise_is_bad = {Better.LOWER: True, Better.HIGHER: False}.get(kpi.better)
    low, high = (review.value(kpi, one, currency) for one in (reading.point.low, reading.point.high))
    cards = [
        Card(
            row.period.name if row.period else "Period",
            _short(review.value(kpi, reading.point.value, currency)),
            delta=None if reading.change is None else _short(review.change(row, currency)),
            rise_is_bad=rise_is_bad,
            trend=review.trend(row.points),
            help=f"With the change against the {kpi.cadence} before."
            + ("" if reading.point.low is None else f" 95% interval {low} to {high}."),
        ),
        *_targets(row, currency),
        Card(
            "A year before",
            _short(review.value(kpi, row.years_before[-1].value if row.years_before else None, currency)),
            delta=None
            if reading.year_change is None
            else _short(review.difference(kpi, reading.year_change, currency)),
            note=None if reading.year_change is not None else "not known",
            rise_is_bad=rise_is_bad,
            help="With the change since then.",
        ),
        Card("Sample", fmt.compact(reading.point.sample_count)),
        *(
            Card(
                f"Tier {tier}",
                _short(review.value(kpi, one.point.value, currency)),
                note=review.STATUSES[one.verdict.status],
            )
            for tier, one in row.tiers.items()
        ),
        *(Card(label, told) for label, told in review.beside(row, currency)),
    ]
    if row.so_far is not None and row.so_far.value is not None and not kpi.running:
        cards.append(Card("So far", review.value(kpi, row.so_far.value, currency), note=f"{kpi.cadence} under way"))
    metrics.draw(cards, width=CARD_WIDTH)
    show_sql(*([row.result] if row.result is not None else []), data.ask(kpis.COVERAGE))


def _short(told: str) -> str:
    """Without the unit that would not fit on a card; the sentence above and the target have it."""
    return told.removesuffix(" per 10k")


def _targets(row: Row, currency: str) -> list[Card]:
    """The target, and the limit beside it; a card cuts what is long."""
    kpi, wanted = row.kpi, row.reading.target
    told = review.target(kpi, wanted, currency).removesuffix(review.IN_A_YEAR)
    gap = f"gap {review.gap(row, currency)}"
    is_change = wanted is not None and wanted.form is Form.CHANGE
    cards = [Card("Target", told, note=f"{review.IN_A_YEAR.strip()}, {gap}" if is_change else gap)]
    if (limit := row.reading.limit) is not None:
        cards.append(Card("Limit", review.bound(kpi, limit, currency), note=limit.words))
    return cards


def _on_record(row: Row, week: Period) -> str:
    """What the scorecard shows of a closed week, for this page shows what is known now; empty while it is open."""
    asked = data.ask("kpi/snapshots", start=week.start_on, end=week.end_on, scope_type="all", kpi=[row.kpi.key])
    if not asked.row_count:
        return ""
    then = asked.one()
    restated = data.ask("ops/restatements", since=then["closed_at"].replace(tzinfo=UTC))
    return on_record(row, then, restated.rows(), data.currency())


@section
def _charts(key: str, week: Period) -> None:
    row, currency = _row(key, week), data.currency()
    kpi, reading = row.kpi, row.reading
    panels, shown, asked = _panels(kpi, week)
    factor = FACTORS.get(kpi.unit, 1.0)
    unit = review.unit(kpi, currency)
    if any(value is not None for panel in panels for value in panel.values):
        drawn = {
            f"over-{over[0].cadence}s": _marked(
                six_twelve(
                    panel,
                    title=f"{kpi.name}: {review.value(kpi, reading.point.value, currency)} against "
                    f"{review.wanted(kpi, reading, currency)}",
                    subtitle=f"In {unit}; {review.better(kpi)}. Each chart has its own scale.",
                    unit=f"{kpi.name} ({unit})",
                    factor=factor,
                ),
                [Label(review.tick(one), one.start_on, one.end_on) for one in over],
            )
            for panel, over in zip(panels, shown, strict=True)
        }
        chart.beside(drawn)
    else:
        empty.nothing("Nothing was measured in these periods, so there is nothing to draw.")
    show_sql(*asked)
    if reading.process is not None:
        told = reading.process.reason or "within its usual limits"
        chart.draw(
            _marked(
                behaviour.behaviour(
                    [review.tick(one) for one in row.periods],
                    review.trend(row.points),
                    reading.process,
                    title=f"Is the last change more than noise? It is {told}.",
                    subtitle=f"{kpi.cadence.capitalize()}s with the mean and natural process limits of those before "
                    "(2.66 mean moving ranges).",
                    unit=f"{kpi.name} ({unit})",
                    factor=factor,
                    floor=0.0 if kpi.better is not Better.NEARER_ZERO and kpi.unit != "points" else None,
                ),
                [Label(review.tick(one), one.start_on, one.end_on) for one in row.periods],
            ),
            key="behaviour",
        )
        show_sql(*([row.result] if row.result is not None else asked))


def _marked(drawn: Chart, labels: Sequence[Label]) -> Chart:
    """A chart by period with what happened in these."""
    if not labels:
        return drawn
    return marked_periods(drawn, events.marks(min(one.start for one in labels), max(one.end for one in labels)), labels)


def _panels(kpi: Kpi, week: Period) -> tuple[list[Panel], list[list[Period]], list[Result]]:
    """The same KPI asked by week and by month, each beside the year before."""
    periods = kpis.periods_to(data.ask, week.end)
    known = coverage_of(data.ask(kpis.COVERAGE).rows(), week.end)
    panels, shown, asked = [], [], []
    for cadence, title, count in QUARTERS if kpi.cadence == "quarter" else PANELS:
        of_cadence = replace(kpi, cadence=cadence)
        over = [one for one in periods[cadence] if one.end <= week.end][-count:]
        if not over:
            continue
        result = kpis.ask_series(
            data.ask,
            of_cadence,
            "all",
            kpis.first_asked(periods[cadence], over),
            week.end,
            known,
            data.currency(),
            Filters(),
        )
        told = kpis.by_start(of_cadence, result.rows())
        points, before = kpis.trend(of_cadence, over, periods[cadence], told, known.facts(kpi.facts))
        target = kpi.target()
        bound = target.bound if target is not None and target.form is Form.VALUE and kpi.judged == "value" else None
        panels.append(
            Panel(title, [review.tick(one) for one in over], review.trend(points), review.trend(before), bound)
        )
        shown.append(over)
        asked.append(result)
    return panels, shown, asked


@section
def _segments(key: str, week: Period, by: str) -> None:
    row, currency = _row(key, week), data.currency()
    if row.period is None:
        return
    known = coverage_of(data.ask(kpis.COVERAGE).rows(), week.end)
    result = kpis.ask_series(data.ask, row.kpi, by, row.period.start, week.end, known, currency, Filters())
    found = _of_period(row, result)
    if not found:
        empty.nothing(f"Nothing is known by {SEGMENTS[by].lower()} in {row.period.name}.")
    else:
        shown = sorted(found, key=lambda one: -(one[1].sample_count or 0))[:MOST_SEGMENTS]
        values = [one.value for _, one in shown if one.value is not None]
        chart.draw(
            segments.segments(
                [name for name, _ in shown],
                values,
                [
                    f"{review.value(row.kpi, one.value, currency)} (n {fmt.compact(one.sample_count)})"
                    for _, one in shown
                ],
                title=f"Who makes it in {row.period.name}?",
                subtitle=f"{row.kpi.name} by {SEGMENTS[by].lower()}, the largest samples on top.",
                unit=f"{row.kpi.name} ({review.unit(row.kpi, currency)})",
                factor=FACTORS.get(row.kpi.unit, 1.0),
            ),
            key="segments",
        )
    show_sql(result)


def _with_sample(kpi: Kpi, told: Point, currency: str) -> str:
    return f"{review.value(kpi, told.value, currency)} (n {fmt.compact(told.sample_count)})"


def _of_period(row: Row, result: Result) -> list[tuple[str, Point]]:
    assert row.period is not None
    start = row.period.start.replace(tzinfo=None)
    found = [
        (line["segment"] or "nobody's", point(row.kpi, line)) for line in result.rows() if line["period_start"] == start
    ]
    known = [(name, one) for name, one in found if one.value is not None]
    return people.without_small(known, row.reading.point) if "measurement" in row.kpi.facts else known


def _notes(row: Row, week: Period) -> None:
    """Comments and promises; holds widgets, so it is no section."""
    key, today = row.kpi.key, data.now().date()
    comments = data.ask("kpi/comments", start=week.start_on - timedelta(days=182), end=week.end_on, kpi=[key])
    actions = data.ask("kpi/actions", since=week.start_on - timedelta(days=182), kpi=[key])
    st.markdown("## What was said and promised")
    if not comments.row_count and not actions.row_count:
        st.caption("Nothing yet.")
    kpi_notes.refused()
    kpi_notes.ask_name()
    kpi_notes.promises(actions.rows(), {key: row.kpi.name}, today)
    kpi_notes.told(comments.rows())
    with st.expander("Comment or promise", icon=":material/edit_note:"):
        kpi_notes.forms(key, week, row.kpi.owner)


@section
def _definition(key: str, week: Period) -> None:
    row, currency = _row(key, week), data.currency()
    kpi = row.kpi
    st.markdown("## How it is made")
    reading = row.reading.point
    lines: Sequence[str] = [
        plain(kpi.definition),
        f"**Arithmetic:** {plain(review.arithmetic(kpi, reading, currency))}",
        f"**Target:** {plain(review.targets(row, currency))}; {review.better(kpi)}. "
        f"**Owner:** {plain(kpi.owner) if kpi.owner else 'nobody yet (kpis.toml)'}. "
        f"**Cadence:** {kpi.cadence}.",
        f"**Facts:** {plain(', '.join(kpi.facts))} from {plain(', '.join(row.facts.sources) or 'no source')}: "
        f"{plain(trust.told(row))}",
    ]
    st.markdown("\n\n".join(lines))


def _numbers(row: Row) -> None:
    """Every point of the trend with what it was divided from; not cached, for its download."""
    if not row.points or row.result is None:
        return
    drawn = review.numbers(row)
    shown = {
        "period": columns.text("Period", pinned=True),
        "value": columns.exact("Value"),
        "numerator": columns.exact("Numerator"),
        "denominator": columns.exact("Denominator"),
        "sample_count": columns.number("Sample"),
        "low": columns.exact("95% from"),
        "high": columns.exact("95% to"),
        "year_before": columns.exact("A year before"),
    }
    with st.expander(f"Every {row.kpi.cadence} in numbers", icon=":material/table:"):
        table.draw(drawn, shown, alt=f"{row.kpi.name} by {row.kpi.cadence}: {fmt.plural(len(row.points), 'period')}.")
        table.toolbar(row.result, name=row.kpi.key, made=lambda: drawn)


if __name__ == "__main__":
    render()
