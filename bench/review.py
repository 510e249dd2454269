"""The weekly review over 200 features and 3 years: the page with cold caches, and the closing of a week."""

import asyncio
import time
from datetime import timedelta

from app.navigation import discover
from bench.big_company import NOW
from bench.big_server import big_server
from bench.big_store import BigStore
from bench.pages import show, timed
from bench.report import Measure
from bench.reviewed import FEATURES, reviewed_store
from queries.kpi_closing import close_week, last_week
from queries.kpi_definitions import chosen
from store.engine import open_store

SCRIPT_MILLISECONDS = 400.0
CLOSING_SECONDS = 10.0


def measure() -> list[Measure]:
    """Both claims, and the page of one KPI beside them."""
    with reviewed_store() as store:
        with big_server(store) as server:
            pages = [page for page in discover() if page.url in ("", "metric")]
            timings = [asyncio.run(timed(server, page.url, page.title)) for page in pages]
        show(f"Pages over {FEATURES} features and 3 years, ms", timings)
        closing = _closed(store)
    weekly = timings[0]
    return [
        Measure(f"{weekly.title} over {FEATURES} features and 3 years, cold", weekly.script, SCRIPT_MILLISECONDS, "ms"),
        Measure("A week closed: every KPI by tier, team and feature", closing, CLOSING_SECONDS, "s"),
    ]


def _closed(big: BigStore) -> float:
    store = open_store(big.url)
    try:
        week = last_week(store, NOW - timedelta(days=7))
        assert week is not None
        started = time.perf_counter()
        assert close_week(store, chosen(), week, "USD", NOW)
        return time.perf_counter() - started
    finally:
        store.close()
