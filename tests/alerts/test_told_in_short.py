"""What waited through a night or an outage is one message for each problem, as it is then."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import Sent, deliver
from alerts.base import Finding
from alerts.condense import UNCONFIRMED, condensed
from alerts.discovery import sinks
from alerts.quiet import QuietHours
from alerts.routing import Routing
from alerts.sink import Destination
from config.secrets import forget
from config.settings import Settings
from sandbox.slack_store import AI_ALERTS_CHANNEL
from store.engine import Store
from store.tables import Outbox
from tests.alerts.loopback import Endpoint, Reply, serving
from tests.alerts.problems import OPTIONS, at, look, problem
from tests.alerts.support import NOW, SlackServer, outbox

NIGHT = QuietHours(ZoneInfo("UTC"), time(20), time(7))
EVENING = 12
"""Hours after 08:26."""
MORNING = 23


@pytest.fixture
def store(duckdb_store: Store) -> Store:
    return duckdb_store


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with serving() as endpoint:
        monkeypatch.setenv("K", f"{endpoint.url}/hook")
        forget("env:K")
        yield endpoint


def routing_with(quiet: QuietHours | None, **options: dict[str, object]) -> Routing:
    known = sinks()
    made = {
        kind: Destination(kind, known[kind], known[kind].options.model_validate(each), quiet)
        for kind, each in options.items()
    }
    return Routing(made, default=tuple(made))


def send(store: Store, routing: Routing, hours: float, settings: Settings | None = None) -> Sent:
    return deliver(
        store,
        settings or Settings(),
        at(hours),
        routing=routing,
        retry_now=True,
        sleep=lambda _: None,
        clock=lambda: 0.0,
    )


def test_a_night_is_told_in_the_morning_and_pages_at_once(store: Store, settings: Settings, slack: SlackServer) -> None:
    routing = routing_with(NIGHT, slack={"channel": AI_ALERTS_CHANNEL})

    def pass_by(hours: float, *found: Finding) -> None:
        look(store, hours, *found, routing=routing, settings=settings)
        send(store, routing, hours, settings)

    pass_by(10, problem("known"))
    assert len(slack.messages()) == 1
    pass_by(EVENING, problem("known", level=2), problem("new"), problem("over"), problem("not one"))
    pass_by(
        EVENING + 1,
        problem("known", level=3),
        problem("new", level=2),
        problem("page", "page"),
        problem("grows"),
        problem("not one"),
    )
    assert [message["text"].split(".")[0] for message in slack.messages()] == [
        "🟠 Ticket: known is bad",
        "🚨 Page: page is bad",
    ]
    pass_by(
        EVENING + 2,
        problem("known", level=3),
        problem("new", level=2),
        problem("grows", "page"),
        problem("not one", state="withdrawn"),
    )
    assert [message["text"].split(".")[0] for message in slack.roots()] == [
        "🟠 Ticket: known is bad",
        "✅ Resolved: page is bad",
        "🚨 Page: grows is bad",
    ]
    held = [problem("known", level=3), problem("new", level=2), problem("grows", "page")]
    pass_by(MORNING - 1, *held)
    assert len(slack.roots()) == 3
    pass_by(MORNING, *held)
    known, _, _, *rest = slack.roots()
    assert sorted(message["text"].partition(".")[0] for message in rest) == [
        "✅ Resolved: over is bad",
        "🟠 Ticket: new is bad",
    ]
    assert slack.replies(known) == ["Worse: known at 3."]
    assert {message.status for message in outbox(store)} == {"sent", "superseded"}


def test_an_outage_of_hours_is_one_message_for_each_problem_and_all_for_who_keeps_them(
    store: Store, endpoint: Endpoint
) -> None:
    routing = routing_with(None, teams=OPTIONS["teams"], webhook={**OPTIONS["webhook"], "allow_private": True})
    endpoint.always = Reply(503)
    for hours, level in enumerate((1, 2, 3, 4)):
        look(
            store,
            hours / 2,
            problem(level=level),
            problem("g", state="firing" if level < 3 else "over"),
            routing=routing,
        )
        send(store, routing, hours / 2)
    endpoint.received.clear()
    endpoint.always = Reply(202)
    sent = send(store, routing, 3)
    cards = [one.json["attachments"] for one in endpoint.received if "attachments" in one.json]
    assert sorted(card[0]["content"]["body"][0]["text"] for card in cards) == [
        "✅ Resolved: g is bad",
        "🟠 Ticket: f is bad",
    ]
    hooked = [(one.json["alert"], one.json["transition"]) for one in endpoint.received if "alert" in one.json]
    assert sorted(hooked) == [
        ("f", "opened"),
        *[("f", "worsened")] * 3,
        ("g", "opened"),
        ("g", "resolved"),
    ]
    assert (sent.sent, sent.waiting) == (len(cards) + len(hooked), 0)


def message(number: int, action: str, transition: str, error_code: str | None = None) -> Outbox:
    return Outbox(
        message_id=str(number),
        alert_id="a",
        position=number,
        destination="slack",
        sink="slack",
        target="C1",
        action=action,
        payload=orjson.dumps({"transition": transition, "number": number}).decode(),
        status="pending",
        created_at=NOW + timedelta(minutes=number),
        attempt_count=0,
        next_attempt_at=NOW,
        error_code=error_code,
    )


_later = st.lists(
    st.tuples(st.sampled_from(["update", "reply"]), st.sampled_from(["worsened", "eased", "joined", "resolved"])),
    max_size=8,
)


@given(_later, st.booleans(), st.booleans())
def test_shortened_the_newest_words_are_sent_and_nothing_is_sent_twice(
    later: list[tuple[str, str]], is_told: bool, unsure: bool
) -> None:
    first = message(0, "post", "opened", UNCONFIRMED if unsure else None)
    messages = [*([] if is_told else [first]), *(message(n, *each) for n, each in enumerate(later, start=1))]
    short = condensed(messages, is_told=is_told)
    ids = [one.message_id for one in (*short.kept, *short.superseded)]
    assert sorted(ids) == sorted(one.message_id for one in messages)
    assert [one.position for one in short.kept] == sorted(one.position for one in short.kept)
    told = [one for one in messages if '"joined"' not in one.payload]
    if told:
        assert any(one.payload == told[-1].payload for one in short.kept)
    if not is_told:
        assert short.kept[0].message_id == "0"
        assert not unsure or short.kept[0] == first


def test_what_was_withdrawn_before_anybody_heard_of_it_is_not_told() -> None:
    messages = [message(0, "post", "opened"), message(1, "update", "withdrawn"), message(2, "reply", "withdrawn")]
    assert condensed(messages, is_told=False).kept == ()
    assert len(condensed(messages[1:], is_told=True).kept) == 2
    assert condensed([replace(messages[0], error_code=UNCONFIRMED), *messages[1:]], is_told=False).superseded == ()
