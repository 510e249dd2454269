"""`doctor` asks a sink whether it would work, and posts nothing."""

import time

import pytest

from alerts.sink import SinkConfigError, Timer
from alerts.sinks.slack import SINK
from config.secrets import forget
from config.settings import Settings
from sandbox.keys import EXPIRED_SLACK_TOKEN, SLACK_APP_TOKEN, SLACK_TOKEN
from tests.alerts.support import TOKEN_VARIABLE, SlackServer

TIMER = Timer(time.monotonic, time.sleep)


def test_a_working_slack_answers_and_hears_nothing(slack: SlackServer, settings: Settings) -> None:
    SINK.connect(settings, TIMER).check()
    assert slack.messages() == []


def test_a_refused_token_is_told_without_its_value(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, EXPIRED_SLACK_TOKEN)
    forget(f"env:{TOKEN_VARIABLE}")
    with pytest.raises(SinkConfigError, match="Slack refuses the bot token") as refused:
        SINK.connect(settings, TIMER).check()
    assert EXPIRED_SLACK_TOKEN not in str(refused.value)


@pytest.mark.parametrize(("token", "says"), [(SLACK_APP_TOKEN, None), (SLACK_TOKEN, "Slack refuses the app token")])
def test_buttons_are_checked_with_the_token_they_need(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, token: str, says: str | None
) -> None:
    assert settings.slack
    monkeypatch.setenv("BURNLINE_TEST_APP_TOKEN", token)
    forget("env:BURNLINE_TEST_APP_TOKEN")
    slack = settings.slack.model_copy(update={"app_token": "env:BURNLINE_TEST_APP_TOKEN"})
    sink = SINK.connect(settings.model_copy(update={"slack": slack}), TIMER)
    if says is None:
        sink.check()
        return
    with pytest.raises(SinkConfigError, match=says):
        sink.check()
