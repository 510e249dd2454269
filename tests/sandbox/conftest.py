"""A company, its vendors in process, and small clients for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company import Company
from sandbox.faults import Faults
from sandbox.keys import ADMIN_KEY_ANTHROPIC, ADMIN_KEY_OPENAI
from sandbox.server import create_app

ANCHOR = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 17, 5, tzinfo=UTC)
OPENAI_HEADERS = {"Authorization": f"Bearer {ADMIN_KEY_OPENAI}"}
ANTHROPIC_HEADERS = {"x-api-key": ADMIN_KEY_ANTHROPIC, "anthropic-version": "2023-06-01"}

Parameters = Sequence[tuple[str, str | int]]
Pages = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def company() -> Company:
    return Company(7, ANCHOR)


@pytest.fixture
def faults() -> Faults:
    return Faults.none()


@pytest.fixture
def client(company: Company, faults: Faults) -> TestClient:
    return TestClient(create_app(company, lambda: NOW, faults))


@pytest.fixture
def openai_buckets(client: TestClient) -> Pages:
    """All buckets of an OpenAI report, page after page."""

    def read(path: str, parameters: Parameters) -> list[dict[str, Any]]:
        return _read_all(client, f"/openai/v1/organization/{path}", parameters, OPENAI_HEADERS)

    return read


@pytest.fixture
def anthropic_buckets(client: TestClient) -> Pages:
    """All buckets of an Anthropic report, page after page."""

    def read(path: str, parameters: Parameters) -> list[dict[str, Any]]:
        return _read_all(client, f"/anthropic/v1/organizations/{path}", parameters, ANTHROPIC_HEADERS)

    return read


def _read_all(client: TestClient, path: str, parameters: Parameters, headers: dict[str, str]) -> list[dict[str, Any]]:
    buckets: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page_parameter: Parameters = [("page", cursor)] if cursor else []
        answer = client.get(path, params=[*parameters, *page_parameter], headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        buckets += page["data"]
        assert bool(page["next_page"]) is page["has_more"]
        if not page["has_more"]:
            return buckets
        assert page["next_page"] != cursor
        cursor = page["next_page"]
