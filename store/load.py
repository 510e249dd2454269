"""Replaces a source's slice of a fact table: atomic, idempotent, with changes of complete days on record."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import pyarrow as pa
import sqlalchemy as sa

from domain.window import Window, floor_day
from store import bulk, ledger, reference, request_usage, restate, rollup, telemetry, told_counts
from store.billing import refuse_second_bill
from store.books import Books
from store.engine import Store
from store.incidents import incident_slice
from store.price_book import save_seen
from store.schema import table
from store.tables import (
    Charge,
    CollectorRun,
    Defect,
    Evaluation,
    EvidenceRequest,
    Experiment,
    Incident,
    IncidentAction,
    InferenceRequest,
    Measurement,
    Opening,
    Outcome,
    Release,
    SafetyHour,
    Spec,
    TokenUsage,
)

TIME_COLUMN: dict[type, str] = {
    Charge: "charge_period_start",
    TokenUsage: "started_at",
    InferenceRequest: "started_at",
    Outcome: "day",
    SafetyHour: "hour",
    IncidentAction: "created_at",
    Spec: "created_at",
    Release: "created_at",
    Evaluation: "evaluated_at",
    Experiment: "created_at",
    Defect: "reported_at",
    Measurement: "period_start",
    Opening: "opened_at",
    EvidenceRequest: "requested_at",
}
ROLLED_UP = (Charge, TokenUsage, InferenceRequest)
"""The rows that daily rollups and owners are made of; the others name their feature themselves."""

NOTHING_ELSE: Mapping[type, Sequence[pa.RecordBatch]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """One delivery unit of FOCUS files: a billing account and the UTC start of its billing period."""

    billing_account_id: str
    start: datetime


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: rows now in the slice, rows it replaced, and complete days that changed."""

    row_count: int
    replaced_count: int
    restated_days: int


def replace_window(
    store: Store,
    row: type,
    source: str,
    window: Window,
    batches: Iterable[pa.RecordBatch],
    *,
    run: CollectorRun,
    books: Books,
    now: datetime,
    periods: Sequence[BillingPeriod] = (),
    complete_to: datetime | None = None,
    usage_of: Collection[str] | None = None,
    also: Mapping[type, Sequence[pa.RecordBatch]] = NOTHING_ELSE,
    keeps_unlisted: bool = False,
) -> Loaded:
    """Makes `batches` the only rows of `source` in `window` (or in `periods`, for files without row ids).

    `also` are rows of other classes that belong to these and are replaced with them. With `keeps_unlisted` only
    incidents that the batches name are replaced, for a source that lists no more than its newest. `usage_of` are
    the providers whose usage is made of requests, None for all, also on days that were loaded before.

    One transaction carries the delete, the insert, the rollups, the restatements and the run's `ok`, so a
    crash leaves the old slice whole. Raises StoreError; BillingConflictError when another source bills an account.
    """
    if row in told_counts.TIME:
        return _replace_counts(store, row, source, list(batches), run=run, now=now, complete_to=complete_to)
    if row is Incident:
        batches = list(batches)
        slices = {kind: incident_slice(kind, source, window, batches, keeps_unlisted) for kind in (row, *also)}
    else:
        slices = {row: _slice(store, row, source, window, periods)}
    slice_ = slices[row]
    with ExitStack() as stack:
        staged = stack.enter_context(bulk.staged(store, row, batches))
        beside = {kind: stack.enter_context(bulk.staged(store, kind, also[kind])) for kind in also}
        connection = stack.enter_context(store.write())
        before = restate.totals(connection, row, slice_)
        days = rollup.touched_days(connection, row, slice_) if row in ROLLED_UP else set()
        hours = telemetry.touched_hours(connection, slice_) if row is InferenceRequest else None
        replaced = sa.select(sa.func.count()).select_from(table(row)).where(slice_)
        replaced_count = int(connection.execute(replaced).scalar_one())
        for kind, of_kind in slices.items():
            connection.execute(sa.delete(table(kind)).where(of_kind))
        row_count = staged.insert(connection)
        for rows in beside.values():
            rows.insert(connection)
        if row is Charge:
            refuse_second_bill(connection, source, slice_)
        restated = restate.record(
            connection,
            row,
            run,
            before=before,
            after=restate.totals(connection, row, slice_),
            by_period=bool(periods),
            now=now,
        )
        if row in ROLLED_UP:
            days |= rollup.touched_days(connection, row, slice_)
            reference.attribute_new_keys(connection, row, slice_, books.rules)
            if row is InferenceRequest:
                days |= request_usage.days_to_change(connection, source, usage_of)
            rollup.rebuild(connection, row, source, days, books.prices, usage_of)
        if row is InferenceRequest:
            telemetry.rebuild(connection, source, hours, telemetry.touched_hours(connection, slice_), books.objectives)
        save_seen(connection, books.prices)
        ledger.finish_ok(connection, run, row_count=row_count, now=now, complete_to=complete_to)
    return Loaded(row_count, replaced_count, restated)


def _replace_counts(
    store: Store,
    row: type,
    source: str,
    batches: Sequence[pa.RecordBatch],
    *,
    run: CollectorRun,
    now: datetime,
    complete_to: datetime | None,
) -> Loaded:
    """The same for counts that a source made itself: what it does not tell stays."""
    coming, hours = f"{source}/{run.run_id}", told_counts.hours_of(row, batches)
    kept, slice_ = told_counts.kept_hours(row, source, hours)
    with bulk.staged(store, row, told_counts.under(coming, batches)) as staged, store.write() as connection:
        before = restate.totals(connection, kept, slice_)
        row_count = staged.insert(connection)
        replaced_count = told_counts.replace(connection, row, source, coming, hours, now) if hours else 0
        after = restate.totals(connection, kept, slice_)
        restated = restate.record(connection, kept, run, before=before, after=after, by_period=False, now=now)
        ledger.finish_ok(connection, run, row_count=row_count, now=now, complete_to=complete_to)
    return Loaded(row_count, replaced_count, restated)


def _slice(
    store: Store, row: type, source: str, window: Window, periods: Sequence[BillingPeriod]
) -> sa.ColumnElement[bool]:
    columns = table(row).c
    of_source = columns.source == source
    if periods:
        return of_source & sa.or_(
            *(
                (columns.billing_account_id == bulk.as_stored(store, p.billing_account_id))
                & (columns.billing_period_start == p.start.replace(tzinfo=None))
                for p in periods
            )
        )
    time = columns[TIME_COLUMN[row]]
    if row is Outcome:  # days are replaced whole, also the one that the window ends in
        end = floor_day(window.end - timedelta(microseconds=1)) + timedelta(days=1)
        return of_source & (time >= window.start.date()) & (time < end.date())
    return of_source & (time >= window.start.replace(tzinfo=None)) & (time < window.end.replace(tzinfo=None))
