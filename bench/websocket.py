"""A browser's side of Streamlit's protocol without the browser: one session is one websocket."""

import time
from types import TracebackType
from typing import Any, Self

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Subprotocol


class PageError(RuntimeError):
    """The page showed an error instead of itself: what is measured then is not a page."""


class Session:
    """One open tab. `choices` maps the filters of the page, by their name in the URL, to what can be chosen.

    `metrics` are the figures on it by their labels.
    """

    def __init__(self, port: int, page: str) -> None:
        self.choices: dict[str, list[str]] = {}
        self.metrics: dict[str, str] = {}
        self._url = f"ws://127.0.0.1:{port}/_stcore/stream"
        self._page = page
        self._page_hash = ""
        self._widgets: dict[str, str] = {}
        self._chosen: dict[str, list[str]] = {}
        self._kept: set[str] = set()

    async def __aenter__(self) -> Self:
        self._socket = await websockets.connect(self._url, subprotocols=[Subprotocol("streamlit")], max_size=None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self._socket.close()

    async def choose(self, name: str, value: str) -> float:
        """Changes one filter; seconds until the script has run."""
        self._chosen[name] = [value]
        return await self.run()

    async def run(self) -> float:
        """Runs the page with the filters as they are; seconds until the script has run. Raises PageError."""
        started = time.perf_counter()
        await self._socket.send(self._request().SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await self._socket.recv(decode=False))
            if self._is_end(message):
                return time.perf_counter() - started

    def _request(self) -> BackMsg:
        request = BackMsg()
        script = request.rerun_script
        script.page_name, script.page_script_hash = self._page, self._page_hash
        for name, values in self._chosen.items():
            state = script.widget_states.widgets.add()
            state.id = self._widgets[name]
            state.string_array_value.data.extend(values)
        script.cached_message_hashes.extend(self._kept)
        return request

    def _is_end(self, message: ForwardMsg) -> bool:
        if message.metadata.cacheable:
            self._kept.add(message.hash)
        match message.WhichOneof("type"):
            case "navigation":
                self._page_hash = message.navigation.page_script_hash
            case "delta":
                self._note(message.delta.new_element)
            case "script_finished":
                return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return False

    def _note(self, element: Any) -> None:
        match element.WhichOneof("type"):
            case "exception":
                raise PageError(f"/{self._page} failed: {element.exception.message}")
            case "alert" if "could not be drawn" in element.alert.body:
                raise PageError(f"/{self._page} failed: {element.alert.body}")
            case "metric":
                self.metrics[element.metric.label] = element.metric.body
            case "button_group" if element.button_group.query_param_key:
                name = element.button_group.query_param_key
                self._widgets[name] = element.button_group.id
                self.choices[name] = [option.content for option in element.button_group.options]
