"""What of logged requests is usage: all of it, that of some providers, or none; and what a change of mind does."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from queries.runner import run
from store import ledger
from store.engine import Store
from store.load import replace_window
from store.schema import table, to_batch
from store.tables import InferenceRequest, LatencyHour, RequestDay, RequestHour, TokenUsage, UsageDay
from tests.support.engines import own_engines
from tests.support.facts import BOOKS, NOW, days, load, request, usage

REQUESTS = [request(day, 60 * n, provider=name) for day in (1, 2) for n, name in enumerate(("openai", "vllm", "vllm"))]


def take(store: Store, requests: list[InferenceRequest], usage_of: Collection[str] | None, first: int = 1) -> None:
    window = days(first, 3)
    done = ledger.begin(store, "gateway", "refresh", window, NOW)
    given = [to_batch(InferenceRequest, requests)]
    replace_window(store, InferenceRequest, "gateway", window, given, run=done, books=BOOKS, now=NOW, usage_of=usage_of)


def logged() -> list[InferenceRequest]:
    for one in REQUESTS:
        one.source = "gateway"
    return list(REQUESTS)


def counted(store: Store, row: type, column: str = "request_count") -> dict[tuple[Any, ...], int]:
    c = table(row).c
    with store.read() as connection:
        day = c.day if "day" in c else sa.cast(c.started_at, sa.Date)
        sums = sa.select(c.source, c.provider, day, sa.func.sum(c[column])).group_by(c.source, c.provider, day)
        return {(source, name, on.day): int(total) for source, name, on, total in connection.execute(sums)}


@own_engines
def test_requests_of_which_the_provider_reports_the_usage_are_no_usage_of_ours(store: Store) -> None:
    load(store, [usage(1), usage(2)], days(1, 3), row=TokenUsage, source="openai_usage")
    take(store, logged(), ["vllm"])
    reported = {("openai_usage", "openai", day): 10 for day in (1, 2)}
    assert counted(store, UsageDay) == reported | {("gateway", "vllm", day): 2 for day in (1, 2)}
    assert sum(row["request_count"] for row in run_tokens(store)) == 10 * 2 + 2 * 2
    assert counted(store, RequestDay) == {
        ("gateway", name, day): n for day in (1, 2) for name, n in (("openai", 1), ("vllm", 2))
    }


def run_tokens(store: Store) -> list[dict[str, Any]]:
    window = days(1, 3)
    return run(store, "usage/tokens_by_model", start=window.start, end=window.end).rows()


@own_engines
def test_who_counts_no_usage_still_counts_requests_and_times(store: Store) -> None:
    requests = logged()
    for one in requests:
        one.duration_seconds = 0.5
    take(store, requests, ())
    assert counted(store, UsageDay) == counted(store, TokenUsage) == {}
    with store.read() as connection:
        for row in (RequestHour, LatencyHour):
            assert connection.execute(sa.select(sa.func.sum(table(row).c.request_count))).scalar_one() == len(requests)


def test_a_changed_mind_changes_the_days_that_were_loaded_before(store: Store) -> None:
    take(store, logged(), None)
    every = counted(store, UsageDay)
    last = [one for one in logged() if one.started_at >= days(2, 3).start]
    take(store, last, (), first=2)
    assert counted(store, UsageDay) == {}
    take(store, last, None, first=2)
    assert counted(store, UsageDay) == every
    take(store, last, ["openai"], first=2)
    assert counted(store, UsageDay) == {("gateway", "openai", day): 1 for day in (1, 2)}
