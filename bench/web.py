"""Thirty readers at once over websockets, each changing a filter every two seconds, with warm caches."""

import asyncio
import random
import time
from itertools import product
from statistics import median

from rich.console import Console

from bench.big_server import big_server
from bench.big_store import big_store, scratch_copy
from bench.report import Measure
from bench.websocket import Session

SESSIONS = 30
THINK_SECONDS = (1.5, 2.5)
DURATION_SECONDS = 30
P95_MILLISECONDS = 300.0
SEED = 7

FILTERS: dict[str, dict[str, tuple[str, ...]]] = {
    "spend": {"period": ("7 days", "28 days"), "by": ("Feature", "Team", "Model")},
    "unit-economics": {"period": ("7 days", "28 days", "90 days")},
}
"""What the readers switch between, by page; warm means that every combination was drawn once before."""


def measure() -> list[Measure]:
    """The 95th percentile over all runs of all readers."""
    with scratch_copy(big_store()) as store, big_server(store) as server:
        before = server.cpu_seconds()
        seconds = asyncio.run(_readers(server.port))
        cpu = server.cpu_seconds() - before
    p95 = sorted(seconds)[int(len(seconds) * 0.95)]
    Console(width=150).print(
        f"{SESSIONS} readers, {len(seconds)} filter changes: median {median(seconds) * 1000:.0f} ms, "
        f"95 % {p95 * 1000:.0f} ms, longest {max(seconds) * 1000:.0f} ms; {cpu:.0f} s of CPU with warming up"
    )
    claim = f"{SESSIONS} sessions changing a filter every 2 s, p95, warm"
    return [Measure(claim, p95 * 1000, P95_MILLISECONDS, "ms")]


async def _readers(port: int) -> list[float]:
    for page in FILTERS:
        await _warm(port, page)
    pages = list(FILTERS)
    found = await asyncio.gather(*(_reader(port, pages[n % len(pages)], SEED + n) for n in range(SESSIONS)))
    return [seconds for one in found for seconds in one]


async def _warm(port: int, page: str) -> None:
    async with Session(port, page) as session:
        await session.run()
        for values in product(*FILTERS[page].values()):
            for name, value in zip(FILTERS[page], values, strict=True):
                await session.choose(name, value)


async def _reader(port: int, page: str, seed: int) -> list[float]:
    """One reader's waiting times in seconds; the first drawing of the page is not a filter change."""
    noise = random.Random(seed)
    waited = []
    async with Session(port, page) as session:
        await asyncio.sleep(noise.uniform(0, THINK_SECONDS[1]))
        await session.run()
        until = time.monotonic() + DURATION_SECONDS
        while time.monotonic() < until:
            await asyncio.sleep(noise.uniform(*THINK_SECONDS))
            name = noise.choice(list(FILTERS[page]))
            waited.append(await session.choose(name, noise.choice(FILTERS[page][name])))
    return waited
