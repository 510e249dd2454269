"""2,000 features, 20,000,000 usage rows, 5,000,000 charges: every page, and all keys after a change of the rules."""

import time
from dataclasses import replace

from rich.console import Console

from bench.big_company import HUGE
from bench.big_store import BigStore, big_store, scratch_copy
from bench.pages import show, timed_pages, told
from bench.report import Measure
from config.loader import load_reference
from store import attributed
from store.engine import Store, open_store
from store.reference import replace_owners
from store.schema import table_name
from store.tables import AttributedCostDay, AttributedUsageDay, Attribution, CostDay, UsageDay

SCRIPT_MILLISECONDS = 400.0
ATTRIBUTION_SECONDS = 5.0

_JOIN = """
create or replace temporary table plain as
select f.* exclude (attribution_key), o.feature, o.team, o.environment, o.cost_center
from {facts} f
left join attribution o
  on o.attribution_key = f.attribution_key and f.day >= o.valid_from and f.day < o.valid_to
"""


def measure() -> list[Measure]:
    """The slowest page, and how long all keys take to find their owners after a change of attribution.toml."""
    with scratch_copy(big_store(HUGE)) as store:
        timings = timed_pages(store)
        show(told(HUGE), timings)
        seconds = _attribution(store)
    slow = max(timings, key=lambda t: t.script)
    size = f"{HUGE.features:,} features, {HUGE.usage_rows // 1_000_000} M usage rows"
    return [
        Measure(f"Slowest page's script, caches cleared, {size}: {slow.title}", slow.script, SCRIPT_MILLISECONDS, "ms"),
        Measure(f"Attribution of all keys after a change of the rules, {size}", seconds, ATTRIBUTION_SECONDS, "s"),
    ]


def _attribution(big: BigStore) -> float:
    """All keys matched again and their owners stored. Rewriting every day of the pages' tables is told beside it."""
    reference = load_reference(big.config)
    rules = tuple(replace(rule, cost_center="moved") for rule in reference.rules)
    store = open_store(big.url)
    try:
        with store.write() as connection:
            started = time.perf_counter()
            replace_owners(connection, rules)
            seconds = time.perf_counter() - started
            attributed.rebuild(connection)
            rewritten = time.perf_counter() - started
        plain = sum(_plain(store, table_name(row)) for row in (CostDay, UsageDay))
        _tell(store, seconds, rewritten, plain)
    finally:
        store.close()
    return seconds


def _plain(store: Store, facts: str) -> float:
    """The join alone, typed into DuckDB: no sums by owner, no index of scopes, no transaction."""
    with store.read() as connection:
        started = time.perf_counter()
        connection.exec_driver_sql(_JOIN.format(facts=facts))
        return time.perf_counter() - started


def _tell(store: Store, seconds: float, rewritten: float, plain: float) -> None:
    with store.read() as connection:
        counts = {
            table_name(row): connection.exec_driver_sql(f"select count(*) from {table_name(row)}").scalar_one()
            for row in (Attribution, CostDay, UsageDay, AttributedCostDay, AttributedUsageDay)
        }
    sizes = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    Console(width=150).print(
        f"{sizes}. Owners of keys {seconds:.1f} s; with all days of the pages' tables rewritten {rewritten:.0f} s; "
        f"the join of facts and owners alone, as DuckDB SQL, {plain:.1f} s"
    )
