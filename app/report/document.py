"""The report as plain text in its order, before it takes the form of HTML or PDF. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import format as fmt
from app import promised, trust
from app import review as words
from app.frozen import gone, note
from app.judged import judged
from app.report.content import Content
from domain.kpi.reading import Status
from domain.kpi.target import Form
from queries.catalog import catalog
from queries.coverage import FactsState
from queries.kpi_definitions import query_text
from queries.kpis import Row

EXCEPTIONAL = (Status.MISSED, Status.AT_RISK)
MOST_LETTERS = 280
"""Of a comment in a row of the scorecard: more would make a page of one row."""
DIGEST_LETTERS = 12
"""Of a query's SHA-256: enough to tell two of its versions apart."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Spark:
    """A trend to draw, oldest first; `marks` are where its target lies. `words` says it to who cannot see it."""

    values: tuple[float | None, ...]
    marks: tuple[float, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the scorecard; `below` is what stands under the KPI's name, `notes` what was said of it."""

    key: str
    status: Status
    standing: str
    name: str
    below: str
    value: str
    target: str
    gap: str
    change: str
    since: str
    spark: Spark
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concern:
    """What needs somebody: where it stands, and what is known and promised of it."""

    status: Status
    standing: str
    name: str
    told: str
    detail: str


@dataclass(frozen=True, slots=True)
class Block:
    """One KPI in full."""

    key: str
    name: str
    status: Status
    standing: str
    lead: str
    definition: str
    facts: Pairs
    spark: Spark
    said: tuple[str, ...]
    promised: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """The SQL behind a KPI."""

    key: str
    title: str
    path: str
    sql: str


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report, in the order in which it is read."""

    organization: str
    title: str
    headline: str
    counts: tuple[tuple[Status, str, int], ...]
    note: str
    promised: tuple[str, ...]
    exceptions: tuple[Concern, ...]
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    queries: tuple[Query, ...]
    made: str


def document(content: Content) -> Document:
    """Every sentence of the report."""
    found, today = content.review, content.made_at.date()
    names = {row.kpi.key: row.kpi.name for row in found.rows}
    counted = words.counts(found)
    return Document(
        organization=content.organization,
        title=content.title,
        headline=words.headline(found),
        counts=tuple((status, told, counted[status]) for status, told in words.STATUSES.items()),
        note=note(
            found.week, found.filters, content.frozen, content.timezone, gone(found, content.snapshots[0].rows())
        ),
        promised=tuple(
            f"{names.get(one['kpi'], one['kpi'])}: {promised.line(one, today)}" for one in content.actions.rows()
        ),
        exceptions=tuple(
            _exception(content, row, today)
            for status in EXCEPTIONAL
            for row in found.rows
            if row.verdict.status is status
        ),
        lines=tuple(_line(content, row, today) for row in found.rows),
        blocks=tuple(_block(content, row, today) for row in found.rows),
        queries=tuple(_query(row) for row in found.rows),
        made=f"Made by Burnline on {fmt.day(today)}, {content.made_at:%H:%M} UTC.",
    )


def comment(one: Mapping[str, Any]) -> str:
    """`Lucía Farrow, 22 Nov 2026: the provider was down`."""
    return f"{one['author']}, {fmt.day(one['created_at'].date())}: {one['text']}"


def _exception(content: Content, row: Row, today: date) -> Concern:
    action = promised.due(content.actions.rows(), row.kpi.key, today)
    if not action and row.verdict.status is Status.MISSED:
        action = "no action promised"
    owner = row.kpi.owner or "no owner (kpis.toml)"
    return Concern(
        row.verdict.status,
        words.STATUSES[row.verdict.status],
        row.kpi.name,
        words.standing(row, content.currency),
        " · ".join(filter(None, [words.why(row, content.currency), owner, action])),
    )


def _line(content: Content, row: Row, today: date) -> Line:
    currency, reading = content.currency, row.reading
    then = content.frozen.get(row.kpi.key)
    said = content.said(row.kpi.key)
    notes = [
        f"Restated: {then.told}" if then is not None and then.told else "",
        promised.due(content.actions.rows(), row.kpi.key, today),
        _cut(comment(said[0])) if said else "",
        trust.known(row),
    ]
    period = row.period.name if row.period else fmt.UNKNOWN
    return Line(
        key=row.kpi.key,
        status=row.verdict.status,
        standing=words.STATUSES[row.verdict.status],
        name=row.kpi.name,
        below=f"{period} · {row.kpi.owner or 'no owner'}",
        value=words.value(row.kpi, reading.point.value, currency),
        target=words.targets(row, currency),
        gap=words.gap(row, currency),
        change=words.change(row, currency),
        since=words.since(row) if row.points else fmt.UNKNOWN,
        spark=_spark(row, currency),
        notes=tuple(filter(None, notes)),
    )


def _cut(text: str) -> str:
    """In the scorecard; the part of its KPI has all of it."""
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _spark(row: Row, currency: str) -> Spark:
    values, target = tuple(words.trend(row.points)), row.reading.target
    known = [value for value in values if value is not None]
    if not known:
        return Spark(values, (), f"{row.kpi.name}: nothing is known of any period.")
    marks: tuple[float, ...] = ()
    if target is not None and row.kpi.judged == "value" and target.form in (Form.VALUE, Form.WITHIN):
        marks = (-target.bound, target.bound) if target.form is Form.WITHIN else (target.bound,)
    low, high = (words.value(row.kpi, edge(known), currency) for edge in (min, max))
    return Spark(
        values,
        marks,
        f"{row.periods[0].name} to {row.periods[-1].name}, between {low} and {high}"
        + (f"; target {words.target(row.kpi, target, currency)}, dashed" if marks else ""),
    )


def _block(content: Content, row: Row, today: date) -> Block:
    currency = content.currency
    is_told = not row.problem and row.reading.point.value is not None
    lead = f"{words.standing(row, currency)} · {words.why(row, currency)}" if is_told else trust.missing(row)
    return Block(
        key=row.kpi.key,
        name=row.kpi.name,
        status=row.verdict.status,
        standing=words.STATUSES[row.verdict.status],
        lead=lead.removesuffix(" · "),
        definition=row.kpi.definition,
        facts=_facts(content, row),
        spark=_spark(row, currency),
        said=tuple(comment(one) for one in content.said(row.kpi.key)),
        promised=tuple(promised.line(one, today) for one in content.promised(row.kpi.key)),
    )


def _facts(content: Content, row: Row) -> Pairs:
    currency, kpi, told = content.currency, row.kpi, row.reading.point
    low, high = (words.value(kpi, one, currency) for one in (told.low, told.high))
    then = content.frozen.get(kpi.key)
    pairs = [
        ("Arithmetic", words.arithmetic(kpi, told, currency)),
        ("95% interval", "" if told.low is None else f"{low} to {high}"),
        ("Sample", fmt.compact(told.sample_count)),
        ("Target", f"{words.targets(row, currency)}; {words.better(kpi)}"),
        ("Judged", judged(kpi, row.reading.target, row.reading.judged, currency) if then is None else then.judged),
        ("Status for", words.since(row) if row.points else fmt.UNKNOWN),
        *((f"Tier {tier}", _of_tier(row, tier, currency)) for tier in row.tiers),
        *words.beside(row, currency),
        ("Owner", kpi.owner or "nobody yet (kpis.toml)"),
        ("Facts", f"{', '.join(kpi.facts)} from {', '.join(row.facts.sources) or 'no source'}: {_freshness(row)}"),
        ("Query", f"{_query(row).path}, SHA-256 {query_text(kpi)[0][:DIGEST_LETTERS]}"),
        ("Restated", "" if then is None else then.told or "not since the close"),
    ]
    return tuple((label, value) for label, value in pairs if value)


def _of_tier(row: Row, tier: str, currency: str) -> str:
    reading = row.tiers[tier]
    return f"{words.value(row.kpi, reading.point.value, currency)}, {words.STATUSES[reading.verdict.status]}"


def _freshness(row: Row) -> str:
    to = row.facts.known_to
    if to is None or row.problem or row.facts.state is not FactsState.FRESH:
        return trust.told(row)
    return f"{words.facts(row.facts)}, known to {fmt.moment(to)}. {trust.known(row)}".rstrip(" .")


def _query(row: Row) -> Query:
    query = catalog()[row.kpi.query]
    return Query(row.kpi.key, row.kpi.name, f"queries/{row.kpi.query}.sql", query.sql.strip())
