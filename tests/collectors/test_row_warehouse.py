"""Tables of one row per thing from a warehouse: its columns are looked up, its window asked for, late changes read."""

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
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.tables import Measurement, Opening, Release
from tests.collectors.delivering import only, quarantined, rows

NOW = datetime(2026, 11, 5, 14, 20, tzinfo=UTC)
Ask = Callable[..., Outcome]


@pytest.fixture(params=["duckdb", "postgresql"])
def warehouse(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], None]]:
    """Runs statements in the schema `made`; WAREHOUSE_URL says where it is."""
    url = f"duckdb:///{tmp_path / 'warehouse.duckdb'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    monkeypatch.setenv("WAREHOUSE_URL", url)
    forget("env:WAREHOUSE_URL")
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)

    def execute(statement: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    execute("drop schema if exists made cascade")
    execute("create schema made")
    yield execute
    engine.dispose()


def ask(store: Store, kind: str, now: datetime = NOW, **settings: Any) -> Outcome:
    given = {"kind": kind, "url": "env:WAREHOUSE_URL", **settings}
    (source,) = configured(Settings(sources={"given": given}))
    (outcome,) = Runner(store, Books(PriceBook(), ()), clock=lambda: now).run(source)
    return outcome


RELEASES = (
    "create table made.releases"
    " (release_id text, created_at timestamptz, kind text, state text, released_at date, note text)"
)


def test_columns_are_found_by_their_names_or_by_the_mapping(
    duckdb_store: Store, warehouse: Callable[[str], None]
) -> None:
    warehouse(RELEASES)
    warehouse(
        "insert into made.releases values ('r1', '2026-11-03 01:00:00+02', 'prompt', 'live', '2026-11-03', 'text'),"
        " ('r2', '2026-11-04 10:00:00+00', 'prompt', 'paused', null, null),"
        " ('r3', '2020-01-01 10:00:00+00', 'prompt', 'live', null, null)"
    )
    words = {"status": {"live": "released"}}
    outcome = ask(duckdb_store, "warehouse_releases", table="made.releases", map={"status": "state"}, words=words)
    assert outcome.error is None
    found = only(duckdb_store, Release)
    assert found["created_at"] == datetime(2026, 11, 2, 23, tzinfo=UTC)
    assert found["released_at"] == datetime(2026, 11, 3, tzinfo=UTC)
    ((place, _, reason),) = quarantined(duckdb_store)
    assert place.startswith("row of 2026-11-04")
    assert reason == "status 'paused' is none of released, failed, pending, reverted; map it under words"


def test_what_changes_late_is_read_again(duckdb_store: Store, warehouse: Callable[[str], None]) -> None:
    warehouse(RELEASES)
    warehouse("insert into made.releases values ('r1', '2026-01-03', 'code', 'released', '2026-01-03', null)")
    ask(duckdb_store, "warehouse_releases", table="made.releases", map={"status": "state"})
    warehouse("update made.releases set state = 'reverted'")
    ask(duckdb_store, "warehouse_releases", NOW + timedelta(hours=6), table="made.releases", map={"status": "state"})
    assert only(duckdb_store, Release)["status"] == "reverted"


def test_a_query_may_use_the_window(duckdb_store: Store, warehouse: Callable[[str], None]) -> None:
    warehouse(
        "create table made.hiring (id int, opened_at timestamp, department text, filled_at date,"
        " offer_accepted_at date, start_date date, status text, is_ai_role boolean)"
    )
    warehouse("insert into made.hiring values (7, '2026-07-01', 'AI Platform', null, null, null, 'Open', true)")
    query = "select *, id as opening_id from made.hiring where opened_at >= :start and opened_at < :end"
    assert ask(duckdb_store, "warehouse_openings", query=query, salt="env:WAREHOUSE_URL").error is None
    found = only(duckdb_store, Opening)
    assert (found["team"], found["status"], found["is_ai_role"]) == ("AI Platform", "open", True)
    assert len(found["opening_id"]) == 32


def test_small_groups_of_a_warehouse_are_not_stored(duckdb_store: Store, warehouse: Callable[[str], None]) -> None:
    warehouse(
        "create table made.survey (metric text, group_name text, period_start date, period_end date, value float,"
        " answer_count bigint)"
    )
    warehouse(
        "insert into made.survey select 'stakeholder_satisfaction', g, '2026-07-01', '2026-10-01', 8.1, n"
        " from (values (null, 31), ('Sales', 20), ('Legal', 4), ('Ops', 7)) as t(g, n)"
    )
    assert ask(duckdb_store, "warehouse_measurements", table="made.survey").error is None
    kept = [(row["group_name"], row["answer_count"]) for row in rows(duckdb_store, Measurement)]
    assert sorted(kept, key=str) == [("Sales", 20), (None, 31)]
    assert sorted(reason for _, _, reason in quarantined(duckdb_store)) == [
        "the group has fewer than 5 people",
        "with this group a smaller one could be worked out from everybody",
    ]


def test_a_column_that_is_not_there_is_told(duckdb_store: Store, warehouse: Callable[[str], None]) -> None:
    warehouse(RELEASES)
    told = ask(duckdb_store, "warehouse_releases", table="made.releases").error
    assert told == ("The warehouse has no column 'status'; add it, or say in the settings where status comes from.")
    wrong = ask(duckdb_store, "warehouse_releases", table="made.releases", map={"status": "phase"}).error
    assert wrong is not None
    assert "The warehouse has no column 'phase', which the mapping names; it has: release_id, created_at" in wrong
    gone = ask(duckdb_store, "warehouse_specs", table="nowhere").error
    assert gone is not None
    assert "the warehouse refused the question" in gone
