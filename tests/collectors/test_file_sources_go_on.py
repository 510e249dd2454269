"""What a file source does when part of what it reads is bad, late or rotated away."""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from store.engine import Store
from store.schema import table
from store.tables import CollectorRun, InferenceRequest
from tests.collectors.delivering import focus_text, ingest, rows, write


def test_one_bad_folder_does_not_keep_the_others_out(duckdb_store: Store, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "bills" / name).mkdir(parents=True)
    write(tmp_path / "bills" / "a" / "bad.csv", "no,focus\n1,2\n")
    write(tmp_path / "bills" / "b" / "good.csv", focus_text({}))
    outcomes = ingest(duckdb_store, tmp_path / "bills")
    assert [outcome.status for outcome in outcomes] == ["failed", "ok"]


def test_a_bill_of_a_running_month_is_complete_to_its_last_charge(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "bill.csv",
        focus_text({"ChargePeriodStart": "2024-09-04T00:00:00Z", "ChargePeriodEnd": "2024-09-05T00:00:00Z"}),
    )
    ingest(duckdb_store, path)
    (run,) = rows(duckdb_store, CollectorRun)
    assert run["watermark_at"] == datetime(2024, 9, 5, tzinfo=UTC)


def test_what_a_log_lost_to_rotation_stays(duckdb_store: Store, tmp_path: Path) -> None:
    mapping = {"map": {"started_at": "time"}, "set": {"provider": "openai"}}
    path = write(tmp_path / "log.csv", "time\n2026-11-01T03:00:00Z\n2026-11-01T20:00:00Z\n")
    ingest(duckdb_store, path, kind="request_log", name="log", **mapping)
    write(path, "time\n2026-11-01T20:00:00Z\n2026-11-02T01:00:00Z\n")
    ingest(duckdb_store, path, kind="request_log", name="log", **mapping)
    with duckdb_store.read() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(table(InferenceRequest))).scalar_one()
    assert count == 3
