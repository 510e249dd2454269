"""The HTTP client: what is tried again, what is not, and what a person reads when it fails."""

import gzip
import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from collectors.base import Endpoint
from collectors.errors import CollectorError, DataError, FatalError, RetriableError
from collectors.http import HttpClient, Limits
from collectors.refusals import RefusedError
from config.secrets import RedactingFilter, Secrets

PATH = "/v1/report"
KEY = "sk-admin-abcdef123456"
OK = httpx2.Response(200, json={"value": 1})

Client = Callable[..., HttpClient]


def failing(client: Client, expected: type[CollectorError], **options: Any) -> CollectorError:
    with pytest.raises(expected) as caught:
        client(**options).get("/report", [("token", "query-secret")])
    assert KEY not in str(caught.value)
    assert "query-secret" not in str(caught.value)
    return caught.value


def test_a_call_is_authenticated_and_names_burnline(client: Client, vendor: Any) -> None:
    vendor.says(PATH, OK)
    http = client()
    assert http.get("/report", [("group_by", "a"), ("group_by", "b")]) == {"value": 1}
    request = vendor.asked[0]
    assert str(request.url) == "https://api.example.com/v1/report?group_by=a&group_by=b"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.headers["User-Agent"].startswith("burnline/")
    assert (http.requests, http.retries) == (1, 0)


@pytest.mark.parametrize(
    "problem",
    [
        httpx2.Response(429),
        httpx2.Response(500),
        httpx2.Response(529),
        httpx2.ConnectTimeout("slow"),
        httpx2.ReadTimeout("slow"),
        httpx2.ConnectError("refused"),
        httpx2.RemoteProtocolError("cut off"),
    ],
    ids=["429", "500", "529", "connect timeout", "read timeout", "refused", "cut off"],
)
def test_a_passing_problem_is_tried_again(client: Client, vendor: Any, fake_time: Any, problem: Any) -> None:
    vendor.says(PATH, problem, problem, OK)
    http = client()
    assert http.get("/report") == {"value": 1}
    assert (http.requests, http.retries) == (3, 2)
    assert 0 <= fake_time.slept[0] <= 1
    assert 0 <= fake_time.slept[1] <= 2


@pytest.mark.parametrize("status", [400, 402, 404, 408, 422])
def test_other_refusals_are_final(client: Client, vendor: Any, status: int) -> None:
    vendor.says(PATH, httpx2.Response(status, json={"error": {"message": "No."}}), OK)
    error = failing(client, RefusedError)
    assert isinstance(error, RefusedError)
    assert (error.status, error.detail) == (status, "No.")
    assert len(vendor.asked) == 1


def test_retry_after_in_seconds_is_waited_for(client: Client, vendor: Any, fake_time: Any) -> None:
    vendor.says(PATH, httpx2.Response(429, headers={"Retry-After": "17"}), OK)
    client().get("/report")
    assert fake_time.slept == [17]


def test_a_limit_that_tells_when_it_ends_is_waited_for(client: Client, vendor: Any, fake_time: Any) -> None:
    vendor.says(PATH, httpx2.Response(429, headers={"RateLimit-Reset": "17"}), OK)
    client().get("/report")
    assert fake_time.slept == [17]


def test_retry_after_as_a_date_is_waited_for(client: Client, vendor: Any, fake_time: Any) -> None:
    vendor.says(PATH, httpx2.Response(503, headers={"Retry-After": "Tue, 03 Nov 2026 12:31:00 GMT"}), OK)
    client().get("/report")
    assert fake_time.slept == [pytest.approx(44.99975)]


@pytest.mark.parametrize("header", ["soon", "0", "Tue, 03 Nov 2020 12:31:00 GMT", "-5"])
def test_a_useless_retry_after_falls_back_to_jitter(client: Client, vendor: Any, fake_time: Any, header: str) -> None:
    vendor.says(PATH, httpx2.Response(429, headers={"Retry-After": header}), OK)
    client().get("/report")
    assert 0 <= fake_time.slept[0] <= 1


def test_attempts_end(client: Client, vendor: Any) -> None:
    vendor.says(PATH, httpx2.Response(429, json={"error": {"message": "Rate limit reached."}}))
    error = failing(client, RetriableError, limits=Limits(attempts=3))
    assert str(error) == (
        "demo: the answer of api.example.com to /report was not to be had in 3 attempts "
        "(HTTP 429: Rate limit reached.); the next run tries again"
    )
    assert len(vendor.asked) == 3


def test_a_wait_beyond_the_time_limit_is_not_begun(client: Client, vendor: Any, fake_time: Any) -> None:
    vendor.says(PATH, httpx2.Response(429, headers={"Retry-After": "3600"}))
    error = failing(client, RetriableError)
    assert "asks to wait 3600 s" in str(error)
    assert fake_time.slept == []


def test_the_collection_ends_at_its_time_limit(client: Client, vendor: Any, fake_time: Any) -> None:
    vendor.says(PATH, OK)
    http = client(limits=Limits(collection_seconds=10))
    http.get("/report")
    fake_time.seconds = 10
    with pytest.raises(RetriableError, match="demo: the collection was stopped after 10 s"):
        http.get("/report")
    assert len(vendor.asked) == 1


def test_a_dripping_answer_ends_at_the_time_limit(client: Client, vendor: Any, fake_time: Any) -> None:
    class Drip(httpx2.SyncByteStream):
        def __iter__(self) -> Any:
            for _ in range(100):
                fake_time.seconds += 7
                yield b" "

    vendor.handle = lambda request: httpx2.Response(200, stream=Drip())
    failing(client, RetriableError, limits=Limits(collection_seconds=60))


def test_calls_keep_their_distance(client: Client, vendor: Any, fake_time: Any) -> None:
    vendor.says(PATH, OK)
    http = client(Endpoint("https://api.example.com/v1", "env:DEMO_KEY", {}, min_interval_seconds=2))
    http.get("/report")
    fake_time.seconds += 0.5
    http.get("/report")
    assert fake_time.slept == [1.5]


@pytest.mark.parametrize("status", [401, 403])
def test_a_rotated_key_is_used_at_once(
    client: Client, vendor: Any, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    vendor.says(PATH, OK, httpx2.Response(status), OK)
    http = client()
    http.get("/report")
    monkeypatch.setenv("DEMO_KEY", "sk-admin-rotated-1")
    assert http.get("/report") == {"value": 1}
    assert [r.headers["Authorization"] for r in vendor.asked][1:] == [f"Bearer {KEY}", "Bearer sk-admin-rotated-1"]
    assert (http.requests, http.retries) == (3, 1)


def test_an_unchanged_key_is_not_tried_again(client: Client, vendor: Any, recorded: Any) -> None:
    vendor.says(PATH, httpx2.Response(401, json=recorded("openai/error_401")), OK)
    error = failing(client, FatalError)
    assert str(error) == (
        "demo: the admin key was refused (HTTP 401: Incorrect API key provided.); "
        "create a new admin key and update env:DEMO_KEY"
    )
    assert len(vendor.asked) == 1


def test_a_rotated_key_that_is_refused_too_ends_it(
    client: Client, vendor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.says(PATH, OK, httpx2.Response(401))
    http = client()
    http.get("/report")
    monkeypatch.setenv("DEMO_KEY", "sk-admin-rotated-1")
    with pytest.raises(FatalError):
        http.get("/report")
    assert len(vendor.asked) == 3


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (403, {"error": {"message": "Missing scope."}}, "no right to read /report .HTTP 403: Missing scope"),
        (404, {}, "has no /report .HTTP 404.; check base_url and the account"),
        (400, {"type": "error", "error": {"message": "limit: too high"}}, "refused /report .HTTP 400: limit: too high"),
        (302, {}, "redirects /report .HTTP 302., which is not followed"),
    ],
)
def test_a_refusal_says_what_to_do(client: Client, vendor: Any, status: int, body: Any, sentence: str) -> None:
    vendor.says(PATH, httpx2.Response(status, json=body))
    with pytest.raises(RefusedError, match=sentence):
        client().get("/report")


def test_a_redirect_takes_the_key_nowhere(client: Client, vendor: Any) -> None:
    vendor.says(PATH, httpx2.Response(307, headers={"Location": "https://elsewhere.example.net/v1/report"}))
    failing(client, RefusedError)
    assert [request.url.host for request in vendor.asked] == ["api.example.com"]


def test_a_vendor_that_repeats_the_key_does_not_spread_it(client: Client, vendor: Any) -> None:
    long = f"{'x' * 285} {KEY}"
    vendor.says(PATH, httpx2.Response(400, json={"error": {"message": long}}))
    error = failing(client, RefusedError)
    assert "sk-admin" not in str(error)
    assert len(str(error)) < 450


def test_a_user_in_the_base_url_stays_out_of_the_message(client: Client, vendor: Any) -> None:
    vendor.says(PATH, httpx2.Response(404))
    endpoint = Endpoint("https://reader:hunter22@api.example.com/v1", "env:DEMO_KEY", {})
    assert "hunter22" not in str(failing(client, RefusedError, endpoint=endpoint))


def test_html_stays_out_of_the_message(client: Client, vendor: Any) -> None:
    vendor.says(PATH, httpx2.Response(502, text="<html>Bad gateway</html>"))
    assert "(HTTP 502);" in str(failing(client, RetriableError))


def test_logs_of_a_collection_show_no_key(
    client: Client, vendor: Any, secrets: Secrets, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(RedactingFilter(secrets))
    vendor.says(PATH, httpx2.Response(400, json={"error": {"message": f"{KEY} is bad"}}))
    with caplog.at_level(logging.DEBUG):
        try:
            client().get("/report", [("k", KEY)])
        except RefusedError:
            logging.getLogger("collectors").exception("refused with %s", KEY)
    assert "refused with [redacted]" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize("body", [b"<html></html>", b"", b"{", b'{"a": NaN}'], ids=["html", "empty", "cut", "nan"])
@pytest.mark.parametrize("exact", [False, True])
def test_an_answer_that_is_not_json_is_a_data_error(client: Client, vendor: Any, body: bytes, exact: bool) -> None:
    vendor.says(PATH, httpx2.Response(200, content=body, headers={"content-type": "text/html"}))
    with pytest.raises(DataError, match=r"demo: the answer of api.example.com to /report is not JSON \(text/html"):
        client().get("/report", exact=exact)


def test_exact_numbers_keep_every_digit(client: Client, vendor: Any) -> None:
    vendor.says(PATH, httpx2.Response(200, content=b'{"value": 0.10000000000000000001}'))
    assert client().get("/report", exact=True) == {"value": Decimal("0.10000000000000000001")}


def test_a_huge_answer_is_refused_unpacked(client: Client, vendor: Any) -> None:
    packed = gzip.compress(b"[" + b" " * 50_000 + b"]")
    vendor.handle = lambda request: httpx2.Response(200, content=packed, headers={"content-encoding": "gzip"})
    assert len(packed) < 1000
    error = failing(client, DataError, limits=Limits(response_bytes=10_000))
    assert "longer than 10,000 bytes" in str(error)


def test_an_answer_that_cannot_be_unpacked_is_a_data_error(client: Client, vendor: Any) -> None:
    vendor.handle = lambda request: httpx2.Response(
        200, stream=httpx2.ByteStream(b"not gzip"), headers={"content-encoding": "gzip"}
    )
    assert "cannot be unpacked" in str(failing(client, DataError))


@pytest.mark.parametrize("value", ["two\nlines-of-key", " spaced-key-1234", "schlüssel-1234"])
def test_a_key_that_no_header_carries_is_refused_unseen(
    client: Client, vendor: Any, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("DEMO_KEY", value)
    error = failing(client, FatalError)
    assert "env:DEMO_KEY" in str(error)
    assert value not in str(error)
    assert vendor.asked == []


def test_a_missing_key_is_told_with_its_source(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_KEY")
    assert str(failing(client, FatalError)).startswith("demo: env:DEMO_KEY has no value")


def test_a_403_that_counts_to_nothing_is_a_limit_and_waits_for_its_reset(
    client: Client, vendor: Any, fake_time: Any
) -> None:
    limited = httpx2.Response(403, headers={"X-RateLimit-Remaining": "0"}, json={"message": "API rate limit exceeded"})
    vendor.says(PATH, limited, OK)
    http = client()
    assert http.get("/report") == {"value": 1}
    assert http.retries == 1
    assert fake_time.slept == [60.0]


def test_a_question_in_json_is_posted_and_may_be_repeated(client: Client, vendor: Any) -> None:
    vendor.says(PATH, httpx2.Response(503), OK)
    assert client().ask_json("/report", {"query": "a"}) == {"value": 1}
    request = vendor.asked[-1]
    assert (request.method, request.read()) == ("POST", b'{"query":"a"}')


def test_the_link_header_leads_on_below_the_same_address_only(client: Client, vendor: Any) -> None:
    link = (
        '<https://api.example.com/v1/report?page=2>; rel="next", <https://api.example.com/v1/report?page=9>; rel="last"'
    )
    elsewhere = '<https://evil.example/v1/report?page=3>; rel="next"'
    vendor.says(PATH, httpx2.Response(200, json=[1], headers={"Link": link}), httpx2.Response(200, json=[2]))
    http = client()
    rows, following = http.get_linked("/report", [("per_page", "1")])
    assert (rows, following) == ([1], "/report?page=2")
    assert http.get_linked(following) == ([2], None)
    assert str(vendor.asked[-1].url) == "https://api.example.com/v1/report?page=2"
    vendor.says(PATH, httpx2.Response(200, json=[1], headers={"Link": elsewhere}))
    with pytest.raises(DataError, match="continues at another address"):
        client().get_linked("/report")
