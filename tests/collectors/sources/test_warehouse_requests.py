"""Requests from a warehouse: a real DuckDB file and a real PostgreSQL server, times with a zone and in other units."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from collectors.configured import configured
from collectors.run import Outcome, Runner
from config.secrets import forget
from config.settings import Settings
from domain.window import Window
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.tables import InferenceRequest, RequestHour, TokenUsage
from tests.collectors.delivering import only, quarantined, rows

NOW = datetime(2026, 11, 5, 14, 20, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 5, 10, tzinfo=UTC), NOW)
MAP = {
    "started_at": "began",
    "operation": "op",
    "provider": "system",
    "model": "model",
    "duration_milliseconds": "took",
    "status_code": "status",
    "feature": "app",
}
TABLE = (
    "create table made.spans (began {time}, op text, system text, model text, took bigint, status text, app text, "
    "nanos bigint)"
)
SPAN = {"op": "chat", "system": "openai", "model": "gpt-5.4", "took": 1500, "status": "200", "app": "search"}

Fill = Callable[..., None]


@pytest.fixture(params=["duckdb", "postgresql"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fill]:
    """Makes the table `made.spans`, one row per moment and its changes; WAREHOUSE_URL says where it is."""
    url = f"duckdb:///{tmp_path / 'warehouse.duckdb'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    monkeypatch.setenv("WAREHOUSE_URL", url)
    forget("env:WAREHOUSE_URL")
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)

    def fill(*spans: tuple[datetime, dict[str, Any]], time: str = "timestamptz") -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("drop schema if exists made cascade")
            connection.exec_driver_sql("create schema made")
            connection.exec_driver_sql(TABLE.format(time=time))
            for began, changes in spans:
                nanos = int(began.timestamp() * 1_000_000) * 1000
                given = began if time == "timestamptz" else began.replace(tzinfo=None)
                values = SPAN | changes | {"began": given, "nanos": nanos}
                statement = "insert into made.spans values (:began, :op, :system, :model, :took, :status, :app, :nanos)"
                connection.execute(sa.text(statement), values)

    yield fill
    engine.dispose()


def ask(store: Store, mapping: dict[str, str] = MAP, **settings: Any) -> Outcome:
    content = {"kind": "warehouse_requests", "url": "env:WAREHOUSE_URL", "map": mapping, **settings}
    (item,) = configured(Settings(sources={"spans": content}))
    runner = Runner(store, Books(PriceBook()), clock=lambda: NOW)
    if "query" in settings or "table" in settings:
        runner.check(item)
    (outcome,) = runner.run(item, WINDOW)
    return outcome


def at(minutes: int) -> datetime:
    return WINDOW.start + timedelta(minutes=minutes)


@pytest.mark.parametrize("time", ["timestamptz", "timestamp"])
def test_spans_that_ask_a_model_are_requests(duckdb_store: Store, warehouse: Fill, time: str) -> None:
    warehouse(
        (at(-1), {}), (at(0), {}), (at(1), {"op": "invoke_agent"}), (at(2), {"status": "429"}), (at(300), {}), time=time
    )
    outcome = ask(duckdb_store, table="made.spans")
    assert (outcome.error, outcome.row_count) == (None, 2)
    first = rows(duckdb_store, InferenceRequest)[0]
    assert (first["started_at"], first["duration_seconds"], first["tags"]) == (at(0), 1.5, '{"feature":"search"}')
    assert only(duckdb_store, RequestHour)["throttled_count"] == 1
    assert rows(duckdb_store, TokenUsage) == [], "a warehouse of spans counts no usage unless it is told to"


def test_a_query_and_nanoseconds_work_alike(duckdb_store: Store, warehouse: Fill) -> None:
    warehouse((at(0), {}), (at(5), {}), (at(-5), {}))
    mapping = {name: column for name, column in MAP.items() if name != "started_at"}
    mapping["started_at_unix_nanoseconds"] = "nanos"
    query = "select * from made.spans where nanos >= :start and nanos < :end;"
    outcome = ask(duckdb_store, mapping, query=query, counts_usage=["openai"])
    assert (outcome.error, outcome.row_count) == (None, 2)
    assert {row["started_at"] for row in rows(duckdb_store, InferenceRequest)} == {at(0), at(5)}
    assert sum(row["request_count"] for row in rows(duckdb_store, TokenUsage)) == 2


def test_rows_that_cannot_be_requests_are_set_aside(duckdb_store: Store, warehouse: Fill) -> None:
    warehouse(
        (at(0), {"took": -1}),
        (at(1), {"took": 10**9}),
        (at(2), {"status": "often"}),
        (at(3), {"system": " "}),
        (at(4), {}),
    )
    outcome = ask(duckdb_store, table="made.spans")
    assert (outcome.row_count, outcome.quarantined_count) == (1, 4)
    assert {reason for *_, reason in quarantined(duckdb_store)} == {
        "duration_milliseconds is negative",
        "duration_milliseconds is longer than a day; map it in its own unit",
        "status_code is not a number",
        "provider is empty",
    }
    assert ask(duckdb_store, table="made.spans").quarantined_count == 0, "the same rows are told once"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"speed": "took"}, "unknown field 'speed'"),
        ({"duration_seconds": "took"}, "says twice where duration_seconds comes from"),
        ({"started_at": None}, "does not say which column started_at comes from"),
        ({"provider": None}, "does not say which column provider comes from"),
    ],
)
def test_a_mapping_that_is_not_whole_is_told(duckdb_store: Store, change: dict[str, Any], sentence: str) -> None:
    mapping = {name: column for name, column in (MAP | change).items() if column}
    (item,) = configured(
        Settings(sources={"s": {"kind": "warehouse_requests", "url": "env:X", "table": "t", "map": mapping}})
    )
    (outcome,) = Runner(duckdb_store, Books(PriceBook()), clock=lambda: NOW).run(item, WINDOW)
    assert sentence in (outcome.error or "")
