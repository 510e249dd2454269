"""The store of a large organisation: 5,000,000 usage rows and 2,000,000 charges; built once, kept in var/bench."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bench.big_company import DAYS, FIRST_DAY, PROVIDERS, write_config
from bench.big_facts import write_facts, write_keys
from config.loader import Reference, load_reference
from store import rollup
from store.engine import Store, open_store
from store.migrate import upgrade
from store.price_book import PriceBook
from store.reference import attribute_new_keys, sync_reference
from store.schema import table, table_name
from store.tables import Attribution, Charge, CostDay, TokenUsage, UsageDay

FOLDER = Path("var/bench")
VERSION = 7
"""Another number builds the store anew: raise it with every change of what is in it."""
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


def big_store() -> BigStore:
    """The store, built now (about a minute) when this version is not there yet."""
    folder = FOLDER / f"big-{VERSION}"
    if not folder.exists():
        draft = FOLDER / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        write_config(draft / "config")
        _build(draft / "store.duckdb", load_reference(draft / "config"))
        for old in FOLDER.glob("big-*"):
            shutil.rmtree(old)
        draft.rename(folder)
    return BigStore(f"{_SCHEME}{(folder / 'store.duckdb').resolve()}", (folder / "config").resolve())


def row_counts(store: Store) -> dict[str, int]:
    """Rows of the facts and of their rollups, by table."""
    with store.read() as connection:
        return {
            table_name(row): connection.execute(sa.select(sa.func.count()).select_from(table(row))).scalar_one()
            for row in (TokenUsage, UsageDay, Charge, CostDay, Attribution)
        }


def _build(path: Path, reference: Reference) -> None:
    store = open_store(f"duckdb:///{path}")
    upgrade(store)
    sync_reference(store, reference)
    with store.write() as connection:
        write_keys(connection)
        write_facts(connection)
    with store.write() as connection:
        for loaded in (TokenUsage, Charge):
            attribute_new_keys(connection, loaded, sa.true(), reference.rules)
    for first in range(0, DAYS, ROLLUP_DAYS):
        days = [FIRST_DAY + timedelta(days=number) for number in range(first, min(first + ROLLUP_DAYS, DAYS))]
        with store.write() as connection:
            for provider in PROVIDERS:
                for fact, source in zip((Charge, TokenUsage), provider.sources, strict=True):
                    rollup.rebuild(connection, fact, source, days, PriceBook())
    with store.read() as connection:
        connection.exec_driver_sql("checkpoint")
    store.close()
