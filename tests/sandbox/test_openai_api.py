"""OpenAI's organization API: paging, grouping, filters, limits, money, refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company import Company
from sandbox.keys import ADMIN_KEY_OPENAI, EXPIRED_KEY_OPENAI, PROJECT_KEY_OPENAI
from sandbox.openai_usage import USAGE_ENDPOINTS
from sandbox.truth import Truth

NOW = datetime(2026, 11, 20, 10, 17, 5, tzinfo=UTC)
HEADERS = {"Authorization": f"Bearer {ADMIN_KEY_OPENAI}"}
USAGE = "/openai/v1/organization/usage/completions"
COSTS = "/openai/v1/organization/costs"

Pages = Callable[..., list[dict[str, Any]]]


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


START = _seconds(date(2026, 11, 10))
END = _seconds(date(2026, 11, 13))
ALL_DIMENSIONS = [("group_by", name) for name in USAGE_ENDPOINTS[0].dimensions]


@pytest.mark.parametrize("limit", [1, 5, 24, 71, 72, 168])
def test_every_page_size_gives_the_same_buckets(openai_buckets: Pages, limit: int) -> None:
    query = [("start_time", START), ("end_time", END), ("bucket_width", "1h"), *ALL_DIMENSIONS]
    whole = openai_buckets("usage/completions", [*query, ("limit", 72)])
    assert openai_buckets("usage/completions", [*query, ("limit", limit)]) == whole
    assert [bucket["start_time"] for bucket in whole] == list(range(START, END, 3600))


@pytest.mark.parametrize(("width", "limit"), [("1m", 1440), ("1h", 168), ("1d", 31)])
def test_every_bucket_width_adds_up_to_the_same_totals(openai_buckets: Pages, width: str, limit: int) -> None:
    def total(query: list[tuple[str, str | int]]) -> Counter[str]:
        sums: Counter[str] = Counter()
        for bucket in openai_buckets("usage/completions", query):
            for row in bucket["results"]:
                sums.update({key: value for key, value in row.items() if type(value) is int})
        return sums

    window: list[tuple[str, str | int]] = [("start_time", START), ("end_time", START + 86400)]
    by_width = total([*window, ("bucket_width", width), ("limit", limit), *ALL_DIMENSIONS])
    assert by_width == total(window)
    assert by_width["num_model_requests"] > 0


def test_without_grouping_there_is_one_row_with_null_dimensions(openai_buckets: Pages) -> None:
    buckets = openai_buckets("usage/completions", [("start_time", START), ("end_time", END)])
    assert [len(bucket["results"]) for bucket in buckets] == [1, 1, 1]
    row = buckets[0]["results"][0]
    assert all(row[name] is None for name in USAGE_ENDPOINTS[0].dimensions)


def test_only_requested_dimensions_are_filled(openai_buckets: Pages) -> None:
    query = [("start_time", START), ("end_time", END), ("group_by", "model")]
    rows = openai_buckets("usage/completions", query)[0]["results"]
    assert {row["model"] for row in rows} == {"gpt-5.4", "gpt-5.4-mini"}
    assert {row["project_id"] for row in rows} == {None}


def test_brackets_and_repeated_keys_mean_the_same(openai_buckets: Pages) -> None:
    window = [("start_time", START), ("end_time", END)]
    repeated = [*window, ("group_by", "model"), ("group_by", "project_id")]
    brackets = [*window, ("group_by[]", "model"), ("group_by[]", "project_id")]
    assert openai_buckets("usage/completions", repeated) == openai_buckets("usage/completions", brackets)


def test_input_tokens_include_the_cached_ones(openai_buckets: Pages) -> None:
    query = [("start_time", START), ("end_time", END), *ALL_DIMENSIONS]
    rows = [row for bucket in openai_buckets("usage/completions", query) for row in bucket["results"]]
    for row in rows:
        parts = ("input_uncached_tokens", "input_cached_tokens", "input_cache_write_tokens")
        assert row["input_tokens"] == sum(row[part] for part in parts)
    assert any(row["input_cached_tokens"] > 0 for row in rows)
    assert {row["batch"] for row in rows} == {True, False}
    assert {row["service_tier"] for row in rows} == {"default", "priority"}


@pytest.mark.parametrize("endpoint", USAGE_ENDPOINTS, ids=lambda endpoint: endpoint.path)
def test_every_usage_endpoint_has_rows_and_totals_equal_the_truth(
    openai_buckets: Pages, company: Company, endpoint: Any
) -> None:
    query = [("start_time", START), ("end_time", END), *(("group_by", n) for n in endpoint.dimensions)]
    rows = [row for b in openai_buckets(f"usage/{endpoint.path}", query) for row in b["results"]]
    assert rows
    assert {row["object"] for row in rows} == {f"organization.usage.{endpoint.result}.result"}
    truth = [
        row
        for row in Truth(company).usage(date(2026, 11, 10), date(2026, 11, 13), NOW)
        if (row.provider, row.endpoint) == ("openai", endpoint.path)
    ]
    if "num_model_requests" in rows[0]:
        assert sum(r["num_model_requests"] for r in rows) == sum(row.request_count or 0 for row in truth)
    if "input_tokens" in rows[0]:
        assert sum(r["input_tokens"] for r in rows) == sum(
            row.uncached_input_tokens + row.cache_read_input_tokens for row in truth
        )
    units = {"images", "characters", "seconds", "num_sessions", "num_requests"} & rows[0].keys()
    for unit in units:
        assert sum(row[unit] for row in rows) == sum(row.quantity for row in truth)


def test_storage_is_a_level_and_not_added_up_over_the_day(openai_buckets: Pages) -> None:
    window = [("start_time", START), ("end_time", START + 86400)]
    by_hour = openai_buckets("usage/vector_stores", [*window, ("bucket_width", "1h")])
    by_day = openai_buckets("usage/vector_stores", window)
    levels = [bucket["results"][0]["usage_bytes"] for bucket in by_hour]
    assert by_day[0]["results"][0]["usage_bytes"] == max(levels)


def test_filters_keep_only_what_was_asked_for(openai_buckets: Pages) -> None:
    window = [("start_time", START), ("end_time", END)]
    everything = openai_buckets("usage/completions", [*window, *ALL_DIMENSIONS])[0]["results"]
    wanted = everything[0]
    for parameter, field in (("project_ids", "project_id"), ("models", "model"), ("user_ids", "user_id")):
        query = [*window, *ALL_DIMENSIONS, (parameter, wanted[field])]
        rows = openai_buckets("usage/completions", query)[0]["results"]
        assert rows == [row for row in everything if row[field] == wanted[field]]
    batch = openai_buckets("usage/completions", [*window, *ALL_DIMENSIONS, ("batch", "true")])
    assert {row["batch"] for row in batch[0]["results"]} == {True}


def test_an_empty_bucket_is_present_with_no_results(openai_buckets: Pages) -> None:
    query = [("start_time", START), ("end_time", END), ("models", "gpt-none")]
    assert [bucket["results"] for bucket in openai_buckets("usage/completions", query)] == [[], [], []]


def test_the_last_bucket_is_partial(openai_buckets: Pages) -> None:
    today = _seconds(NOW.date())
    buckets = openai_buckets("usage/completions", [("start_time", today - 86400)])
    assert [bucket["end_time"] - bucket["start_time"] for bucket in buckets] == [86400, 86400]
    yesterday, running = (bucket["results"][0]["num_model_requests"] for bucket in buckets)
    assert 0 < running < yesterday


def test_defaults_are_daily_buckets_seven_to_a_page(client: TestClient) -> None:
    page = client.get(USAGE, params={"start_time": START - 20 * 86400}, headers=HEADERS).json()
    assert len(page["data"]) == 7
    assert page["has_more"]
    assert page["object"] == "page"


def test_costs_equal_the_truth_to_the_last_digit(openai_buckets: Pages, company: Company) -> None:
    start, end = date(2026, 9, 1), date(2026, 11, 20)
    query = [
        ("start_time", _seconds(start)),
        ("limit", 180),
        *(("group_by", name) for name in ("project_id", "line_item", "api_key_id")),
    ]
    by_day_and_project: dict[tuple[date, str], Decimal] = {}
    for bucket in openai_buckets("costs", query):
        day = datetime.fromtimestamp(bucket["start_time"], tz=UTC).date()
        for row in bucket["results"]:
            assert isinstance(row["amount"]["value"], str)
            key = (day, row["project_id"])
            value = Decimal(row["amount"]["value"])
            by_day_and_project[key] = by_day_and_project.get(key, Decimal(0)) + value
    truth: dict[tuple[date, str], Decimal] = {}
    for cost in Truth(company).billed_costs(start, end + timedelta(days=1), NOW):
        if cost.provider == "openai":
            key = (cost.day, cost.project_id)
            truth[key] = truth.get(key, Decimal(0)) + cost.billed_cost
    assert by_day_and_project == truth


def test_costs_by_model_in_the_line_item_equal_the_truth(openai_buckets: Pages, company: Company) -> None:
    query = [("start_time", START), ("end_time", END), ("group_by", "line_item")]
    by_model: dict[str | None, Decimal] = {}
    for bucket in openai_buckets("costs", query):
        for row in bucket["results"]:
            model, comma, _ = row["line_item"].partition(", ")
            key = model if comma else None
            by_model[key] = by_model.get(key, Decimal(0)) + Decimal(row["amount"]["value"])
    truth: dict[str | None, Decimal] = {}
    for cost in Truth(company).billed_costs(date(2026, 11, 10), date(2026, 11, 13), NOW):
        if cost.provider == "openai":
            truth[cost.model] = truth.get(cost.model, Decimal(0)) + cost.billed_cost
    assert by_model == truth


def test_every_grouping_of_costs_adds_up_to_the_same_bill(openai_buckets: Pages) -> None:
    window = [("start_time", START), ("end_time", END)]
    totals = set()
    for grouping in ([], ["project_id"], ["line_item"], ["api_key_id", "line_item", "project_id"]):
        buckets = openai_buckets("costs", [*window, *(("group_by", name) for name in grouping)])
        totals.add(sum(Decimal(r["amount"]["value"]) for bucket in buckets for r in bucket["results"]))
    assert len(totals) == 1


def test_quantities_come_only_with_line_items(openai_buckets: Pages) -> None:
    window = [("start_time", START), ("end_time", END)]
    plain = openai_buckets("costs", window)[0]["results"][0]
    assert (plain["quantity"], plain["quantity_unit"]) == (None, None)
    rows = openai_buckets("costs", [*window, ("group_by", "line_item")])[0]["results"]
    units = {row["line_item"]: row["quantity_unit"] for row in rows}
    assert units["gpt-5.4, cached input"] == "tokens"
    assert units["vector store storage"] == "gibibyte_hours"


def test_costs_by_api_key_are_refused_before_they_were_recorded(client: TestClient) -> None:
    query: dict[str, str | int] = {"start_time": 1764979199, "group_by": "api_key_id"}
    answer = client.get(COSTS, params=query, headers=HEADERS)
    assert answer.status_code == 400
    assert "1764979200" in answer.json()["error"]["message"]
    assert client.get(COSTS, params=query | {"start_time": 1764979200}, headers=HEADERS).status_code == 200
    assert client.get(COSTS, params=query | {"group_by": "project_id"}, headers=HEADERS).status_code == 200


@pytest.mark.parametrize(
    ("path", "parameters", "param", "words"),
    [
        (USAGE, {}, "start_time", "Missing required parameter"),
        (USAGE, {"start_time": "yesterday"}, "start_time", "Unix seconds"),
        (USAGE, {"start_time": START, "end_time": int(NOW.timestamp()) + 1}, "end_time", "future"),
        (USAGE, {"start_time": int(NOW.timestamp()) + 1}, "start_time", "future"),
        (USAGE, {"start_time": START, "end_time": START}, "end_time", "after"),
        (USAGE, {"start_time": START, "limit": 32}, "limit", "less than or equal to 31"),
        (USAGE, {"start_time": START, "limit": 0}, "limit", "greater than or equal to 1"),
        (USAGE, {"start_time": START, "limit": "many"}, "limit", "integer"),
        (USAGE, {"start_time": START, "bucket_width": "1h", "limit": 169}, "limit", "equal to 168"),
        (USAGE, {"start_time": START, "bucket_width": "1m", "limit": 1441}, "limit", "equal to 1440"),
        (USAGE, {"start_time": START, "bucket_width": "2d"}, "bucket_width", "Supported values"),
        (USAGE, {"start_time": START, "group_by": "line_item"}, "group_by", "Supported values"),
        (USAGE, {"start_time": START, "batch": "maybe"}, "batch", "Supported values"),
        (USAGE, {"start_time": START, "colour": "red"}, "colour", "Unknown parameter"),
        (USAGE, {"start_time": START, "page": "page_nonsense"}, "page", "cursor"),
        (COSTS, {"start_time": START, "limit": 366}, "limit", "Invalid limit provided: 366. Limit must be"),
        (COSTS, {"start_time": START, "bucket_width": "1h"}, "bucket_width", "Supported values"),
        (COSTS, {"start_time": START, "group_by": "model"}, "group_by", "Supported values"),
        (COSTS, {"start_time": START, "models": "gpt-5.4"}, "models", "Unknown parameter"),
    ],
)
def test_a_bad_request_is_refused_and_named(
    client: TestClient, path: str, parameters: dict[str, Any], param: str, words: str
) -> None:
    answer = client.get(path, params=parameters, headers=HEADERS)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert error["param"] == param
    assert words in error["message"]


def test_a_cursor_of_another_query_is_refused(client: TestClient) -> None:
    cursor = client.get(USAGE, params={"start_time": START, "limit": 1}, headers=HEADERS).json()["next_page"]
    answer = client.get(USAGE, params={"start_time": START, "limit": 2, "page": cursor}, headers=HEADERS)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("Basic abc", 401),
        ("Bearer wrong", 401),
        (f"Bearer {EXPIRED_KEY_OPENAI}", 401),
        (f"Bearer {PROJECT_KEY_OPENAI}", 403),
    ],
)
def test_only_the_admin_key_opens_the_api(client: TestClient, authorization: str | None, status: int) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = client.get(USAGE, params={"start_time": START}, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_an_unknown_address_answers_in_the_envelope(client: TestClient) -> None:
    answer = client.get("/openai/v1/organization/usage/dreams", headers=HEADERS)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown_url"
