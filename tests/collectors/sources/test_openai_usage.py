"""OpenAI usage: ten reports, disjoint tokens, hours of the window only."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import Api
from collectors.errors import DataError, FatalError, RetriableError
from collectors.sources.openai_usage import REPORTS, SOURCE, collect
from domain.attribution import Dimensions
from domain.window import Window
from store.schema import to_batch
from store.tables import TokenUsage

START = datetime(2026, 11, 1, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=3))
PREFIX = "/v1/organization/usage/"
COMPLETIONS = PREFIX + "completions"

Collected = Callable[..., list[TokenUsage]]


@pytest.fixture
def openai(vendor: Any, recorded: Any) -> Any:
    """Completions in two pages; every other report is empty."""
    for report in REPORTS:
        vendor.says(PREFIX + report.service, recorded("openai/empty_page"))
    vendor.says(COMPLETIONS, recorded("openai/completions_first_page"), recorded("openai/completions_last_page"))
    return vendor


def one_result(row: dict[str, Any]) -> dict[str, Any]:
    bucket = {"object": "bucket", "start_time": 1793491200, "end_time": 1793494800, "results": [row]}
    return {"object": "page", "has_more": False, "next_page": None, "data": [bucket]}


def completion(**fields: Any) -> dict[str, Any]:
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": 10,
        "output_tokens": 1,
        "num_model_requests": 1,
    } | fields


def test_a_row_holds_what_the_report_says(openai: Any, collected: Collected) -> None:
    first = collected(SOURCE, WINDOW)[0]
    assert first == TokenUsage(
        source="openai_usage",
        started_at=START,
        ended_at=START + timedelta(hours=1),
        provider="openai",
        account_id="org-demo",
        service="completions",
        attribution_key=Dimensions(
            "openai", "org-demo", "proj_demo", "key_demo", "user_demo", "gpt-5.6", "completions"
        ).key(),
        project_id="proj_demo",
        api_key_id="key_demo",
        user_id="user_demo",
        model="gpt-5.6",
        service_tier="default",
        uncached_input_tokens=3000,
        cache_read_input_tokens=1800,
        cache_write_input_tokens=200,
        output_tokens=240,
        input_audio_tokens=400,
        output_audio_tokens=40,
        cache_read_audio_tokens=100,
        input_image_tokens=400,
        cache_read_image_tokens=200,
        output_image_tokens=0,
        request_count=3,
    )


def test_both_pages_are_read(openai: Any, collected: Collected) -> None:
    rows = collected(SOURCE, WINDOW)
    assert [(row.started_at.hour, row.model) for row in rows] == [(0, "gpt-5.6"), (0, "gpt-5.6"), (2, "gpt-5.4")]
    first, second = openai.queries(COMPLETIONS)
    assert second == [*first, ("page", "page_AAAA")]


def test_a_batch_request_is_of_the_batch_tier(openai: Any, collected: Collected) -> None:
    assert [row.service_tier for row in collected(SOURCE, WINDOW)] == ["default", "batch", None]


def test_an_older_answer_without_all_parts_is_split_all_the_same(openai: Any, collected: Collected) -> None:
    old = collected(SOURCE, WINDOW)[2]
    assert (old.uncached_input_tokens, old.cache_read_input_tokens, old.cache_write_input_tokens) == (200, 500, 0)
    assert old.input_audio_tokens is None
    assert old.output_audio_tokens is None


def test_the_query_is_hourly_and_grouped_by_all_that_is_kept(openai: Any, collected: Collected) -> None:
    collected(SOURCE, WINDOW)
    assert openai.queries(COMPLETIONS)[0] == [
        ("start_time", "1793491200"),
        ("end_time", "1793502000"),
        ("bucket_width", "1h"),
        ("limit", "168"),
        ("group_by", "project_id"),
        ("group_by", "user_id"),
        ("group_by", "api_key_id"),
        ("group_by", "model"),
        ("group_by", "batch"),
        ("group_by", "service_tier"),
    ]


def test_all_ten_reports_are_asked_for(openai: Any, collected: Collected) -> None:
    collected(SOURCE, WINDOW)
    assert len(REPORTS) == 10
    assert {request.url.path for request in openai.asked} == {PREFIX + report.service for report in REPORTS}


@pytest.mark.parametrize(
    ("service", "uncached", "requests", "quantity", "unit"),
    [
        ("embeddings", 640, 4, None, None),
        ("moderations", 90, 9, None, None),
        ("images", None, 5, 7, "images"),
        ("audio_speeches", None, 2, 1200, "characters"),
        ("audio_transcriptions", None, 1, 330, "seconds"),
        ("vector_stores", None, None, 1048576, "bytes"),
        ("code_interpreter_sessions", None, None, 6, "sessions"),
        ("file_search_calls", None, None, 8, "calls"),
        ("web_search_calls", None, None, 11, "calls"),
    ],
)
def test_other_reports_count_in_their_own_unit(
    openai: Any,
    collected: Collected,
    recorded: Any,
    service: str,
    uncached: int | None,
    requests: int | None,
    quantity: int | None,
    unit: str | None,
) -> None:
    openai.says(COMPLETIONS, recorded("openai/empty_page"))
    openai.says(PREFIX + service, one_result(recorded("openai/other_usage")[service]))
    [row] = collected(SOURCE, WINDOW)
    assert (row.service, row.uncached_input_tokens, row.request_count) == (service, uncached, requests)
    assert (row.quantity, row.unit) == (None if quantity is None else Decimal(quantity), unit)
    assert row.output_tokens is None
    assert to_batch(TokenUsage, [row]).num_rows == 1


def test_a_window_that_lasts_beyond_now_ends_now(openai: Any, collected: Collected) -> None:
    now = START + timedelta(hours=2, minutes=30, microseconds=5)
    rows = collected(SOURCE, Window(START, START + timedelta(days=1)), now)
    assert dict(openai.queries(COMPLETIONS)[0])["end_time"] == str(1793491200 + 9000)
    assert rows[-1].started_at == START + timedelta(hours=2)


def test_a_window_of_the_future_asks_nothing(openai: Any, collected: Collected) -> None:
    assert collected(SOURCE, WINDOW, START) == []
    assert openai.asked == []


def test_only_hours_that_start_in_the_window_are_asked_for(openai: Any, collected: Collected, recorded: Any) -> None:
    openai.says(COMPLETIONS, recorded("openai/completions_last_page"))
    collected(SOURCE, Window(START + timedelta(minutes=30), START + timedelta(hours=2, minutes=1)))
    query = dict(openai.queries(COMPLETIONS)[0])
    assert (query["start_time"], query["end_time"]) == ("1793494800", "1793502000")


@given(*[st.integers(0, 10**15)] * 3)
def test_the_parts_of_input_add_up_to_input(uncached: int, cached: int, written: int) -> None:
    row = completion(
        input_tokens=uncached + cached + written,
        input_cached_tokens=cached,
        input_cache_write_tokens=written,
        input_uncached_tokens=uncached,
    )
    usage = rows_of(row)[0]
    assert usage.uncached_input_tokens == uncached
    assert usage.cache_read_input_tokens == cached
    assert usage.cache_write_input_tokens == written


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_the_parts_of_an_older_answer_add_up_to_input(uncached: int, cached: int) -> None:
    usage = rows_of(completion(input_tokens=uncached + cached, input_cached_tokens=cached))[0]
    assert usage.uncached_input_tokens == uncached
    assert usage.cache_read_input_tokens == cached


def test_input_that_is_not_told_apart_is_all_uncached_and_the_cache_unknown() -> None:
    usage = rows_of(completion(input_tokens=10))[0]
    assert usage.uncached_input_tokens == 10
    assert usage.cache_read_input_tokens is None


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (completion(output_tokens=-1), "output_tokens is -1"),
        (completion(output_tokens=None), "output_tokens is None"),
        ({"object": "organization.usage.completions.result"}, "is missing"),
        (completion(object="organization.usage.embeddings.result"), "is the object 'organization.usage.embeddings"),
        (completion(input_cached_tokens=11), "input_tokens is 10, but its parts are"),
        (completion(input_cached_tokens=4, input_uncached_tokens=5), "input_tokens is 10, but its parts are"),
        (completion(model=7), "model is 7"),
    ],
)
def test_a_row_that_breaks_the_contract_is_named(row: dict[str, Any], problem: str) -> None:
    with pytest.raises(DataError, match=f"openai_usage /organization/usage/completions: .*{problem}"):
        rows_of(row)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"start_time": None}, "start_time is None"),
        ({"end_time": 1793491200}, "ends before it starts"),
        ({"results": None}, "results is None where a list"),
        ({"results": [7]}, "a row is int, not an object"),
    ],
)
def test_a_broken_bucket_is_named(openai: Any, collected: Collected, changed: dict[str, Any], problem: str) -> None:
    page = one_result(completion())
    page["data"][0] |= changed
    openai.says(COMPLETIONS, page)
    with pytest.raises(DataError, match=f"/organization/usage/completions: .*{problem}"):
        collected(SOURCE, WINDOW)


def test_a_vendor_that_never_stops_paging_is_an_error(openai: Any, collected: Collected, recorded: Any) -> None:
    endless = recorded("openai/empty_page") | {"has_more": True, "next_page": "page_AAAA"}
    openai.says(COMPLETIONS, endless)
    with pytest.raises(DataError, match="cursor came twice"):
        collected(SOURCE, WINDOW)


def test_a_refused_key_names_the_source(openai: Any, collected: Collected, recorded: Any) -> None:
    openai.says(COMPLETIONS, httpx2.Response(401, json=recorded("openai/error_401")))
    with pytest.raises(FatalError, match=r"^openai_usage: the admin key was refused \(HTTP 401"):
        collected(SOURCE, WINDOW)


def test_a_busy_vendor_is_asked_at_most_once_a_second(
    openai: Any, collected: Collected, recorded: Any, fake_time: Any
) -> None:
    openai.says(COMPLETIONS, httpx2.Response(429, json=recorded("openai/error_429")))
    with pytest.raises(RetriableError):
        collected(SOURCE, WINDOW)
    assert len(openai.asked) == 6
    assert fake_time.seconds >= 5


def test_the_check_is_one_call(openai: Any, api_of: Callable[..., Api]) -> None:
    api = api_of(SOURCE)
    SOURCE.check(api)
    assert len(openai.asked) == 1


def rows_of(row: dict[str, Any]) -> list[TokenUsage]:
    """What `collect` makes of one row, without HTTP."""

    class OneRow:
        def get(self, path: str, params: Any = (), *, exact: bool = False) -> Any:
            full = one_result(row)
            return full if path.endswith("/completions") else full | {"data": []}

    settings = SOURCE.settings.model_validate({"account": "org-demo", "admin_key": "env:DEMO_KEY"})
    return list(collect(WINDOW, Api("openai_usage", settings, START + timedelta(days=2), OneRow())))


def test_a_newer_endpoint_that_an_account_does_not_have_is_left_out(openai: Any, collected: Collected) -> None:
    openai.says(PREFIX + "web_search_calls", httpx2.Response(404, json={}))
    openai.says(PREFIX + "file_search_calls", httpx2.Response(404, json={}))
    services = {row.service for row in collected(SOURCE, WINDOW)}
    assert services.isdisjoint({"web_search_calls", "file_search_calls"})


def test_an_old_endpoint_that_is_missing_fails_the_source(openai: Any, collected: Collected) -> None:
    openai.says(PREFIX + "embeddings", httpx2.Response(404, json={}))
    with pytest.raises(FatalError, match="check base_url and the account"):
        collected(SOURCE, WINDOW)
