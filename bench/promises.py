"""Requests rolled up for SLOs, one hour of them, the page over 200 SLOs and their alerts, beside plain DuckDB."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from sqlalchemy.engine import Connection

from app.navigation import discover
from bench.big_company import NOW
from bench.big_server import big_server
from bench.big_store import BigStore
from bench.pages import show, timed
from bench.promised import HOUR_REQUESTS, REQUEST_DAYS, REQUESTS, opened, promised_store, requests_store, write_slos
from bench.report import Measure
from config.loader import load_reference
from domain.slo.counting import Counting, countings, thresholds
from domain.window import Window
from queries.promises import promises
from queries.runner import run
from store import telemetry
from store.engine import open_store

ROWS_A_SECOND = 3_000_000.0
HOUR_SECONDS = 1.0
SCRIPT_MILLISECONDS = 400.0
EVALUATION_SECONDS = 1.0
RUNS = 5
LOGGED_SERVICES = 20

_PLAIN = """
create or replace temporary table plain as
select date_trunc('minute', started_at) as minute, service, count(*) as total, sum((status_code < 400)::int) as good
from inference_request where started_at < timestamp '{end}' group by all
"""


def measure() -> list[Measure]:
    """All four claims."""
    whole, hour, plain = _rollups()
    Console(width=150).print(f"A bare rollup to the minute, typed into DuckDB: {REQUESTS / plain / 1e6:.1f} M rows/s.")
    with promised_store() as store:
        with big_server(store) as server:
            pages = [page for page in discover() if page.url == "slos"]
            timings = [asyncio.run(timed(server, page.url, page.title)) for page in pages]
        show("Pages over 200 SLOs and 90 days, ms", timings)
        seconds = _evaluated(store)
    slow = max(timings, key=lambda t: t.script)
    size = f"{REQUESTS // 1_000_000} M requests"
    return [
        Measure(f"{size} to sli_minute and latency_hour", REQUESTS / whole, ROWS_A_SECOND, "rows/s", at_least=True),
        Measure(f"One hour of {HOUR_REQUESTS // 1_000_000} M requests, with request_hour", hour, HOUR_SECONDS, "s"),
        Measure(f"{slow.title} over 200 SLOs and 90 days, caches cleared", slow.script, SCRIPT_MILLISECONDS, "ms"),
        Measure("Alerts of 200 SLOs evaluated", seconds, EVALUATION_SECONDS, "s"),
    ]


def _rollups() -> tuple[float, float, float]:
    """Seconds of the whole, of the last hour with all its tables, and of DuckDB's bare rollup."""
    with TemporaryDirectory() as folder:
        write_slos(Path(folder) / "config", LOGGED_SERVICES)
        objectives = list(countings(load_reference(Path(folder) / "config").slos))
    store = opened(requests_store())
    last = Window(NOW - timedelta(hours=1), NOW)
    days = Window(last.start - timedelta(days=REQUEST_DAYS), last.start)
    try:
        with store.engine.connect() as connection:
            plain = _seconds(
                connection, lambda c: c.exec_driver_sql(_PLAIN.format(end=last.start.replace(tzinfo=None)))
            )
            whole = _seconds(connection, lambda c: _counted(c, days, objectives), prepare=_served(days))
            hour = median(
                _seconds(connection, lambda c: telemetry.roll_up(c, "log", last, objectives)) for _ in range(RUNS)
            )
    finally:
        store.close()
    return whole, hour, plain


def _served(hours: Window) -> Callable[[Connection], object]:
    return lambda connection: telemetry.count_fates(connection, "log", hours)


def _counted(connection: Connection, hours: Window, objectives: list[Counting]) -> None:
    telemetry.count_latencies(connection, "log", hours, thresholds(objectives))
    telemetry.sli.rebuild(connection, "log", hours, objectives)


def _seconds(
    connection: Connection, work: Callable[[Connection], object], prepare: Callable[[Connection], object] | None = None
) -> float:
    """How long some work takes, inside a transaction that is rolled back."""
    with connection.begin() as transaction:
        if prepare:
            prepare(connection)
        started = time.perf_counter()
        work(connection)
        seconds = time.perf_counter() - started
        transaction.rollback()
    return seconds


def _evaluated(big: BigStore) -> float:
    """Counts asked for and all pairs of all SLOs judged."""
    slos = load_reference(big.config).slos
    store = open_store(big.url)
    try:
        found = []
        for _ in range(RUNS):
            started = time.perf_counter()
            standings = promises(lambda name, **params: run(store, name, **params), slos, NOW).standings
            assert len([standing.firing for standing in standings]) == len(slos)
            found.append(time.perf_counter() - started)
    finally:
        store.close()
    return median(found)
