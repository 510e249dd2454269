"""How long the requests of features and teams took: their owners are known by the day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import streamlit as st

from app import data, events, latency
from app import format as fmt
from app.charts import latency as drawn
from app.charts.marks import marked
from app.components import chart, chooser, columns, empty, table
from app.components.section import section
from app.components.sql import show_sql
from app.latency import Asked, Buckets
from queries.runner import Result

CHOICE = "owner"
LEAST_DAYS = 28
"""Of the chart of one owner: a day or two are no line."""
UNKNOWN_HERE = ("service", "model")


@dataclass(frozen=True, slots=True)
class Days:
    """Whole UTC days: `[before, start)` is what `[start, end)` is compared with; `chart_start` begins the chart."""

    before: date
    start: date
    end: date
    chart_start: date


def draw(asked: Asked, level: str) -> None:
    """All owners of that level, and one of them by the day. Holds widgets."""
    days = _days(asked)
    found = _by_owner(asked, days, level)
    if not found.row_count:
        empty.nothing(f"No answered request was timed in {fmt.days(days.start, days.end)}.")
        show_sql(found)
        return
    _says_what_it_shows(asked, days)
    matrix = _matrix(found, asked, level)
    names = {row["item"]: row["item_name"] for row in found.rows()}
    items = latency.items(matrix)
    made = latency.table(matrix, lambda item: names[item])
    label = latency.LEVELS[level]
    alt = f"{fmt.plural(len(items), label.lower())} by requests, with percentiles."
    chooser.rows(made, latency_columns(label), items, CHOICE, alt)
    table.toolbar(found, name=f"latency-by-{level}", made=lambda: made)
    if owner := chooser.box({item: names[item] for item in items}, CHOICE, "Click a row above or choose one"):
        _by_day(asked, days, level, owner, names[owner])
        table.toolbar(_of_owner(asked, days, level, owner), name=f"latency-of-{level}")


def latency_columns(label: str) -> dict[str, Any]:
    """The columns of a table of latencies; `label` is what its rows are."""
    return {
        "item": columns.text(label, pinned=True),
        "requests": columns.compact("Requests timed"),
        **{name: columns.seconds(name.upper()) for name in ("p50", "p95", "p99")},
        "p95_change": columns.percent("P95 change", "Against the period before."),
        "first_p50": columns.seconds("First token, P50"),
        "first_p95": columns.seconds("First token, P95"),
    }


def _says_what_it_shows(asked: Asked, days: Days) -> None:
    ignored = [name for name, _ in asked.filters if name in UNKNOWN_HERE]
    told = f" Filters of {fmt.listed(ignored)} do not apply to owners." if ignored else ""
    st.caption(
        f"Whole UTC days, {fmt.days(days.start, days.end)}, beside {fmt.days(days.before, days.start)}; owners are "
        f"known by the day.{told}"
    )


@section
def _by_day(asked: Asked, days: Days, level: str, owner: str, name: str) -> None:
    found = latency.buckets(_of_owner(asked, days, level, owner).table, "measure", "day").only(asked.measure)
    what = latency.MEASURES[asked.measure].lower()
    if not found.requests:
        empty.nothing(f"Nobody measures the {what} of its requests.")
        return
    lines = drawn.lines(
        [datetime.combine(day, time()) for day in latency.moments(found)],
        found.percentiles,
        title=f"{name}: {what} of half, 95% and 99% of the requests",
        subtitle=f"Seconds to the {what}, by UTC day.",
    )
    start, end = (datetime.combine(day, time(), UTC) for day in (days.chart_start, days.end))
    chart.draw(marked(lines, events.marks(start, end, ((level, (owner,)),))), key="owner-percentiles")
    show_sql(_of_owner(asked, days, level, owner), events.asked(start, end))


def _days(asked: Asked) -> Days:
    end, length = asked.end.date(), asked.end - asked.start
    return Days(end - 2 * length, end - length, end, end - max(2 * length, timedelta(days=LEAST_DAYS)))


def _by_owner(asked: Asked, days: Days, level: str) -> Result:
    return data.ask(
        "slo/latency_by_owner",
        previous_start=days.before,
        start=days.start,
        end=days.end,
        scope_type=level,
        **_providers(asked),
    )


def _of_owner(asked: Asked, days: Days, level: str, owner: str) -> Result:
    span = {"start": days.chart_start, "end": days.end}
    return data.ask("slo/latency_of_owner", scope_type=level, scope=owner, **span, **_providers(asked))


def _providers(asked: Asked) -> dict[str, Any]:
    return {name: items for name, items in asked.filters if name == "provider"}


def _matrix(found: Result, asked: Asked, level: str) -> Buckets:
    return data.derived(
        ("latency by owner", asked, level), lambda: latency.buckets(found.table, "span", "item", "measure")
    )
