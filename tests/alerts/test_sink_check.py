"""`doctor` asks a sink whether it would work, and posts nothing."""

import time

import pytest

from alerts.configured import routing_of
from alerts.sink import SinkConfigError, Timer
from config.loader import Routes
from config.settings import Settings
from sandbox.keys import EXPIRED_SLACK_TOKEN
from tests.alerts.support import TOKEN_VARIABLE, SlackServer

TIMER = Timer(time.monotonic, time.sleep)


def check(settings: Settings) -> str:
    return routing_of(Routes(), settings)[0].destinations["slack"].connect(settings, TIMER).check()


def test_a_working_slack_answers_and_hears_nothing(slack: SlackServer, settings: Settings) -> None:
    assert check(settings) == "answers, and its channel exists; nothing was posted."
    assert slack.messages() == []


def test_a_refused_token_is_told_without_its_value(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.secrets import forget

    monkeypatch.setenv(TOKEN_VARIABLE, EXPIRED_SLACK_TOKEN)
    forget(f"env:{TOKEN_VARIABLE}")
    with pytest.raises(SinkConfigError, match="Slack refuses the bot token") as refused:
        check(settings)
    assert EXPIRED_SLACK_TOKEN not in str(refused.value)
