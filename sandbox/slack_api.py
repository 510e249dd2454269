"""Slack's Web API as far as an alerting bot needs it. Refusals are HTTP 200 with `ok: false`, as at Slack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from sandbox.faults import Faults
from sandbox.keys import EXPIRED_SLACK_TOKEN, SLACK_APP_TOKEN, SLACK_TOKEN
from sandbox.slack_blocks import BlockError, check_blocks
from sandbox.slack_errors import SlackError
from sandbox.slack_files import SlackFiles
from sandbox.slack_page import channel_page
from sandbox.slack_press import SlackPress
from sandbox.slack_socket import SlackSocket
from sandbox.slack_store import (
    BOT_ID,
    BOT_NAME,
    BOT_USER_ID,
    CHANNELS,
    MAX_TEXT_CHARACTERS,
    TEAM_ID,
    TEAM_NAME,
    Message,
    SlackStore,
)
from sandbox.vendor_http import json_response

BASE_PATH = "/slack/api/"
"""Where the sandbox serves what Slack serves under https://slack.com/api/."""

_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}


class SlackApi:
    """One workspace with one bot."""

    def __init__(self, store: SlackStore, files: SlackFiles, now: Callable[[], datetime], faults: Faults) -> None:
        self._store = store
        self._files = files
        self._now = now
        self._faults = faults
        self._socket = SlackSocket(faults)
        self._press = SlackPress(store, self._socket, now)
        self._methods: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "apps.connections.open": self._socket.open_url,
            "auth.test": self._auth_test,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.info": self._conversation_info,
            "conversations.list": self._conversation_list,
            "conversations.replies": self._replies,
            "files.completeUploadExternal": files.complete,
            "files.getUploadURLExternal": files.upload_url,
        }

    def routes(self) -> list[Route | WebSocketRoute]:
        """The methods, the socket, uploads, the page people read and press on, and all messages as JSON."""
        return [
            *self._socket.routes(),
            *self._files.routes(),
            *self._press.routes(),
            Route(BASE_PATH + "{method}", self._call, methods=["GET", "POST"]),
            Route("/slack", self._page, methods=["GET"]),
            Route("/slack/messages.json", self._messages_json, methods=["GET"]),
        ]

    async def _call(self, request: Request) -> Response:
        if self._faults.slack_down:
            return PlainTextResponse("upstream connect error", 503)
        if (
            request.path_params["method"].startswith(("chat.", "conversations."))
            and self._faults.next_slack_call_is_limited()
        ):
            wait = {"Retry-After": str(max(1, self._faults.retry_after_seconds))}
            return json_response({"ok": False, "error": "ratelimited"}, 429, wait)
        try:
            arguments = await _read_arguments(request)
            name = request.path_params["method"]
            _authorize(request, arguments, SLACK_APP_TOKEN if name == "apps.connections.open" else SLACK_TOKEN)
            method = self._methods.get(name, _unknown_method)
            return json_response({"ok": True, **method({**arguments, "_base_url": str(request.base_url)})})
        except SlackError as error:
            return json_response(error.body())

    async def _page(self, request: Request) -> Response:
        channel = request.query_params.get("channel", next(iter(CHANNELS)))
        if channel not in CHANNELS:
            return PlainTextResponse(f"There is no channel {channel!r} here.", 404)
        unheard = request.query_params.get("unheard") == "1"
        page = channel_page(channel, self._store.messages(channel), unheard=unheard)
        return HTMLResponse(page, headers=_PAGE_HEADERS)

    async def _messages_json(self, _request: Request) -> Response:
        return json_response({"messages": [as_dict(message) for message in self._store.messages()]})

    def _auth_test(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "url": "https://larkfield.example/",
            "team": TEAM_NAME,
            "team_id": TEAM_ID,
            "user": BOT_NAME,
            "user_id": BOT_USER_ID,
            "bot_id": BOT_ID,
        }

    def _post_message(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        channel = _channel(arguments, by_name=True)
        text, blocks = self._content(arguments)
        thread_ts = arguments.get("thread_ts") or None
        if thread_ts is not None:
            parent = self._store.find(channel, str(thread_ts))
            if parent is None or parent.thread_ts is not None:
                raise SlackError("message_not_found")
        message = Message(
            channel=channel,
            ts=self._store.next_ts(self._now()),
            text=text,
            blocks=blocks,
            thread_ts=str(thread_ts) if thread_ts else None,
            reply_broadcast=str(arguments.get("reply_broadcast")).lower() == "true",
            metadata=_json_argument(arguments, "metadata"),
        )
        self._store.add(message)
        return {"channel": channel, "ts": message.ts, "message": as_dict(message)}

    def _post_ephemeral(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        channel = _channel(arguments, by_name=False)
        if not arguments.get("user"):
            raise SlackError("user_not_in_channel")
        text, blocks = self._content(arguments)
        ts, thread_ts = self._store.next_ts(self._now()), arguments.get("thread_ts") or None
        self._store.add(Message(channel, ts, text, blocks, thread_ts=thread_ts, only_for=str(arguments["user"])))
        return {"message_ts": ts}

    def _update(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        channel = _channel(arguments, by_name=False)
        message = self._store.find(channel, str(arguments.get("ts")))
        if message is None:
            raise SlackError("message_not_found")
        message.text, message.blocks = self._content(arguments)
        message.edited_ts = f"{int(self._now().timestamp())}.000000"
        message.metadata = _json_argument(arguments, "metadata") or message.metadata
        self._store.save()
        return {"channel": channel, "ts": message.ts, "text": message.text, "message": as_dict(message)}

    def _content(self, arguments: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        text = str(arguments.get("text") or "")[:MAX_TEXT_CHARACTERS]
        blocks = _json_argument(arguments, "blocks") or []
        if not text and not blocks:
            raise SlackError("no_text")
        try:
            check_blocks(blocks)
        except BlockError as error:
            raise SlackError(error.code, error.messages) from error
        if pointer := self._files.check_shown(blocks):
            raise SlackError("invalid_blocks", [f"[ERROR] invalid slack file [json-pointer:{pointer}]"])
        return text, blocks

    def _history(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in the channel itself, newest first."""
        channel = self._readable(arguments)
        said = [message for message in self._store.messages(channel) if message.thread_ts is None]
        return _page([as_dict(message) for message in reversed(said)], arguments)

    def _replies(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """A message and its thread, oldest first."""
        channel, ts = self._readable(arguments), str(arguments.get("ts"))
        if self._store.find(channel, ts) is None:
            raise SlackError("thread_not_found")
        said = [message for message in self._store.messages(channel) if ts in (message.ts, message.thread_ts)]
        return _page([as_dict(message) for message in said], arguments)

    def _readable(self, arguments: Mapping[str, Any]) -> str:
        if self._faults.slack_without_history:
            raise SlackError("missing_scope")
        return _channel(arguments, by_name=False)

    def _conversation_info(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"channel": _describe(_channel(arguments, by_name=False))}

    def _conversation_list(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "channels": [_describe(channel) for channel in CHANNELS],
            "response_metadata": {"next_cursor": ""},
        }


def _unknown_method(_arguments: Mapping[str, Any]) -> dict[str, Any]:
    raise SlackError("unknown_method")


async def _read_arguments(request: Request) -> dict[str, Any]:
    """Arguments of a call, sent as query, form or JSON: slack_sdk uses all three."""
    arguments: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    if not body:
        return arguments
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            sent = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise SlackError("invalid_json") from None
        if not isinstance(sent, dict):
            raise SlackError("json_not_object")
        return arguments | sent
    return arguments | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _authorize(request: Request, arguments: Mapping[str, Any], needed: str) -> None:
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or arguments.get("token")
    if not token:
        raise SlackError("not_authed")
    if token == EXPIRED_SLACK_TOKEN:
        raise SlackError("token_expired")
    if token not in (SLACK_TOKEN, SLACK_APP_TOKEN):
        raise SlackError("invalid_auth")
    if token != needed:
        raise SlackError("not_allowed_token_type")


def _channel(arguments: Mapping[str, Any], *, by_name: bool) -> str:
    wanted = str(arguments.get("channel") or "")
    if wanted in CHANNELS:
        return wanted
    if by_name:
        for channel, name in CHANNELS.items():
            if wanted.removeprefix("#") == name:
                return channel
    raise SlackError("channel_not_found")


def _json_argument(arguments: Mapping[str, Any], name: str) -> Any:
    """A structured argument; in a form it is JSON text."""
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value) if value else None
    except orjson.JSONDecodeError:
        raise SlackError(f"invalid_{name}_format") from None


def _page(messages: list[dict[str, Any]], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """One page of messages since `oldest`; metadata only for those who ask for it."""
    oldest, limit = float(arguments.get("oldest") or 0), int(arguments.get("limit") or 100)
    start = int(arguments.get("cursor") or 0)
    asked = str(arguments.get("include_all_metadata")).lower() in ("true", "1")
    since = [message for message in messages if float(message["ts"]) >= oldest]
    shown = [
        message if asked else {name: value for name, value in message.items() if name != "metadata"}
        for message in since[start : start + limit]
    ]
    more = len(since) > start + limit
    cursor = {"next_cursor": str(start + limit) if more else ""}
    return {"messages": shown, "has_more": more, "response_metadata": cursor}


def _describe(channel: str) -> dict[str, Any]:
    return {
        "id": channel,
        "name": CHANNELS[channel],
        "is_channel": True,
        "is_private": False,
        "is_archived": False,
        "is_member": True,
    }


def as_dict(message: Message) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "message",
        "channel": message.channel,
        "ts": message.ts,
        "user": BOT_USER_ID,
        "bot_id": BOT_ID,
        "text": message.text,
        "blocks": message.blocks,
    }
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.edited_ts:
        body["edited"] = {"user": BOT_USER_ID, "ts": message.edited_ts}
    if message.metadata:
        body["metadata"] = message.metadata
    if message.only_for:
        body["only_for"] = message.only_for
    return body
