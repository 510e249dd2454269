"""Anthropic usage: tokens that are disjoint already, no request count, web searches apart."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from collectors.base import Api
from collectors.errors import DataError, FatalError, RetriableError
from collectors.sources.anthropic_usage import SOURCE
from domain.attribution import Dimensions
from domain.window import Window
from store.schema import to_batch
from store.tables import TokenUsage

HOUR = timedelta(hours=1)
START = datetime(2026, 11, 1, tzinfo=UTC)
WINDOW = Window(START, START + 2 * HOUR)
PATH = "/v1/organizations/usage_report/messages"

Collected = Callable[..., list[TokenUsage]]


@pytest.fixture
def anthropic(vendor: Any, recorded: Any) -> Any:
    vendor.says(PATH, recorded("anthropic/messages_first_page"), recorded("anthropic/messages_last_page"))
    return vendor


def broken(page: dict[str, Any], **fields: Any) -> dict[str, Any]:
    row = page["data"][0]["results"][0]
    for name, value in fields.items():
        if value is ...:
            del row[name]
        else:
            row[name] = value
    return page | {"has_more": False}


def test_a_row_holds_what_the_report_says(anthropic: Any, collected: Collected) -> None:
    assert collected(SOURCE, WINDOW)[0] == TokenUsage(
        source="anthropic_usage",
        started_at=START,
        ended_at=START + HOUR,
        provider="anthropic",
        account_id="org-demo",
        service="messages",
        attribution_key=Dimensions(
            "anthropic", "org-demo", "wrkspc_demo", "apikey_demo", "user_demo", "claude-sonnet-5", "messages"
        ).key(),
        project_id="wrkspc_demo",
        api_key_id="apikey_demo",
        user_id="user_demo",
        model="claude-sonnet-5",
        service_tier="standard",
        context_window="0-200k",
        region="global",
        uncached_input_tokens=1500,
        cache_read_input_tokens=200,
        cache_write_5m_input_tokens=500,
        cache_write_1h_input_tokens=1000,
        output_tokens=510,
    )


def test_requests_are_unknown_not_zero(anthropic: Any, collected: Collected) -> None:
    assert {row.request_count for row in collected(SOURCE, WINDOW)} == {None}


def test_web_searches_are_a_row_of_their_own(anthropic: Any, collected: Collected) -> None:
    rows = collected(SOURCE, WINDOW)
    assert [row.service for row in rows] == ["messages", "web_search", "messages"]
    searches = rows[1]
    assert (searches.quantity, searches.unit) == (Decimal(10), "calls")
    assert (searches.uncached_input_tokens, searches.output_tokens) == (None, None)
    assert to_batch(TokenUsage, rows).num_rows == 3


def test_the_default_workspace_and_unknown_regions_have_words(anthropic: Any, collected: Collected) -> None:
    last = collected(SOURCE, WINDOW)[-1]
    assert (last.project_id, last.api_key_id, last.region, last.service_tier) == ("default", None, None, "batch")


def test_the_query_is_hourly_and_grouped_by_all_that_is_kept(anthropic: Any, collected: Collected) -> None:
    collected(SOURCE, WINDOW)
    first, second = anthropic.queries(PATH)
    assert first == [
        ("starting_at", "2026-11-01T00:00:00Z"),
        ("ending_at", "2026-11-01T02:00:00Z"),
        ("bucket_width", "1h"),
        ("limit", "168"),
        ("group_by[]", "account_id"),
        ("group_by[]", "api_key_id"),
        ("group_by[]", "workspace_id"),
        ("group_by[]", "model"),
        ("group_by[]", "service_tier"),
        ("group_by[]", "context_window"),
        ("group_by[]", "inference_geo"),
    ]
    assert second == [*first, ("page", "page_AAAA")]
    assert anthropic.asked[0].headers["x-api-key"] == "sk-admin-abcdef123456"
    assert anthropic.asked[0].headers["anthropic-version"] == "2023-06-01"


def test_the_hour_that_is_filling_comes_because_no_end_is_named(anthropic: Any, collected: Collected) -> None:
    rows = collected(SOURCE, Window(START, START + timedelta(days=1)), START + timedelta(minutes=90))
    assert "ending_at" not in dict(anthropic.queries(PATH)[0])
    assert rows[-1].started_at == START + HOUR


def test_an_hour_after_the_window_is_another_windows(anthropic: Any, collected: Collected) -> None:
    rows = collected(SOURCE, Window(START, START + HOUR))
    assert {row.started_at for row in rows} == {START}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"uncached_input_tokens": -5}, "uncached_input_tokens is -5"),
        ({"output_tokens": ...}, "the field output_tokens is missing"),
        ({"cache_creation": ...}, "no object cache_creation"),
        ({"cache_creation": "string"}, "no object cache_creation"),
        ({"cache_creation": {"ephemeral_5m_input_tokens": 1}}, "ephemeral_1h_input_tokens is missing"),
        ({"server_tool_use": "string"}, "server_tool_use is str"),
    ],
)
def test_a_row_that_breaks_the_contract_is_named(
    vendor: Any, collected: Collected, recorded: Any, fields: dict[str, Any], problem: str
) -> None:
    vendor.says(PATH, broken(recorded("anthropic/messages_first_page"), **fields))
    with pytest.raises(DataError, match=f"anthropic_usage {PATH}: .*{problem}"):
        collected(SOURCE, WINDOW)


def test_a_bucket_without_offset_is_an_error(vendor: Any, collected: Collected, recorded: Any) -> None:
    page = recorded("anthropic/messages_last_page")
    page["data"][0]["starting_at"] = "2026-11-01T01:00:00"
    vendor.says(PATH, page)
    with pytest.raises(DataError, match="starting_at is '2026-11-01T01:00:00' where a time with its offset"):
        collected(SOURCE, WINDOW)


def test_a_refused_key_and_an_overloaded_vendor_are_told(vendor: Any, collected: Collected, recorded: Any) -> None:
    vendor.says(PATH, httpx2.Response(401, json=recorded("anthropic/error_401")))
    with pytest.raises(
        FatalError, match=r"^anthropic_usage: the admin key was refused \(HTTP 401: invalid x-api-key\)"
    ):
        collected(SOURCE, WINDOW)
    vendor.says(PATH, httpx2.Response(529, json=recorded("anthropic/error_529")))
    with pytest.raises(RetriableError, match="HTTP 529: Overloaded"):
        collected(SOURCE, WINDOW)


def test_the_check_is_one_call(vendor: Any, api_of: Callable[..., Api], recorded: Any) -> None:
    vendor.says(PATH, recorded("anthropic/messages_last_page"))
    SOURCE.check(api_of(SOURCE))
    assert len(vendor.asked) == 1
