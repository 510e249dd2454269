"""What SLO files ask a real Prometheus, compared with what happened: counters that reset, gaps, histograms."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import inf
from pathlib import Path
from typing import Any

import pytest

from collectors.base import Api
from collectors.configured import configured
from collectors.http import HttpClient
from collectors.prometheus_api import try_out
from collectors.run import Outcome, Runner
from collectors.sources.prometheus import SOURCE
from config.settings import Settings
from domain.slo.counting import countings
from domain.slo.definition import Origin
from domain.slo.recipes import RECIPES, bad_query, buckets_query, total_query
from domain.window import Window
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.tables import LatencyHour, SliHour, SliMinute
from tests.collectors.delivering import rows
from tests.config.slo_files.written import load
from tests.support.prometheus import Sample, running_prometheus

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MINUTES = 150
NOW = START + MINUTES * MINUTE + MINUTE
RESETS = 47
"""The minute before which the server was restarted."""
GAP = range(80, 101)
"""Minutes in which nothing was scraped."""
SCRAPES = 4
BOUNDS = ("0.3", "0.5", "0.8", "1", "1.5", "2", "2.5", "5", "10", "+Inf")

RECIPE = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: {name}}}
spec:
  service: chat
  indicator:
    spec:
      {indicator}
  timeWindow: [{{duration: 28d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.99{op}}}]
"""
OF_MODEL = "labels: {handler: '/v1/chat/*'}"
AVAILABILITY = """ratioMetric:
        bad: {metricSource: {type: prometheus, spec: {recipe: vllm, indicator: availability, LABELS}}}
        total: {metricSource: {type: prometheus, spec: {recipe: vllm, indicator: requests, LABELS}}}
""".replace("LABELS", OF_MODEL)
LATENCY = """thresholdMetric:
        metricSource: {type: prometheus, spec: {recipe: vllm, indicator: latency, labels: {model_name: m-*}}}
"""


def events(minute: int) -> tuple[int, int, int]:
    """Answered, failed and refused requests of one minute, multiples of what is scraped in it."""
    bad = 4 * SCRAPES if 20 <= minute < 30 else 0
    return (3 + minute % 5) * SCRAPES, bad, SCRAPES


def counter(series: str, amounts: list[float]) -> Iterator[Sample]:
    """What a counter shows every 15 seconds; it begins at 0, and again where the server was restarted."""
    value = 0.0
    for minute, amount in enumerate(amounts):
        value = 0.0 if minute == RESETS else value
        for scrape in range(SCRAPES):
            value += amount / SCRAPES
            if minute not in GAP:
                yield series, int((START + (minute + (scrape + 1) / SCRAPES) * MINUTE).timestamp()), value


def shares(minute: int) -> list[int]:
    """How many of a minute's answers lasted at most each bound."""
    fast = events(minute)[0]
    return [
        fast // 4,
        fast // 2,
        fast // 2,
        fast // 2,
        fast // 2,
        fast // 2,
        fast - SCRAPES,
        fast - SCRAPES,
        fast,
        fast,
    ]


def history() -> list[Sample]:
    """Everything that was scraped."""
    kinds = [("2xx", 0), ("5xx", 1), ("4xx", 2)]
    samples: list[Sample] = []
    for status, place in kinds:
        labels = f'handler="/v1/chat/completions",status="{status}"'
        samples += counter(f"http_requests_total{{{labels}}}", [events(m)[place] for m in range(MINUTES)])
    samples += counter('http_requests_total{handler="/health",status="2xx"}', [40.0] * MINUTES)
    for place, bound in enumerate(BOUNDS):
        name = f'vllm:e2e_request_latency_seconds_bucket{{model_name="m-8b",le="{bound}"}}'
        samples += counter(name, [shares(m)[place] for m in range(MINUTES)])
    return samples


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_prometheus(tmp_path_factory.mktemp("prometheus"), history()) as url:
        yield url


def counted(store: Store, url: str, folder: Path, window: Window | None = None, **files: str) -> list[Outcome]:
    found = load(folder, **files)
    assert found.problems == ()
    settings = Settings(sources={"metrics": {"kind": "prometheus", "base_url": url, "backfill_days": 1}})
    (item,) = configured(settings)
    books = Books(PriceBook(), asked=tuple(countings(found.definitions, Origin.PROMETHEUS)))
    runner = Runner(store, books, clock=lambda: NOW)
    runner.check(item)
    outcomes = runner.run(item, window)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return outcomes


def known(minute: int) -> bool:
    """A window needs two scrapes: the gap ends a minute later for the counter, which continues from its old value."""
    return minute not in GAP and minute != 0


def by_minute(store: Store) -> dict[tuple[str, int], tuple[int, int]]:
    found = rows(store, SliMinute)
    return {(row["slo"], (row["minute"] - START) // MINUTE): (row["good_count"], row["total_count"]) for row in found}


def files() -> dict[str, str]:
    return {
        "answers": RECIPE.format(name="answers", indicator=AVAILABILITY, op=""),
        "speed": RECIPE.format(name="speed", indicator=LATENCY, op=", op: lte, value: 2.5"),
    }


def test_minutes_are_what_happened(store: Store, url: str, tmp_path: Path) -> None:
    counted(store, url, tmp_path, **files())
    found = by_minute(store)
    expected: dict[tuple[str, int], tuple[int, int]] = {}
    for minute in range(MINUTES):
        good, bad, _ = events(minute)
        if known(minute):
            expected["answers", minute] = (good, good + bad)
            expected["speed", minute] = (good - SCRAPES, good)
    edges = {("answers", GAP.stop), ("speed", GAP.stop), ("answers", RESETS), ("speed", RESETS)}
    exact = {key: value for key, value in expected.items() if key not in edges}
    assert {key: value for key, value in found.items() if key in exact} == exact
    assert {key for key in found if not known(key[1])} <= {("answers", 0), ("speed", 0)}
    for key in edges:  # the scrape after a restart or a gap has no other within its minute, so a quarter is estimated
        assert abs(found[key][1] - expected[key][1]) <= expected[key][1] / 2


def test_hours_add_up_minutes_and_a_second_run_changes_nothing(store: Store, url: str, tmp_path: Path) -> None:
    counted(store, url, tmp_path, **files())
    minutes, hours = rows(store, SliMinute), rows(store, SliHour)
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in minutes:
        sums[row["slo"], row["minute"].replace(minute=0)] += row["total_count"]
    assert {(row["slo"], row["hour"]): row["total_count"] for row in hours} == sums
    again = counted(store, url, tmp_path, Window(START - HOUR, NOW), **files())
    assert sum(outcome.restated_days for outcome in again) == 0
    assert rows(store, SliMinute) == minutes
    assert rows(store, SliHour) == hours


def test_what_the_server_has_forgotten_stays(duckdb_store: Store, url: str, tmp_path: Path) -> None:
    counted(duckdb_store, url, tmp_path, **files())
    before = rows(duckdb_store, SliHour)
    other = files() | {"answers": files()["answers"].replace("/v1/chat/*", "/v1/nothing/*")}
    counted(duckdb_store, url, tmp_path, **other)
    assert rows(duckdb_store, SliHour) == before


def test_hours_of_buckets_come_by_recipe(store: Store, url: str) -> None:
    settings = Settings(
        sources={
            "speed": {
                "kind": "prometheus_latency", "base_url": url, "recipe": "vllm", "service": "chat", "backfill_days": 1,
            }
        }
    )  # fmt: skip
    (item,) = configured(settings)
    Runner(store, Books(PriceBook()), clock=lambda: NOW).run(item)
    found = rows(store, LatencyHour)
    assert {(row["service"], row["provider"], row["model"], row["measure"]) for row in found} == {
        ("chat", "self-hosted", "m-8b", "duration")
    }
    first = {row["le_seconds"]: row["request_count"] for row in found if row["hour"] == START}
    cumulative = [sum(shares(m)[place] for m in range(60)) for place in range(len(BOUNDS))]
    expected = dict(zip(BOUNDS, cumulative, strict=True))
    bounds = sorted(float(bound) for bound in BOUNDS)
    assert bounds[-1] == inf
    for bound, up_to in zip(bounds, accumulate(first.get(bound, 0) for bound in bounds), strict=True):
        name = next(name for name in BOUNDS if float(name) == bound)
        assert abs(up_to - expected[name]) <= 0.02 * expected[name], "an hour is extrapolated by its first minute"


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_promql(url: str, name: str) -> None:
    recipe, labels = RECIPES[name], {"model": 'a"b\\c*', "plain": "x"}
    queries = [total_query(recipe, labels, "p_"), bad_query(recipe, labels)]
    queries += [buckets_query(timer, labels, "p:", ("model",)) for timer in recipe.timers.values()]
    settings = SOURCE.settings.model_validate({"base_url": url})
    assert SOURCE.endpoint
    with HttpClient("metrics", SOURCE.endpoint(settings)) as http:
        for query in queries:
            try_out(Api("metrics", settings, NOW, http), query, MINUTE)
