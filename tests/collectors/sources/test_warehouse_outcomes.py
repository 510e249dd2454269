"""Outcomes from a warehouse: a real DuckDB file and a real PostgreSQL server, by table and by query."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from collectors.configured import configured
from collectors.run import Outcome as Ran
from collectors.run import Runner
from config.secrets import forget
from config.settings import Settings, SettingsError
from domain.window import Window
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.tables import Outcome
from tests.collectors.delivering import only, rows

NOW = datetime(2026, 11, 5, 14, 20, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 3, tzinfo=UTC), NOW)
MAP = {"day": "on_day", "feature": "app", "outcome_count": "Done", "good_count": "good"}
TABLE = 'create table {schema}.results (on_day {day}, app text, "Done" {number}, good bigint, tier text)'

_numbers = count(1)

Fill = Callable[..., None]


@pytest.fixture(params=["duckdb", "postgresql"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fill]:
    """Makes the table `made.results` with these rows; WAREHOUSE_URL says where it is."""
    url = f"duckdb:///{tmp_path / 'warehouse.duckdb'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    monkeypatch.setenv("WAREHOUSE_URL", url)
    forget("env:WAREHOUSE_URL")
    schema = "made"
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)

    def fill(*lines: tuple[Any, ...], day: str = "date", number: str = "bigint") -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"drop schema if exists {schema} cascade")
            connection.exec_driver_sql(f"create schema {schema}")
            connection.exec_driver_sql(TABLE.format(schema=schema, day=day, number=number))
            for line in lines:
                values = dict(zip(("day", "app", "done", "good", "tier"), line, strict=True))
                connection.execute(
                    sa.text(f"insert into {schema}.results values (:day, :app, :done, :good, :tier)"), values
                )

    yield fill
    engine.dispose()


def ask(store: Store, window: Window | None = WINDOW, **settings: Any) -> list[Ran]:
    content = {"kind": "warehouse_outcomes", "url": "env:WAREHOUSE_URL", "map": MAP, **settings}
    (item,) = configured(Settings(sources={"results": content}))
    return Runner(store, Books(PriceBook()), clock=lambda: NOW).run(item, window)


def refused(store: Store, **settings: Any) -> str:
    (ran,) = ask(store, **settings)
    assert ran.status == "failed"
    assert ran.error
    return ran.error


def test_a_table_is_read_for_the_days_asked_for_and_no_other(duckdb_store: Store, warehouse: Fill) -> None:
    warehouse(
        (date(2026, 11, 2), "search", 1, 1, "free"),
        (date(2026, 11, 3), "search", 10, 8, "free"),
        (date(2026, 11, 5), "search", 5, None, None),
        (date(2026, 11, 6), "search", 7, 7, "free"),
    )
    (ran,) = ask(duckdb_store, table="made.results", map=MAP | {"customer_tier": "tier"})
    assert (ran.status, ran.row_count) == ("ok", 2)
    first, last = sorted(rows(duckdb_store, Outcome), key=lambda row: row["day"])
    assert (first["day"], first["outcome_count"], first["good_count"]) == (date(2026, 11, 3), 10, 8)
    assert (last["day"], last["good_count"], last["customer_tier"]) == (date(2026, 11, 5), None, None)
    assert (first["outcome"], first["customer_tier"], first["source"]) == ("outcome", "free", "results")


def test_a_second_reading_replaces_what_was_read_before(duckdb_store: Store, warehouse: Fill) -> None:
    warehouse((date(2026, 11, 3), "search", 10, 8, None), (date(2026, 11, 5), "search", 1, 1, None))
    ask(duckdb_store, table="made.results")
    warehouse((date(2026, 11, 3), "search", 11, 8, None))
    (ran,) = ask(duckdb_store, table="made.results")
    assert ran.replaced_count == 2
    assert only(duckdb_store, Outcome)["outcome_count"] == 11


def test_a_query_may_prune_by_the_days_it_is_asked_for(duckdb_store: Store, warehouse: Fill) -> None:
    moment = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)
    warehouse(
        *((moment + timedelta(minutes=minutes), "search", 1, 1, None) for minutes in (0, 10, 40)),
        day="timestamp with time zone",
    )
    query = """
        select cast(on_day as date) as on_day, app, count(*) as "Done", sum(good) as good
        from made.results where on_day >= :start and on_day < :end group by 1, 2;
    """
    (ran,) = ask(duckdb_store, query=query)
    assert ran.error is None
    assert {row["day"]: row["outcome_count"] for row in rows(duckdb_store, Outcome)} == {
        date(2026, 11, 3): 2,
        date(2026, 11, 4): 1,
    }


def test_numeric_counts_are_whole_numbers(duckdb_store: Store, warehouse: Fill) -> None:
    warehouse((date(2026, 11, 3), "search", 10, 8, None), number="numeric(12, 2)")
    ask(duckdb_store, table="made.results")
    assert only(duckdb_store, Outcome)["outcome_count"] == 10
    warehouse((date(2026, 11, 3), "search", 10.5, 8, None), number="numeric(12, 2)")
    assert "outcome_count is not a count from 0" in refused(duckdb_store, table="made.results")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ((date(2026, 11, 3), "search", 10, 11, None), "has more good_count (11) than outcome_count (10)"),
        ((date(2026, 11, 3), "search", -1, None, None), "outcome_count is not a count from 0"),
        ((date(2026, 11, 3), " ", 1, None, None), "has no feature"),
        ((date(2026, 11, 3), "search", None, None, None), "has no outcome_count"),
    ],
)
def test_a_row_that_cannot_be_keeps_the_old_slice(
    duckdb_store: Store, warehouse: Fill, line: tuple[Any, ...], told: str
) -> None:
    warehouse((date(2026, 11, 3), "search", 10, 8, None))
    ask(duckdb_store, table="made.results")
    warehouse(line)
    assert told in refused(duckdb_store, table="made.results")
    assert only(duckdb_store, Outcome)["outcome_count"] == 10


def test_what_the_warehouse_does_not_have_is_told_in_one_line(duckdb_store: Store, warehouse: Fill) -> None:
    warehouse()
    told = refused(duckdb_store, table="made.nothing")
    assert told.startswith("results: the warehouse refused the question: ")
    assert "check table, query and map" in told
    assert "\n" not in told


def test_the_first_run_reads_the_history_and_later_ones_the_last_week(duckdb_store: Store, warehouse: Fill) -> None:
    warehouse((date(2026, 10, 1), "search", 4, 4, None), (date(2026, 11, 5), "search", 5, 5, None))
    assert {ran.status for ran in ask(duckdb_store, None, table="made.results", backfill_days=60)} == {"ok"}
    assert sum(row["outcome_count"] for row in rows(duckdb_store, Outcome)) == 9
    (again,) = ask(duckdb_store, None, table="made.results", backfill_days=60)
    assert (again.row_count, again.replaced_count) == (1, 1)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nosuchdb://user:hunter22@host/db", "the Python driver for 'nosuchdb' is not installed"),
        ("mysql+pymysql://user:hunter22@host/db", "the Python driver for 'mysql+pymysql' is not installed"),
        ("hunter22", "what env:WAREHOUSE_URL holds is not an SQLAlchemy URL"),
        ("postgresql://user:hunter22@127.0.0.1:1/db", "the warehouse in env:WAREHOUSE_URL does not answer"),
    ],
)
def test_a_warehouse_that_cannot_be_asked_is_one_sentence_without_its_password(
    duckdb_store: Store, monkeypatch: pytest.MonkeyPatch, url: str, told: str
) -> None:
    monkeypatch.setenv("WAREHOUSE_URL", url)
    forget("env:WAREHOUSE_URL")
    error = refused(duckdb_store, table="made.results")
    assert told in error
    assert "hunter22" not in error


@pytest.mark.parametrize("given", [{}, {"table": "a", "query": "select 1"}])
def test_a_table_or_a_query_is_given_and_not_both(duckdb_store: Store, given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="give either table or query"):
        ask(duckdb_store, **given)
