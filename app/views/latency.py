"""How long do answers take? The whole answer and its first token, over time and by who serves and who owns them."""

from datetime import datetime, timedelta

import pyarrow as pa
import streamlit as st

from app import data, events, latency
from app import format as fmt
from app.charts import latency as drawn
from app.charts.marks import marked
from app.components import chart, empty, filters, head, latency_owners, metrics, table
from app.components.filters import Options
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.latency import Asked, Buckets
from domain.window import floor_hour
from queries.promises import known_to
from queries.runner import Result

PAGE = {"title": "Latency", "url": "latency", "icon": ":material/speed:", "order": 52}

SPANS = {"1d": "24 hours", "7d": "7 days", "28d": "28 days"}
DAYS = {"1d": 1, "7d": 7, "28d": 28}
FILTERED = ("service", "provider", "model")
HISTORY_DAYS = 56
"""What can be filtered by was seen in the two longest spans."""


def render() -> None:
    """The page."""
    end = _end()
    items = _items(end)
    labels = {"span": SPANS, "measure_of": latency.MEASURES, "level": latency.LEVELS}
    filters.accept_keys(Options({**labels, **items.items}), *FILTERED, **{name: name for name in labels})
    head.draw("Latency")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        span = filters.choose_one("Period", SPANS, "span")
        measure = filters.choose_one("Measure", latency.MEASURES, "measure_of")
        chosen = filters.choose_filters(items, FILTERED)
    days = timedelta(days=DAYS[span])
    asked = Asked(end - 2 * days, end - days, end, measure, chosen)
    if told := filters.told(chosen, items):
        st.caption(told)
    if not _over_time(asked).row_count:
        st.info(
            "No answered request was timed in this period. Load a gateway's log (docs/telemetry.md) or choose a longer "
            "period.",
            icon=":material/inbox:",
        )
        show_sql(_over_time(asked))
        return
    _summary(asked)
    level = filters.choose_one("By", latency.LEVELS, "level")
    if level in latency.OWNERS:
        latency_owners.draw(asked, level)
    else:
        _by_item(asked, level)
        table.toolbar(_by(asked, level), name=f"latency-by-{level}", made=lambda: _table(asked, level))
    _percentiles(asked)
    _heat(asked)
    table.toolbar(_over_time(asked), name="latency-buckets")


@section
def _summary(asked: Asked) -> None:
    level = next(iter(latency.LEVELS))
    found = _matrix(asked, level)
    now, before = (_measured(found.only(span), asked.measure) for span in ("now", "before"))
    first = _measured(found.only("now"), "time_to_first_token")
    st.markdown(f"## {plain(latency.headline(now, asked.measure))}")
    earlier = before.total.percentiles[0] if before.requests else (None, None, None)
    cards = [
        Card(
            name,
            fmt.seconds(value),
            delta=None if (change := fmt.change(value, was)) is None else fmt.signed_percent(change),
            note="vs the period before" if was is not None else "nothing to compare with",
            rise_is_bad=True,
        )
        for name, value, was in zip(("P50", "P95", "P99"), now.total.percentiles[0].tolist(), earlier, strict=True)
    ]
    if asked.measure == "duration":
        value = first.total.percentiles[0][1] if first.requests else None
        note = f"{fmt.compact(first.requests)} timed" if first.requests else "nobody measures it"
        cards.append(Card("First token, P95", fmt.seconds(value), note=note))
    cards.append(Card("Requests timed", fmt.compact(now.requests), note="answered ones only"))
    metrics.draw(cards)
    st.caption(
        f"Up to {fmt.moment(asked.end)}. Percentiles come from added bucket counts, never from averaged percentiles; "
        "buckets are at most 20% wide. Failed requests have no latency here: see SLOs for how many fail."
    )
    show_sql(_over_time(asked), _by(asked, level))


@section
def _percentiles(asked: Asked) -> None:
    found = _timed(asked)
    what = latency.MEASURES[asked.measure].lower()
    lines = drawn.lines(
        latency.moments(found),
        found.percentiles,
        title=f"{latency.MEASURES[asked.measure]}: half, 95% and 99% of the requests",
        subtitle=f"Seconds to the {what}, by {_step(asked)} (UTC).",
    )
    marks = events.marks(asked.start, asked.end, asked.filters)
    chart.draw(marked(lines, marks, exact=True), key="percentiles")
    show_sql(_over_time(asked), events.asked(asked.start, asked.end))


@section
def _heat(asked: Asked) -> None:
    found = _timed(asked)
    heat = drawn.heat_map(
        latency.moments(found),
        found.edges,
        found.counts,
        title="Where do the answers lie?",
        subtitle=f"Share of the requests of each {_step(asked)} by how long they took; darker is more.",
    )
    chart.draw(marked(heat, events.marks(asked.start, asked.end, asked.filters), exact=True), key="heat")


@section
def _by_item(asked: Asked, level: str) -> None:
    found = _table(asked, level)
    if not found.num_rows:
        empty.nothing("Nothing was timed.")
        return
    label = latency.LEVELS[level]
    table.draw(
        found,
        latency_owners.latency_columns(label),
        alt=f"{fmt.plural(found.num_rows, label.lower())} by requests, with percentiles.",
    )


def _end() -> datetime:
    """The hours that are whole."""
    return floor_hour(known_to(data.ask, data.now()))


def _items(end: datetime) -> Options:
    rows = data.ask("slo/request_items", since=end - timedelta(days=HISTORY_DAYS)).rows()
    found: dict[str, dict[str, str]] = {name: {} for name in FILTERED}
    for row in rows:
        named = fmt.provider(row["item"]) if row["dimension"] == "provider" else row["item"]
        found[row["dimension"]][row["item"]] = named
    return Options(found)


def _step(asked: Asked) -> str:
    return "day" if asked.end - asked.start > timedelta(days=DAYS["7d"]) else "hour"


def _over_time(asked: Asked) -> Result:
    return data.ask("slo/latency_by_time", start=asked.start, step=_step(asked), **asked.params())


def _by(asked: Asked, level: str) -> Result:
    return data.ask(
        "slo/latency_by_item", previous_start=asked.before, start=asked.start, level=level, **asked.params()
    )


def _timed(asked: Asked) -> Buckets:
    """The chosen measure by moment."""
    found = _over_time(asked)
    whole = data.derived(("latency over time", asked), lambda: latency.buckets(found.table, "measure", "moment"))
    return whole.only(asked.measure)


def _matrix(asked: Asked, level: str) -> Buckets:
    """Every measure by span and item."""
    found = _by(asked, level)
    return data.derived(
        ("latency by item", asked, level), lambda: latency.buckets(found.table, "span", "item", "measure")
    )


def _table(asked: Asked, level: str) -> pa.Table:
    return latency.table(_matrix(asked, level), fmt.provider if level == "provider" else str)


def _measured(found: Buckets, measure: str) -> Buckets:
    """One measure of rows keyed (item, measure)."""
    kept = [place for place, (_, name) in enumerate(found.keys) if name == measure]
    return Buckets([found.keys[place][:1] for place in kept], found.edges, found.counts[kept])


if __name__ == "__main__":
    render()
