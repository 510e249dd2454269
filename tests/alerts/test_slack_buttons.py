"""A press in Slack's channel arrives over Socket Mode with Slack's own client, and the alert is acknowledged."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from alerts import check, deliver
from alerts.configured import routing_of
from alerts.offers import UNKNOWN, Act, pressing
from alerts.slack_actions import Press, presses
from alerts.slack_socket import SlackSocket, proxy_for, slack_socket
from config.loader import Routes
from config.secrets import RedactingFilter, forget
from config.settings import Settings
from sandbox.keys import SLACK_APP_TOKEN, SLACK_TOKEN
from store.engine import Store
from store.schema import table
from store.tables import AlertEvent
from tests.alerts.support import NOW, SlackServer, alerts, collected, outbox, seed_workplace, set_budget, spend

APP_TOKEN = "BURNLINE_TEST_SLACK_APP_TOKEN"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page waits seconds for an app that does not answer."""
    monkeypatch.setattr("sandbox.slack_socket.ACK_SECONDS", 0.5)
    monkeypatch.setattr("sandbox.slack_press.EDIT_SECONDS", 0.5)


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """With buttons."""
    assert settings.slack
    monkeypatch.setenv(APP_TOKEN, SLACK_APP_TOKEN)
    forget(f"env:{APP_TOKEN}")
    return settings.model_copy(update={"slack": settings.slack.model_copy(update={"app_token": f"env:{APP_TOKEN}"})})


@pytest.fixture
def told(duckdb_store: Store, settings: Settings) -> Store:
    """A store with one open alert that Slack shows."""
    seed_workplace(duckdb_store)
    spend(duckdb_store, date(2026, 11, 20), Decimal(9000))
    for source in ("openai_costs", "openai_usage"):
        collected(duckdb_store, source, NOW)
    check(duckdb_store, settings, NOW)
    send(duckdb_store, settings)
    return duckdb_store


def acting(store: Store, settings: Settings) -> Act:
    return pressing(store, settings, routing_of(Routes(), settings)[0])


@pytest.fixture
def socket(told: Store, settings: Settings, slack: SlackServer) -> Iterator[SlackSocket]:
    """Connected."""
    assert settings.slack
    hearing = SlackSocket(
        settings.slack,
        f"env:{APP_TOKEN}",
        acting(told, settings),
        lambda: send(told, settings, 5),
        lambda: NOW + timedelta(minutes=5),
        ping_seconds=0.2,
    )
    hearing.start()
    until(lambda: connections(slack) == 1)
    yield hearing
    end(hearing, slack)


def send(store: Store, settings: Settings, minutes: float = 0) -> None:
    deliver(store, settings, NOW + timedelta(minutes=minutes), sleep=lambda _: None)


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def connections(slack: SlackServer) -> int:
    return int(httpx2.get(f"{slack.url}/_sandbox/slack-socket", trust_env=False).text)


def end(hearing: SlackSocket, slack: SlackServer) -> None:
    """Stops; the SDK waits for the next word of the other side, so that is cut too."""
    hearing.stop()
    httpx2.post(f"{slack.url}/_sandbox/slack-socket/cut", trust_env=False)
    until(lambda: connections(slack) == 0)


def press(slack: SlackServer, **changes: str) -> httpx2.Response:
    """Presses Acknowledge on the newest alert, as the form of the channel page does."""
    root = slack.roots()[-1]
    block = root["blocks"][-1]
    form = {"channel": root["channel"], "ts": root["ts"], "block_id": block["block_id"], "action_id": "acknowledge"}
    headers = {"Origin": slack.url}
    return httpx2.post(f"{slack.url}/slack/press", data=form | changes, headers=headers, trust_env=False)


def events(store: Store) -> list[str]:
    rows = table(AlertEvent)
    with store.read() as connection:
        return [row.transition for row in connection.execute(rows.select().order_by(rows.c.occurred_at))]


def buttons(message: dict[str, Any]) -> list[str]:
    return [button["action_id"] for button in message["blocks"][-1]["elements"]]


def test_a_press_acknowledges_the_alert_and_the_message_says_who_and_when(
    told: Store, socket: SlackSocket, slack: SlackServer, settings: Settings
) -> None:
    assert buttons(slack.roots()[0]) == ["open", "acknowledge", "not_useful", "snooze"]
    answer = press(slack)
    assert (answer.status_code, "unheard" in answer.headers["location"]) == (303, False)
    (root,) = slack.roots()
    context = root["blocks"][-2]["elements"][0]["text"]
    assert context == "👀 Acknowledged by lucia.farrow on 22 Nov 2026 08:31 UTC"
    assert buttons(root) == ["open", "not_useful", "snooze"]
    assert alerts(told)[0].status == "acknowledged"
    assert events(told) == ["opened", "acknowledged"]

    spend(told, date(2026, 11, 21), Decimal(2000))
    check(told, settings, NOW + timedelta(minutes=10))
    send(told, settings, 10)
    (root,) = slack.roots()
    assert "$11,000 of $10,000" in root["text"]
    assert root["blocks"][-2]["elements"][0]["text"] == context, "who has it stays when it grows worse"

    set_budget(told, Decimal(90_000))
    check(told, settings, NOW + timedelta(minutes=15))
    send(told, settings, 15)
    (root,) = slack.roots()
    assert "Acknowledged" not in str(root["blocks"])
    assert "*Open for*\n15 minutes" in str(root["blocks"]).replace("\\n", "\n")


def test_an_envelope_that_comes_twice_is_done_once(told: Store, socket: SlackSocket, slack: SlackServer) -> None:
    slack.faults.slack_repeats_envelopes = True
    press(slack)
    until(lambda: alerts(told)[0].status == "acknowledged")
    assert events(told) == ["opened", "acknowledged"]
    assert [message.action for message in outbox(told)] == ["post", "update"]


@pytest.mark.parametrize("how", ["cut", "refresh"])
def test_a_socket_that_is_ended_comes_back(told: Store, socket: SlackSocket, slack: SlackServer, how: str) -> None:
    httpx2.post(f"{slack.url}/_sandbox/slack-socket/{how}", trust_env=False)

    def is_heard() -> bool:
        press(slack)
        return alerts(told)[0].status == "acknowledged"

    until(is_heard)


def test_who_presses_the_button_of_an_alert_that_is_over_is_told_alone(
    told: Store, socket: SlackSocket, slack: SlackServer, settings: Settings
) -> None:
    set_budget(told, Decimal(90_000))
    check(told, settings, NOW + timedelta(minutes=4))
    press(slack)
    until(lambda: [message["text"] for message in slack.messages() if message.get("only_for") == "U0READER"] != [])
    (told_alone,) = (message["text"] for message in slack.messages() if message.get("only_for") == "U0READER")
    assert "is over (resolved), so there is nothing to acknowledge" in told_alone


def test_a_press_that_fails_is_told_and_logged_and_the_next_one_works(
    told: Store, settings: Settings, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    assert settings.slack
    broken = iter([RuntimeError(f"no store, {SLACK_TOKEN}")])

    def fail_once(alert_id: str, action: str, who: str, now: Any) -> str | None:
        for error in broken:
            raise error
        return acting(told, settings)(alert_id, action, who, now)

    caplog.handler.addFilter(RedactingFilter())
    hearing = slack_socket(settings.slack, fail_once, lambda: None, lambda: NOW)
    assert hearing
    hearing.start()
    until(lambda: connections(slack) == 1)
    try:
        press(slack)
        until(lambda: "could not do that now" in str(slack.messages()))
        press(slack)
        until(lambda: alerts(told)[0].status == "acknowledged")
    finally:
        end(hearing, slack)
    assert "could not be answered" in caplog.text
    assert SLACK_TOKEN not in caplog.text


def test_a_token_that_slack_refuses_is_told_once_and_without_its_value(
    told: Store,
    settings: Settings,
    slack: SlackServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert settings.slack
    monkeypatch.setattr("alerts.slack_socket.FIRST_WAIT_SECONDS", 0.05)
    monkeypatch.setenv(APP_TOKEN, "xapp-wrong-token")
    forget(f"env:{APP_TOKEN}")
    hearing = slack_socket(settings.slack, acting(told, settings), lambda: None, lambda: NOW)
    assert hearing
    with caplog.at_level(logging.DEBUG):
        hearing.start()
        until(lambda: "refuses the app token (invalid_auth)" in caplog.text)
        time.sleep(0.3)
        monkeypatch.setenv(APP_TOKEN, SLACK_APP_TOKEN)
        until(lambda: connections(slack) == 1)
    hearing.stop(wait=True)
    assert caplog.text.count("The buttons in Slack do nothing") == 1
    assert caplog.text.count("The buttons in Slack work again") == 1
    for secret in ("xapp-wrong-token", SLACK_APP_TOKEN, "ticket="):
        assert secret not in caplog.text


def test_without_an_app_token_there_is_no_socket_and_no_button(
    duckdb_store: Store, settings: Settings, slack: SlackServer
) -> None:
    assert settings.slack
    bare = settings.model_copy(update={"slack": settings.slack.model_copy(update={"app_token": None})})
    assert slack_socket(bare.slack, acting(duckdb_store, bare), lambda: None, lambda: NOW) is None
    assert slack_socket(None, acting(duckdb_store, bare), lambda: None, lambda: NOW) is None
    collected(duckdb_store, "openai_usage", NOW, "failed", error_kind="fatal", error_message="No.")
    check(duckdb_store, bare, NOW)
    send(duckdb_store, bare)
    assert buttons(slack.roots()[0]) == ["open"]


def test_only_what_can_be_done_is_done(told: Store, settings: Settings) -> None:
    (alert,) = alerts(told)
    act = acting(told, settings)
    assert "There is no alert with the id" in str(act("nothing at all", "acknowledge", "x", NOW))
    assert act(alert.alert_id, "explode", "x", NOW) == UNKNOWN
    assert act(alert.alert_id, "acknowledge", "x", NOW) is None
    assert act(alert.alert_id, "acknowledge", "y", NOW) is None, "the first one has it"
    assert events(told) == ["opened", "acknowledged"]
    assert act(alert.alert_id, "not_useful", "x", NOW) is None
    assert act(alert.alert_id, "snooze", "x", NOW) is None
    assert set(events(told)) == {"opened", "acknowledged", "not useful", "silenced"}


def test_a_payload_names_what_was_pressed_by_whom_and_where() -> None:
    payload = {
        "type": "block_actions",
        "user": {"id": "U1", "username": "ada"},
        "container": {"message_ts": "1.2", "channel_id": "C1"},
        "actions": [
            {"action_id": "open"},
            {"action_id": "acknowledge", "value": "a1"},
            {"action_id": "x", "value": "1"},
        ],
    }
    assert presses(payload) == [Press("a1", "acknowledge", "ada", "U1", "C1", "1.2")]
    assert presses({"type": "view_submission"}) == []
    assert presses({"type": "block_actions"}) == []


def test_the_socket_goes_by_the_proxies_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "intern.example")
    assert proxy_for("https://slack.com/api/") == "http://proxy.example:3128"
    assert proxy_for("https://slack.intern.example/api/") is None
    assert proxy_for("http://127.0.0.1:1/slack/api/") is None
