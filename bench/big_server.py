"""Burnline over the big store in a process of its own: as its command serves it, or with a clock that stands still."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.big_store import BigStore
from bench.served import serving

if TYPE_CHECKING:
    from burnline.scheduler import Worker

SETTLE_SECONDS = 4
"""After this the worker has begun all that it does at a start."""


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

    def rest(self) -> None:
        """Ends the jobs of the worker, which have benches of their own: from now on only pages take CPU."""
        self._tell("rest")

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
    with serving(store.environment(), "bench.big_server") as server:
        server.wait("/livez")
        time.sleep(SETTLE_SECONDS)
        big = BigServer(server.process, server.port)
        big.rest()
        yield big


def start_seconds(store: BigStore) -> float:
    """From `python -m burnline run` to an answer of /livez."""
    with serving(store.environment(), "burnline", "run", "--port") as server:
        return server.wait("/livez")


def main(port: str) -> None:
    """What the child runs."""
    from app import data
    from bench.big_company import NOW
    from burnline import scheduler, serve

    class Resting(scheduler.Worker):
        """Can be ended before its server ends."""

        def start(self) -> None:
            threading.Thread(target=_listen, args=[self], daemon=True).start()
            super().start()

        def stop(self, *, wait: bool = False) -> None:
            if self._scheduler.running:
                super().stop(wait=wait)

    data.now = lambda: NOW
    vars(scheduler)["utc_now"] = lambda: NOW
    vars(serve)["Worker"] = Resting
    app = serve.build_app(serve.open_beside_pages())
    app.run(config={"server.address": "127.0.0.1", "server.port": int(port)})


def _listen(worker: "Worker") -> None:
    import streamlit as st

    from app import data

    for line in sys.stdin:
        match line.strip():
            case "forget":
                st.cache_data.clear()
                st.cache_resource.clear()
                data.forget_answers()
                data.forget_version()
            case "rest":
                worker.stop(wait=True)
        print(json.dumps({"answer": time.process_time()}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
