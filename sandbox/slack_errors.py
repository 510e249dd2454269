"""How Slack refuses: HTTP 200 with `ok: false`."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """A refusal: Slack's error code, messages that say where, and the scope that is needed."""

    def __init__(self, code: str, messages: list[str] | None = None, needed: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages
        self.needed = needed

    def body(self) -> dict[str, Any]:
        """The answer."""
        body: dict[str, Any] = {"ok": False, "error": self.code}
        if self.messages:
            body |= {"errors": self.messages, "response_metadata": {"messages": self.messages}}
        if self.needed:
            body |= {"needed": self.needed, "provided": "chat:write"}
        return body
