"""Closes a week: every KPI, of everybody and of each tier, team and feature, as it is known now."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from domain.kpi.definition import Kpi
from domain.kpi.reading import Point, Reading, Verdict, point, read
from queries import kpis
from queries.coverage import Coverage
from queries.kpi_definitions import query_text
from queries.kpis import Filters, Period, Row
from queries.runner import Result, run
from store.audit import BURNLINE
from store.engine import Store
from store.errors import StoreError
from store.kpi_snapshots import is_closed, keep_week
from store.tables import KpiSnapshot, QueryText

log = logging.getLogger(__name__)


def last_week(store: Store, now: datetime) -> Period | None:
    """The newest week that is over at `now`; None without periods in the store."""
    ask = partial(run, store)
    over = [week for week in kpis.periods_to(ask, now)["week"] if week.end <= now]
    return over[-1] if over else None


def close_week(
    store: Store, wanted: Sequence[Kpi], week: Period, currency: str, now: datetime, by: str = BURNLINE
) -> bool:
    """Puts the week on record; False when it was already. Raises ValueError for a week that is not over, StoreError.

    A store that fails in between fails the whole: a moment's trouble must not be on record for ever. A query that
    cannot be answered is put on record as such; of a segment's, nothing is.
    """
    if now < week.end:
        raise ValueError(f"{week.name} is not over before {week.end:%Y-%m-%d %H:%M} UTC")
    if is_closed(store, week.start_on):
        return False
    failures: list[StoreError] = []
    ask = _asking(store, failures)
    found = kpis.review(ask, wanted, week, currency)
    periods = kpis.periods_to(ask, week.end)
    rows = [
        snapshot
        for row in found.rows
        for snapshot in (
            _of_all(row, week, now),
            *_of_segments(ask, row, periods[row.kpi.cadence], week, found.coverage, currency, now),
        )
    ]
    if failures:
        raise failures[0]
    texts = []
    for row in found.rows:
        digest, text = query_text(row.kpi)
        texts.append(QueryText(sha256=digest, name=row.kpi.query, text=text, first_used_at=now))
    return keep_week(store, rows, texts, by)


def _asking(store: Store, failures: list[StoreError]) -> kpis.Ask:
    """A review tells a failure in a KPI's row and goes on; `failures` keeps those of the store."""

    def ask(name: str, **given: Any) -> Result:
        try:
            return run(store, name, **given)
        except StoreError as error:
            failures.append(error)
            raise

    return ask


def _of_all(row: Row, week: Period, now: datetime) -> KpiSnapshot:
    return _snapshot(row, week, now, "all", "", row.reading, row.verdict)


def _of_segments(
    ask: kpis.Ask,
    row: Row,
    periods: Sequence[Period],
    week: Period,
    coverage: Coverage,
    currency: str,
    now: datetime,
) -> Iterator[KpiSnapshot]:
    if row.period is None or row.problem:
        return
    for scope_type in kpis.segments_of(row.kpi):
        try:
            answer = kpis.ask_series(
                ask, row.kpi, scope_type, row.periods[0].start, week.end, coverage, currency, Filters()
            )
        except kpis.FAILURES as error:
            log.warning("%s of %s is not on record by %s: %s", row.kpi.name, week.name, scope_type, error)
            continue
        by_scope: dict[str, dict[datetime, Point]] = {}
        for line in answer.rows():
            start = line["period_start"].replace(tzinfo=UTC)
            by_scope.setdefault(line["segment"], {})[start] = point(row.kpi, line)
        for scope, told in sorted((scope, told) for scope, told in by_scope.items() if scope is not None):
            tier = scope if scope_type == "tier" else ""
            points, before = kpis.trend(row.kpi, row.periods, periods, told, row.facts)
            reading = read(row.kpi, points, before, tier)
            yield _snapshot(row, week, now, scope_type, scope, reading, reading.verdict)


def _snapshot(
    row: Row, week: Period, now: datetime, scope_type: str, scope: str, reading: Reading, verdict: Verdict
) -> KpiSnapshot:
    period, told = row.period or week, reading.point
    return KpiSnapshot(
        week_start=week.start_on,
        kpi=row.kpi.key,
        scope_type=scope_type,
        scope=scope,
        cadence=row.kpi.cadence,
        period_start=period.start,
        period_end=period.end,
        status=str(verdict.status),
        facts_state=str(row.facts.state),
        closed_at=now,
        query_sha256=query_text(row.kpi)[0],
        value=told.value,
        numerator=told.numerator,
        denominator=told.denominator,
        sample_count=told.sample_count,
        low=told.low,
        high=told.high,
        target=None if reading.target is None else reading.target.text,
        watermark_at=row.facts.known_to,
        beside=orjson.dumps(dict(told.beside or {}), default=_plain, option=orjson.OPT_SORT_KEYS).decode(),
        problem=row.problem or verdict.reason,
        judged=reading.judged,
        judged_as="nothing" if reading.target is None else reading.target.compares(row.kpi.judged),
        limited_to=None if reading.limit is None else reading.limit.text,
    )


def _plain(value: Any) -> str:
    return str(value)
