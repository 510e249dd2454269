"""Every page over the big store: how long its script runs, and the CPU it takes, with cold and with warm caches."""

import asyncio
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from app.navigation import discover
from bench.big_company import BIG, SMALL, Company
from bench.big_server import BigServer, big_server, start_seconds
from bench.big_store import BigStore, big_store, scratch_copy
from bench.report import Measure
from bench.websocket import Session

STARTS = 3
COLD_RUNS, WARM_RUNS = 5, 20
START_SECONDS = 3.0
SCRIPT_MILLISECONDS = 300.0
COLD_CPU_MILLISECONDS, WARM_CPU_MILLISECONDS = 100.0, 20.0
SWITCHED = "period"
SWITCHES = ("7 days", "28 days", "90 days")


@dataclass(frozen=True, slots=True)
class Timing:
    """One page in milliseconds: script and CPU with empty caches, CPU with full ones, CPU between known filters."""

    title: str
    script: float
    cold: float
    warm: float
    switched: float | None

    @property
    def warmest(self) -> float:
        """The larger of the two warm figures."""
        return max(self.warm, self.switched or 0)


def measure() -> list[Measure]:
    """The start of the server and the slowest script over the big store; CPU over it and over a small one."""
    with scratch_copy(big_store()) as store:
        start_seconds(store)  # compiles what is imported, as the first start after an installation does
        start = median(start_seconds(store) for _ in range(STARTS))
        big = timed_pages(store)
    with scratch_copy(big_store(SMALL)) as store:
        small = timed_pages(store)
    show(told(BIG), big)
    show(told(SMALL), small)
    slow = max(big, key=lambda t: t.script)
    return [
        Measure("Server start to /livez, median of 3", start, START_SECONDS, "s"),
        Measure(f"Slowest page's script, caches cleared: {slow.title}", slow.script, SCRIPT_MILLISECONDS, "ms"),
        *_cpu("small", small),
        *_cpu("big", big),
    ]


def _cpu(store: str, timings: list[Timing]) -> list[Measure]:
    cold, warm = max(timings, key=lambda t: t.cold), max(timings, key=lambda t: t.warmest)
    return [
        Measure(f"CPU per rerun, cold caches, {store} store: {cold.title}", cold.cold, COLD_CPU_MILLISECONDS, "ms"),
        Measure(f"CPU per rerun, warm caches, {store} store: {warm.title}", warm.warmest, WARM_CPU_MILLISECONDS, "ms"),
    ]


def told(company: Company) -> str:
    """The title of a company's table."""
    return f"Pages over {company.features:,} features, {company.usage_rows:,} usage rows, ms"


def timed_pages(store: BigStore) -> list[Timing]:
    """Every page of a server over this store."""
    with big_server(store) as server:
        return [asyncio.run(timed(server, page.url, page.title)) for page in discover()]


async def timed(server: BigServer, url: str, title: str) -> Timing:
    """One page, cold, warm, and between filters that are known."""
    async with Session(server.port, url) as session:
        await session.run()
        runs = [await _cold(server, session) for _ in range(COLD_RUNS)]
        await session.run()
        before = server.cpu_seconds()
        for _ in range(WARM_RUNS):
            await session.run()
        warm = (server.cpu_seconds() - before) / WARM_RUNS
        switched = await _switched(server, session) if SWITCHED in session.choices else None
    script, cold = (median(values) for values in zip(*runs, strict=True))
    return Timing(title, script * 1000, cold * 1000, warm * 1000, None if switched is None else switched * 1000)


async def _cold(server: BigServer, session: Session) -> tuple[float, float]:
    server.forget()
    before = server.cpu_seconds()
    seconds = await session.run()
    return seconds, server.cpu_seconds() - before


async def _switched(server: BigServer, session: Session) -> float:
    for value in SWITCHES:
        await session.choose(SWITCHED, value)
    before = server.cpu_seconds()
    for number in range(WARM_RUNS):
        await session.choose(SWITCHED, SWITCHES[number % len(SWITCHES)])
    return (server.cpu_seconds() - before) / WARM_RUNS


def show(title: str, timings: list[Timing]) -> None:
    """One line per page."""
    table = Table(title=title, title_justify="left")
    for name in ("page", "script, cold", "CPU, cold", "CPU, warm", "CPU, other filter"):
        table.add_column(name, justify="left" if name == "page" else "right")
    for t in timings:
        switched = "–" if t.switched is None else f"{t.switched:.1f}"
        table.add_row(t.title, f"{t.script:.0f}", f"{t.cold:.0f}", f"{t.warm:.1f}", switched)
    Console(width=150).print(table)
