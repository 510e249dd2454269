"""The sandbox's Slack workspace: two channels and their messages, kept as one JSON file."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

TEAM_ID, TEAM_NAME = "T0LARKFIELD", "Larkfield"
BOT_USER_ID, BOT_ID, BOT_NAME = "U0BURNLINE", "B0BURNLINE", "burnline"
READER_ID, READER_NAME = "U0READER", "lucia.farrow"
"""Who reads the channel page and presses its buttons."""

AI_ALERTS_CHANNEL = "C0AIALERTS"
FINOPS_CHANNEL = "C0FINOPS"
CHANNELS = {AI_ALERTS_CHANNEL: "ai-alerts", FINOPS_CHANNEL: "finops"}
"""Channel id → name without the hash."""

MAX_TEXT_CHARACTERS = 40_000
"""Slack truncates longer text."""


@dataclass
class Message:
    channel: str
    ts: str
    """Slack's id of the message: seconds and a counter, always text."""
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None = None
    """The parent's ts, if this is a reply."""
    reply_broadcast: bool = False
    edited_ts: str | None = None
    metadata: dict[str, Any] | None = None
    only_for: str | None = None
    """The one user who sees it, if it is ephemeral."""


class SlackStore:
    """All messages in the order of posting. With a folder, every change is written to `slack.json` there."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / "slack.json" if folder else None
        self._messages: list[Message] = []
        self._sequence = 0
        if self._path and self._path.exists():
            self._messages = [Message(**row) for row in orjson.loads(self._path.read_bytes())["messages"]]
            self._sequence = max((int(m.ts.split(".")[1]) for m in self._messages), default=0)

    def messages(self, channel: str | None = None) -> list[Message]:
        """Messages of one channel or of all, oldest first."""
        return [message for message in self._messages if channel in (None, message.channel)]

    def find(self, channel: str, ts: str) -> Message | None:
        """The message with that id in that channel."""
        return next((m for m in self._messages if (m.channel, m.ts) == (channel, ts)), None)

    def next_ts(self, now: datetime) -> str:
        """An id no other message has."""
        self._sequence = (self._sequence + 1) % 1_000_000
        return f"{int(now.timestamp())}.{self._sequence:06d}"

    def add(self, message: Message) -> None:
        """Post a message."""
        self._messages.append(message)
        self.save()

    def save(self) -> None:
        """Write the file whole or not at all."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".json.tmp")
        with unfinished.open("wb") as file:
            file.write(orjson.dumps({"messages": [asdict(message) for message in self._messages]}))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._path)
