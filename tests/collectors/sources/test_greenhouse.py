"""Greenhouse: openings by a token of client credentials, no personal data, next pages as they are named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from collectors.base import Api
from collectors.errors import DataError, FatalError
from collectors.sources.greenhouse import SOURCE
from domain.window import Window
from tests.collectors.conftest import Vendor

BASE = "https://harvest.greenhouse.io/v3"
NOW = datetime(2026, 11, 3, 12, 30, 15, 250, tzinfo=UTC)
WINDOW = Window(datetime(2026, 6, 1, tzinfo=UTC), NOW)


def opening(key: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": key,
        "job_id": 77,
        "opened_at": "2026-07-01T09:00:00Z",
        "closed_at": "2026-09-15T09:00:00Z",
        "open": False,
        "application_id": 65565,
        **changes,
    }


OFFERS = [
    {"id": 1, "application_id": 65565, "status": "Deprecated", "starts_on": "2026-10-01", "resolved_at": None},
    {
        "id": 2,
        "application_id": 65565,
        "status": "Accepted",
        "starts_on": "2026-10-05",
        "resolved_at": "2026-09-14T08:00:00.000Z",
    },
]


def page(rows: list[Any], following: str | None = None) -> httpx2.Response:
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return httpx2.Response(200, json=rows, headers=headers)


@pytest.fixture
def greenhouse(vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.setenv("BURNLINE_CONFIG_DIR", str(tmp_path))
    vendor.says("/token", {"token_type": "Bearer", "access_token": "tok-1", "expires_at": "2026-11-03T13:30:00Z"})
    vendor.says("/v3/jobs", page([{"id": 77, "department_id": 5, "name": "ML Engineer"}]))
    vendor.says("/v3/departments", page([{"id": 5, "name": "AI Platform"}]))
    vendor.says("/v3/offers", page(OFFERS))
    return vendor


def test_an_opening_that_was_filled_has_its_offer_and_no_id(greenhouse: Vendor, collected: Callable[..., Any]) -> None:
    greenhouse.says("/v3/openings", page([opening(123)]))
    (found,) = collected(SOURCE, WINDOW, user_id="9", ai_departments=["AI Platform"])
    assert (found.status, found.team, found.is_ai_role) == ("filled", "AI Platform", True)
    assert found.offer_accepted_at == datetime(2026, 9, 14, 8, tzinfo=UTC)
    assert found.filled_at == datetime(2026, 9, 15, 9, tzinfo=UTC)
    assert found.starts_at == datetime(2026, 10, 5, tzinfo=UTC)
    assert "123" not in found.opening_id
    assert "65565" not in repr(found)


def test_one_closed_without_an_application_is_cancelled(greenhouse: Vendor, collected: Callable[..., Any]) -> None:
    rows = [opening(1, application_id=None), opening(2, open=True, closed_at=None, application_id=None, job_id=99)]
    greenhouse.says("/v3/openings", page(rows))
    found = collected(SOURCE, WINDOW, user_id="9")
    assert [(one.status, one.filled_at, one.team) for one in found] == [
        ("cancelled", None, "AI Platform"),
        ("open", None, None),
    ]


def test_only_columns_without_personal_data_are_asked_for(greenhouse: Vendor, collected: Callable[..., Any]) -> None:
    greenhouse.says("/v3/openings", page([opening(123)]))
    collected(SOURCE, WINDOW, user_id="9")
    (asked,) = map(dict, greenhouse.queries("/v3/openings"))
    assert asked["opened_at"] == "gte|2026-06-01T00:00:00Z|lte|2026-11-03T12:30:15Z"
    assert asked["fields"] == "id,job_id,opened_at,closed_at,open,application_id"
    assert dict(greenhouse.queries("/v3/jobs")[0])["fields"] == "id,department_id"
    assert dict(greenhouse.queries("/v3/offers")[0])["current_only"] == "true"
    collected(SOURCE, WINDOW, user_id="9", ai_titles="ml")
    assert dict(greenhouse.queries("/v3/jobs")[1])["fields"] == "id,department_id,name"


def test_the_token_is_asked_for_once_by_the_credentials(greenhouse: Vendor, collected: Callable[..., Any]) -> None:
    greenhouse.says("/v3/openings", page([opening(123)]))
    collected(SOURCE, WINDOW, user_id="9")
    (exchange,) = [request for request in greenhouse.asked if request.url.path == "/token"]
    assert exchange.url.host == "auth.greenhouse.io"
    assert exchange.content == b"grant_type=client_credentials&sub=9"
    assert exchange.headers["Authorization"].startswith("Basic ")
    bearers = {request.headers["Authorization"] for request in greenhouse.asked if request.url.path != "/token"}
    assert bearers == {"Bearer tok-1"}


def test_the_next_page_is_asked_for_as_it_is_named(greenhouse: Vendor, collected: Callable[..., Any]) -> None:
    following = f"{BASE}/openings?cursor=ab%2Fc%3D"
    greenhouse.says("/v3/openings", page([opening(3), opening(2)], following), page([opening(2), opening(1)]))
    assert len(collected(SOURCE, WINDOW, user_id="9")) == 3
    asked = [str(request.url) for request in greenhouse.asked if request.url.path == "/v3/openings"]
    assert asked[1] == following


def test_a_page_that_names_itself_is_no_list(greenhouse: Vendor, collected: Callable[..., Any]) -> None:
    greenhouse.says("/v3/openings", page([opening(3)], f"{BASE}/openings?cursor=a"))
    with pytest.raises(DataError, match="names itself as the next"):
        collected(SOURCE, WINDOW, user_id="9")


def test_a_right_that_is_lacking_names_the_role_and_the_scope(greenhouse: Vendor, api_of: Callable[..., Api]) -> None:
    greenhouse.says("/v3/openings", httpx2.Response(403, json={"errors": ["Forbidden"]}))
    with pytest.raises(FatalError) as caught:
        SOURCE.check(api_of(SOURCE, user_id="9"))
    assert str(caught.value) == (
        "greenhouse: Greenhouse lists /openings only for a Site Admin and with the scope harvest:openings:list "
        "(Forbidden); check user_id, and the scopes of the credential in Dev Center."
    )


def test_what_the_vendor_says_of_a_wrong_query_is_told(greenhouse: Vendor, api_of: Callable[..., Api]) -> None:
    told = "When passing a cursor, do not include other query params."
    greenhouse.says("/v3/openings", httpx2.Response(422, json={"errors": [told]}))
    with pytest.raises(FatalError, match=told):
        SOURCE.check(api_of(SOURCE, user_id="9"))


def test_one_that_was_closed_before_it_was_opened_is_set_aside(greenhouse: Vendor, api_of: Callable[..., Api]) -> None:
    greenhouse.says("/v3/openings", page([opening(1, closed_at="2026-06-30T09:00:00Z")]))
    api = api_of(SOURCE, user_id="9")
    assert list(SOURCE.collect(WINDOW, api)) == []
    assert [one.reason for one in api.rejected] == ["closed_at is before opened_at; correct it in Greenhouse"]


def test_what_is_outside_the_window_or_a_draft_is_left_out(greenhouse: Vendor, collected: Callable[..., Any]) -> None:
    early = (WINDOW.start - timedelta(seconds=1)).isoformat()
    greenhouse.says("/v3/openings", page([opening(1, opened_at=early), opening(2, opened_at=None)]))
    assert collected(SOURCE, WINDOW, user_id="9") == []
