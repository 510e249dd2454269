"""A sink that is stopped is told once, not at every pass."""

import logging

import pytest

from alerts import Sent
from burnline.alerting import stop_log

WHY = "Slack refuses the bot token (invalid_auth); put a valid one where [slack] bot_token points."


def told(caplog: pytest.LogCaptureFixture, *passes: Sent) -> list[tuple[int, str]]:
    log = stop_log()
    for sent in passes:
        log.tell(sent.stopped, sent.reached)
    return [(record.levelno, record.getMessage()) for record in caplog.records]


def test_a_stop_is_logged_once_while_it_lasts(caplog: pytest.LogCaptureFixture) -> None:
    stopped, not_yet_due = Sent(stopped={"slack": WHY}), Sent(waiting=3)
    assert told(caplog, stopped, stopped, not_yet_due, stopped) == [(logging.ERROR, WHY)]


def test_another_reason_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    first, second = Sent(stopped={"slack": WHY}), Sent(stopped={"slack": "The Slack app lacks the scope chat:write."})
    assert len(told(caplog, first, second, second, first)) == 3


def test_going_on_is_logged_and_the_next_stop_again(caplog: pytest.LogCaptureFixture) -> None:
    stopped, sent = Sent(stopped={"slack": WHY}), Sent(sent=1, reached={"slack"})
    assert told(caplog, sent, stopped, sent, sent, stopped) == [
        (logging.ERROR, WHY),
        (logging.WARNING, "slack takes messages again."),
        (logging.ERROR, WHY),
    ]


def test_another_sink_that_works_does_not_repeat_the_stop(caplog: pytest.LogCaptureFixture) -> None:
    stopped = Sent(sent=1, reached={"mail"}, stopped={"slack": WHY})
    assert told(caplog, stopped, stopped) == [(logging.ERROR, WHY)]
