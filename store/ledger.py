"""The ledger of collector runs: what was asked of a source, when, and how it ended."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.window import Window
from store import audit, source_health
from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import CollectionRequest, CollectorRun, Quarantine, SourceState

RUNS = table(CollectorRun)
REQUESTS = table(CollectionRequest)


def _naive(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment else None


def begin(
    store: Store, source: str, kind: str, window: Window, now: datetime, detail: str | None = None
) -> CollectorRun:
    """Writes a `running` row for one window of one source."""
    run = CollectorRun(
        run_id=uuid4().hex,
        source=source,
        kind=kind,
        started_at=now,
        status="running",
        window_start_at=window.start,
        window_end_at=window.end,
        detail=detail,
    )
    with store.write() as connection:
        insert_rows(connection, CollectorRun, to_batch(CollectorRun, [run]))
        source_health.refresh(connection, source)
    return run


def finish_ok(
    connection: Connection, run: CollectorRun, *, row_count: int, now: datetime, complete_to: datetime | None = None
) -> None:
    """Marks a run as loaded, inside the transaction that loaded it.

    The watermark passes neither `now` nor `complete_to`, where the data end.
    """
    values: dict[str, Any] = {
        "status": "ok",
        "finished_at": _naive(now),
        "watermark_at": _naive(min(run.window_end_at, now, complete_to or now)),
        "row_count": row_count,
        "quarantined_count": run.quarantined_count or 0,
        "request_count": run.request_count,
        "retry_count": run.retry_count,
    }
    _finish(connection, run, values)


def finish_failed(store: Store, run: CollectorRun, *, kind: str, message: str, now: datetime) -> None:
    """Marks a run as failed with the class of the error and its sentence; the loaded data stay as they were."""
    values: dict[str, Any] = {
        "status": "failed",
        "finished_at": _naive(now),
        "error_kind": kind,
        "error_message": message,
        "request_count": run.request_count,
        "retry_count": run.retry_count,
    }
    with store.write() as connection:
        _finish(connection, run, values)


def _finish(connection: Connection, run: CollectorRun, values: dict[str, Any]) -> None:
    connection.execute(sa.update(RUNS).where(RUNS.c.run_id == run.run_id).values(**values))
    source_health.refresh(connection, run.source)


def register_sources(store: Store, states: Sequence[SourceState]) -> None:
    """Makes `source_state` list exactly the configured sources."""
    with store.write() as connection:
        connection.execute(sa.delete(table(SourceState)))
        insert_rows(connection, SourceState, to_batch(SourceState, states))


def schedule_source(store: Store, source: str, next_run_at: datetime | None) -> None:
    """Writes when the worker means to run a source next."""
    states = table(SourceState)
    with store.write() as connection:
        connection.execute(sa.update(states).where(states.c.source == source).values(next_run_at=_naive(next_run_at)))


def abandon_running(store: Store, now: datetime) -> int:
    """Marks runs that a dead process left `running` as failed; how many there were."""
    with store.write() as connection:
        result = connection.execute(
            sa.update(RUNS)
            .where(RUNS.c.status == "running")
            .values(
                status="failed",
                finished_at=_naive(now),
                error_kind="interrupted",
                error_message="The process ended during this run; the next run loads the window again.",
            )
        )
        if result.rowcount:
            source_health.refresh(connection)
    return int(result.rowcount)


def loaded_spans(store: Store, source: str, detail: str | None = None) -> list[tuple[datetime, datetime]]:
    """`(window start, watermark)` of every successful run of a source, in UTC without zone.

    `detail`: of those runs only that asked the same question.
    """
    wanted = (RUNS.c.source == source) & (RUNS.c.status == "ok") & RUNS.c.watermark_at.is_not(None)
    if detail is not None:
        wanted &= RUNS.c.detail == detail
    with store.read() as connection:
        rows = connection.execute(sa.select(RUNS.c.window_start_at, RUNS.c.watermark_at).where(wanted))
        return [(start, end) for start, end in rows]


def has_runs(store: Store) -> bool:
    """True when any source has ever loaded anything."""
    with store.read() as connection:
        return connection.execute(sa.select(RUNS.c.run_id).where(RUNS.c.status == "ok").limit(1)).first() is not None


def loaded_files(store: Store, source: str) -> list[tuple[str, Window]]:
    """`(detail, window)` of every file or folder that this source has loaded, in the order of loading."""
    with store.read() as connection:
        rows = connection.execute(
            sa.select(RUNS.c.detail, RUNS.c.window_start_at, RUNS.c.window_end_at)
            .where(RUNS.c.source == source, RUNS.c.status == "ok", RUNS.c.detail.is_not(None))
            .order_by(RUNS.c.started_at, RUNS.c.finished_at)
        ).all()
    return [(detail, Window(aware(start), aware(end))) for detail, start, end in rows]


def quarantine(store: Store, rows: Sequence[Quarantine]) -> None:
    """Keeps the row numbers and reasons of rows that a file source refused."""
    if rows:
        with store.write() as connection:
            insert_rows(connection, Quarantine, to_batch(Quarantine, rows))


def quarantine_new(store: Store, run: CollectorRun, rows: Sequence[Quarantine]) -> int:
    """Keeps those of a run's refused rows that no earlier run of the source has told; how many they are.

    A source that reads recent time again and again would tell the same row at every run.
    """
    known = table(Quarantine).c
    names = sorted({row.file_name for row in rows})
    with store.read() as connection:
        told = set(
            connection.execute(
                sa.select(known.file_name, known.row_number).where(
                    known.source == run.source, known.file_name.in_(names)
                )
            ).tuples()
        )
    fresh = {(row.file_name, row.row_number): row for row in rows if (row.file_name, row.row_number) not in told}
    for row in fresh.values():
        row.run_id = run.run_id
    quarantine(store, list(fresh.values()))
    return len(fresh)


def request_collection(store: Store, source: str, window: Window | None, by: str, now: datetime) -> str:
    """Asks the worker to run a source now, or to load a range again; the id of the request. `by` is who asks."""
    request = CollectionRequest(
        request_id=uuid4().hex,
        source=source,
        requested_at=now,
        window_start_at=window.start if window else None,
        window_end_at=window.end if window else None,
    )
    with store.write() as connection:
        insert_rows(connection, CollectionRequest, to_batch(CollectionRequest, [request]))
        audit.note(connection, by, "asked for a run", f"source/{source}", now, str(window) if window else None)
    return request.request_id


def take_requests(store: Store, now: datetime) -> list[CollectionRequest]:
    """The requests nobody has picked up yet, oldest first, now marked as picked up."""
    with store.write() as connection:
        waiting = (
            connection.execute(
                sa.select(REQUESTS).where(REQUESTS.c.picked_up_at.is_(None)).order_by(REQUESTS.c.requested_at)
            )
            .mappings()
            .all()
        )
        if waiting:
            connection.execute(
                sa.update(REQUESTS)
                .where(REQUESTS.c.request_id.in_([row["request_id"] for row in waiting]))
                .values(picked_up_at=_naive(now))
            )
    return [CollectionRequest(**row) for row in waiting]


def aware(moment: datetime) -> datetime:
    """A stored time with its zone: UTC."""
    return moment.replace(tzinfo=UTC)
