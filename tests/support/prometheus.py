"""A real Prometheus server over a history that is written out for it."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.support.postgres import free_port
from tests.support.promtool import program

Sample = tuple[str, int, float]
"""Series as it is exposed, Unix seconds, value."""


def openmetrics(samples: Sequence[Sample]) -> str:
    """The samples as a file that promtool takes, a family of unknown type."""
    lines = [f"{series} {value} {moment}" for series, moment, value in samples]
    return "\n".join([*lines, "# EOF", ""])


@contextmanager
def running_prometheus(folder: Path, samples: Sequence[Sample]) -> Iterator[str]:
    """The URL of a server that has scraped these samples; it ends with the block."""
    (folder / "history.txt").write_text(openmetrics(samples))
    (folder / "prometheus.yml").write_text("global: {}\n")
    data = folder / "data"
    _call(program(), "tsdb", "create-blocks-from", "openmetrics", str(folder / "history.txt"), str(data))
    port = free_port()
    command = [
        str(Path(program()).with_name("prometheus")),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError("Prometheus ended as it started")
        try:
            if httpx2.get(f"{url}/-/ready").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("Prometheus did not become ready")


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
