"""Every query file over the big store: Burnline's runner against the same SQL typed into DuckDB."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from app.period import ROLLING
from bench.big_company import DAYS, FIRST_DAY, TODAY
from bench.big_store import big_store, row_counts
from bench.report import Measure
from queries.catalog import Query, catalog
from queries.runner import bind, run
from store.engine import Store, open_store
from tests.support.query_params import params_between

ROUNDS = 9
TIMES_DUCKDB = 1.2
MILLISECONDS = 100.0
SHORT_MILLISECONDS = 5.0
"""Below this the ratio says more about a Python call than about the query, so the difference is limited instead:
1 ms, which is what 1.2 allows a query of 5 ms."""
OVERHEAD_MILLISECONDS = (TIMES_DUCKDB - 1) * SHORT_MILLISECONDS

FILTERS = {
    "provider": ["openai", "anthropic"],
    "team": ["Team 03", "Team 07"],
    "environment": ["prod"],
    "feature": ["feature-003", "feature-027"],
}
LONGEST_PERIOD = max(ROLLING.values())
ALL_DAYS = f"all {DAYS} days"
SPANS = {ALL_DAYS: DAYS, f"{LONGEST_PERIOD} days": LONGEST_PERIOD, "28 days": 28}
"""All there is, the longest period that pages offer by name, and the one they open with."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One query with one set of parameters; medians in milliseconds."""

    name: str
    case: str
    rows: int
    direct: float
    ours: float

    @property
    def ratio(self) -> float:
        """How many times as long as DuckDB alone."""
        return self.ours / self.direct

    @property
    def overhead(self) -> float:
        """What the runner adds."""
        return self.ours - self.direct


def measure() -> list[Measure]:
    """The slowest query, the worst ratio of those that take a while, the largest overhead of the short ones."""
    store = open_store(big_store().url)
    try:
        console = Console(width=150)
        console.print("Big store:", ", ".join(f"{name} {count:,}" for name, count in row_counts(store).items()))
        timings = [_timed(store, query, case, given) for query in catalog().values() for case, given in _cases(query)]
    finally:
        store.close()
    _show(console, timings)
    long = [t for t in timings if t.direct >= SHORT_MILLISECONDS]
    short = [t for t in timings if t.direct < SHORT_MILLISECONDS]
    slowest = max(timings, key=lambda t: t.ours)
    offered = max((t for t in timings if t.case != ALL_DAYS), key=lambda t: t.ours)
    worst = max(long, key=lambda t: t.ratio)
    added = max(short, key=lambda t: t.overhead)
    return [
        Measure(f"Slowest query: {slowest.name}, {slowest.case}", slowest.ours, MILLISECONDS, "ms"),
        Measure(f"Slowest in a page's period: {offered.name}, {offered.case}", offered.ours, MILLISECONDS, "ms"),
        Measure(
            f"Query against the same SQL typed into DuckDB, worst of {len(long)} of 5 ms and more: "
            f"{worst.name}, {worst.case}",
            worst.ratio,
            TIMES_DUCKDB,
            "× DuckDB",
        ),
        Measure(
            f"Runner's overhead, worst of {len(short)} below 5 ms: {added.name}, {added.case}",
            added.overhead,
            OVERHEAD_MILLISECONDS,
            "ms",
        ),
    ]


def _cases(query: Query) -> Iterator[tuple[str, dict[str, Any]]]:
    spans = SPANS if {"start", "since", "after_start"} & query.params.keys() else {ALL_DAYS: DAYS}
    for case, days in spans.items():
        yield case, _params(query, days, {})
    chosen = {name: items for name, items in FILTERS.items() if query.params.get(name) == "texts"}
    if chosen:
        yield f"{case}, filtered", _params(query, days, chosen)


def _params(query: Query, days: int, chosen: Mapping[str, list[str]]) -> dict[str, Any]:
    start = max(FIRST_DAY, TODAY - timedelta(days=days))
    chosen_here = {
        "previous_start": start - timedelta(days=days),
        "previous_end": start,
        "before_start": start - timedelta(days=days),
        "before_end": start,
        "ended_after": TODAY - timedelta(days=14),
        "billing_since": TODAY - timedelta(days=14),
        "recent_since": TODAY - timedelta(days=28),
        "bucket": "day",
        "times": 1,
        "extra_days": 0,
        **{f"start_{number}": start for number in range(1, 9)},
    }
    named = {
        name: _moment(value) if query.params[name] == "timestamp" and isinstance(value, date) else value
        for name, value in chosen_here.items()
        if name in query.params
    }
    return params_between(query, _moment(start), _moment(TODAY)) | named | dict(chosen)


def _moment(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)


def _timed(store: Store, query: Query, case: str, given: dict[str, Any]) -> Timing:
    """Both in turn, so that whatever else the machine does slows both alike."""
    sql = _typed(query, bind(query, given))
    with store.read() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        plain, direct, ours = raw.duplicate(), [], []
        for _ in range(ROUNDS):
            direct.append(_milliseconds(lambda: plain.execute(sql).to_arrow_table()))
            ours.append(_milliseconds(lambda: run(store, query.name, **given)))
    return Timing(query.name, case, run(store, query.name, **given).row_count, median(direct), median(ours))


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _typed(query: Query, bound: Mapping[str, Any]) -> str:
    """The SQL as a person would type it, values and all."""
    return re.sub(r"(?<![:\w]):(\w+)", lambda match: _literal(bound[match[1]]), query.sql)


def _literal(value: Any) -> str:
    match value:
        case bool() | int():
            return str(value).lower()
        case list():
            return f"({', '.join(_literal(item) for item in value)})"
        case datetime():
            return f"timestamp '{value}'"
        case date():
            return f"date '{value}'"
        case _:
            return "'" + str(value).replace("'", "''") + "'"


def _show(console: Console, timings: list[Timing]) -> None:
    table = Table(title=f"Queries, medians of {ROUNDS} runs in turn", title_justify="left")
    for name in ("query", "parameters", "rows", "DuckDB ms", "Burnline ms", "ratio", "added ms"):
        table.add_column(name, justify="left" if name in ("query", "parameters") else "right")
    for t in sorted(timings, key=lambda t: -t.ours):
        numbers = (f"{t.rows:,}", f"{t.direct:.1f}", f"{t.ours:.1f}", f"{t.ratio:.2f}", f"{t.overhead:.2f}")
        table.add_row(t.name, t.case, *numbers)
    console.print(table)
