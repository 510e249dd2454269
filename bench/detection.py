"""What a night of anomaly detection costs in CPU time: reading the series, judging three days of each, writing rows."""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from alerts.detection.evaluate import HISTORY_DAYS, detect
from bench.report import Measure
from config.settings import Settings
from store import source_health
from store.anomalies import KEPT_DAYS
from store.bulk import insert_rows
from store.engine import Store, open_store
from store.migrate import upgrade
from store.schema import to_batch
from store.tables import CollectorRun

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SIZES = ((5_000, 5.0), (100_000, 60.0))
"""How many series, and the CPU seconds that a night of them may take."""
SCOPE_TYPES = ("team", "feature", "model", "provider")
"""Series are spread over these, as costs."""

_COSTS = """
insert into scope_cost_day
select
  cast(:start as date) + cast(d.range as integer), 'USD', :scope_type, 'scope ' || s.range,
  cast(
    (20 + s.range % 500) * (1 + 0.1 * sin(s.range * 7.1 + d.range * 3.7))
    * case when d.range % 7 < 2 then 0.5 else 1 end as decimal(38, 12)
  ),
  0
from range(:count) s, range(:days) d
"""
_OWNED = """
insert into attributed_cost_day
select
  cast(:day as date), 'scope ' || range, 'org', null, null, 'API', 'scope ' || range, null, 'scope ' || range,
  'scope ' || range, 'production', null, 'USD', 'USD', null, 1, 1, null, null
from range(:count)
"""
_BILLED = """
insert into bill_day
select cast(:day as date), 'openai_costs', 'scope ' || range, null, null, null, null, 'Usage', 'USD', 1, 1, null
from range(:count)
"""
_PAST = """
insert into anomaly_day
select
  'cost', :scope_type, 'scope ' || s.range, 'USD', cast(:start as date) + cast(d.range as integer), 'scored', 1, 5,
  20, 20, null, false, null, cast(:now as timestamp), cast(:now as timestamp), null,
  0.1 * sin(s.range + d.range * 1.3), 0.05 * sin(s.range + d.range * 2.3), sin(s.range + d.range * 0.7)
from range(:count) s, range(:days) d
"""


def measure() -> list[Measure]:
    """One line per size; the store is a DuckDB file as an operator has it."""
    return [
        Measure(f"Detection: CPU for a night of {count:,} series", night_seconds(count), limit, "s")
        for count, limit in SIZES
    ]


def night_seconds(count: int) -> float:
    """CPU seconds of one evaluation; series are costs, of which every earlier day was judged."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"duckdb:///{Path(folder) / 'store.duckdb'}")
        try:
            upgrade(store)
            _fill(store, count // len(SCOPE_TYPES))
            began = time.process_time()
            found = detect(store, Settings(), NOW)
            taken = time.process_time() - began
        finally:
            store.close()
    if found.series_count < count:
        raise RuntimeError(f"{found.series_count} of {count} series were judged; the bench measures nothing")
    return taken


def _fill(store: Store, count: int) -> None:
    """So many scopes of each kind, over the whole history, each with a bill of yesterday."""
    today = NOW.date()
    run = CollectorRun(
        run_id="bench",
        source="openai_costs",
        kind="openai_costs",
        started_at=NOW,
        status="ok",
        window_start_at=NOW - timedelta(days=7),
        window_end_at=NOW,
        finished_at=NOW,
        watermark_at=NOW,
        row_count=1,
    )
    first = today - timedelta(days=HISTORY_DAYS)
    kept = today - timedelta(days=KEPT_DAYS)
    with store.write() as connection:
        insert_rows(connection, CollectorRun, to_batch(CollectorRun, [run]))
        source_health.refresh(connection)
        for statement in (_BILLED, _OWNED):
            connection.execute(sa.text(statement), {"day": today - timedelta(days=1), "count": count})
        for scope_type in SCOPE_TYPES:
            given = {"scope_type": scope_type, "count": count}
            connection.execute(sa.text(_COSTS), {**given, "start": first, "days": HISTORY_DAYS})
            connection.execute(
                sa.text(_PAST), {**given, "start": kept, "days": KEPT_DAYS, "now": NOW.replace(tzinfo=None)}
            )
