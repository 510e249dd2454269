"""`python -m burnline run` as a user has it: a process, a port, a folder."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import free_port

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Served:
    """A running dashboard; `slack_url` is set for the demo."""

    url: str
    slack_url: str
    log: Path

    def text(self, path: str) -> str:
        """The body of one GET."""
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())


@contextmanager
def served(folder: Path, *, seconds: float = 60) -> Iterator[Served]:
    """Starts it with its config, stores and demo below `folder`; ends it as Ctrl+C does."""
    log, port = folder / "server.log", free_port()
    environment = {
        **os.environ,
        "BURNLINE_CONFIG_DIR": str(folder / "config"),
        "BURNLINE_STORE_URL": f"duckdb:///{folder / 'store.duckdb'}",
        "BURNLINE_DEMO_DIR": str(folder / "demo"),
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "burnline", "run", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _ready(process, log, seconds)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _ready(process: subprocess.Popen[bytes], log: Path, seconds: float) -> Served:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        text = log.read_text()
        if found := re.search(r"Burnline is at (http://\S+)", text):
            slack = re.search(r"Slack channel: (http://\S+)", text)
            return Served(found[1], slack[1] if slack else "", log)
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
