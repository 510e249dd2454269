"""The stores of large organisations, built once and kept in var/bench."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bench.big_company import BIG, DAYS, FIRST_DAY, NOW, PROVIDERS, Company, write_config
from bench.big_facts import write_facts, write_keys
from config.loader import Reference, load_reference
from store import rollup
from store.cost_snapshots import take_cost_snapshot
from store.engine import Store, open_store
from store.migrate import upgrade
from store.price_book import PriceBook
from store.reference import attribute_new_keys, sync_reference
from store.schema import table, table_name
from store.tables import Attribution, Charge, CostDay, TokenUsage, UsageDay

FOLDER = Path("var/bench")
VERSION = 10
"""Another number builds the store anew: raise it with every change of what is in it, not of the schema alone."""
ROLLUP_DAYS = 30
"""A backfill rolls up window by window, so the days of a rollup lie together on disk."""


_SCHEME = "duckdb:///"


@dataclass(frozen=True, slots=True)
class BigStore:
    """Where it is, and what a server needs to serve it."""

    url: str
    config: Path

    def environment(self) -> dict[str, str]:
        """The variables that point Burnline at it."""
        return {"BURNLINE_STORE_URL": self.url, "BURNLINE_CONFIG_DIR": str(self.config)}


@contextmanager
def scratch_copy(store: BigStore) -> Iterator[BigStore]:
    """A copy that a server may write its alerts into, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="burnline-bench-") as folder:
        path = shutil.copy(store.url.removeprefix(_SCHEME), folder)
        yield BigStore(f"{_SCHEME}{path}", store.config)


def big_store(company: Company = BIG) -> BigStore:
    """The store, built now (one minute, or five for the huge one) when this version is not there yet."""
    folder = FOLDER / f"{company.name}-{VERSION}"
    if not folder.exists():
        draft = FOLDER / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        write_config(draft / "config", company)
        _build(draft / "store.duckdb", load_reference(draft / "config"), company)
        for old in FOLDER.glob(f"{company.name}-*"):
            shutil.rmtree(old)
        draft.rename(folder)
    store = open_store(f"{_SCHEME}{folder / 'store.duckdb'}")
    upgrade(store)  # a newer schema does not change what is in it
    store.close()
    return BigStore(f"{_SCHEME}{(folder / 'store.duckdb').resolve()}", (folder / "config").resolve())


def row_counts(store: Store) -> dict[str, int]:
    """Rows of the facts and of their rollups, by table."""
    with store.read() as connection:
        return {
            table_name(row): connection.execute(sa.select(sa.func.count()).select_from(table(row))).scalar_one()
            for row in (TokenUsage, UsageDay, Charge, CostDay, Attribution)
        }


def _build(path: Path, reference: Reference, company: Company) -> None:
    store = open_store(f"duckdb:///{path}")
    upgrade(store)
    sync_reference(store, reference)
    with store.write() as connection:
        write_keys(connection, company)
        write_facts(connection, company)
    with store.write() as connection:
        for loaded in (TokenUsage, Charge):
            attribute_new_keys(connection, loaded, sa.true(), reference.rules)
    for first in range(0, DAYS, ROLLUP_DAYS):
        days = [FIRST_DAY + timedelta(days=number) for number in range(first, min(first + ROLLUP_DAYS, DAYS))]
        with store.write() as connection:
            for provider in PROVIDERS:
                for fact, source in zip((Charge, TokenUsage), provider.sources, strict=True):
                    rollup.rebuild(connection, fact, source, days, PriceBook())
    take_cost_snapshot(store, NOW - timedelta(days=1))
    with store.read() as connection:
        connection.exec_driver_sql("checkpoint")
    store.close()
