"""Failures come when they are asked for, and by request number."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from starlette.testclient import TestClient

from sandbox.company import Company
from sandbox.faults import Faults
from sandbox.keys import ADMIN_KEY_ANTHROPIC, ADMIN_KEY_OPENAI
from sandbox.server import create_app

NOW = datetime(2026, 11, 20, 10, 17, 5, tzinfo=UTC)
OPENAI = ("/openai/v1/organization/costs?start_time=1794268800", {"Authorization": f"Bearer {ADMIN_KEY_OPENAI}"})
ANTHROPIC = (
    "/anthropic/v1/organizations/cost_report?starting_at=2026-11-10T00:00:00Z",
    {"x-api-key": ADMIN_KEY_ANTHROPIC, "anthropic-version": "2023-06-01"},
)


def test_by_default_about_one_request_in_forty_is_limited_and_one_fails(company: Company) -> None:
    client = TestClient(create_app(company, lambda: NOW))
    statuses = [client.get(OPENAI[0], headers=OPENAI[1]).status_code for _ in range(80)]
    assert (statuses.count(429), statuses.count(500), statuses.count(200)) == (2, 2, 76)
    again = TestClient(create_app(company, lambda: NOW))
    assert [again.get(OPENAI[0], headers=OPENAI[1]).status_code for _ in range(80)] == statuses


@pytest.mark.parametrize(("url", "headers"), [OPENAI, ANTHROPIC], ids=["openai", "anthropic"])
def test_a_rate_limit_says_when_to_come_back(
    client: TestClient, faults: Faults, url: str, headers: dict[str, str]
) -> None:
    faults.rate_limit_rate = 1.0
    faults.retry_after_seconds = 3
    answer = client.get(url, headers=headers)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "3"
    assert answer.json()["error"]["type"] == "rate_limit_error"


@pytest.mark.parametrize(
    ("provider", "kind"), [(OPENAI, "server_error"), (ANTHROPIC, "api_error")], ids=["openai", "anthropic"]
)
def test_a_server_error_comes_in_the_envelope_or_as_html(
    client: TestClient, faults: Faults, provider: tuple[str, dict[str, str]], kind: str
) -> None:
    faults.server_error_rate = 1.0
    answer = client.get(provider[0], headers=provider[1])
    assert (answer.status_code, answer.json()["error"]["type"]) == (500, kind)
    faults.html_errors = True
    answer = client.get(provider[0], headers=provider[1])
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(("url", "headers"), [OPENAI, ANTHROPIC], ids=["openai", "anthropic"])
def test_pages_can_be_spoiled_at_run_time(client: TestClient, url: str, headers: dict[str, str]) -> None:
    def switch(**settings: bool) -> None:
        assert client.post("/_sandbox/faults", json=settings).status_code == 200

    switch(key_expired=True)
    assert client.get(url, headers=headers).status_code == 401
    switch(key_expired=False, malformed_page=True)
    page = client.get(url, headers=headers).json()
    assert "has_more" not in page
    assert "results" not in page["data"][0]
    switch(malformed_page=False, truncated_body=True)
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(client.get(url, headers=headers).content)
    switch(truncated_body=False, repeated_cursor=True)
    first = client.get(url, headers=headers).json()
    second = client.get(f"{url}&page={first['next_page']}", headers=headers).json()
    assert first["has_more"]
    assert second["next_page"] == first["next_page"]


def test_an_unknown_fault_is_refused_and_changes_nothing(client: TestClient) -> None:
    before = client.get("/_sandbox/faults").json()
    answer = client.post("/_sandbox/faults", json={"slack_down": True, "coffee": True})
    assert answer.status_code == 400
    assert "coffee" in answer.json()["error"]
    assert client.post("/_sandbox/faults", json={"slack_down": "yes"}).status_code == 400
    assert client.post("/_sandbox/faults", content=b"[1]").status_code == 400
    assert client.get("/_sandbox/faults").json() == before
