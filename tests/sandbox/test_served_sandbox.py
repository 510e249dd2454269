"""`python -m sandbox` in a process of its own, spoken to by Slack's own client."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx2
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.__main__ import resolve_anchor
from sandbox.keys import SLACK_TOKEN
from sandbox.slack_store import AI_ALERTS_CHANNEL


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--state-dir", str(tmp_path), "--exit-with-parent"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert process.stdout
    assert process.stdin
    try:
        yield json.loads(process.stdout.readline())["url"], process
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def test_the_served_sandbox_answers_slack_sdk_and_stops_with_its_parent(
    served: tuple[str, subprocess.Popen[str]],
) -> None:
    url, process = served
    assert url.startswith("http://127.0.0.1:")
    assert "Slack channels" in httpx2.get(url, trust_env=False).text
    client = WebClient(SLACK_TOKEN, base_url=f"{url}/slack/api/")
    posted = client.chat_postMessage(
        channel=AI_ALERTS_CHANNEL, text="hello", blocks=[{"type": "divider"}], unfurl_links=False
    )
    client.chat_postMessage(channel=AI_ALERTS_CHANNEL, text="reply", thread_ts=posted["ts"])
    assert client.chat_update(channel=AI_ALERTS_CHANNEL, ts=str(posted["ts"]), text="done")["text"] == "done"
    assert client.conversations_info(channel=AI_ALERTS_CHANNEL)["channel"]["name"] == "ai-alerts"
    assert client.auth_test()["ok"]
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="C0NOWHERE", text="x")
    assert refused.value.response["error"] == "channel_not_found"
    assert process.stdin
    process.stdin.close()
    started = time.monotonic()
    assert process.wait(10) == 0
    assert time.monotonic() - started < 5


def test_small_answers_do_not_wait_to_be_confirmed(served: tuple[str, subprocess.Popen[str]]) -> None:
    url, _ = served
    durations = []
    with httpx2.Client(trust_env=False) as client:
        for _ in range(10):
            started = time.monotonic()
            assert client.get(f"{url}/jira/rest/api/3/status").status_code == 401
            durations.append(time.monotonic() - started)
    assert min(durations[1:]) < 0.03


def test_the_anchor_is_remembered_in_the_state_folder(tmp_path: Path) -> None:
    today = date(2026, 11, 20)
    assert resolve_anchor(None, None, today) == today
    assert resolve_anchor(None, tmp_path, today) == today
    assert resolve_anchor(None, tmp_path, date(2026, 12, 24)) == today
    assert resolve_anchor(date(2026, 10, 1), tmp_path, today) == date(2026, 10, 1)
    assert resolve_anchor(None, tmp_path, today) == date(2026, 10, 1)
