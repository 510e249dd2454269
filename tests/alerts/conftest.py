"""A served Slack, and settings that lead to it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from config.settings import Settings, Slack
from sandbox.company import Company
from sandbox.keys import SLACK_TOKEN
from sandbox.slack_store import AI_ALERTS_CHANNEL
from tests.alerts.support import TOKEN_VARIABLE, Serving, SlackServer


@pytest.fixture(scope="session")
def company() -> Company:
    return Company(7, date(2026, 11, 20))


@pytest.fixture
def slack(company: Company, tmp_path: Path) -> Iterator[SlackServer]:
    serving = Serving(company, tmp_path / "slack")
    yield serving.start()
    serving.stop()


@pytest.fixture
def settings(slack: SlackServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(TOKEN_VARIABLE, SLACK_TOKEN)
    return Settings(
        slack=Slack(bot_token=f"env:{TOKEN_VARIABLE}", channel=AI_ALERTS_CHANNEL, base_url=slack.base_url),
        sources={"openai_costs": {}, "openai_usage": {}},
    )
