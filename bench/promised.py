"""200 SLOs over 100 services, what they counted in 90 days, and the requests that SLOs are counted from."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import Connection

from bench.big_company import NOW
from bench.big_store import BigStore
from config.loader import load_reference
from store import source_health
from store.engine import Store, open_store
from store.migrate import upgrade
from store.reference import sync_reference

SERVICES, DAYS, MINUTE_DAYS = 100, 90, 35
REQUESTS, HOUR_REQUESTS, REQUEST_DAYS = 50_000_000, 1_000_000, 35
FOLDER, VERSION = Path("var/bench"), 1

_SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: {name}
  displayName: Service {number:03d} {kind}
  labels: {{tier: {tier}, owner: team-{team:02d}}}
spec:
  service: service-{number}
  indicator:
    metadata: {{name: {name}}}
    spec:
      {metric}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{{objective}}}]
"""
_ANSWERED = (
    "ratioMetric: {good: {metricSource: {type: burnline, spec: {indicator: availability}}}, "
    "total: {metricSource: {type: burnline, spec: {indicator: requests}}}}"
)
_FAST = "thresholdMetric: {metricSource: {type: burnline, spec: {indicator: latency}}}"

_COUNTED = """
insert into sli_{time}
select
  timestamp '{now}' - to_{time}s(cast(i + 1 as integer)), slo, 'log',
  {total} - case when hash(slo, i) % {every} = 0 then 1 + hash(i, slo) % 5 else 0 end, {total}, 0
from range({count}) t(i)
cross join (select slo from slo_objective)
"""
_RUN = """
insert into collector_run (run_id, source, kind, started_at, status, window_start_at, window_end_at, finished_at,
  watermark_at, row_count)
values ('run', 'log', 'refresh', timestamp '{now}', 'ok', timestamp '{now}' - interval 1 hour, timestamp '{now}',
  timestamp '{now}', timestamp '{now}', 1)
"""
_REQUESTS = """
insert into inference_request (source, started_at, provider, account_id, attribution_key, service, model, status_code,
  duration_seconds, time_to_first_token_seconds)
select
  'log', timestamp '{start}' + to_microseconds(i * {step}), ['openai', 'anthropic'][1 + i % 2], 'default',
  md5(concat('key', i % 20)), concat('service-', i % 20), concat('model-', i % 6),
  case when hash(i) % 100 = 0 then 500 when hash(i) % 97 = 0 then 429 when hash(i) % 89 = 0 then 400 else 200 end,
  exp(((hash(i + 7) % 10000) / 10000.0) * 6 - 2),
  case when i % 2 = 0 then exp(((hash(i + 9) % 10000) / 10000.0) * 3 - 3) end
from range({count}) t(i)
"""


@contextmanager
def promised_store() -> Iterator[BigStore]:
    """A store in which 200 SLOs counted for 90 days, of which 35 by the minute; gone afterwards."""
    with TemporaryDirectory(prefix="burnline-bench-") as folder:
        config, path = Path(folder) / "config", Path(folder) / "store.duckdb"
        write_slos(config, SERVICES)
        store = open_store(f"duckdb:///{path}")
        upgrade(store)
        sync_reference(store, load_reference(config))
        now = NOW.replace(tzinfo=None)
        with store.write() as connection:
            for time, count, total, every in (("minute", MINUTE_DAYS * 1440, 20, 97), ("hour", DAYS * 24, 1200, 3)):
                connection.exec_driver_sql(_COUNTED.format(time=time, count=count, total=total, every=every, now=now))
            connection.exec_driver_sql(_RUN.format(now=now))
            source_health.refresh(connection)
        store.close()
        yield BigStore(f"duckdb:///{path}", config)


def write_slos(config: Path, services: int) -> None:
    """burnline.toml without any source, and two SLOs per service."""
    folder = config / "slos"
    folder.mkdir(parents=True)
    (config / "burnline.toml").write_text('[organization]\nname = "Promising company"\n', encoding="utf-8")
    for number in range(services):
        for kind, metric, objective in (
            ("answers", _ANSWERED, "target: 0.999"),
            ("speed", _FAST, "target: 0.95, op: lte, value: 5"),
        ):
            name, tier = f"service-{number}-{kind}", ("critical", "standard", "internal")[number % 3]
            text = _SLO.format(
                name=name, number=number, kind=kind, tier=tier, team=number % 20, metric=metric, objective=objective
            )
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def requests_store() -> Path:
    """The file of a store with 50 M requests in 35 days and one more hour of a million, built when it is not there."""
    folder = FOLDER / f"requests-{VERSION}"
    if not folder.exists():
        draft = FOLDER / "draft-requests"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        store = open_store(f"duckdb:///{draft / 'store.duckdb'}")
        upgrade(store)
        with store.write() as connection:
            _log(connection, REQUESTS, REQUEST_DAYS * 24, REQUEST_DAYS * 24 + 1)
            _log(connection, HOUR_REQUESTS, 1, 1)
        with store.read() as connection:
            connection.exec_driver_sql("checkpoint")
        store.close()
        for old in FOLDER.glob("requests-*"):
            shutil.rmtree(old)
        draft.rename(folder)
    return folder / "store.duckdb"


def _log(connection: Connection, count: int, hours: int, hours_ago: int) -> None:
    start = (NOW - timedelta(hours=hours_ago)).replace(tzinfo=None)
    connection.exec_driver_sql(_REQUESTS.format(start=start, step=hours * 3_600_000_000 // count, count=count))


def opened(path: Path) -> Store:
    """The store of a file."""
    return open_store(f"duckdb:///{path}")
