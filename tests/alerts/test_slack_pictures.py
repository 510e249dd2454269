"""The chart of an alert is drawn, uploaded once, shown in its message, and never in the way of it."""

import logging
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import picture
from alerts.charts import MOST_POINTS, Chart, daily, hourly
from alerts.configured import routing_of
from alerts.notice import Notice
from alerts.sink import Letter, Timer
from alerts.sinks.slack import SlackSink
from config.loader import Routes
from config.settings import Settings
from tests.alerts.support import NOW, START, SlackServer
from tests.alerts.test_alert_message import NOTICE

HOUR = timedelta(hours=1)
RISING = daily(
    "Team Workplace is heading over its November budget",
    "USD",
    [(START + timedelta(days=n), 300 * n) for n in range(21)],
    expected=[(START + timedelta(days=n), 290 * n, 330 * n) for n in range(21, 30)],
    limit=8000,
    limit_label="budget",
    marked=(START + timedelta(days=18), START + timedelta(days=20)),
)


def shows(chart: Chart | None) -> Notice:
    return replace(NOTICE, chart=chart)


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def sink(settings: Settings, slept: list[float]) -> SlackSink:
    destination = routing_of(Routes(), settings)[0].destinations["slack"]
    made = destination.connect(settings, Timer(lambda: 0.0, slept.append))
    assert isinstance(made, SlackSink)
    return made


def letter(chart: Chart | None, root: str | None = None) -> Letter:
    return Letter(message_id="m1", notice=shows(chart), created_at=NOW, root=root)


def images(message: dict[str, Any]) -> list[str]:
    return [block["slack_file"]["id"] for block in message["blocks"] if block["type"] == "image"]


def size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def test_a_message_shows_its_chart_and_uploads_it_again_only_when_it_has_changed(
    slack: SlackServer, sink: SlackSink
) -> None:
    root = sink.send("post", letter(RISING)).root
    (file_id,) = images(slack.roots()[0])
    shown = httpx2.get(f"{slack.url}/slack/files/{file_id}.png", trust_env=False)
    assert shown.headers["content-type"] == "image/png"
    assert size(shown.content) == (800, 320)
    assert (
        f'<img src="/slack/files/{file_id}.png" alt="Team Workplace'
        in httpx2.get(f"{slack.url}/slack", trust_env=False).text
    )
    sink.send("update", letter(RISING, root))
    assert images(slack.roots()[0]) == [file_id]
    sink.send("update", letter(daily("Now", "USD", [(START, 1)]), root))
    assert images(slack.roots()[0]) not in ([], [file_id])
    sink.send("update", letter(None, root))
    assert images(slack.roots()[0]) == []


def test_a_picture_that_slack_has_not_looked_at_yet_is_shown_after_a_moment(
    slack: SlackServer, sink: SlackSink, slept: list[float]
) -> None:
    slack.faults.slack_file_pending_next = 1
    sink.send("post", letter(RISING))
    assert len(images(slack.roots()[0])) == 1
    assert 2.0 in slept


def test_a_picture_that_slack_never_shows_does_not_keep_the_alert_back(slack: SlackServer, sink: SlackSink) -> None:
    slack.faults.slack_file_pending_next = 2
    sink.send("post", letter(RISING))
    (root,) = slack.roots()
    assert images(root) == []
    assert root["blocks"][0]["type"] == "header", "all but the picture is there"


def test_without_the_scope_for_files_alerts_go_out_and_it_is_told_once(
    slack: SlackServer, sink: SlackSink, caplog: pytest.LogCaptureFixture
) -> None:
    slack.faults.slack_files_forbidden = True
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            sink.send("post", letter(RISING))
    assert [images(root) for root in slack.roots()] == [[], []]
    assert [record.getMessage() for record in caplog.records] == [
        "Messages go to Slack without their pictures: the Slack app lacks the scope files:write."
    ]
    slack.faults.slack_files_forbidden = False
    sink.send("post", letter(RISING))
    assert len(images(slack.roots()[-1])) == 1


@settings(max_examples=8, deadline=None)
@given(
    values=st.lists(st.none() | st.floats(-1e12, 1e12), max_size=200),
    text=st.text(max_size=200) | st.sampled_from(["$x^2$ costs $5", "一 – \u202e 🔥", r"\frac{1}{0}"]),
    limit=st.none() | st.floats(0, 1e9),
    unit=st.sampled_from(["USD", "%", "requests", "CHF"]),
)
def test_any_numbers_and_any_words_can_be_drawn(
    values: list[float | None], text: str, limit: float | None, unit: str
) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    points = [(start + n * HOUR, value) for n, value in enumerate(values)]
    chart = daily(text, unit, [(at.date(), value) for at, value in points[:2]], limit=limit, limit_label=text)
    assert size(picture.png(chart)) == (800, 320)
    chart = hourly(text, unit, points, limit=limit, limit_label=text, marked=(start, start))
    assert len(chart.points) <= MOST_POINTS
    assert size(picture.png(chart)) == (800, 320)
    assert chart.words.startswith(text)


def test_the_words_of_a_chart_say_what_it_shows() -> None:
    assert RISING.words == (
        "Team Workplace is heading over its November budget. Measured from 01 Nov 2026 to 21 Nov 2026, last 6,000 USD, "
        "highest 6,000 USD; budget 8,000 USD."
    )
    assert daily("Empty", "%", [(START, None)]).words == "Empty. Nothing was measured."
