"""Slack webhook, Teams, generic webhook and PagerDuty against an endpoint on this machine."""

import hashlib
import hmac
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import orjson
import pytest

from alerts import post
from alerts.addresses import is_public, public_address
from alerts.discovery import sinks
from alerts.notice import Item
from alerts.sink import RefusedError, RetriableError, Sink, SinkConfigError, Timer, UnansweredError
from alerts.sinks.teams import CARD_BYTES
from alerts.telling import actions
from config.secrets import forget
from config.settings import Settings
from domain.own_incidents import is_own
from sandbox.slack_blocks import check_blocks
from tests.alerts.loopback import Endpoint, Reply

HTTP_SINKS = ["slack_webhook", "teams", "webhook", "pagerduty"]
KEY = "0123456789abcdef0123456789abcdef"


class Waits:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def timer(self) -> Timer:
        return Timer(lambda: self.now, self.sleep)


@pytest.fixture
def connected(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A sink of some kind that leads to the endpoint."""

    def connect(kind: str, waits: Waits | None = None, **options: Any) -> Sink:
        for name, value in {"URL": f"{endpoint.url}/in?sig=s3cret", "KEY": KEY, "S1": "one", "S2": "two"}.items():
            monkeypatch.setenv(f"BURNLINE_TEST_{name}", value)
            forget(f"env:BURNLINE_TEST_{name}")
        own: dict[str, Any] = {"url": "env:BURNLINE_TEST_URL"}
        if kind == "webhook":
            own |= {"secrets": ["env:BURNLINE_TEST_S1", "env:BURNLINE_TEST_S2"], "allow_private": True}
        if kind == "pagerduty":
            own = {"routing_key": "env:BURNLINE_TEST_KEY", "base_url": endpoint.url}
        found = sinks()[kind]
        return found.connect(found.options.model_validate(own | options), Settings(), (waits or Waits()).timer)

    return connect


@pytest.mark.parametrize("kind", HTTP_SINKS)
@pytest.mark.parametrize(
    ("reply", "error", "code", "retry_after"),
    [
        (Reply(500), RetriableError, "http_500", None),
        (Reply(429, headers={"Retry-After": "70"}), RetriableError, "ratelimited", 70),
        (Reply(503, headers={"Retry-After": "7"}), RetriableError, "http_503", 7),
        (Reply(422, "<html>no</html>"), RefusedError, "http_422", None),
        (Reply(302, headers={"Location": "http://127.0.0.1:9/"}), SinkConfigError, "http_302", None),
        (Reply(None), UnansweredError, "no answer (RemoteProtocolError)", None),
    ],
    ids=["500", "429", "503", "422", "redirect", "cut off"],
)
def test_every_answer_says_what_to_do_next(
    endpoint: Endpoint,
    connected: Any,
    letter: Any,
    kind: str,
    reply: Reply,
    error: type[Exception],
    code: str,
    retry_after: float | None,
) -> None:
    endpoint.always = reply
    with pytest.raises(error) as told:
        connected(kind).send("post", letter())
    assert type(told.value) is error
    assert (told.value.code, getattr(told.value, "retry_after", None)) == (code, retry_after)
    assert len(endpoint.received) == 1


@pytest.mark.parametrize("kind", HTTP_SINKS)
def test_who_cannot_be_reached_got_nothing(connected: Any, letter: Any, kind: str, monkeypatch: Any) -> None:
    sink = connected(kind, **({"base_url": "http://127.0.0.1:9"} if kind == "pagerduty" else {}))
    monkeypatch.setattr(sink, "_url", "http://127.0.0.1:9/", raising=False)
    with pytest.raises(RetriableError, match=r"unreachable \(ConnectError\)"):
        sink.send("post", letter())


@pytest.mark.parametrize("kind", ["slack_webhook", "teams", "webhook"])
@pytest.mark.parametrize("status", [301, 401, 403, 404, 410])
def test_a_url_that_is_refused_stops_its_destination_without_telling_the_url(
    endpoint: Endpoint, connected: Any, letter: Any, kind: str, status: int
) -> None:
    endpoint.always = Reply(status, "no_service")
    with pytest.raises(SinkConfigError, match="The address in env:BURNLINE_TEST_URL is refused") as told:
        connected(kind).send("post", letter())
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("kind", HTTP_SINKS)
def test_no_secret_is_logged_however_much_is(
    connected: Any, letter: Any, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    connected(kind).send("post", letter())
    assert "HTTP Request: POST" in caplog.text
    assert not any(secret in caplog.text for secret in ("s3cret", "/in", KEY, "v1="))


@pytest.mark.parametrize("kind", HTTP_SINKS)
def test_a_check_posts_nothing_and_says_how_far_it_went(endpoint: Endpoint, connected: Any, kind: str) -> None:
    assert "shows with the first" in connected(kind).check()
    assert endpoint.received == []


@pytest.mark.parametrize("kind", ["slack_webhook", "teams", "webhook"])
def test_a_url_over_an_open_network_is_refused(connected: Any, kind: str, monkeypatch: Any) -> None:
    own = {"secrets": ["env:BURNLINE_TEST_S1"], "allow_private": False} if kind == "webhook" else {}
    monkeypatch.setenv("BURNLINE_TEST_OPEN", "http://hooks.example.com/in")
    with pytest.raises(SinkConfigError, match="must begin with https://"):
        connected(kind, url="env:BURNLINE_TEST_OPEN", **own)
    monkeypatch.setenv("BURNLINE_TEST_WORD", "hooks.example.com")
    with pytest.raises(SinkConfigError, match="not a web address"):
        connected(kind, url="env:BURNLINE_TEST_WORD", **own)


def test_a_slack_webhook_gets_text_and_blocks_and_only_text_when_those_are_refused(
    endpoint: Endpoint, connected: Any, letter: Any
) -> None:
    endpoint.replies = [Reply(200, "ok"), Reply(400, "invalid_blocks"), Reply(200, "ok")]
    sink = connected("slack_webhook")
    sink.send("post", letter())
    sink.send("post", letter())
    first, refused, plain = (received.json for received in endpoint.received)
    check_blocks(first["blocks"])
    assert (refused["text"], plain) == (first["text"], {"text": first["text"]})
    assert [block["type"] for block in refused["blocks"]] == [block["type"] for block in first["blocks"]]
    endpoint.always = Reply(400, "invalid_payload")
    with pytest.raises(RefusedError, match="invalid_payload"):
        sink.send("post", letter())


def test_teams_gets_a_card_at_most_once_a_second(endpoint: Endpoint, connected: Any, letter: Any) -> None:
    endpoint.always = Reply(202)
    waits = Waits()
    sink = connected("teams", waits)
    sink.send("post", letter(summary="See [here](http://evil.example) *now*"))
    sink.send("post", letter())
    assert waits.slept == [1.0]
    (attachment,) = endpoint.received[0].json["attachments"]
    card = attachment["content"]
    assert (endpoint.received[0].json["type"], card["type"], card["version"]) == ("message", "AdaptiveCard", "1.4")
    assert card["body"][0]["text"] == "🟠 Ticket: Team x is over its budget"
    assert card["body"][1]["text"] == r"See \[here\](http://evil.example) \*now\*"
    assert card["body"][2]["facts"][0] == {"title": "Spent", "value": "$9 of $8"}
    assert card["actions"][0]["url"] == "http://127.0.0.1:8501/spend?team=x"


def test_a_card_stays_within_what_teams_takes_whatever_it_has_to_say(
    endpoint: Endpoint, connected: Any, letter: Any
) -> None:
    endpoint.always = Reply(202)
    fields = tuple((f"Label {i}", '"\\😀' * 400) for i in range(60))
    long = letter(fields=fields, summary="\\" * 9000, title="\\" * 900, link="https://x/" + "y" * 9000)
    connected("teams").send("post", long)
    body = endpoint.received[0].body
    assert len(body) <= CARD_BYTES
    assert len(orjson.loads(body)["attachments"][0]["content"]["body"]) >= 3
    assert sinks()["teams"].delivers is False


def test_a_digest_of_many_alerts_fits_on_a_card_and_counts_the_rest(
    endpoint: Endpoint, connected: Any, letter: Any
) -> None:
    endpoint.always = Reply(202)
    items = tuple(Item("預算" * 300, "https://x/" + "y" * 300) for _ in range(40))
    connected("teams").send("post", letter(items=items, unnamed_count=60))
    assert len(endpoint.received[0].body) <= CARD_BYTES
    body = endpoint.received[0].json["attachments"][0]["content"]["body"]
    shown = sum(block.get("text", "").startswith("預算") for block in body)
    assert 0 < shown < 30
    assert f"… and {100 - shown} more" in [block.get("text") for block in body]


def test_a_card_says_why_and_what_happened_then(endpoint: Endpoint, connected: Any, letter: Any) -> None:
    endpoint.always = Reply(202)
    connected("teams").send("post", letter(why=("Prices rose by *9%*.",), happened=("Release 7 went out.",)))
    body = endpoint.received[0].json["attachments"][0]["content"]["body"]
    assert [block.get("text") for block in body][3:5] == [r"Prices rose by \*9%\*.", "Release 7 went out."]


def test_a_webhook_is_signed_with_each_secret_and_carries_its_key(
    endpoint: Endpoint, connected: Any, letter: Any
) -> None:
    sink = connected("webhook")
    root = sink.send("post", letter("m1")).root
    assert sink.send("update", letter("m2", root=root, transition="worsened")).root == root == "m1"
    first, second = endpoint.received
    assert [one.headers["idempotency-key"] for one in (first, second)] == ["m1", "m2"]
    assert (second.json["transition"], second.json["first_message_id"]) == ("worsened", "m1")
    assert second.json["opened_at"] == "2026-11-22T08:26:00+00:00"
    stamp, *signatures = first.headers["x-signature"].split(",")
    at = stamp.removeprefix("t=")
    assert abs(int(at) - time.time()) < 60
    signed = at.encode() + b"." + first.body
    assert signatures == [f"v1={hmac.new(key, signed, hashlib.sha256).hexdigest()}" for key in (b"one", b"two")]


@pytest.mark.parametrize("status", [307, 401, 403, 404])
def test_events_wait_while_pagerduty_lets_nobody_in(
    endpoint: Endpoint, connected: Any, letter: Any, status: int
) -> None:
    endpoint.always = Reply(status)
    with pytest.raises(SinkConfigError, match=f"takes no events .http_{status}.; correct base_url"):
        connected("pagerduty").send("post", letter())


def test_an_event_says_why_and_stays_within_what_pagerduty_takes(
    endpoint: Endpoint, connected: Any, letter: Any
) -> None:
    endpoint.always = Reply(202)
    huge = tuple(f"{'預算 ' * 2000}{number}" for number in range(50))
    told = letter(summary="s" * 5000, why=huge, happened=("Release 7 went out.",), fields=(("Spent", "9" * 9000),))
    connected("pagerduty").send("post", told)
    (event,) = endpoint.received
    details = event.json["payload"]["custom_details"]
    assert details["What else happened"] == "Release 7 went out."
    assert details["Why"].startswith("預算")
    assert len(event.json["payload"]["summary"]) == 1024
    assert len(event.body) < 512_000


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.0.0.8", "169.254.169.254", "[::1]", "[fd00::1]"])
def test_a_webhook_into_the_own_network_is_refused_unless_it_is_meant(
    endpoint: Endpoint, connected: Any, letter: Any, monkeypatch: Any, host: str
) -> None:
    monkeypatch.setenv("BURNLINE_TEST_NEAR", f"https://{host}/in")
    forget("env:BURNLINE_TEST_NEAR")
    sink = connected("webhook", url="env:BURNLINE_TEST_NEAR", allow_private=False)
    with pytest.raises(SinkConfigError, match="allow_private = true"):
        sink.send("post", letter())
    with pytest.raises(SinkConfigError, match="address of your own network"):
        sink.check()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:0a00:0001::1", False),
    ],
)
def test_only_addresses_of_the_public_internet_count_as_public(address: str, public: bool) -> None:
    from ipaddress import ip_address

    assert is_public(ip_address(address)) is public


def test_a_name_with_one_private_address_is_refused_and_the_checked_address_is_called(monkeypatch: Any) -> None:
    found = [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    with pytest.raises(SinkConfigError, match=r"hooks\.example\.com is 10\.0\.0\.1"):
        public_address("hooks.example.com", 443)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found[:1])
    assert public_address("hooks.example.com", 443) == "93.184.215.14"


def test_a_checked_webhook_is_called_at_its_address_with_its_own_name(
    connected: Any, letter: Any, monkeypatch: Any
) -> None:
    called: dict[str, Any] = {}

    def remember(url: str, body: bytes, headers: dict[str, str], *, sni: str, trust_env: bool) -> post.Answer:
        called.update(url=url, host=headers["Host"], sni=sni, trust_env=trust_env)
        return post.Answer(200, None, "")  # type: ignore[arg-type]

    monkeypatch.setenv("BURNLINE_TEST_NAMED", "https://hooks.example.com:8443/in?x=1")
    monkeypatch.setattr("alerts.sinks.webhook.public_address", lambda *_: "2606:2800::1")
    monkeypatch.setattr("alerts.sinks.webhook.post", remember)
    connected("webhook", url="env:BURNLINE_TEST_NAMED", allow_private=False).send("post", letter())
    assert called == {
        "url": "https://[2606:2800::1]:8443/in?x=1",
        "host": "hooks.example.com:8443",
        "sni": "hooks.example.com",
        "trust_env": False,
    }


def test_pagerduty_gets_one_key_a_problem_from_trigger_to_resolve(
    endpoint: Endpoint, connected: Any, letter: Any
) -> None:
    endpoint.always = Reply(202, '{"status":"success","message":"Event processed"}')
    sink = connected("pagerduty")
    key = sink.send("post", letter(severity="page")).root
    sink.send("post", letter(transition="worsened", summary="x" * 2000, fingerprint="budget:team:x"))
    sink.send("post", letter(transition="acknowledged"))
    sink.send("post", letter(transition="resolved", is_open=False))
    trigger, again, taken, resolve = (received.json for received in endpoint.received)
    assert {event["dedup_key"] for event in (trigger, again, resolve)} == {key} == {"burnline:budget:team:x"}
    assert (trigger["event_action"], trigger["payload"]["severity"], trigger["client"]) == (
        "trigger",
        "critical",
        "Burnline",
    )
    assert len(again["payload"]["summary"]) == 1024
    assert taken == {"routing_key": KEY, "dedup_key": key, "event_action": "acknowledge"}
    assert resolve == {"routing_key": KEY, "dedup_key": key, "event_action": "resolve"}
    long = sink.send("post", letter(fingerprint="f" * 400)).root
    assert len(long) <= 255
    assert is_own(long)


def test_pagerduty_refuses_an_event_for_good_and_a_key_until_it_is_replaced(
    endpoint: Endpoint, connected: Any, letter: Any, monkeypatch: Any
) -> None:
    endpoint.replies = [
        Reply(400, '{"status":"invalid event","errors":["Length of \'summary\' is too long"]}'),
        Reply(400, '{"status":"invalid event","errors":["\'routing_key\' is invalid"]}'),
    ]
    sink = connected("pagerduty")
    with pytest.raises(RefusedError, match="invalid_event"):
        sink.send("post", letter())
    with pytest.raises(SinkConfigError, match="no integration with the key in env:BURNLINE_TEST_KEY"):
        sink.send("post", letter())
    monkeypatch.setenv("BURNLINE_TEST_SHORT", "abc")
    with pytest.raises(SinkConfigError, match="Events API v2"):
        connected("pagerduty", routing_key="env:BURNLINE_TEST_SHORT").check()


def test_retry_after_may_be_seconds_or_a_date() -> None:
    later = datetime.now(UTC) + timedelta(seconds=90)
    assert 80 < (post.retry_after(format_datetime(later, usegmt=True)) or 0) <= 90
    assert post.retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert [post.retry_after(text) for text in ("12", "-3", "soon", None)] == [12, None, None, None]


def test_an_endless_answer_is_read_in_part(endpoint: Endpoint, connected: Any, letter: Any) -> None:
    endpoint.always = Reply(400, "x" * 500_000)
    with pytest.raises(RefusedError):
        connected("slack_webhook").send("post", letter())


@pytest.mark.parametrize("is_silenced", [False, True])
def test_only_a_pager_hears_by_itself_that_somebody_has_it(is_silenced: bool) -> None:
    kinds = sinks()
    told = {name: actions(kind, "acknowledged", is_silenced=is_silenced) for name, kind in kinds.items()}
    assert told["pagerduty"] == ["post"]
    assert told["slack"] == ["update"]
    assert (told["slack_webhook"], told["teams"]) == ([], [])
