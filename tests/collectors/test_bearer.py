"""Tokens by client credentials: kept until they end, renewed once when refused, never told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from collectors.base import Endpoint, TokenGrant
from collectors.bearer import Bearer
from collectors.errors import DataError, FatalError
from collectors.http import HttpClient
from config.secrets import Secrets
from tests.collectors.conftest import KEY, Vendor

NOW = datetime(2026, 11, 3, 12, 30, tzinfo=UTC)
GRANT = TokenGrant("https://auth.example.com/token", (("sub", "9"),))
ENDPOINT = Endpoint(
    "https://api.example.com/v1", "env:DEMO_KEY", {"Authorization": "Bearer {secret}"}, "API credential", token=GRANT
)


@pytest.mark.parametrize("end", ['"expires_at":"2026-11-03T12:40:00Z"', '"expires_in":600'], ids=["at", "in"])
def test_a_token_is_kept_until_a_minute_before_its_end(end: str, secrets: Secrets) -> None:
    exchanged: list[str] = []

    def exchange(secret: str) -> bytes:
        exchanged.append(secret)
        return f'{{"access_token":"token-number-{len(exchanged)}",{end}}}'.encode()

    bearer = Bearer("demo", ENDPOINT, secrets, exchange)
    assert bearer.token("a:b", NOW) == "token-number-1"
    assert bearer.token("a:b", NOW + timedelta(minutes=8, seconds=59)) == "token-number-1"
    assert bearer.token("a:b", NOW + timedelta(minutes=9)) == "token-number-2"
    assert bearer.token("a:changed", NOW) == "token-number-3"
    assert secrets.redact("got token-number-3") == "got [redacted]"


def test_a_refused_token_is_renewed_once(vendor: Vendor, client: Callable[..., HttpClient]) -> None:
    vendor.says("/token", {"access_token": "tok-1"}, {"access_token": "tok-2"})
    vendor.says("/v1/report", httpx2.Response(401, json={}), {"rows": 1})
    http = client(ENDPOINT)
    assert http.get("/report") == {"rows": 1}
    sent = [request.headers["Authorization"] for request in vendor.asked if request.url.path == "/v1/report"]
    assert sent == ["Bearer tok-1", "Bearer tok-2"]
    assert (http.requests, http.retries) == (4, 1)


def test_a_renewed_token_that_is_refused_again_ends_it(vendor: Vendor, client: Callable[..., HttpClient]) -> None:
    vendor.says("/token", {"access_token": "tok-1"}, {"access_token": "tok-2"})
    vendor.says("/v1/report", httpx2.Response(401, json={}))
    with pytest.raises(FatalError, match="the API credential was refused"):
        client(ENDPOINT).get("/report")
    assert [request.url.path for request in vendor.asked] == ["/token", "/v1/report"] * 2


def test_credentials_that_are_refused_are_told_without_them(vendor: Vendor, client: Callable[..., HttpClient]) -> None:
    vendor.says("/token", httpx2.Response(401, json={"error": "invalid_client"}))
    with pytest.raises(FatalError) as caught:
        client(ENDPOINT).get("/report")
    assert str(caught.value) == (
        "demo: the API credential was refused (HTTP 401: invalid_client); create a new API credential and update "
        "env:DEMO_KEY"
    )
    assert KEY not in str(caught.value)


def test_a_busy_token_server_is_asked_again(vendor: Vendor, client: Callable[..., HttpClient]) -> None:
    vendor.says("/token", httpx2.Response(503, json={}), {"access_token": "tok-1"})
    vendor.says("/v1/report", {"rows": 1})
    assert client(ENDPOINT).get("/report") == {"rows": 1}


@pytest.mark.parametrize("answer", [{}, {"access_token": ""}, {"access_token": "x", "expires_at": "soon"}])
def test_an_answer_that_holds_no_token_is_told(
    vendor: Vendor, client: Callable[..., HttpClient], answer: dict[str, str]
) -> None:
    vendor.says("/token", answer)
    with pytest.raises(DataError, match="check token_url"):
        client(ENDPOINT).get("/report")
