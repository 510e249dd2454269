"""One demo for all end-to-end tests: it is what a new user gets from `make run`."""

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.browser import running_browser
from tests.support.served import Served, served

LOADED_WITHIN_SECONDS = 240
"""Generous: CI's two cores also run the browser."""


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(demo_folder: Path) -> Iterator[Served]:
    """The running demo, once its history is loaded and its alerts are posted."""
    with served(demo_folder) as running:
        until = time.monotonic() + LOADED_WITHIN_SECONDS
        while not slack_messages(running):
            assert time.monotonic() < until, f"the demo posted nothing:\n{running.log.read_text()}"
            time.sleep(1)
        known = -1
        while known != (known := len(slack_messages(running))):
            time.sleep(5)  # a channel takes one message a second
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


def slack_messages(running: Served) -> list[dict[str, Any]]:
    """Every message of the sandbox's Slack, oldest first."""
    with urllib.request.urlopen(running.slack_url + "/messages.json", timeout=30) as answer:
        return list(json.load(answer)["messages"])
