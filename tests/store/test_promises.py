"""Requests by hour, bucket and objective: counted as Python counts them, on every engine."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import inf
from typing import Any

import pytest
import sqlalchemy as sa

from config.loader import Reference
from domain.attribution import Rule
from domain.slo.buckets import ladder
from domain.slo.counting import countings
from domain.slo.definition import Counted, Exclusion, Kind, SloDefinition
from domain.window import Window
from store import telemetry
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.reference import sync_reference
from store.schema import table
from store.tables import InferenceRequest, LatencyHour, RequestHour, SliHour, SliMinute, SloObjective, SloScope
from tests.support.engines import own_engines
from tests.support.facts import DAY, days, load, request
from tests.support.slos import indicator, slo

MINUTE = timedelta(minutes=1)
FATES = {200: "answered", None: "answered", 429: "throttled", 400: "rejected", 408: "failed", 503: "failed"}
SLOS = (
    slo("all", indicator()),
    slo("lenient", indicator(throttled=Counted.GOOD, failed=Counted.INVALID)),
    slo("searches", indicator(filters=(("service", "sea*"), ("model", "gpt-*")))),
    slo("fast", indicator(Kind.LATENCY, threshold_seconds=Decimal(2))),
    slo("faster", indicator(Kind.LATENCY, threshold_seconds=Decimal(2), strict=True)),
    slo("first", indicator(Kind.TIME_TO_FIRST_TOKEN, threshold_seconds=Decimal("0.5"))),
    slo("elsewhere", indicator(source="another_log")),
    slo("kept", indicator(), Exclusion(window=Window(DAY + 90 * MINUTE, DAY + 150 * MINUTE), reason="move")),
)


def books(slos: Sequence[SloDefinition] = SLOS) -> Books:
    return Books(PriceBook(), objectives=tuple(countings(slos)))


def requests() -> list[InferenceRequest]:
    """Three hours of every fate, service, model and time."""
    statuses, seconds = list(FATES), (0.2, 2.0, 2.5, None, 700.0)
    return [
        request(
            1,
            37 * number,
            service=("search", "chat")[number % 2],
            model=("gpt-4o", "o9", None)[number % 3],
            status_code=statuses[number % len(statuses)],
            duration_seconds=seconds[number % 5],
            time_to_first_token_seconds=(0.5, 0.6, None)[number % 3],
        )
        for number in range(290)
    ]


def rows(store: Store, row: type) -> list[dict[str, Any]]:
    with store.read() as connection:
        return [dict(mapping) for mapping in connection.execute(sa.select(table(row))).mappings()]


def floor(moment: datetime, step: timedelta) -> datetime:
    return (DAY + (moment - DAY) // step * step).replace(tzinfo=None)


def is_answered(one: InferenceRequest) -> bool:
    return FATES[one.status_code] == "answered"


def load_requests(store: Store, given: Sequence[InferenceRequest], slos: Sequence[SloDefinition] = SLOS) -> None:
    load(store, given, days(1, 2), row=InferenceRequest, source="log", books=books(slos))


def test_each_request_has_one_fate(store: Store) -> None:
    given = requests()
    load_requests(store, given)
    found: Counter[tuple[Any, ...]] = Counter()
    for row in rows(store, RequestHour):
        key = (row["hour"], row["service"], row["model"])
        counted = {name: row[f"{name}_count"] for name in ("throttled", "rejected", "failed")}
        counted["answered"] = row["request_count"] - sum(counted.values())
        found.update({(*key, fate): number for fate, number in counted.items() if number})
    expected = Counter(
        (floor(r.started_at, timedelta(hours=1)), r.service, r.model, FATES[r.status_code]) for r in given
    )
    assert found == expected


@own_engines
@pytest.mark.parametrize(
    ("measure", "column"),
    [("duration", "duration_seconds"), ("time_to_first_token", "time_to_first_token_seconds")],
)
def test_answered_requests_stand_in_the_bucket_of_their_time(store: Store, measure: str, column: str) -> None:
    given = requests()
    load_requests(store, given)
    bounds = [*map(float, ladder([Decimal(2), Decimal("0.5")])), inf]
    expected: Counter[tuple[Any, ...]] = Counter()
    for r in given:
        if is_answered(r) and getattr(r, column) is not None:
            le_seconds = bounds[bisect_left(bounds, getattr(r, column))]
            expected[floor(r.started_at, timedelta(hours=1)), r.service, r.model, le_seconds] += 1
    found = {
        (row["hour"], row["service"], row["model"], row["le_seconds"]): row["request_count"]
        for row in rows(store, LatencyHour)
        if row["measure"] == measure
    }
    assert found == expected


def good_and_valid(name: str, r: InferenceRequest) -> tuple[bool, bool]:
    """What one request is to one objective."""
    fate, seconds, first = FATES[r.status_code], r.duration_seconds, r.time_to_first_token_seconds
    valid = {
        "all": fate != "rejected",
        "kept": fate != "rejected",
        "lenient": fate in ("answered", "throttled"),
        "searches": fate != "rejected" and r.service == "search" and r.model == "gpt-4o",
        "fast": fate == "answered" and seconds is not None,
        "faster": fate == "answered" and seconds is not None,
        "first": fate == "answered" and first is not None,
        "elsewhere": False,
    }[name]
    good = {
        "lenient": valid,
        "fast": (seconds or 0) <= 2,
        "faster": (seconds or 0) < 2,
        "first": (first or 0) <= 0.5,
    }.get(name, fate == "answered")
    return valid and good, valid


@own_engines
@pytest.mark.parametrize(("row", "step"), [(SliMinute, MINUTE), (SliHour, timedelta(hours=1))], ids=["minute", "hour"])
def test_each_objective_counts_what_it_promises(store: Store, row: type, step: timedelta) -> None:
    given = requests()
    load_requests(store, given)
    expected: dict[tuple[Any, ...], list[int]] = {}
    excluded = SLOS[-1].exclusions[0].window
    for definition in SLOS:
        for r in given:
            good, valid = good_and_valid(definition.name, r)
            if valid:
                sums = expected.setdefault((definition.name, floor(r.started_at, step)), [0, 0, 0])
                if definition.exclusions and excluded.start <= r.started_at < excluded.end:
                    sums[2] += 1
                else:
                    sums[0] += good
                    sums[1] += 1
    time = "minute" if row is SliMinute else "hour"
    found = {(r["slo"], r[time]): [r["good_count"], r["total_count"], r["excluded_count"]] for r in rows(store, row)}
    assert found == expected


@own_engines
def test_a_later_load_counts_its_hours_anew_and_leaves_the_others(store: Store) -> None:
    load_requests(store, requests())
    before = {(r["slo"], r["hour"]): r for r in rows(store, SliHour)}
    hour = Window(DAY + timedelta(hours=1), DAY + timedelta(hours=2))
    late = [request(1, 4000, service="search", status_code=503)]
    load(store, late, hour, row=InferenceRequest, source="log", books=books())
    after = {(r["slo"], r["hour"]): r for r in rows(store, SliHour)}
    changed = hour.start.replace(tzinfo=None)
    assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} <= {
        (definition.name, changed) for definition in SLOS
    }
    assert (after["all", changed]["good_count"], after["all", changed]["total_count"]) == (0, 1)
    load(store, [], hour, row=InferenceRequest, source="log", books=books())
    assert ("all", changed) not in {(r["slo"], r["hour"]) for r in rows(store, SliHour)}


@own_engines
def test_an_objective_over_a_feature_counts_the_requests_that_it_owns(store: Store) -> None:
    rule = Rule(name="chat", match={"model": "o9"}, tags={}, feature="chat")
    definition = slo("chat", indicator(filters=(("feature", "ch*"),)))
    given = requests()
    known = Books(PriceBook(), (rule,), tuple(countings((definition, SLOS[0]))))
    load(store, given, days(1, 2), row=InferenceRequest, source="log", books=known)
    counted = Counter({r["slo"]: 0 for r in rows(store, SliHour)})
    for row in rows(store, SliHour):
        counted[row["slo"]] += row["total_count"]
    valid = [r for r in given if FATES[r.status_code] != "rejected"]
    assert counted == {"all": len(valid), "chat": sum(r.model == "o9" for r in valid)}


def test_a_changed_definition_counts_kept_requests_again(store: Store) -> None:
    load_requests(store, requests(), ())
    assert rows(store, SliMinute) == []
    declared = frozenset({"slos"})
    sync_reference(store, Reference(slos=SLOS, declared=declared))
    counted = {r["slo"]: r for r in rows(store, SloObjective)}
    assert counted.keys() == {definition.name for definition in SLOS}
    by_sync = sorted(rows(store, SliMinute), key=str)
    load_requests(store, requests())
    assert sorted(rows(store, SliMinute), key=str) == by_sync
    strict = slo("fast", indicator(Kind.LATENCY, threshold_seconds=Decimal("0.1")))
    sync_reference(store, Reference(slos=(SLOS[0], strict), declared=declared))
    assert sum(r["good_count"] for r in rows(store, SliHour) if r["slo"] == "fast") == 0
    assert {r["slo"] for r in rows(store, SloScope)} == {"all", "fast"}


def test_minutes_older_than_35_days_are_known_by_the_hour_only(store: Store) -> None:
    load_requests(store, requests())
    hours = rows(store, SliHour)
    with store.write() as connection:
        assert telemetry.forget_minutes(connection, DAY + timedelta(days=35, hours=1)) > 0
    left = rows(store, SliMinute)
    assert left
    assert min(r["minute"] for r in left) >= (DAY + timedelta(hours=1)).replace(tzinfo=None)
    assert rows(store, SliHour) == hours


def test_objectives_that_promise_alike_share_a_formula() -> None:
    assert len({one.formula for one in countings(SLOS)}) == 5
