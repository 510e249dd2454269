"""Socket Mode: the app connects to the workspace, which sends it what people press and waits for its word."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.faults import Faults

APP_ID = "A0BURNLINE"
ACK_SECONDS = 3.0
"""Slack tells the person that an app did not answer after so long."""


class SlackSocket:
    """The open connections of one app. Slack sends each interaction to one of them."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._tickets: set[str] = set()
        self._open: list[WebSocket] = []
        self._acks: dict[str, asyncio.Event] = {}

    def routes(self) -> list[Route | WebSocketRoute]:
        """The socket, and a switch that ends connections as Slack does from time to time."""
        return [
            WebSocketRoute("/slack/socket", self._serve),
            Route("/_sandbox/slack-socket", self._count, methods=["GET"]),
            Route("/_sandbox/slack-socket/{how}", self._end, methods=["POST"]),
        ]

    def open_url(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """apps.connections.open: an address that takes one connection."""
        ticket = uuid4().hex
        self._tickets.add(ticket)
        address = str(arguments["_base_url"]).replace("http", "ws", 1)
        return {"url": f"{address}slack/socket?ticket={ticket}&app_id={APP_ID}"}

    async def send(self, payload: dict[str, Any]) -> bool:
        """Tells the app what was pressed; True when it acknowledged in time."""
        if not self._open:
            return False
        envelope_id = str(uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "type": "interactive",
            "accepts_response_payload": False,
            "payload": payload,
        }
        acked = self._acks[envelope_id] = asyncio.Event()
        try:
            for _ in range(2 if self._faults.slack_repeats_envelopes else 1):
                await self._tell(envelope)
            await asyncio.wait_for(acked.wait(), ACK_SECONDS)
        except TimeoutError:
            return False
        finally:
            del self._acks[envelope_id]
        return True

    async def _tell(self, message: dict[str, Any]) -> None:
        await self._open[-1].send_text(orjson.dumps(message).decode())

    async def _serve(self, socket: WebSocket) -> None:
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or self._faults.slack_down:
            await socket.close(1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        self._open.append(socket)
        try:
            await self._tell(
                {
                    "type": "hello",
                    "num_connections": len(self._open),
                    "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
                    "connection_info": {"app_id": APP_ID},
                }
            )
            while True:
                self._heard(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._open.remove(socket)

    def _heard(self, text: str) -> None:
        acked = self._acks.get(str(orjson.loads(text).get("envelope_id")))
        if acked:
            acked.set()

    async def _end(self, request: Request) -> Response:
        match request.path_params["how"]:
            case "refresh":
                for socket in list(self._open):
                    told = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "sandbox"}}
                    await socket.send_text(orjson.dumps(told).decode())
            case "cut":
                for socket in list(self._open):
                    await socket.close(1001)
            case _:
                return PlainTextResponse("Say refresh or cut.", 404)
        return PlainTextResponse("done")

    async def _count(self, _request: Request) -> Response:
        return PlainTextResponse(str(len(self._open)))
