"""Rows that come in a DuckDB file: the same on every engine, all or nothing, and nothing stays attached."""

import signal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import sqlalchemy as sa

from store import ledger
from store.engine import Store
from store.errors import BillingConflictError, StoreError
from store.load import Loaded, replace_window
from store.schema import arrow_schema, table, to_batch
from store.staged_file import StagedFile
from store.tables import Charge
from tests.store.test_unusable_stores import helper, seeded, stored
from tests.support.facts import BOOKS, NOW, charge, days, load


def staged(path: Path, *rows: Charge) -> StagedFile:
    """A closed DuckDB file with these rows, of which only what they fill is named."""
    batch = to_batch(Charge, rows)
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.register("given", pa.Table.from_batches([batch]))
        connection.execute("create table staged as select * from given")
    filled = [name for name in arrow_schema(Charge).names if batch.column(name).null_count < batch.num_rows]
    return StagedFile(path, tuple(filled), lambda: iter([batch]))


def take(store: Store, file: StagedFile, source: str = "openai_costs") -> Loaded:
    run = ledger.begin(store, source, "file", days(1, 2), NOW)
    return replace_window(store, Charge, source, days(1, 2), file, run=run, books=BOOKS, now=NOW)


def charges(store: Store) -> list[dict[str, object]]:
    with store.read() as connection:
        return sorted((dict(row) for row in connection.execute(sa.select(table(Charge))).mappings()), key=str)


def attached(store: Store) -> list[str]:
    with store.read() as connection:
        names = connection.exec_driver_sql("select database_name from duckdb_databases()").scalars()
        return [name for name in names if name.startswith("staged")]


def test_a_file_gives_the_rows_that_its_batches_would(store: Store, tmp_path: Path) -> None:
    rows = [charge(1, "1.000000000001", tags='{"a": "ü"}'), charge(1, "2", model=None)]
    load(store, rows, days(1, 2))
    before = charges(store)
    loaded = take(store, staged(tmp_path / "it's 100% [new]" / "rows.duckdb", *rows))
    assert (loaded.row_count, loaded.replaced_count, loaded.restated_days) == (2, 2, 0)
    assert charges(store) == before


def test_nothing_stays_attached_after_a_load_or_a_refusal(duckdb_store: Store, tmp_path: Path) -> None:
    file = staged(tmp_path / "rows.duckdb", charge(1, "1.5"))
    take(duckdb_store, file)
    assert attached(duckdb_store) == []
    with pytest.raises(BillingConflictError):
        take(duckdb_store, staged(tmp_path / "other.duckdb", charge(1, "9", source="focus")), "focus")
    assert attached(duckdb_store) == []
    file.path.unlink()
    with pytest.raises(StoreError, match=r"rows\.duckdb"):
        take(duckdb_store, file)
    assert [row["billed_cost"] for row in charges(duckdb_store)] == [1.5]


def test_a_value_that_its_column_refuses_leaves_the_old_slice_whole(duckdb_store: Store, tmp_path: Path) -> None:
    load(duckdb_store, [charge(1, "1.5")], days(1, 2))
    file = staged(tmp_path / "rows.duckdb", charge(1, "99"))
    with pytest.raises(sa.exc.IntegrityError, match="attribution_key"):
        take(
            duckdb_store, StagedFile(file.path, tuple(c for c in file.columns if c != "attribution_key"), file.batches)
        )
    assert attached(duckdb_store) == []
    assert [row["billed_cost"] for row in charges(duckdb_store)] == [1.5]


KILLED_AFTER_THE_INSERT = """
    import os, signal, sys
    from pathlib import Path
    from store import load
    from store.engine import open_store
    from tests.store.test_staged_file import staged, take
    from tests.support.facts import charge
    load.refuse_second_bill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    store = open_store(sys.argv[1])
    take(store, staged(Path(sys.argv[2]), *[charge(1, "99", charge_description="x" * 400)] * 20_000))
"""


def test_a_process_that_is_killed_after_the_insert_leaves_the_old_slice_whole(tmp_path: Path) -> None:
    url = seeded(tmp_path / "store.duckdb")
    with helper(KILLED_AFTER_THE_INSERT, url, str(tmp_path / "rows.duckdb")) as process:
        assert process.wait(timeout=60) == -signal.SIGKILL
    assert stored(url) == (["1.5"], ["1.5"], ["ok", "running"])


FULL_DISK = """
    import os, resource, signal, sys
    from pathlib import Path
    from store.engine import open_store
    from store.errors import StoreError
    from tests.store.test_staged_file import attached, staged, take
    from tests.support.facts import charge
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    file = staged(
        Path(sys.argv[3]), *(charge(1, "1", charge_description=os.urandom(100).hex()) for _ in range(20_000))
    )
    store = open_store(sys.argv[1])
    limit = os.path.getsize(sys.argv[2]) + 300_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        take(store, file)
    except StoreError as error:
        print(error, attached(store), flush=True)
"""


def test_a_disk_that_is_full_in_mid_load_is_told_and_the_old_rows_stay(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    url = seeded(path)
    with helper(FULL_DISK, url, str(path), str(tmp_path / "rows.duckdb")) as process:
        told, complaints = process.communicate(timeout=60)
    assert told == (
        f"The disk of the store {url} is full; free some space and run again. Nothing stored was lost. []\n"
    ), complaints
    assert stored(url)[:2] == (["1.5"], ["1.5"])


def test_a_file_can_be_taken_while_others_read(duckdb_store: Store, tmp_path: Path) -> None:
    take(duckdb_store, staged(tmp_path / "1.duckdb", charge(1, "1.5")))
    with duckdb_store.read() as reader:
        count = sa.text("select sum(billed_cost) from charge")
        assert reader.execute(count).scalar_one() == 1.5
        take(duckdb_store, staged(tmp_path / "2.duckdb", charge(1, "2.5")))
        assert reader.execute(count).scalar_one() == 1.5
    with duckdb_store.read() as reader:
        assert reader.execute(count).scalar_one() == 2.5
    assert attached(duckdb_store) == []
