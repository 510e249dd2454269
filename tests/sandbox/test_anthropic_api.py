"""Anthropic's reports: paging, grouping, cents, the running bucket, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company import Company
from sandbox.keys import ADMIN_KEY_ANTHROPIC, EXPIRED_KEY_ANTHROPIC, WORKSPACE_KEY_ANTHROPIC
from sandbox.truth import Truth

NOW = datetime(2026, 11, 20, 10, 17, 5, tzinfo=UTC)
HEADERS = {"x-api-key": ADMIN_KEY_ANTHROPIC, "anthropic-version": "2023-06-01"}
MESSAGES = "/anthropic/v1/organizations/usage_report/messages"
COST = "/anthropic/v1/organizations/cost_report"
START, END = "2026-11-10T00:00:00Z", "2026-11-13T00:00:00Z"
WINDOW: list[tuple[str, str | int | float | bool | None]] = [("starting_at", START), ("ending_at", END)]
GROUPED = [("group_by[]", name) for name in ("workspace_id", "api_key_id", "model", "service_tier")]

Pages = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("limit", [1, 7, 72, 168])
def test_every_page_size_gives_the_same_buckets(anthropic_buckets: Pages, limit: int) -> None:
    query = [*WINDOW, ("bucket_width", "1h"), *GROUPED]
    whole = anthropic_buckets("usage_report/messages", [*query, ("limit", 72)])
    assert len(whole) == 72
    assert anthropic_buckets("usage_report/messages", [*query, ("limit", limit)]) == whole


def test_token_totals_equal_the_truth(anthropic_buckets: Pages, company: Company) -> None:
    buckets = anthropic_buckets("usage_report/messages", [*WINDOW, ("bucket_width", "1h"), *GROUPED])
    rows = [row for bucket in buckets for row in bucket["results"]]
    truth = [
        row for row in Truth(company).usage(date(2026, 11, 10), date(2026, 11, 13), NOW) if row.provider == "anthropic"
    ]
    assert {row.request_count for row in truth} == {None}
    assert sum(row["uncached_input_tokens"] for row in rows) == sum(r.uncached_input_tokens for r in truth)
    assert sum(r["cache_read_input_tokens"] for r in rows) == sum(r.cache_read_input_tokens for r in truth)
    assert sum(row["output_tokens"] for row in rows) == sum(r.output_tokens for r in truth)
    written = [row["cache_creation"] for row in rows]
    five_minutes = sum(row["ephemeral_5m_input_tokens"] for row in written)
    one_hour = sum(row["ephemeral_1h_input_tokens"] for row in written)
    assert five_minutes == sum(r.cache_write_5m_input_tokens for r in truth) > 0
    assert one_hour == sum(r.cache_write_1h_input_tokens for r in truth) > 0
    assert {row["service_tier"] for row in rows} == {"standard", "batch", "priority"}
    assert sum(row["server_tool_use"]["web_search_requests"] for row in rows) > 0


def test_the_cost_report_in_cents_equals_the_truth(anthropic_buckets: Pages, company: Company) -> None:
    grouped = [("group_by[]", "workspace_id"), ("group_by[]", "description")]
    query = [("starting_at", "2026-09-01T00:00:00Z"), ("limit", 31), *grouped]
    reported: dict[tuple[str, str, str | None], Decimal] = {}
    for bucket in anthropic_buckets("cost_report", query):
        for row in bucket["results"]:
            assert isinstance(row["amount"], str)
            key = (bucket["starting_at"][:10], row["workspace_id"], row["model"])
            reported[key] = reported.get(key, Decimal(0)) + Decimal(row["amount"]) / 100
    truth = {
        (cost.day.isoformat(), cost.project_id, cost.model): cost.billed_cost
        for cost in Truth(company).billed_costs(date(2026, 9, 1), date(2026, 11, 21), NOW)
        if cost.provider == "anthropic"
    }
    assert reported == truth


def test_priority_tier_is_used_but_not_in_the_cost_report(anthropic_buckets: Pages) -> None:
    query = [*WINDOW, ("group_by[]", "description")]
    rows = [row for bucket in anthropic_buckets("cost_report", query) for row in bucket["results"]]
    assert {row["service_tier"] for row in rows if row["cost_type"] == "tokens"} == {"standard", "batch"}
    assert {row["cost_type"] for row in rows} == {"tokens", "web_search", "code_execution"}
    assert all(row["workspace_id"] is None for row in rows)


def test_every_grouping_of_cost_adds_up_to_the_same_bill(anthropic_buckets: Pages) -> None:
    totals = set()
    for grouping in ([], ["workspace_id"], ["description"], ["workspace_id", "description"]):
        buckets = anthropic_buckets("cost_report", [*WINDOW, *(("group_by[]", name) for name in grouping)])
        totals.add(sum(Decimal(row["amount"]) for bucket in buckets for row in bucket["results"]))
        if not grouping:
            assert buckets[0]["results"][0]["description"] is None
            assert buckets[0]["results"][0]["model"] is None
    assert len(totals) == 1


def test_the_report_ends_with_the_running_bucket_unless_told_otherwise(anthropic_buckets: Pages) -> None:
    open_ended = anthropic_buckets("usage_report/messages", [("starting_at", "2026-11-19T00:00:00Z")])
    assert [bucket["starting_at"] for bucket in open_ended] == [
        "2026-11-19T00:00:00Z",
        "2026-11-20T00:00:00Z",
    ]
    until_now = [("starting_at", "2026-11-19T00:00:00Z"), ("ending_at", NOW.isoformat())]
    assert len(anthropic_buckets("usage_report/messages", until_now)) == 1


def test_the_start_is_snapped_down_to_the_bucket(anthropic_buckets: Pages) -> None:
    query = [("starting_at", "2026-11-10T13:45:00+00:00"), ("ending_at", END)]
    assert anthropic_buckets("usage_report/messages", query)[0]["starting_at"] == START


def test_filters_keep_only_what_was_asked_for(anthropic_buckets: Pages) -> None:
    everything = anthropic_buckets("usage_report/messages", [*WINDOW, *GROUPED])[0]["results"]
    query = [*WINDOW, *GROUPED, ("models[]", "claude-opus-5"), ("service_tiers[]", "batch")]
    rows = anthropic_buckets("usage_report/messages", query)[0]["results"]
    assert rows == [row for row in everything if row["model"] == "claude-opus-5" and row["service_tier"] == "batch"]


def test_speed_needs_its_beta_header(client: TestClient) -> None:
    query = [*WINDOW, ("group_by[]", "speed")]
    assert client.get(MESSAGES, params=query, headers=HEADERS).status_code == 400
    beta = HEADERS | {"anthropic-beta": "fast-mode-2026-02-01"}
    page = client.get(MESSAGES, params=query, headers=beta).json()
    assert page["data"][0]["results"][0]["speed"] == "standard"


@pytest.mark.parametrize(
    ("path", "parameters", "words"),
    [
        (MESSAGES, [], "starting_at: Field required"),
        (MESSAGES, [("starting_at", "last week")], "starting_at: "),
        (MESSAGES, [("starting_at", "2026-11-10T00:00:00")], "time zone"),
        (MESSAGES, [("starting_at", END), ("ending_at", START)], "ending_at"),
        (MESSAGES, [*WINDOW, ("limit", 32)], "limit: Input should be less than or equal to 31"),
        (MESSAGES, [*WINDOW, ("limit", 0)], "limit: Input should be greater than or equal to 1"),
        (MESSAGES, [*WINDOW, ("bucket_width", "1h"), ("limit", 169)], "equal to 168"),
        (MESSAGES, [*WINDOW, ("bucket_width", "2h")], "bucket_width"),
        (MESSAGES, [*WINDOW, ("group_by", "model")], "group_by: Extra inputs"),
        (MESSAGES, [*WINDOW, ("group_by[]", "project_id")], "group_by: Input should be"),
        (MESSAGES, [*WINDOW, ("page", "page_nonsense")], "cursor"),
        (COST, [*WINDOW, ("bucket_width", "1h")], "bucket_width"),
        (COST, [*WINDOW, ("group_by[]", "api_key_id")], "group_by: Input should be"),
        (COST, [*WINDOW, ("models[]", "claude-opus-5")], "Extra inputs"),
    ],
)
def test_a_bad_request_is_refused_and_named(
    client: TestClient, path: str, parameters: list[tuple[str, Any]], words: str
) -> None:
    answer = client.get(path, params=parameters, headers=HEADERS)
    assert answer.status_code == 400
    body = answer.json()
    assert body["type"] == "error"
    assert body["error"]["type"] == "invalid_request_error"
    assert words in body["error"]["message"]
    assert body["request_id"].startswith("req_")


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"anthropic-version": "2023-06-01"}, 401, "authentication_error"),
        (HEADERS | {"x-api-key": "wrong"}, 401, "authentication_error"),
        (HEADERS | {"x-api-key": EXPIRED_KEY_ANTHROPIC}, 401, "authentication_error"),
        (HEADERS | {"x-api-key": WORKSPACE_KEY_ANTHROPIC}, 403, "permission_error"),
        ({"x-api-key": ADMIN_KEY_ANTHROPIC}, 400, "invalid_request_error"),
    ],
)
def test_only_the_admin_key_opens_the_api(client: TestClient, headers: dict[str, str], status: int, kind: str) -> None:
    answer = client.get(MESSAGES, params=WINDOW, headers=headers)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)
