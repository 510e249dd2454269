"""`doctor` asks a sink whether it would work, and posts nothing."""

import time

import pytest

from alerts.configured import routing_of
from alerts.sink import SinkConfigError, Timer
from config.loader import Routes
from config.secrets import forget
from config.settings import Settings
from sandbox.keys import EXPIRED_SLACK_TOKEN, SLACK_APP_TOKEN, SLACK_TOKEN
from tests.alerts.support import TOKEN_VARIABLE, SlackServer

TIMER = Timer(time.monotonic, time.sleep)


def check(settings: Settings) -> str:
    return routing_of(Routes(), settings)[0].destinations["slack"].connect(settings, TIMER).check()


def test_a_working_slack_answers_and_hears_nothing(slack: SlackServer, settings: Settings) -> None:
    assert check(settings) == "answers, and its channel exists; nothing was posted."
    assert slack.messages() == []


def test_a_refused_token_is_told_without_its_value(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, EXPIRED_SLACK_TOKEN)
    forget(f"env:{TOKEN_VARIABLE}")
    with pytest.raises(SinkConfigError, match="Slack refuses the bot token") as refused:
        check(settings)
    assert EXPIRED_SLACK_TOKEN not in str(refused.value)


@pytest.mark.parametrize(("token", "says"), [(SLACK_APP_TOKEN, None), (SLACK_TOKEN, "Slack refuses the app token")])
def test_buttons_are_checked_with_the_token_they_need(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, token: str, says: str | None
) -> None:
    assert settings.slack
    monkeypatch.setenv("BURNLINE_TEST_APP_TOKEN", token)
    forget("env:BURNLINE_TEST_APP_TOKEN")
    slack = settings.slack.model_copy(update={"app_token": "env:BURNLINE_TEST_APP_TOKEN"})
    with_buttons = settings.model_copy(update={"slack": slack})
    if says is None:
        check(with_buttons)
        return
    with pytest.raises(SinkConfigError, match=says):
        check(with_buttons)
