"""Whose requests broke the promise: everybody's who ever served, of each source its own, and of a feature its own."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from config.loader import Reference
from domain.attribution import Rule
from domain.slo.counting import countings
from domain.slo.definition import Kind, SloDefinition
from domain.window import Window
from queries.runner import run
from store.books import Books
from store.engine import Store
from store.forget import forget_source
from store.price_book import PriceBook
from store.reference import sync_reference
from store.schema import table
from store.tables import InferenceRequest, SloScope
from tests.support.facts import DAY, days, load, request
from tests.support.slos import indicator, slo

HOUR = 3600
LIMIT = Decimal("1.7")
ALL, FAST = slo("all", indicator()), slo("fast", indicator(Kind.LATENCY, threshold_seconds=LIMIT))
CHAT = slo("chat", indicator(filters=(("feature", "ch*"),)))
FAST_CHAT = slo("fast-chat", indicator(Kind.LATENCY, threshold_seconds=LIMIT, filters=(("feature", "ch*"),)))
OWNER = Rule(name="chat", match={"user_id": "chat"}, tags={}, feature="chat")

Counts = dict[str | None, tuple[int, int]]


def requests(*models: str | None, first: int = 0, **more: Any) -> list[InferenceRequest]:
    """Twenty seconds of each model: every fourth request fails, every second takes longer than the limit by little."""
    return [
        request(
            1,
            first + 20 * place + number,
            model=model,
            status_code=503 if number % 4 == 3 else 200,
            duration_seconds=1.75 if number % 2 else 1.7,
            **more,
        )
        for place, model in enumerate(models)
        for number in range(20)
    ]


def loaded(
    store: Store, slos: Sequence[SloDefinition], given: Sequence[InferenceRequest], hours: Window, source: str = "log"
) -> None:
    books = Books(PriceBook(), (OWNER,), tuple(countings(slos)))
    load(store, given, hours, row=InferenceRequest, source=source, books=books)


def declare(store: Store, *slos: SloDefinition) -> None:
    sync_reference(store, Reference(slos=slos, declared=frozenset({"slos"})))


def by_model(store: Store, name: str) -> Counts:
    rows = run(store, "slo/by_model", slo=name, start=DAY, end=DAY + timedelta(days=1)).rows()
    assert len({row["model"] for row in rows}) == len(rows)
    return {row["model"]: (row["good_count"], row["total_count"]) for row in rows}


def answered(given: Sequence[InferenceRequest]) -> Counts:
    good, total = Counter(r.model for r in given if r.status_code == 200), Counter(r.model for r in given)
    return {model: (good[model], total[model]) for model in total}


def in_time(given: Sequence[InferenceRequest]) -> Counts:
    counted = [r for r in given if r.status_code == 200]
    good, total = Counter(r.model for r in counted if r.duration_seconds == 1.7), Counter(r.model for r in counted)
    return {model: (good[model], total[model]) for model in total}


def test_who_is_quiet_in_a_later_hour_is_not_forgotten(duckdb_store: Store) -> None:
    slos = (ALL, FAST)
    declare(duckdb_store, *slos)
    early = requests("o9", None, service="quiet") + requests("gpt-4o", first=100)
    late = requests("gpt-4o", first=HOUR)
    loaded(duckdb_store, slos, early, Window(DAY, DAY + timedelta(hours=1)))
    loaded(duckdb_store, slos, late, Window(DAY + timedelta(hours=1), DAY + timedelta(hours=2)))
    assert by_model(duckdb_store, "all") == answered(early + late)
    assert by_model(duckdb_store, "fast") == in_time(early + late)


def test_each_source_counts_its_own_requests_until_it_is_forgotten(duckdb_store: Store) -> None:
    slos = (ALL, slo("one", indicator(source="one")))
    declare(duckdb_store, *slos)
    first, second = requests("gpt-4o", "o9", source="one"), requests("gpt-4o", first=7, source="two")
    loaded(duckdb_store, slos, first, days(1, 2), "one")
    loaded(duckdb_store, slos, second, days(1, 2), "two")
    assert by_model(duckdb_store, "all") == answered(first + second)
    assert by_model(duckdb_store, "one") == answered(first)
    forget_source(duckdb_store, "one")
    assert by_model(duckdb_store, "all") == answered(second)
    with duckdb_store.read() as connection:
        assert set(connection.execute(sa.select(table(SloScope).c.source)).scalars()) == {"two"}


def test_a_changed_definition_forgets_whom_it_no_longer_counts(duckdb_store: Store) -> None:
    given = requests("gpt-4o", "o9")
    declare(duckdb_store, ALL, FAST)
    loaded(duckdb_store, (ALL, FAST), given, days(1, 2))
    narrow = slo("all", indicator(filters=(("model", "o*"),)))
    slow = slo("fast", indicator(Kind.LATENCY, threshold_seconds=Decimal("1.75")))
    declare(duckdb_store, narrow, slow)
    assert by_model(duckdb_store, "all") == answered([r for r in given if r.model == "o9"])
    assert by_model(duckdb_store, "fast") == {"gpt-4o": (15, 15), "o9": (15, 15)}, "1.75 s is an edge of a bucket now"


def test_a_definition_that_a_running_process_still_has_does_not_count_twice(duckdb_store: Store) -> None:
    given = requests("gpt-4o")
    declare(duckdb_store, slo("all", indicator(Kind.LATENCY, threshold_seconds=LIMIT)))
    loaded(duckdb_store, (slo("all", indicator(Kind.LATENCY, threshold_seconds=LIMIT)),), given, days(1, 2))
    declare(duckdb_store, FAST, ALL)
    loaded(duckdb_store, (slo("all", indicator(Kind.LATENCY, threshold_seconds=LIMIT)),), given, days(1, 2))
    loaded(duckdb_store, (ALL,), given, days(1, 2))
    assert by_model(duckdb_store, "all") == answered(given)


def test_of_a_feature_only_its_requests_are_counted_and_times_are_not_known(duckdb_store: Store) -> None:
    slos = (ALL, CHAT, FAST, FAST_CHAT)
    declare(duckdb_store, *slos)
    of_chat = requests("gpt-4o", None, first=60, user_id="chat")
    for one in of_chat:
        one.attribution_key += " of chat"
    given = [*requests("gpt-4o", "o9"), *of_chat]
    loaded(duckdb_store, slos, given, days(1, 2))
    assert by_model(duckdb_store, "chat") == answered(of_chat)
    assert by_model(duckdb_store, "all") == answered(given)
    assert by_model(duckdb_store, "fast") == in_time(given)
    assert by_model(duckdb_store, "fast-chat") == {}
