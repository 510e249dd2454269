"""LiteLLM's spend log as requests: paging by offset, ends that are inclusive, and what odd rows become."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from collectors.base import Api
from collectors.errors import DataError, FatalError, RetriableError
from collectors.sources.litellm import SOURCE
from domain.attribution import Dimensions
from domain.window import Window
from tests.collectors.conftest import NOW, Vendor

LOG, DAILY = "/spend/logs/v2", "/user/daily/activity"
HOUR = Window(datetime(2026, 11, 2, 10, tzinfo=UTC), datetime(2026, 11, 2, 11, tzinfo=UTC))
URL = {"base_url": "https://api.example.com"}
PAGES = [f"litellm/spend_logs_{page}_page" for page in ("first", "second", "third", "last")]

Recorded = Callable[[str], dict[str, Any]]
Made = Callable[..., Api]


def read(vendor: Vendor, api_of: Made, *pages: dict[str, Any], window: Window = HOUR, **settings: Any) -> Any:
    vendor.says(LOG, *pages)
    api = api_of(SOURCE, **URL, **settings)
    return api, list(SOURCE.collect(window, api))


def page(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"data": list(rows), "total": len(rows), "page": 1, "page_size": 1000, "total_is_capped": False, **more}


def row(recorded: Recorded, **changes: Any) -> dict[str, Any]:
    first: dict[str, Any] = recorded(PAGES[0])["data"][0]
    return first | changes


def test_pages_are_read_to_the_last_and_a_row_that_moved_comes_once(
    vendor: Vendor, api_of: Made, recorded: Recorded
) -> None:
    api, requests = read(vendor, api_of, *(recorded(name) for name in PAGES))
    assert [request.started_at.minute for request in requests] == [1, 2, 3, 4]
    asked = [dict(query) for query in vendor.queries(LOG)]
    assert [query["page"] for query in asked] == ["1", "2", "3", "4"]
    assert {(query["start_date"], query["end_date"]) for query in asked} == {
        ("2026-11-02 10:00:00", "2026-11-02 11:00:00")
    }
    assert {(query["sort_by"], query["sort_order"], query["page_size"]) for query in asked} == {
        ("startTime", "asc", "1000")
    }
    assert [(one.file_name, one.reason) for one in api.rejected] == [
        ("request chatcmpl-5", "the row ends before it starts")
    ]
    assert api.complete_to == HOUR.end


def test_a_row_becomes_a_request(vendor: Vendor, api_of: Made, recorded: Recorded) -> None:
    settings = {"tags": ["app", "plan"], "accounts": {"anthropic": "org-1"}}
    _, (one, two, failed, cached) = read(vendor, api_of, *(recorded(name) for name in PAGES), **settings)
    assert (one.provider, one.model, one.account_id, one.project_id, one.api_key_id, one.user_id) == (
        "anthropic", "claude-sonnet-5", "org-1", "t-1", "5f2cd4f1a0", "u-1"
    )  # fmt: skip
    assert (one.input_tokens, one.cache_read_input_tokens, one.output_tokens) == (1000, 800, 250)
    assert (one.duration_seconds, one.time_to_first_token_seconds) == (2.1, 0.6)
    assert (one.status_code, one.error_type, one.service, one.tags) == (None, None, "litellm", '{"app":"search"}')
    assert one.attribution_key == Dimensions(
        provider="anthropic", account_id="org-1", project_id="t-1", api_key_id="5f2cd4f1a0", user_id="u-1",
        model="claude-sonnet-5", service="litellm", tags='{"app":"search"}',
    ).key()  # fmt: skip
    assert (two.model, two.account_id, two.cache_read_input_tokens, two.tags) == (
        "gpt-5.4", "default", 64, '{"app":"chat"}'
    )  # fmt: skip
    assert two.time_to_first_token_seconds is None, "an answer that did not stream has no first token of its own"
    assert (failed.provider, failed.model, failed.status_code, failed.error_type) == (
        "litellm", None, 429, "RateLimitError"
    )  # fmt: skip
    assert (cached.input_tokens, cached.cache_read_input_tokens, cached.output_tokens) == (0, 0, 0)


def test_a_tag_may_name_the_service(vendor: Vendor, api_of: Made, recorded: Recorded) -> None:
    given = page(row(recorded), row(recorded, request_id="b", request_tags=[]))
    _, requests = read(vendor, api_of, given, service_tag="app", service="other")
    assert [(one.service, one.tags) for one in requests] == [("search", None), ("other", None)]


def test_more_read_from_a_cache_than_sent_is_all_of_it_from_the_cache(
    vendor: Vendor, api_of: Made, recorded: Recorded
) -> None:
    _, (one,) = read(vendor, api_of, page(row(recorded, prompt_tokens=500)))
    assert (one.input_tokens, one.cache_read_input_tokens) == (800, 800)


def test_a_time_without_an_offset_is_utc(vendor: Vendor, api_of: Made, recorded: Recorded) -> None:
    given = row(recorded, startTime="2026-11-02T10:30:00", endTime="2026-11-02T10:30:01", request_duration_ms=None)
    _, (one,) = read(vendor, api_of, page(given))
    assert one.started_at == datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
    assert one.duration_seconds == 1.0


def test_a_window_that_the_proxy_cannot_count_is_halved(vendor: Vendor, api_of: Made, recorded: Recorded) -> None:
    capped = page(total=10_000, total_is_capped=True)
    early, late = row(recorded), row(recorded, request_id="b", startTime="2026-11-02T10:45:00Z", endTime=None)
    _, requests = read(vendor, api_of, capped, page(early), page(late))
    assert len(requests) == 2
    assert [dict(query)["end_date"][11:] for query in vendor.queries(LOG)] == ["11:00:00", "10:30:00", "11:00:00"]


def test_a_request_on_the_edge_of_two_windows_comes_once_and_in_the_later_one(
    vendor: Vendor, api_of: Made, recorded: Recorded
) -> None:
    edge = row(recorded, startTime="2026-11-02T11:00:00Z", endTime="2026-11-02T11:00:01Z")
    both = Window(HOUR.start, HOUR.end + timedelta(hours=1))
    _, requests = read(vendor, api_of, page(edge), page(edge), window=both)
    assert len(requests) == 1
    assert read(vendor, api_of, page(edge))[1] == []
    assert len(read(vendor, api_of, page(edge), window=Window(HOUR.end, both.end))[1]) == 1


def test_the_last_ten_minutes_are_left_for_the_next_run(vendor: Vendor, api_of: Made) -> None:
    window = Window(NOW.replace(minute=0, second=0, microsecond=0), NOW)
    api, _ = read(vendor, api_of, page(), window=window)
    assert api.complete_to == datetime(2026, 11, 3, 12, 20, 15, tzinfo=UTC)
    assert dict(vendor.queries(LOG)[0])["end_date"] == "2026-11-03 12:20:15"
    api, _ = read(vendor, api_of, page(), window=Window(NOW - timedelta(minutes=5), NOW))
    assert len(vendor.asked) == 1
    assert api.complete_to == NOW - timedelta(minutes=5)


def test_fewer_rows_than_announced_are_read_again_later(vendor: Vendor, api_of: Made, recorded: Recorded) -> None:
    with pytest.raises(RetriableError, match=r"2 requests of .* were announced and 1 came"):
        read(vendor, api_of, page(row(recorded), total=2))


def test_a_proxy_that_ignores_the_page_is_told_from_an_endless_log(
    vendor: Vendor, api_of: Made, recorded: Recorded
) -> None:
    with pytest.raises(DataError, match="page 2 holds nothing but rows of earlier pages"):
        read(vendor, api_of, page(row(recorded), page_size=1))


def test_a_refused_key_is_told_in_one_sentence(vendor: Vendor, api_of: Made, recorded: Recorded) -> None:
    vendor.says(LOG, httpx2.Response(401, content=json.dumps(recorded("litellm/error_401"))))
    with pytest.raises(FatalError, match=r"the key of a proxy admin was refused .*Invalid proxy server token"):
        list(SOURCE.collect(HOUR, api_of(SOURCE, **URL)))


def test_a_log_that_is_switched_off_is_found_by_the_counts_of_the_day(
    vendor: Vendor, api_of: Made, recorded: Recorded
) -> None:
    vendor.says(LOG, page())
    vendor.says(DAILY, recorded("litellm/daily_activity"))
    with pytest.raises(FatalError, match="counted 100 requests on 2026-11-02 but its spend log has none"):
        SOURCE.check(api_of(SOURCE, **URL))
    vendor.says(DAILY, httpx2.Response(403, json={"error": {"message": "no"}}))
    SOURCE.check(api_of(SOURCE, **URL))
    vendor.says(LOG, page(row(recorded)))
    SOURCE.check(api_of(SOURCE, **URL))
