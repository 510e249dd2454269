"""Nothing is lost between the decision and Slack, and nothing is told twice without need."""

import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import Sent, check, deliver
from alerts.condense import UNCONFIRMED
from alerts.outbox import backoff
from alerts.outbox_rows import LEASE, OutboxRows
from alerts.sink import Action, Letter, Receipt, RefusedError
from alerts.sinks.slack import SlackSink
from config.secrets import RedactingFilter
from config.settings import Settings, Slack
from sandbox.keys import EXPIRED_SLACK_TOKEN, SLACK_TOKEN
from sandbox.slack_store import FINOPS_CHANNEL
from store.engine import Store
from store.schema import table
from store.tables import AlertDelivery, Outbox
from tests.alerts.support import (
    NOW,
    TOKEN_VARIABLE,
    SlackServer,
    collected,
    deliveries,
    outbox,
    seed_workplace,
    set_budget,
    spend,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(duckdb_store: Store) -> Store:
    return duckdb_store


@dataclass
class Time:
    """A clock that only sleeping moves."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def clock(self) -> float:
        return self.seconds


def send(store: Store, settings: Settings, minutes: float = 0, **more: Any) -> Sent:
    time = Time()
    return deliver(store, settings, NOW + timedelta(minutes=minutes), sleep=time.sleep, clock=time.clock, **more)


@pytest.fixture
def overspent(store: Store, settings: Settings) -> Store:
    """A store with one open budget alert whose message waits."""
    seed_workplace(store)
    spend(store, date(2026, 11, 20), Decimal(9000))
    for source in ("openai_costs", "openai_usage"):
        collected(store, source, NOW)
    assert check(store, settings, NOW).message_count == 1
    return store


def worsen_and_resolve(store: Store, settings: Settings) -> None:
    spend(store, date(2026, 11, 21), Decimal(2000))
    assert check(store, settings, NOW + timedelta(minutes=5)).message_count == 2
    set_budget(store, Decimal(90_000))
    assert check(store, settings, NOW + timedelta(minutes=10)).message_count == 2


def claim_and_die(store: Store) -> None:
    """As a worker leaves a message that was killed while it sent it."""
    until = (NOW + LEASE).replace(tzinfo=None)
    died = {"attempt_count": 1, "next_attempt_at": until, "error_code": UNCONFIRMED}
    with store.write() as connection:
        connection.execute(sa.update(table(Outbox)).values(**died))


def with_slack(settings: Settings, **changes: str) -> Settings:
    assert settings.slack
    return settings.model_copy(update={"slack": Slack(**{**settings.slack.model_dump(), **changes})})


def test_while_slack_is_down_messages_wait_and_then_go_out_in_order(
    overspent: Store, settings: Settings, slack: SlackServer
) -> None:
    slack.faults.slack_down = True
    down = send(overspent, settings)
    assert (down.sent, down.waiting, down.dead) == (0, 1, [])
    worsen_and_resolve(overspent, settings)
    assert send(overspent, settings, 11).waiting == 5
    assert {message.error_code for message in outbox(overspent)} == {"http_503"}
    slack.faults.slack_down = False
    assert send(overspent, settings, 20).sent == 5
    (root,) = slack.roots()
    assert root["text"].startswith("✅ Resolved")
    assert [text.split(":")[0] for text in slack.replies(root)] == ["Worse", "Resolved after 10 minutes"]


def test_a_slack_that_cannot_be_reached_is_waited_for(overspent: Store, settings: Settings) -> None:
    nowhere = with_slack(settings, base_url="http://127.0.0.1:9/slack/api/")
    assert send(overspent, nowhere).waiting == 1
    (message,) = outbox(overspent)
    assert message.error_code == "unreachable (URLError)"
    assert send(overspent, settings, 1).sent == 1


def test_waits_grow_to_five_minutes_and_no_further() -> None:
    assert [backoff(count).total_seconds() for count in (1, 2, 3, 6, 7, 8, 5000)] == [5, 10, 20, 160, 300, 300, 300]


def test_a_failed_sink_is_left_alone_until_the_wait_is_over_unless_a_person_asks(
    overspent: Store, settings: Settings, slack: SlackServer
) -> None:
    slack.faults.slack_down = True
    send(overspent, settings)
    slack.faults.slack_down = False
    assert send(overspent, settings, 4 / 60).sent == 0
    assert send(overspent, settings, 4 / 60, retry_now=True).sent == 1


def test_retry_after_is_honoured_even_when_a_person_asks(
    overspent: Store, settings: Settings, slack: SlackServer
) -> None:
    slack.faults.slack_rate_limit_next = 1
    slack.faults.retry_after_seconds = 90
    collected(overspent, "openai_usage", NOW + timedelta(seconds=1), "failed", error_kind="fatal", error_message="No.")
    check(overspent, settings, NOW)
    assert send(overspent, settings).waiting == 2
    assert slack.faults.slack_rate_limit_next == 0
    assert send(overspent, settings, 89 / 60, retry_now=True).sent == 0
    assert send(overspent, settings, 91 / 60).sent == 2


def test_calls_to_one_channel_are_a_second_apart(overspent: Store, settings: Settings, slack: SlackServer) -> None:
    worsen_and_resolve(overspent, settings)
    time = Time()
    deliver(overspent, settings, NOW + timedelta(minutes=10), sleep=time.sleep, clock=time.clock)
    assert time.slept == [1.0] * 5
    assert len(slack.messages()) == 4, "the alert, its details, worse, resolved"


@pytest.mark.parametrize("token", [EXPIRED_SLACK_TOKEN, "xoxb-never-seen-by-slack"])
def test_a_refused_token_stops_slack_with_one_sentence_and_without_the_token(
    overspent: Store,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    token: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(RedactingFilter())
    variable = f"BAD_SLACK_TOKEN_{len(token)}"
    monkeypatch.setenv(variable, token)
    bad = with_slack(settings, bot_token=f"env:{variable}")
    worsen_and_resolve(overspent, settings)
    stopped = send(overspent, bad, 11)
    code = "token_expired" if token == EXPIRED_SLACK_TOKEN else "invalid_auth"
    assert stopped.stopped == {
        "slack": f"Slack refuses the bot token ({code}); put a valid one where [slack] bot_token points "
        f"(env:{variable}). Alerts wait until then."
    }
    assert (stopped.sent, stopped.waiting, stopped.dead) == (0, 5, [])
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert token not in caplog.text
    assert all(token not in str(row) for row in outbox(overspent))
    monkeypatch.setenv(variable, SLACK_TOKEN)
    again = send(overspent, bad, 12)
    assert (again.sent, again.reached, again.stopped) == (5, {"slack"}, {})


def test_a_token_that_is_not_there_is_one_sentence_too(overspent: Store, settings: Settings) -> None:
    told = send(overspent, with_slack(settings, bot_token="env:NO_SUCH_SLACK_TOKEN")).stopped["slack"]
    assert told.startswith("The Slack bot token cannot be read: ")
    assert "NO_SUCH_SLACK_TOKEN" in told
    assert send(overspent, settings).sent == 1


def test_a_slack_section_taken_away_keeps_its_messages(overspent: Store, settings: Settings) -> None:
    assert "no [slack] section" in send(overspent, Settings()).stopped["slack"]
    assert send(overspent, settings).sent == 1


def test_messages_for_a_missing_channel_wait_for_the_right_one(
    overspent: Store, settings: Settings, slack: SlackServer
) -> None:
    wrong = with_slack(settings, channel="C0NOWHERE")
    sent = send(overspent, wrong)
    assert sent.stopped == {
        "slack": "Slack has no channel C0NOWHERE for this bot (channel_not_found): correct the channel, or invite the "
        "bot to it. Messages for it wait until then."
    }
    assert (sent.sent, sent.waiting, sent.dead) == (0, 1, [])
    assert send(overspent, settings, 1).sent == 1
    assert len(slack.roots()) == 1


def test_a_refused_message_is_dead_and_named_once_and_the_next_is_tried(
    overspent: Store,
    settings: Settings,
    slack: SlackServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> Receipt:
        raise RefusedError("no_text")

    with monkeypatch.context() as patch:
        patch.setattr(SlackSink, "send", refuse)
        assert send(overspent, settings).dead == [
            ("Team Workplace is heading over its November budget", "no_text"),
        ]
        (message,) = outbox(overspent)
        assert (message.status, message.error_code, message.attempt_count) == ("dead", "no_text", 1)
        collected(
            overspent, "openai_usage", NOW + timedelta(seconds=1), "failed", error_kind="fatal", error_message="No."
        )
        check(overspent, settings, NOW + timedelta(seconds=1))
        assert len(send(overspent, settings, 1).dead) == 1
    assert caplog.text.count("refuses a message: no_text") == 1
    spend(overspent, date(2026, 11, 21), Decimal(2000))
    check(overspent, settings, NOW + timedelta(minutes=5))
    assert send(overspent, settings, 5).sent == 2
    (root,) = slack.roots()
    assert root["text"].startswith("🟠 Ticket: Team Workplace is over its November budget")
    assert len(slack.replies(root)) == 1


def test_a_deleted_message_is_posted_anew_and_the_thread_goes_on_there(
    overspent: Store, settings: Settings, slack: SlackServer
) -> None:
    send(overspent, settings)
    gone = table(AlertDelivery)
    with overspent.write() as connection:
        connection.execute(sa.update(gone).values(external_id=f"{FINOPS_CHANNEL}:1700000000.000001"))
    worsen_and_resolve(overspent, settings)
    assert send(overspent, settings, 11).sent == 4
    _, again = slack.roots()
    assert len(slack.replies(again)) == 2
    assert deliveries(overspent)[0].external_id == f"{again['channel']}:{again['ts']}"


def test_blocks_that_slack_refuses_are_sent_as_plain_text(
    overspent: Store, settings: Settings, slack: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.message.root_blocks", lambda *_: [{"type": "alert"}])
    assert send(overspent, settings).sent == 1
    (root,) = slack.roots()
    assert root["blocks"] == []
    assert "$9,000 of $10,000" in root["text"]


def test_one_alert_that_cannot_be_sent_holds_back_only_itself(
    overspent: Store, settings: Settings, slack: SlackServer
) -> None:
    broken = table(Outbox)
    with overspent.write() as connection:
        connection.execute(sa.update(broken).values(payload='{"no": "notice"}'))
    collected(overspent, "openai_usage", NOW + timedelta(seconds=1), "failed", error_kind="fatal", error_message="No.")
    check(overspent, settings, NOW + timedelta(seconds=2))
    sent = send(overspent, settings, 1)
    assert (sent.sent, sent.waiting) == (1, 1)
    assert "openai_usage" in slack.messages()[0]["text"]


def test_a_message_under_way_elsewhere_is_not_sent_a_second_time_before_its_lease_ends(
    overspent: Store, settings: Settings
) -> None:
    claim_and_die(overspent)
    assert send(overspent, settings, 1, retry_now=True).sent == 0
    assert send(overspent, settings, 2).sent == 1


def test_two_workers_at_once_send_a_message_once(
    overspent: Store, settings: Settings, slack: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_one = SlackSink.send

    def send_while_another_worker_looks(sink: SlackSink, action: Action, letter: Letter) -> Receipt:
        assert send(overspent, settings, 1, retry_now=True) == Sent(waiting=1)
        return send_one(sink, action, letter)

    monkeypatch.setattr(SlackSink, "send", send_while_another_worker_looks)
    assert send(overspent, settings) == Sent(sent=1, reached={"slack"})
    assert len(slack.roots()) == 1


def test_of_two_workers_that_saw_the_same_message_one_may_send_it(overspent: Store) -> None:
    one, other = (OutboxRows(overspent, lambda: NOW) for _ in range(2))
    (seen_by_one,), (seen_by_other,) = one.pending(), other.pending()
    assert one.claim(seen_by_one)
    assert not other.claim(seen_by_other)


KILLED = """
import os, signal, sys
from datetime import datetime
from alerts import check, deliver
from alerts.sinks.slack import SlackSink
from config.settings import Settings, Slack
from store.engine import open_store

url, base_url, variable, channel, now, stage = sys.argv[1:]
settings = Settings(slack=Slack(bot_token=f"env:{variable}", channel=channel, base_url=base_url), sources={})
store = open_store(url)
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if stage == "deciding":
    import alerts.ledger as ledger
    ledger._event = die
check(store, settings, datetime.fromisoformat(now))
if stage == "decided":
    die()
SlackSink.send = die
deliver(store, settings, datetime.fromisoformat(now))
"""


@pytest.fixture
def file_store(store: Store) -> Store:
    """The store with spend that no check has seen yet; another process may open its file."""
    seed_workplace(store)
    spend(store, date(2026, 11, 20), Decimal(9000))
    store.engine.dispose()
    return store


@pytest.mark.parametrize(
    ("stage", "waiting"), [("deciding", 0), ("decided", 1), ("sending", 1)], ids=["deciding", "decided", "sending"]
)
def test_a_killed_process_loses_nothing_and_the_next_one_tells_it_once(
    file_store: Store, settings: Settings, slack: SlackServer, stage: str, waiting: int
) -> None:
    assert settings.slack
    url = file_store.engine.url.render_as_string(hide_password=False)
    arguments = [url, slack.base_url, TOKEN_VARIABLE, settings.slack.channel, NOW.isoformat(), stage]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=ROOT, env={**os.environ}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert slack.messages() == []
    assert len(outbox(file_store)) == waiting
    check(file_store, settings, NOW + timedelta(minutes=3))
    assert send(file_store, settings, 3).sent == 1
    assert send(file_store, settings, 10).sent == 0
    (root,) = slack.roots()
    assert "$9,000 of $10,000" in root["text"]
