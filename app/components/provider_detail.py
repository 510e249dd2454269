"""One provider in detail: its contract, how often it failed or throttled us each day, and its incidents."""

import streamlit as st

from app import data, events, incident_tables, vendor_review
from app import format as fmt
from app.charts import provider_rates
from app.charts.marks import marked
from app.components import chart, columns, empty, table
from app.components.markdown import plain
from app.components.section import section
from app.components.sql import show_sql
from app.providers import STATES, Score
from app.vendor_review import Asked
from domain.incident.spans import clipped
from domain.provider_sla import ANY_MODEL, Sla
from domain.slo.attainment import State
from domain.window import Window
from queries.runner import Result


def draw(given: Asked, score: Score) -> None:
    """All of it with its downloads."""
    _contract(given, score.provider)
    _rates(given, score.provider)
    if _by_day(given, score.provider).row_count:
        table.toolbar(_by_day(given, score.provider), name="provider-days")
    _incidents(given, score)


@section
def _contract(given: Asked, provider: str) -> None:
    st.markdown(f"## What {plain(fmt.provider(provider))} promises")
    promised = [sla for sla in given.slas if sla.provider == provider]
    if not promised:
        empty.nothing(f"Nothing is declared. Write it as an [[sla]] of `{provider}` into providers.toml.")
        return
    (score,) = (one for one in vendor_review.scores(given) if one.provider == provider)
    for sla in promised:
        named = next((one for one in (score, *score.parts) if one.sla == sla), None)
        link = f" · [contract]({sla.url})" if sla.url else ""
        note = f" · {plain(sla.note)}" if sla.note else ""
        st.markdown(f"- {plain(sentence(sla, named))}{link}{note}")


def sentence(sla: Sla, score: Score | None) -> str:
    """What is promised, each with its verdict; `score` is what it is judged by, None when no such model was used."""
    whose = "All models" if sla.model == ANY_MODEL else sla.model
    available, p95 = score.own_states if score else (State.NO_DATA, State.NO_DATA)
    parts = [
        f"{fmt.target(sla.availability)} available: {STATES[available]}" if sla.availability else None,
        f"95% answered within {fmt.seconds(float(sla.p95_seconds))}: {STATES[p95]}" if sla.p95_seconds else None,
        None if sla.throttled_is_bad else "throttled requests count neither way",
    ]
    return f"{whose}. {'; '.join(filter(None, parts))}"


@section
def _rates(given: Asked, provider: str) -> None:
    found = _by_day(given, provider)
    rows, name = found.rows(), fmt.provider(provider)
    if not rows:
        st.markdown(f"## How often did {plain(name)} fail us?")
        empty.nothing(
            "No request log tells of it: availability, errors and latency are unknown, not perfect. "
            "docs/sources.md lists the logs that can be connected."
        )
        show_sql(found)
        return
    sla = next((one for one in given.slas if one.provider == provider and one.model == ANY_MODEL), None)
    allowed = float(1 - sla.availability) if sla and sla.availability else None
    lines = [line for line in vendor_review.incident_lines(given) if line.row["provider"] == provider]
    seen = Window(given.window.start, max(min(given.window.end, given.at), given.window.start.replace(hour=1)))
    spans = [
        (part.started_at, part.ended_at)
        for line in lines
        for part in clipped(line.spans, seen)
        if part.ended_at is not None
    ]
    bad = sum(row["failed_count"] + row["throttled_count"] for row in rows)
    valid = sum(row["valid_count"] for row in rows)
    drawn = provider_rates.rates(
        rows,
        spans,
        allowed,
        title=f"{name} failed or throttled {fmt.percent(bad / valid if valid else None, 2)} of our requests",
        subtitle=f"By day, {fmt.days(given.start, given.end)} (UTC); shaded: its own incidents. "
        "Requests that we got wrong (4xx) count nowhere.",
        span=(given.start, given.end),
    )
    marks = events.marks(given.start, given.end, [("provider", [provider])], without="incident")
    chart.draw(marked(drawn, marks, exact=True), key="provider-rates")
    show_sql(events.asked(given.start, given.end))


def _incidents(given: Asked, score: Score) -> None:
    lines = [line for line in vendor_review.incident_lines(given) if line.row["provider"] == score.provider]
    found = sorted(
        vendor_review.in_window(lines, given.window, given.at), key=lambda line: line.declared_at, reverse=True
    )
    told = "Incidents" if score.trouble is None else fmt.plural(len(found), "incident")
    st.markdown(f"## {told} of {plain(score.name)}")
    if score.trouble is None:
        empty.nothing("No status page of it is connected, so its incidents are unknown. See docs/incidents.md.")
        show_sql(vendor_review.incident_rows(given))
        return
    if not found:
        empty.nothing("None in this period, as its status page tells.")
        show_sql(vendor_review.incident_rows(given))
        return
    shown = {
        "status": columns.text("Status"),
        "severity": columns.text("Severity"),
        "title": columns.text("Incident"),
        "impact_started_at": columns.moment("Impact from (UTC)"),
        "restored": columns.text("Hurt for"),
        "service": columns.text("Parts"),
        "url": columns.link("Link"),
    }
    table.draw(
        incident_tables.table(found, given.at),
        shown,
        alt=f"{fmt.plural(len(found), 'incident')} of {score.name}, the newest first.",
    )
    table.toolbar(
        vendor_review.incident_rows(given),
        name="provider-incidents",
        made=lambda: incident_tables.exact(found, given.at),
    )


def _by_day(given: Asked, provider: str) -> Result:
    return data.ask("provider/errors_by_day", start=given.start, end=given.end, provider=[provider])
