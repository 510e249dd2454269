"""OpenAI usage pages over loopback: from response to committed rows."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.report import Measure
from collectors.configured import configured
from collectors.run import Runner
from config.loader import Reference
from config.settings import Settings
from domain.window import Window
from store.books import open_books
from store.engine import open_store
from store.migrate import upgrade
from tests.support.postgres import free_port

ROWS_PER_HOUR = 600
DAYS = 7
ROWS_PER_SECOND = 20_000
START = datetime(2026, 10, 1, tzinfo=UTC)


def measure() -> list[Measure]:
    """One window of seven days: 100,800 completions rows in one page, the other endpoints empty."""
    with tempfile.TemporaryDirectory(prefix="burnline-bench-") as folder, _served() as url:
        secret = Path(folder) / "key"
        secret.write_text("sk-admin-bench-only")
        source = {"account": "org", "admin_key": f"file:{secret}", "base_url": url, "max_requests_per_second": 1000}
        store = open_store(f"duckdb:///{folder}/bench.duckdb")
        upgrade(store)
        (item,) = configured(Settings(sources={"openai_usage": source}))
        runner = Runner(store, open_books(store, Reference()))
        window = Window(START, START + timedelta(days=DAYS))
        rates = []
        for _ in range(3):
            started = time.perf_counter()
            (outcome,) = runner.run(item, window)
            if outcome.error:
                raise RuntimeError(outcome.error)
            rates.append(outcome.row_count / (time.perf_counter() - started))
        store.close()
    return [Measure("OpenAI usage pages, response to committed rows", max(rates), ROWS_PER_SECOND, "rows/s", True)]


def _page() -> bytes:
    buckets = []
    for hour in range(24 * DAYS):
        start = int(START.timestamp()) + hour * 3600
        results = [
            {
                "object": "organization.usage.completions.result",
                "input_tokens": 5000 + row,
                "input_cached_tokens": 1800,
                "input_cache_write_tokens": 200,
                "input_uncached_tokens": 3000 + row,
                "output_tokens": 700,
                "num_model_requests": 40,
                "project_id": f"proj_{row % 40}",
                "user_id": None,
                "api_key_id": f"key_{row % 120}",
                "model": ("gpt-4o", "gpt-5", "gpt-5-mini")[row % 3],
                "batch": False,
                "service_tier": "default",
            }
            for row in range(ROWS_PER_HOUR)
        ]
        buckets.append({"object": "bucket", "start_time": start, "end_time": start + 3600, "results": results})
    return orjson.dumps({"object": "page", "data": buckets, "has_more": False, "next_page": None})


@contextmanager
def _served() -> Iterator[str]:
    full, empty = _page(), orjson.dumps({"object": "page", "data": [], "has_more": False, "next_page": None})

    async def usage(request: Request) -> Response:
        is_completions = request.path_params["endpoint"] == "completions"
        return Response(full if is_completions else empty, media_type="application/json")

    port = free_port()
    app = Starlette(routes=[Route("/v1/organization/usage/{endpoint}", usage)])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
