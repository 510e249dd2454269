"""Whatever is killed, cut off or done at once: a problem is told once, or is marked as possibly told."""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from slack_sdk.web import SlackResponse

from alerts.condense import UNCONFIRMED
from alerts.notice import from_json
from alerts.outbox_rows import UNANSWERED
from alerts.sinks.slack import SlackSink
from alerts.sinks.teams import envelope
from config.secrets import forget
from config.settings import Settings
from store.engine import Store, open_store
from store.migrate import upgrade
from store.schema import table
from store.tables import Outbox
from tests.alerts.loopback import Endpoint, Reply, serving
from tests.alerts.support import NOW, SlackServer, deliveries, outbox
from tests.alerts.telling_once import look, routing_to, send
from tests.conftest import fresh_postgres

ROOT = Path(__file__).parents[2]
KILLS = 100


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with serving() as endpoint:
        named = {"HOOK": f"{endpoint.url}/hook", "TEAMS": f"{endpoint.url}/teams", "SIGN": "secret" * 5}
        for name, value in named.items():
            monkeypatch.setenv(f"BURNLINE_TEST_{name}", value)
            forget(f"env:BURNLINE_TEST_{name}")
        endpoint.always = Reply(202)
        yield endpoint


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what is tested is death, not the disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Path(folder)


def cards(endpoint: Endpoint) -> Counter[bytes]:
    return Counter(one.body for one in endpoint.received if one.path == "/teams")


def card(message: Outbox) -> bytes:
    return orjson.dumps(envelope(from_json(message.payload)))


def test_a_hundred_kills_lose_nothing_and_double_nothing(quick_folder: Path, endpoint: Endpoint) -> None:
    url = f"duckdb:///{quick_folder / 'store.duckdb'}"
    store = open_store(url)
    upgrade(store)
    store.close()
    endpoint.on_receipt = lambda _: time.sleep(0.01)  # so that many die while they wait for an answer
    command = [sys.executable, "-m", "tests.alerts.telling_once", url, NOW.isoformat(), str(KILLS), "20261122"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    store = open_store(url)
    much_later = NOW + timedelta(days=1)
    for minutes in (0, 5):
        send(store, routing_to("webhook", "teams"), much_later + timedelta(minutes=minutes))
    messages = outbox(store)
    store.close()
    hooked = [message for message in messages if message.sink == "webhook"]
    assert {message.status for message in hooked} == {"sent"}
    by_key = {one.headers["idempotency-key"]: one.json for one in endpoint.received if one.path == "/hook"}
    assert by_key.keys() == {message.message_id for message in hooked}
    told = Counter((body["alert"], body["transition"]) for body in by_key.values())
    assert set(told.values()) == {1}
    assert len(told) > KILLS // 4
    of_teams = [message for message in messages if message.sink == "teams"]
    assert {message.status for message in of_teams} <= {"accepted", "possibly_sent", "superseded"}
    carded = [message for message in of_teams if message.status != "superseded"]
    shown = cards(endpoint)
    assert max(shown.values()) == 1, "nothing is shown twice"
    assert shown.total() == sum(shown[card(message)] for message in carded), "what is not sent is not shown"
    assert {shown[card(message)] for message in carded if message.status == "accepted"} == {1}
    assert {shown[card(message)] for message in carded if message.status == "possibly_sent"} <= {0, 1}
    assert Counter(map(told_of, carded)) <= Counter(map(told_of, hooked)), "what waited half an hour is told in short"
    assert {told_of(message)[0] for message in carded} == {told_of(message)[0] for message in hooked}


def told_of(message: Outbox) -> tuple[str, str]:
    notice = from_json(message.payload)
    return notice.fingerprint, notice.transition


@pytest.fixture
def postgresql(postgres_url: str) -> Iterator[Store]:
    yield from fresh_postgres(postgres_url)


PROBLEM = {"problem 1": 1}
LEASED = timedelta(minutes=3)


@pytest.fixture
def store(duckdb_store: Store) -> Store:
    return duckdb_store


def die_before_the_answer_is_noted(store: Store) -> None:
    """As a worker that was killed after the call leaves its newest message, and the place where it is told."""
    newest = max(outbox(store), key=lambda message: message.position)
    lease = (NOW + timedelta(minutes=2)).replace(tzinfo=None)
    unsure = {"status": "pending", "sent_at": None, "error_code": UNCONFIRMED, "next_attempt_at": lease}
    told = table(Outbox)
    with store.write() as connection:
        connection.execute(sa.update(told).where(told.c.message_id == newest.message_id).values(**unsure))
        if newest.action == "post":
            connection.execute(sa.text("update alert_delivery set external_id = null"))


@pytest.mark.parametrize("arrived", [True, False], ids=["it arrived", "it did not"])
@pytest.mark.parametrize("action", ["post", "reply"])
def test_slack_is_asked_whether_a_message_arrived(
    store: Store, settings: Settings, slack: SlackServer, monkeypatch: pytest.MonkeyPatch, action: str, arrived: bool
) -> None:
    routing = routing_to("slack")
    look(store, PROBLEM, routing, NOW, settings)
    if action == "reply":
        send(store, routing, NOW, settings)
        look(store, {"problem 1": 2}, routing, NOW, settings)
    if arrived:
        send(store, routing, NOW, settings)
    else:
        with monkeypatch.context() as patch:
            patch.setattr(SlackSink, "send", lambda *_: (_ for _ in ()).throw(RuntimeError))
            send(store, routing, NOW, settings)
    said = len(slack.messages())
    die_before_the_answer_is_noted(store)
    assert send(store, routing, NOW + LEASED, settings).waiting == 0
    assert [message.status for message in outbox(store)] == ["sent"] * len(outbox(store))
    assert len(slack.messages()) == (said if arrived else said + 1)
    (root,) = slack.roots()
    assert deliveries(store)[0].external_id == f"{root['channel']}:{root['ts']}"
    ids = [message["metadata"]["event_payload"]["message_id"] for message in slack.messages()]
    assert len(set(ids)) == len(ids)


def test_without_the_scope_it_is_possibly_sent_and_the_next_transition_tells_it_anew(
    store: Store, settings: Settings, slack: SlackServer
) -> None:
    routing = routing_to("slack")
    slack.faults.slack_without_history = True
    look(store, PROBLEM, routing, NOW, settings)
    send(store, routing, NOW, settings)
    die_before_the_answer_is_noted(store)
    sent = send(store, routing, NOW + LEASED, settings)
    assert (sent.sent, sent.waiting, sent.possibly) == (0, 0, ["problem 1"])
    assert outbox(store)[0].status == "possibly_sent"
    assert send(store, routing, NOW + 2 * LEASED, settings).possibly == []
    assert len(slack.messages()) == 1
    look(store, {"problem 1": 2}, routing, NOW + 2 * LEASED, settings)
    assert send(store, routing, NOW + 2 * LEASED, settings).sent == 2
    _, root = slack.roots()
    assert slack.replies(root) == ["Worse: problem 1 is at level 2."]


def test_what_was_to_be_said_in_the_thread_of_a_lost_root_is_not_told_as_a_root(
    store: Store, settings: Settings, slack: SlackServer
) -> None:
    routing = routing_to("slack")
    slack.faults.slack_without_history = True
    look(store, PROBLEM, routing, NOW, settings)
    send(store, routing, NOW, settings)
    die_before_the_answer_is_noted(store)
    look(store, {"problem 1": 2}, routing, NOW + LEASED, settings)
    died = table(Outbox)
    with store.write() as connection:
        connection.execute(sa.update(died).where(died.c.position == 1).values(status="possibly_sent"))
        values = {"error_code": UNCONFIRMED, "attempt_count": 1}
        connection.execute(sa.update(died).where(died.c.position == 2).values(**values))
    assert send(store, routing, NOW + 2 * LEASED, settings).sent == 0
    assert [message.status for message in outbox(store)] == ["possibly_sent"] * 3
    assert len(slack.messages()) == 1


def test_while_slack_cannot_be_asked_nothing_is_decided(store: Store, settings: Settings, slack: SlackServer) -> None:
    routing = routing_to("slack")
    look(store, PROBLEM, routing, NOW, settings)
    send(store, routing, NOW, settings)
    die_before_the_answer_is_noted(store)
    slack.faults.slack_down = True
    sent = send(store, routing, NOW + LEASED, settings)
    assert (sent.sent, sent.waiting, sent.possibly) == (0, 1, [])
    slack.faults.slack_down = False
    slack.faults.slack_rate_limit_next = 1
    assert send(store, routing, NOW + 2 * LEASED, settings).waiting == 1
    assert outbox(store)[0].error_code == UNCONFIRMED
    assert send(store, routing, NOW + 3 * LEASED, settings).sent == 1
    assert len(slack.messages()) == 1


def test_a_root_that_is_gone_is_not_posted_twice_by_who_dies_while_posting_it(
    store: Store, settings: Settings, slack: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    routing = routing_to("slack")
    look(store, PROBLEM, routing, NOW, settings)
    send(store, routing, NOW, settings)
    with store.write() as connection:
        connection.execute(sa.text("update alert_delivery set external_id = 'C0AIALERTS:1700000000.000001'"))
    look(store, {"problem 1": 2}, routing, NOW, settings)
    post = SlackSink._post

    def post_and_die(*arguments: Any, **more: Any) -> SlackResponse:
        post(*arguments, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SlackSink, "_post", post_and_die)
        with pytest.raises(KeyboardInterrupt):
            send(store, routing, NOW, settings)
    send(store, routing, NOW + LEASED, settings)
    assert len(slack.roots()) == 2
    assert len(slack.replies(slack.roots()[1])) == 1


def test_a_call_without_an_answer_is_repeated_with_its_key_or_not_at_all(store: Store, endpoint: Endpoint) -> None:
    routing = routing_to("webhook", "teams")
    look(store, {"problem 1": 1, "problem 2": 1}, routing, NOW)
    endpoint.always = Reply(None)
    sent = send(store, routing, NOW)
    assert sent.sent == 0
    assert sent.possibly in (["problem 1"], ["problem 2"]), "two of one moment are tried in any order"
    held = {message.sink: message.error_code for message in outbox(store) if message.status == "pending"}
    assert held == {"webhook": UNANSWERED, "teams": UNANSWERED}
    endpoint.always = Reply(202)
    assert send(store, routing, NOW + LEASED).sent == 3
    keys = [one.headers["idempotency-key"] for one in endpoint.received if one.path == "/hook"]
    assert (len(keys), len(set(keys))) == (3, 2)
    assert cards(endpoint).most_common(1)[0][1] == 1


def test_after_a_call_without_an_answer_slack_is_tried_before_another_message_is_risked(
    store: Store, settings: Settings, slack: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    routing = routing_to("slack")
    slack.faults.slack_without_history = True
    look(store, {f"problem {number}": 1 for number in range(3)}, routing, NOW, settings)

    def silent(*_: object, **__: object) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr("slack_sdk.WebClient.chat_postMessage", silent)
        patch.setattr("slack_sdk.WebClient.auth_test", silent)
        for minutes in range(0, 60, 4):
            send(store, routing, NOW + timedelta(minutes=minutes), settings)
            codes = sorted(str(message.error_code) for message in outbox(store))
            assert codes == [UNANSWERED, UNANSWERED, UNCONFIRMED]
    assert sorted(message.attempt_count for message in outbox(store)) == [0, 0, 1]
    sent = send(store, routing, NOW + timedelta(hours=2), settings)
    assert (sent.sent, len(sent.possibly), sent.waiting) == (2, 1, 0)


def test_an_hour_of_outage_with_limits_tells_everything_once(store: Store, endpoint: Endpoint) -> None:
    routing = routing_to("webhook", "teams")
    problems: dict[str, int] = {}
    for minutes in range(0, 60, 5):
        problems[f"problem {minutes}"] = 1
        look(store, problems, routing, NOW + timedelta(minutes=minutes))
        endpoint.always = Reply(503) if minutes % 2 else Reply(429, headers={"Retry-After": "600"})
        send(store, routing, NOW + timedelta(minutes=minutes))
    asked = len(endpoint.received)
    assert asked <= 2 * 60 / 5
    endpoint.always = Reply(202)
    endpoint.received.clear()
    assert send(store, routing, NOW + timedelta(minutes=75)).sent == 24
    assert len({one.headers["idempotency-key"] for one in endpoint.received if one.path == "/hook"}) == 12
    assert set(cards(endpoint).values()) == {1}


def test_two_workers_on_one_postgresql_tell_each_problem_once(postgresql: Store, endpoint: Endpoint) -> None:
    routing = routing_to("webhook", "teams")
    start = Barrier(2)

    def worker() -> int:
        sent = 0
        for step in range(8):
            at = NOW + timedelta(seconds=step)
            start.wait(30)
            look(postgresql, {f"problem {step}": 1, f"problem {step}b": 1}, routing, at)
            sent += send(postgresql, routing, at).sent
        return sent

    with ThreadPoolExecutor(2) as pool:
        counts = [future.result() for future in [pool.submit(worker) for _ in range(2)]]
    send(postgresql, routing, NOW + timedelta(hours=1))
    messages = outbox(postgresql)
    assert Counter(message.status for message in messages) == {"sent": 30, "accepted": 30}
    assert all(counts)
    keys = Counter(one.headers["idempotency-key"] for one in endpoint.received if one.path == "/hook")
    assert (len(keys), set(keys.values())) == (30, {1})
    assert (len(cards(endpoint)), set(cards(endpoint).values())) == (30, {1})
