"""The demo as `make run` starts it: from nothing to a page with costs, then its next start until it is ready."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median

from app.format import UNKNOWN
from bench.report import Measure
from bench.served import Serving, serving
from bench.websocket import Session
from burnline.demo import FOLDER_VARIABLE
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE

FIRST_SECONDS = 20.0
NEXT_SECONDS, NEXT_STARTS = 8.0, 3
LONGEST_SECONDS = 120
"""After this the demo counts as broken, not as slow."""
POLL_SECONDS = 0.3
JUDGED = ("On track", "At risk", "Off track")
MOST_KPIS = 12
"""Of 18; the rest waits for sources that come last, or for a year that the demo has not."""
SPEND = "Spend in "
"""How the figure begins that only costs can fill."""


def measure() -> list[Measure]:
    """Starts in one new folder, after one in another that compiles what is imported, as installing does."""
    with tempfile.TemporaryDirectory(prefix="burnline-bench-") as folder:
        _ready(_environment(Path(folder) / "compiling"))
        environment = _environment(Path(folder) / "new")
        with _demo(environment) as first:
            first.wait("/readyz")
            costs = asyncio.run(_until(first, "today", _has_costs))
            judged = asyncio.run(_until(first, "", _is_judged))
        ready = median(_ready(environment) for _ in range(NEXT_STARTS))
    return [
        Measure("First start of the demo until Today shows costs", costs, FIRST_SECONDS, "s"),
        Measure(f"First start until the weekly review judges {MOST_KPIS} KPIs", judged, FIRST_SECONDS, "s"),
        Measure(f"Later start of the demo to /readyz, median of {NEXT_STARTS}", ready, NEXT_SECONDS, "s"),
    ]


def _ready(environment: Mapping[str, str]) -> float:
    with _demo(environment) as server:
        return server.wait("/readyz")


def _demo(environment: Mapping[str, str]) -> AbstractContextManager[Serving]:
    return serving(environment, "burnline", "run", "--port")


def _environment(folder: Path) -> dict[str, str]:
    return {
        CONFIG_DIR_VARIABLE: str(folder / "config"),
        STORE_URL_VARIABLE: f"duckdb:///{folder / 'store.duckdb'}",
        FOLDER_VARIABLE: str(folder / "demo"),
    }


async def _until(server: Serving, page: str, is_there: Callable[[Mapping[str, str]], bool]) -> float:
    """Seconds from the start. Each look is a reader who has just opened the page."""
    while server.seconds < LONGEST_SECONDS:
        async with Session(server.port, page) as session:
            await session.run()
        if is_there(session.metrics):
            return server.seconds
        await asyncio.sleep(POLL_SECONDS)
    raise RuntimeError(f"the demo did not show what was waited for within {LONGEST_SECONDS} s")


def _has_costs(metrics: Mapping[str, str]) -> bool:
    return any(label.startswith(SPEND) and value != UNKNOWN for label, value in metrics.items())


def _is_judged(metrics: Mapping[str, str]) -> bool:
    return sum(int(value) for label, value in metrics.items() if label.endswith(JUDGED)) >= MOST_KPIS
