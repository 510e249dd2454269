"""An HTTP endpoint on a loopback port that remembers what it was sent and answers as a test says."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is answered; without a status the connection is cut after the request was read."""

    status: int | None = 200
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Endpoint:
    """`replies` are used up first, then `always` is answered."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[Received] = []
        self.replies: list[Reply] = []
        self.always = Reply()
        self.on_receipt: Callable[[Received], None] = lambda _: None

    def reply(self) -> Reply:
        return self.replies.pop(0) if self.replies else self.always


@contextmanager
def serving() -> Iterator[Endpoint]:
    """An endpoint that answers until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # whoever asked was killed before all of it was out, and nobody acts on a part
                self.close_connection = True
                return
            received = Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            endpoint.received.append(received)
            endpoint.on_receipt(received)
            reply = endpoint.reply()
            if reply.status is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Content-Length": str(len(reply.text.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.text.encode())

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # whoever asked was killed
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
