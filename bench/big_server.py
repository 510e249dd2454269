"""Burnline over the big store in a process of its own: as its command serves it, or with a clock that stands still."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.big_store import BigStore
from tests.support.postgres import free_port

START_SECONDS = 60
SETTLE_SECONDS = 4
"""After this the first check of the alert rules is over; it would be counted as work for a page."""


class BigServer:
    """A running server; its standard input takes one word a line and answers with one line of JSON."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.port = port
        self._process = process

    def forget(self) -> None:
        """Empties the caches of pages: the next run asks the store and draws everything."""
        self._tell("forget")

    def cpu_seconds(self) -> float:
        """CPU time of the whole process so far, DuckDB's threads included."""
        return float(self._tell("cpu"))

    def _tell(self, word: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{"):
                return json.loads(line)["answer"]
        raise RuntimeError("the server of the bench ended; see its message above")


@contextmanager
def big_server(store: BigStore) -> Iterator[BigServer]:
    """Serves the big store at the company's own time, ready for requests."""
    with _running(store, "bench.big_server") as (process, port, _):
        time.sleep(SETTLE_SECONDS)
        yield BigServer(process, port)


def start_seconds(store: BigStore) -> float:
    """From `python -m burnline run` to an answer of /livez."""
    with _running(store, "burnline", "run", "--port") as (_, _, seconds):
        return seconds


@contextmanager
def _running(store: BigStore, *module: str) -> Iterator[tuple[subprocess.Popen[str], int, float]]:
    port, started = free_port(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *module, str(port)],
        env={**os.environ, **store.environment()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _wait(process, f"http://127.0.0.1:{port}/livez")
        yield process, port, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[str], url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"the server did not answer at {url}")


def main(port: str) -> None:
    """What the child runs."""
    from app import data
    from bench.big_company import NOW
    from burnline import scheduler
    from burnline.context import open_context
    from burnline.serve import build_app

    data.now = lambda: NOW
    vars(scheduler)["utc_now"] = lambda: NOW
    threading.Thread(target=_listen, daemon=True).start()
    app = build_app(open_context())
    app.run(config={"server.address": "127.0.0.1", "server.port": int(port)})


def _listen() -> None:
    import streamlit as st

    from app import data

    for line in sys.stdin:
        if line.strip() == "forget":
            st.cache_data.clear()
            st.cache_resource.clear()
            data.forget_answers()
            data.forget_version()
        print(json.dumps({"answer": time.process_time()}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
