"""Safety checks from files and warehouses: hours, defaults, what is wrong with a row."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from collectors.configured import configured
from collectors.run import Runner
from config.secrets import forget
from config.settings import Settings
from domain.window import Window
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.tables import SafetyHour
from tests.collectors.delivering import loaded, only, quarantined, refused, rows, write

NOW = datetime(2026, 11, 5, 14, 20, tzinfo=UTC)
DAY = datetime(2026, 11, 3, tzinfo=UTC)
MAP = {
    "hour": "time",
    "feature": "app",
    "checked_count": "n",
    "violation_count": "bad",
    "blocked_count": "stopped",
    "leaked_count": "out",
}
HEADER = "time,app,n,bad,stopped,out"


def table_of(path: Path, *lines: str) -> Path:
    return write(path, "\n".join([HEADER, *lines]) + "\n")


def take(store: Store, path: Path, **constants: str) -> Any:
    return loaded(store, path, kind="safety_csv", name="guard", map=MAP, set=constants)


def test_checks_are_kept_by_the_hour_and_count_each_interaction_once(store: Store, tmp_path: Path) -> None:
    path = table_of(tmp_path / "a.csv", "2026-11-03T10:40:00+01:00,chat,100,3,2,1", "2026-11-03T12:00:00Z,chat,50,0,,")
    assert take(store, path).row_count == 2
    first, second = sorted(rows(store, SafetyHour), key=lambda row: row["hour"])
    assert first == {
        "source": "guard",
        "hour": datetime(2026, 11, 3, 9, tzinfo=UTC),
        "feature": "chat",
        "policy": "any",
        "checked_count": 100,
        "violation_count": 3,
        "blocked_count": 2,
        "leaked_count": 1,
        "provider": None,
        "model": None,
    }
    assert (second["violation_count"], second["blocked_count"]) == (0, None)


def test_a_file_that_is_delivered_again_takes_the_place_of_the_one_before(duckdb_store: Store, tmp_path: Path) -> None:
    take(duckdb_store, table_of(tmp_path / "a.csv", "2026-11-03T10:00:00Z,chat,100,3,2,1"), policy="jailbreak")
    take(duckdb_store, table_of(tmp_path / "a.csv", "2026-11-03T10:00:00Z,chat,100,4,2,2"), policy="jailbreak")
    row = only(duckdb_store, SafetyHour)
    assert (row["policy"], row["violation_count"]) == ("jailbreak", 4)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-11-03T10:00:00Z,chat,10,11,,", "violation_count is more than checked_count"),
        ("2026-11-03T10:00:00Z,chat,10,3,4,", "blocked_count is more than violation_count"),
        ("2026-11-03T10:00:00Z,chat,10,3,,4", "leaked_count is more than violation_count"),
        ("2026-11-03T10:00:00Z,chat,10,,,", "violation_count is empty"),
        ("2026-11-03T10:00:00Z,chat,-1,0,,", "checked_count is negative"),
        ("yesterday,chat,10,1,,", "hour is empty or not of its kind"),
        ("2026-11-03T10:00:00Z,,10,1,,", "feature is empty or not of its kind"),
    ],
)
def test_a_row_that_cannot_be_is_left_out_with_its_reason(
    duckdb_store: Store, tmp_path: Path, line: str, reason: str
) -> None:
    take(duckdb_store, table_of(tmp_path / "a.csv", "2026-11-03T11:00:00Z,chat,5,0,,", line))
    assert quarantined(duckdb_store) == [("a.csv", 2, reason)]
    assert only(duckdb_store, SafetyHour)["hour"] == datetime(2026, 11, 3, 11, tzinfo=UTC)


def test_a_mapping_without_the_hour_is_refused(duckdb_store: Store, tmp_path: Path) -> None:
    path = table_of(tmp_path / "a.csv", "2026-11-03T10:00:00Z,chat,5,0,,")
    mapping = {field: column for field, column in MAP.items() if field != "hour"}
    told = refused(duckdb_store, path, kind="safety_csv", name="guard", map=mapping, set={})
    assert "does not say where hour comes from" in told


def test_a_warehouse_is_asked_for_the_hours_of_a_window(
    duckdb_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as warehouse:
        warehouse.execute("create table checks (seen timestamp, app text, n bigint, bad bigint)")
        warehouse.execute(
            "insert into checks values ('2026-11-03 09:20', 'chat', 10, 1), ('2026-11-03 10:00', 'chat', 9, 0),"
            " ('2026-11-02 23:59', 'chat', 8, 0)"
        )
    monkeypatch.setenv("WAREHOUSE_URL", f"duckdb:///{path}")
    forget("env:WAREHOUSE_URL")
    given = {
        "kind": "warehouse_safety",
        "url": "env:WAREHOUSE_URL",
        "table": "checks",
        "map": {"hour": "seen", "feature": "app", "checked_count": "n", "violation_count": "bad"},
    }
    (source,) = configured(Settings(sources={"guard": given}))
    runner = Runner(duckdb_store, Books(PriceBook(), ()), clock=lambda: NOW)
    (ran,) = runner.run(source, Window(DAY, DAY + timedelta(days=1)))
    assert ran.error is None
    found = sorted(rows(duckdb_store, SafetyHour), key=lambda row: row["hour"])
    assert [(row["hour"].hour, row["checked_count"], row["policy"]) for row in found] == [
        (9, 10, "any"),
        (10, 9, "any"),
    ]
