"""A store that is locked, full, broken, foreign or too new: one sentence, and nothing stored is lost."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from store import ledger
from store.engine import Store, open_store
from store.errors import StoreError, StoreLockedError
from store.migrate import upgrade
from store.schema import METADATA, table
from store.tables import ALL, Charge, CollectorRun, CostDay
from tests.support.facts import NOW, charge, days, load
from tests.support.postgres import free_port

ROOT = Path(__file__).parents[2]


@contextmanager
def helper(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Another Python process in the repository's root."""
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def seeded(path: Path) -> str:
    """The URL of a store with one charge of 1.5 USD that nobody holds open."""
    url = f"duckdb:///{path}"
    store = open_store(url)
    upgrade(store)
    load(store, [charge(1, "1.5")], days(1, 2))
    store.close()
    return url


def stored(url: str) -> tuple[list[str], list[str], list[str]]:
    """Costs of charges and of days, and the state of each run."""
    store = open_store(url)
    try:
        with store.read() as connection:
            return (
                [
                    str(cost.normalize())
                    for cost in connection.execute(sa.select(table(Charge).c.billed_cost)).scalars()
                ],
                [
                    str(cost.normalize())
                    for cost in connection.execute(sa.select(table(CostDay).c.billed_cost)).scalars()
                ],
                sorted(connection.execute(sa.select(table(CollectorRun).c.status)).scalars()),
            )
    finally:
        store.close()


def test_a_store_that_another_process_holds_is_told_with_its_pid(tmp_path: Path) -> None:
    url = seeded(tmp_path / "store.duckdb")
    script = """
        import sys
        from store.engine import open_store
        store = open_store(sys.argv[1])
        print("open", flush=True)
        sys.stdin.read()
    """
    with helper(script, url) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreLockedError) as caught:
            open_store(url)
        assert f"is open in process {holder.pid}; stop that process first" in str(caught.value)
    assert stored(url)[0] == ["1.5"]


FULL_DISK = """
    import os, resource, signal, sys
    from store.engine import open_store
    from store.errors import StoreError
    from tests.support.facts import charge, days, load
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = open_store(sys.argv[1])
    with store.read() as one, store.read() as other:
        count = "select count(*) from charge"
        assert one.exec_driver_sql(count).scalar_one() == other.exec_driver_sql(count).scalar_one()
    limit = os.path.getsize(sys.argv[2]) + 300_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    rows = [charge(1, "1", charge_description=os.urandom(100).hex()) for _ in range(20_000)]
    try:
        load(store, rows, days(1, 2))
    except StoreError as error:
        print(error, flush=True)
    with store.read() as connection:
        print(connection.exec_driver_sql(count).scalar_one(), flush=True)
"""


def test_a_full_disk_is_told_and_the_old_rows_stay_and_can_be_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    url = seeded(path)
    with helper(FULL_DISK, url, str(path)) as process:
        told, complaints = process.communicate(timeout=60)
    assert told.splitlines() == [
        f"The disk of the store {url} is full; free some space and run again. Nothing stored was lost.",
        "1",
    ], complaints
    costs, by_day, _ = stored(url)
    assert (costs, by_day) == (["1.5"], ["1.5"])
    store = open_store(url)
    load(store, [charge(1, "2.5")], days(1, 2))
    store.close()
    assert stored(url)[0] == ["2.5"]


ENDLESS_LOAD = """
    import sys, time
    from store import ledger
    from store.engine import open_store
    from store.load import replace_window
    from store.schema import to_batch
    from store.tables import Charge
    from tests.support.facts import BOOKS, NOW, charge, days
    store = open_store(sys.argv[1])
    run = ledger.begin(store, "openai_costs", "refresh", days(1, 2), NOW)

    def batches():
        while True:
            yield to_batch(Charge, [charge(1, "99", charge_description="x" * 400)] * 20_000)
            print("batch", flush=True)

    replace_window(store, Charge, "openai_costs", days(1, 2), batches(), run=run, books=BOOKS, now=NOW)
"""


def test_a_load_that_is_killed_half_way_leaves_the_old_slice_whole(tmp_path: Path) -> None:
    url = seeded(tmp_path / "store.duckdb")
    with helper(ENDLESS_LOAD, url) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(4)] == ["batch\n"] * 4
        process.kill()
        process.wait(timeout=10)
    assert stored(url) == (["1.5"], ["1.5"], ["ok", "running"])
    store = open_store(url)
    assert ledger.abandon_running(store, NOW) == 1
    with store.read() as connection:
        failed = connection.execute(sa.select(table(CollectorRun)).where(table(CollectorRun).c.status == "failed"))
        assert failed.mappings().one()["error_kind"] == "interrupted"
    load(store, [charge(1, "2.5")], days(1, 2))
    store.close()
    assert stored(url)[:2] == (["2.5"], ["2.5"])


def columns(store: Store) -> list[tuple[object, ...]]:
    asked = "table_name, ordinal_position, column_name, data_type, is_nullable"
    with store.read() as connection:
        return list(
            connection.exec_driver_sql(
                f"select {asked} from information_schema.columns join information_schema.tables using (table_name) "
                "where table_type = 'BASE TABLE' and table_name <> 'alembic_version' order by all"
            ).tuples()
        )


def test_migrations_make_exactly_the_tables_that_are_declared(duckdb_store: Store, tmp_path: Path) -> None:
    declared = open_store(f"duckdb:///{tmp_path / 'declared.duckdb'}")
    with declared.write() as connection:
        METADATA.create_all(connection, [table(row) for row in ALL])
    made = columns(duckdb_store)
    assert made == columns(declared)
    assert {row[0] for row in made} == {table(row).name for row in ALL}
    declared.close()


def test_alembic_finds_nothing_left_to_migrate(postgres_url: str) -> None:
    url = postgres_url.replace("postgresql:", "postgresql+psycopg:")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("create database compared"))
    admin.dispose()
    store = open_store(postgres_url.removesuffix("/postgres") + "/compared")
    upgrade(store)
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        indexes = {"add_index", "remove_index"}
        differences = [entry for entry in compare_metadata(context, METADATA) if entry[0] not in indexes]
    store.close()
    assert differences == []


@pytest.mark.parametrize("store", ["duckdb", "postgresql"], indirect=True)
def test_upgrading_twice_changes_nothing_and_a_newer_store_is_refused(store: Store) -> None:
    upgrade(store)
    with store.write() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999_future'"))
    with pytest.raises(StoreError, match=r"was written by a newer Burnline \(schema 9999_future\); update this one"):
        upgrade(store)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "The store URL is not an SQLAlchemy URL; write one such as duckdb:///var/burnline.duckdb"),
        ("burnline.duckdb", "The store URL is not an SQLAlchemy URL"),
        ("postgresql://u:hunter2hunter2@db:port/x", "The store URL is not an SQLAlchemy URL"),
        ("mysql://u:hunter2hunter2@db/x", "The store cannot be 'mysql'; use a URL that starts with duckdb, postgresql"),
        ("duckdb:///:memory:", "A store in memory is gone when the process ends; give a file"),
        ("duckdb:////proc/none/store.duckdb", "The folder of the store /proc/none/store.duckdb cannot be made: "),
    ],
)
def test_a_url_that_cannot_be_a_store_is_told_without_its_password(url: str, told: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert str(caught.value).startswith(told)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [("", "does not answer: "), ("?nosuch=1", 'cannot be used: invalid connection option "nosuch"')],
)
def test_a_postgresql_that_cannot_be_reached_is_told_without_its_password(options: str, told: str) -> None:
    store = open_store(f"postgresql://u:hunter2hunter2@127.0.0.1:{free_port()}/x{options}")
    with pytest.raises(StoreError) as caught:
        upgrade(store)
    store.close()
    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_password_among_the_options_of_a_url_is_not_shown_either() -> None:
    store = open_store(f"postgresql://127.0.0.1:{free_port()}/x?user=u&password=hunter2hunter2&sslmode=disable")
    with pytest.raises(StoreError) as caught:
        upgrade(store)
    store.close()
    assert "hunter2" not in str(caught.value)
    assert "sslmode=disable" in store.label


def test_snowflake_without_an_account_is_told(tmp_path: Path) -> None:
    store = open_store("snowflake://u:hunter2hunter2@")
    with pytest.raises(StoreError, match="Account must be specified") as caught:
        upgrade(store)
    store.close()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", ["text", "folder"])
def test_a_file_that_is_no_duckdb_database_is_told_and_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "store.duckdb"
    if kind == "text":
        path.write_text("these are my notes " * 500)
    else:
        path.mkdir()
    with pytest.raises(StoreError, match=r"store\.duckdb cannot be used: IO Error: "):
        open_store(f"duckdb:///{path}")
    assert path.is_dir() or path.read_text().startswith("these are my notes")
