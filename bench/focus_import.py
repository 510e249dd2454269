"""Burnline's own import of one FOCUS file: validation, quarantine, ledger, restatements, attribution, rollups."""

import sys
import time

from bench.children import tell
from collectors.configured import configured
from collectors.run import Runner
from config.loader import Reference
from config.settings import Settings
from store.books import open_books
from store.engine import open_store
from store.migrate import upgrade


def main(path: str, database: str) -> None:
    """Imports `path` into a fresh store at `database`."""
    store = open_store(f"duckdb:///{database}")
    upgrade(store)
    (source,) = configured(Settings(sources={"focus": {"path": path}}))
    runner = Runner(store, open_books(store, Reference()))
    started = time.perf_counter()
    (outcome,) = runner.run(source)
    seconds = time.perf_counter() - started
    if outcome.error:
        raise RuntimeError(outcome.error)
    tell(outcome.row_count, seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
