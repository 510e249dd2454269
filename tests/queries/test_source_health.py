"""The health of sources agrees with a plain reading of the ledger, whatever is in it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queries.runner import run
from store import source_health
from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import CollectorRun

DAY = datetime(2026, 11, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 5).map(lambda hours: DAY + timedelta(hours=hours))
WORDS = st.sampled_from([None, "fatal", "data"])


@st.composite
def ledgers(draw: st.DrawFn) -> list[CollectorRun]:
    """Runs of three sources in any state, many of them begun at the same time."""
    runs = []
    for number in range(draw(st.integers(0, 12))):
        status = draw(st.sampled_from(["ok", "failed", "running"]))
        runs.append(
            CollectorRun(
                run_id=f"{draw(st.integers(0, 9))}-{number:02}",
                source=draw(st.sampled_from("abc")),
                kind=draw(st.sampled_from(["refresh", "file"])),
                started_at=draw(MOMENTS),
                status=status,
                window_start_at=DAY,
                window_end_at=DAY + timedelta(days=1),
                watermark_at=draw(MOMENTS) if status == "ok" else None,
                detail=draw(st.sampled_from([None, "a.csv"])),
                error_kind=draw(WORDS) if status == "failed" else None,
                error_message=draw(WORDS) if status == "failed" else None,
            )
        )
    return runs


def read(runs: Sequence[CollectorRun]) -> dict[str, Any]:
    """One source, as the query's header says it."""
    ended = [run for run in runs if run.status != "running"]
    last = max(ended, key=lambda run: (run.started_at, run.run_id), default=None)
    ok = [run for run in runs if run.status == "ok"]
    last_ok_at = max((run.started_at for run in ok), default=None)
    failed = [run for run in runs if run.status == "failed" and (last_ok_at is None or run.started_at > last_ok_at)]
    return {
        "source": runs[0].source,
        "first_started_at": naive(min(run.started_at for run in runs)),
        "running_since_at": naive(max((run.started_at for run in runs if run.status == "running"), default=None)),
        "last_status": last.status if last else None,
        "last_started_at": naive(last.started_at if last else None),
        "watermark_at": naive(max((run.watermark_at for run in ok if run.watermark_at), default=None)),
        "error_kind": last.error_kind if last else None,
        "error_message": last.error_message if last else None,
        "failed_since_ok_count": len(failed),
        "reads_files": any(run.kind == "file" and run.detail is not None for run in runs),
    }


def naive(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment else None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=ledgers())
def test_each_source_is_told_as_its_runs_say(duckdb_store: Store, runs: list[CollectorRun]) -> None:
    with duckdb_store.write() as connection:
        connection.execute(sa.delete(table(CollectorRun)))
        insert_rows(connection, CollectorRun, to_batch(CollectorRun, runs))
        source_health.refresh(connection)
    ordered = sorted(runs, key=lambda run: run.source)
    expected = [read(list(own)) for _, own in groupby(ordered, key=lambda run: run.source)]
    assert run(duckdb_store, "alert/source_health").rows() == expected
