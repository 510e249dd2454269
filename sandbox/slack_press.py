"""A press of a button on the channel page, sent to the app as Slack sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.slack_page import PRESS_PATH
from sandbox.slack_socket import APP_ID, SlackSocket
from sandbox.slack_store import CHANNELS, READER_ID, READER_NAME, TEAM_ID, TEAM_NAME, Message, SlackStore

EDIT_SECONDS = 2.0
"""The app edits its message after it acknowledged; the page waits so long to show it edited."""


class SlackPress:
    """The form behind each button. What is pressed is looked up in the message, never taken from the form."""

    def __init__(self, store: SlackStore, socket: SlackSocket, now: Callable[[], datetime]) -> None:
        self._store = store
        self._socket = socket
        self._now = now

    def routes(self) -> list[Route]:
        """Where the forms go."""
        return [Route(PRESS_PATH, self._press, methods=["POST"])]

    async def _press(self, request: Request) -> Response:
        if not _is_from_here(request):
            return PlainTextResponse("Buttons are pressed on the page of this sandbox only.", 403)
        sent = {name: values[0] for name, values in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
        message = self._store.find(sent.get("channel", ""), sent.get("ts", ""))
        button = _button(message, sent.get("block_id", ""), sent.get("action_id", "")) if message else None
        if message is None or button is None:
            return PlainTextResponse("There is no such button; the message has changed.", 404)
        before = message.edited_ts, message.blocks
        heard = await self._socket.send(self._payload(message, button, sent["block_id"]))
        if heard:
            await _until_edited(message, before)
        query = {"channel": message.channel} | ({} if heard else {"unheard": "1"})
        return RedirectResponse(f"/slack?{urlencode(query)}#m{message.ts}", 303)

    def _payload(self, message: Message, button: dict[str, Any], block_id: str) -> dict[str, Any]:
        moment = f"{self._now().timestamp():.6f}"
        pressed = {name: button[name] for name in ("type", "action_id", "text", "value", "style") if name in button}
        return {
            "type": "block_actions",
            "user": {"id": READER_ID, "username": READER_NAME, "name": READER_NAME, "team_id": TEAM_ID},
            "api_app_id": APP_ID,
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": message.channel,
                "is_ephemeral": False,
            },
            "trigger_id": f"{moment}.{message.ts}",
            "team": {"id": TEAM_ID, "domain": TEAM_NAME.lower()},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": message.channel, "name": CHANNELS[message.channel]},
            "message": {"type": "message", "ts": message.ts, "text": message.text, "blocks": message.blocks},
            "state": {"values": {}},
            "actions": [{**pressed, "block_id": block_id, "action_ts": moment}],
        }


def _is_from_here(request: Request) -> bool:
    """A form of another site, or a name that only points here, must not press buttons."""
    origin = request.headers.get("origin")
    near = request.url.hostname in ("127.0.0.1", "localhost", "::1", "testserver")
    return near and (origin is None or urlsplit(origin).netloc == request.headers.get("host"))


def _button(message: Message, block_id: str, action_id: str) -> dict[str, Any] | None:
    for block in message.blocks:
        if block.get("type") == "actions" and block.get("block_id") == block_id:
            return next((one for one in block["elements"] if one.get("action_id") == action_id), None)
    return None


async def _until_edited(message: Message, before: tuple[str | None, list[dict[str, Any]]]) -> None:
    for _ in range(int(EDIT_SECONDS / 0.05)):
        if (message.edited_ts, message.blocks) != before:
            return
        await asyncio.sleep(0.05)
