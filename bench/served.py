"""A server in a process of its own, on a free port, ended with the block."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import free_port

BYTECODE = {
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPYCACHEPREFIX": str(Path("var/bench/bytecode").resolve()),
}
"""Bytecode is kept as in every installation, in a folder of the bench: without it imports take four times as long."""
START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Serving:
    """A process that was started at `started` (of `time.perf_counter`) and listens on `port` soon."""

    process: subprocess.Popen[str]
    port: int
    started: float

    @property
    def seconds(self) -> float:
        """Since its start."""
        return time.perf_counter() - self.started

    def wait(self, path: str) -> float:
        """Seconds from the start to the first answer with 200. Raises RuntimeError after a minute without."""
        url = f"http://127.0.0.1:{self.port}{path}"
        while self.seconds < START_SECONDS and self.process.poll() is None:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return self.seconds
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise RuntimeError(f"the server did not answer at {url}")


@contextmanager
def serving(environment: Mapping[str, str], *module: str) -> Iterator[Serving]:
    """Runs `python -m module… <port>` with these variables over those of this process and BYTECODE."""
    port, started = free_port(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *module, str(port)],
        env={**os.environ, **BYTECODE, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Serving(process, port, started)
    finally:
        process.terminate()
        process.wait(timeout=STOP_SECONDS)
