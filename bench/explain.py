"""Why a month's cost moved over 2,000 features: the real query on a store of their costs and usage, and the split."""

import tempfile
import time
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy.engine import Connection

from bench.report import Measure
from domain.change_sentence import explain_in_words
from domain.compared import Compared
from domain.explanation import LABELS
from queries.explain import explain
from queries.runner import run
from store.engine import Store, open_store
from store.migrate import upgrade

FEATURES = 2000
ROUNDS = 5
SECONDS = 1.0
BEFORE, AFTER, END = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)

_USAGE = """
insert into attributed_usage_day (
  day, provider, account_id, service, model, project_id, api_key_id, feature, team, environment,
  uncached_input_tokens, cache_read_input_tokens, cache_write_input_tokens, output_tokens, total_tokens,
  request_count, unpriced_tokens
)
select
  day, provider, 'bench', 'completions', model, feature, feature, feature, concat('Team ', number % 20), 'prod',
  tokens, tokens // 2, tokens // 9, tokens // 6, tokens, case when provider = 'openai' then 1 + noise % 500 end, 0
from item
"""

_COSTS = """
insert into attributed_cost_day ({columns})
select {values}
from item
cross join (
  select * from (values ('uncached_input_tokens'), ('cache_read_input_tokens'), ('cache_write_5m_input_tokens'),
  ('output_tokens')) t(token_type)
)
"""

_ITEMS = """
create temporary table item as
select
  concat('feature-', f.number) as feature, f.number, concat('model-', (f.number * 7 + m.step) % 30) as model,
  case when f.number % 2 = 0 then 'openai' else 'anthropic' end as provider,
  d.day, hash(f.number, m.step, d.day) as noise,
  cast(1000 + hash(f.number, m.step, d.day) % 1000000 as bigint) as tokens
from (select range as number from range({features})) f
cross join (select range as step from range(2)) m
cross join (select cast(range as date) as day from range(date '{start}', date '{end}', interval 1 day)) d
"""


def measure() -> list[Measure]:
    """From the question to the sentence and every grouping, with caches of the runner as a server has them."""
    with tempfile.TemporaryDirectory(prefix="burnline-bench-") as folder:
        store = open_store(f"duckdb:///{Path(folder) / 'store.duckdb'}")
        try:
            upgrade(store)
            with store.write() as connection:
                _fill(connection)
            times = [_seconds(store) for _ in range(ROUNDS)]
        finally:
            store.close()
    claim = f"Split of a month's change over {FEATURES:,} features, median of {ROUNDS}"
    return [Measure(claim, median(times), SECONDS, "s")]


def _fill(connection: Connection) -> None:
    connection.exec_driver_sql(_ITEMS.format(features=FEATURES, start=BEFORE, end=END))
    connection.exec_driver_sql(_USAGE)
    values = {
        "day": "day",
        "provider": "provider",
        "account_id": "'bench'",
        "service": "'completions'",
        "model": "model",
        "token_type": "token_type",
        "feature": "feature",
        "team": "concat('Team ', number % 20)",
        "environment": "'prod'",
        "currency": "'USD'",
        "billing_currency": "'USD'",
        "billed_cost": "cast(tokens as decimal(38, 12)) * 3 / 1000000",
        "effective_cost": "cast(tokens as decimal(38, 12)) * 3 / 1000000",
    }
    connection.exec_driver_sql(_COSTS.format(columns=", ".join(values), values=", ".join(values.values())))


def _seconds(store: Store) -> float:
    started = time.perf_counter()
    found = explain(partial(run, store), Compared(BEFORE, AFTER, AFTER, END), "USD")
    words = explain_in_words(found)
    groups = {name: found.by(name) for name in LABELS if name != "key"}
    taken = time.perf_counter() - started
    if len(groups["feature"]) != FEATURES or not words:
        raise RuntimeError("the bench explained something else than it wrote")
    moved = sum((part.change for part in groups["feature"]), Decimal())
    if moved != found.total.change:
        raise RuntimeError("the parts do not add up to the change")
    return taken
