"""What becomes of odd answers of a Prometheus server: nothing is guessed, and what is not loaded is told."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest

from collectors.base import Api
from collectors.errors import DataError, FatalError
from collectors.http import HttpClient
from collectors.sli_minutes import Rounding
from collectors.sources.prometheus import SOURCE
from domain.slo.counting import Counting
from domain.slo.definition import Exclusion, Indicator, Kind, Origin
from domain.window import Window
from store.tables import SliMinute
from tests.collectors.conftest import Vendor

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
NOW = START + timedelta(minutes=7, seconds=20)
MINUTE = timedelta(minutes=1)
HOUR = Window(START, START + timedelta(hours=1))
PATH = "/prom/api/v1/query_range"
RATIO = Indicator(name="i", kind=Kind.EVENTS, origin=Origin.PROMETHEUS, good_query="good", total_query="total")
BAD = Indicator(name="i", kind=Kind.EVENTS, origin=Origin.PROMETHEUS, bad_query="bad", total_query="total")
TIMED = Indicator(
    name="i",
    kind=Kind.LATENCY,
    origin=Origin.PROMETHEUS,
    histogram_query="buckets",
    threshold_seconds=Decimal("0.5"),
)

Told = tuple[list[SliMinute], list[tuple[str, int, str]]]
Taken = Callable[..., Told]


def series(*values: str | None, first: int = 1, **labels: str) -> dict[str, Any]:
    """One value a minute from the first that is asked for; None is a missing one."""
    at = [int((START + (first + n) * MINUTE).timestamp()) for n in range(len(values))]
    return {"metric": labels, "values": [[t, v] for t, v in zip(at, values, strict=True) if v is not None]}


def matrix(*found: dict[str, Any]) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": "matrix", "result": list(found)}}


@pytest.fixture
def taken(vendor: Vendor, client: Callable[..., HttpClient]) -> Taken:
    """The rows and what was set aside, from answers by query."""

    def take(answers: Mapping[str, Any], *counted: Counting, window: Window = HOUR, now: datetime = NOW) -> Told:
        def answer(request: httpx2.Request) -> httpx2.Response:
            vendor.asked.append(request)
            (query,) = parse_qs(request.content.decode())["query"]
            given = answers[query]
            return given if isinstance(given, httpx2.Response) else httpx2.Response(200, json=given)

        vendor.handle = answer  # type: ignore[method-assign]
        api = made(client, counted, now)
        found = list(SOURCE.collect(window, api))
        return found, [(one.file_name, one.row_number, one.reason) for one in api.rejected]

    return take


def made(client: Callable[..., HttpClient], counted: tuple[Counting, ...], now: datetime = NOW) -> Api:
    given = {
        "base_url": "https://metrics.example.com/prom",
        "api_key": "env:DEMO_KEY",
        "headers": {"X-Scope-OrgID": "a"},
    }
    settings = SOURCE.settings.model_validate(given)
    assert SOURCE.endpoint
    return Api("prometheus", settings, now, client(SOURCE.endpoint(settings), source="prometheus"), counted)


def of(indicator: Indicator, slo: str = "chat", *exclusions: Exclusion) -> Counting:
    return Counting(slo, indicator, exclusions)


def numbers(found: list[SliMinute]) -> list[tuple[int, int, int]]:
    return [((row.minute - START) // MINUTE, row.good_count, row.total_count) for row in found]


def test_a_value_counts_the_minute_that_ends_with_it_and_the_last_is_left_to_settle(
    taken: Taken, vendor: Vendor
) -> None:
    found, told = taken({"good": matrix(series("5", "6")), "total": matrix(series("6", "6"))}, of(RATIO))
    assert numbers(found) == [(0, 5, 6), (1, 6, 6)]
    assert told == []
    form = parse_qs(vendor.asked[0].content.decode())
    start, end = (START + MINUTE).timestamp(), (START + 6 * MINUTE).timestamp()
    assert (form["start"], form["end"], form["step"]) == ([f"{start:.0f}"], [f"{end:.0f}"], ["60"])
    assert vendor.asked[0].headers["authorization"].startswith("Bearer ")
    assert vendor.asked[0].headers["x-scope-orgid"] == "a"


def test_more_good_than_total_nan_infinite_and_negative_counts_are_set_aside(taken: Taken) -> None:
    good, total = series("12", "NaN", "1", "-1", "3"), series("10", "10", "+Inf", "5", "3.0000000001")
    found, told = taken({"good": matrix(good), "total": matrix(total)}, of(RATIO))
    assert numbers(found) == [(4, 3, 3)]
    first = int(START.timestamp()) // 60
    assert told == [
        ("chat", first, "2026-11-02 10:00 UTC: good is 12 and total is 10"),
        ("chat", first + 1, "2026-11-02 10:01 UTC: good is NaN"),
        ("chat", first + 2, "2026-11-02 10:02 UTC: total is Infinity"),
        ("chat", first + 3, "2026-11-02 10:03 UTC: good is negative (-1); a counter's increase never is"),
    ]


def test_without_a_total_nothing_is_known_and_without_a_part_there_was_none(taken: Taken) -> None:
    total = matrix(series("10", None, "10", "0"))
    found, told = taken({"good": matrix(series(None, None, "9")), "total": total}, of(RATIO))
    assert numbers(found) == [(0, 0, 10), (2, 9, 10), (3, 0, 0)]
    assert told == []
    found, told = taken({"bad": matrix(series(None, "2", "1")), "total": total}, of(BAD))
    assert numbers(found) == [(0, 10, 10), (2, 9, 10), (3, 0, 0)]
    assert [reason for *_, reason in told] == ["2026-11-02 10:01 UTC: bad is counted and total is not"]


def test_series_that_a_query_tells_apart_are_added_up(taken: Taken) -> None:
    total = matrix(series("4", "4", model="a"), series("6", model="b"))
    found, _ = taken({"bad": matrix(), "total": total}, of(BAD))
    assert numbers(found) == [(0, 10, 10), (1, 4, 4)]


def test_a_query_that_is_not_understood_is_told_and_the_others_go_on(taken: Taken, recorded: Any) -> None:
    refused = httpx2.Response(400, content=json.dumps(recorded("prometheus/error_400")))
    answers = {"bad": refused, "good": matrix(series("1")), "total": matrix(series("1"))}
    found, told = taken(answers, of(BAD, "broken"), of(RATIO))
    assert [row.slo for row in found] == ["chat"]
    assert told == [
        ("broken", 0, "Prometheus does not understand the query: 1:5: parse error: unclosed left parenthesis")
    ]


def test_doctor_names_the_slo_whose_query_is_not_understood(
    vendor: Vendor, client: Callable[..., HttpClient], recorded: Any
) -> None:
    refused = httpx2.Response(400, content=json.dumps(recorded("prometheus/error_400")))
    vendor.says("/prom/api/v1/query", {"status": "success", "data": {}}, refused)
    with pytest.raises(FatalError, match="the SLO chat: 1:5: parse error: unclosed left parenthesis; correct"):
        SOURCE.check(made(client, (of(RATIO),)))


def test_a_value_of_a_time_that_was_not_asked_for_is_refused(taken: Taken) -> None:
    ahead = matrix(series("1", first=30))
    with pytest.raises(DataError, match="a value of 2026-11-02 10:30:00 UTC was not asked for"):
        taken({"good": ahead, "total": ahead}, of(RATIO))


def test_nothing_is_asked_of_the_future(taken: Taken, vendor: Vendor) -> None:
    assert taken({}, of(RATIO), window=Window(NOW, NOW + MINUTE), now=START) == ([], [])
    assert vendor.asked == []


def test_maintenance_leaves_good_and_total_alike(taken: Taken) -> None:
    move = Exclusion(window=Window(START + MINUTE + MINUTE / 2, START + 2 * MINUTE), reason="move")
    counts = matrix(series("5", "5", "5"))
    found, _ = taken({"bad": matrix(), "total": counts}, of(BAD, "chat", move))
    assert [(row.good_count, row.total_count, row.excluded_count) for row in found] == [(5, 5, 0), (0, 0, 5), (5, 5, 0)]


def test_buckets_must_have_the_threshold_as_an_edge(taken: Taken) -> None:
    edges = [series("3", "4", le="0.250"), series("5", None, le="0.5"), series("8", "9", le="+Inf")]
    found, told = taken({"buckets": matrix(*edges)}, of(TIMED))
    assert numbers(found) == [(0, 5, 8)]
    assert [reason for *_, reason in told] == [
        "2026-11-02 10:01 UTC: 0.5 is no edge of the buckets (0.250), so what lies below it cannot be counted"
    ]


def test_native_histograms_count_whole_buckets_up_to_the_threshold(taken: Taken, recorded: Any) -> None:
    found, told = taken({"buckets": recorded("prometheus/native_histogram")}, of(TIMED))
    assert numbers(found) == [(0, 41, 60), (1, 0, 10)]
    assert told == []


def test_fractions_are_rounded_so_that_the_hour_is_right_and_bad_is_never_more_than_all() -> None:
    rounding = Rounding()
    pairs = [rounding.whole(START + n * MINUTE, Decimal("0.3"), Decimal("1.33")) for n in range(60)]
    assert (sum(bad for bad, _ in pairs), sum(events for _, events in pairs)) == (18, 80)
    assert all(bad <= events for bad, events in pairs)
    again = Rounding()
    assert [again.whole(START + n * MINUTE, Decimal("0.3"), Decimal("1.33")) for n in range(60)] == pairs
