"""`python -m burnline` as a process: standard error, logs, what a pipe and a full disk do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from burnline.cli import app
from burnline.exit_codes import SOURCE_FAILED
from store.engine import open_store
from store.migrate import upgrade
from tests.collectors.delivering import SAMPLE, focus_text, loaded, write

ROOT = Path(__file__).parents[2]
KEY = "sk-admin-0123456789abcdef"


def process(folder: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    settings = {"BURNLINE_CONFIG_DIR": str(folder), "BURNLINE_STORE_URL": f"duckdb:///{folder}/store.duckdb"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **settings, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def billed(folder: Path) -> list[tuple[object, ...]]:
    store = open_store(f"duckdb:///{folder}/store.duckdb")
    with store.read() as connection:
        query = sa.text("select count(*), cast(sum(billed_cost) as varchar) from charge")
        found = list(connection.execute(query).tuples())
    store.close()
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose store holds the FOCUS sample and is open nowhere."""
    store = open_store(f"duckdb:///{tmp_path}/store.duckdb")
    upgrade(store)
    loaded(store, SAMPLE)
    store.close()
    return tmp_path


class Refusing(BaseHTTPRequestHandler):
    """A vendor that repeats the key it refuses, as some do."""

    def do_GET(self) -> None:
        body = f'{{"error": {{"message": "Incorrect key: {self.headers["Authorization"]}"}}}}'.encode()
        self.send_response(401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def vendor_url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_key_reaches_neither_output_nor_log_however_much_is_logged(tmp_path: Path, vendor_url: str) -> None:
    keys = f"account = 'org-1'\nadmin_key = 'env:DEMO_KEY'\nbase_url = '{vendor_url}'\n"
    write(tmp_path / "burnline.toml", f"[sources.openai_costs]\n{keys}")
    done = process(tmp_path, sys.executable, "-m", "burnline", "collect", DEMO_KEY=KEY, BURNLINE_LOG="debug")
    assert done.returncode == SOURCE_FAILED, done.stderr
    assert "openai_costs: " in done.stdout
    assert "DEBUG" in done.stderr or "INFO" in done.stderr
    assert KEY not in done.stdout + done.stderr


SMALL_DISK = """
import resource, signal, sys
from burnline.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
main()
"""


def test_a_full_disk_during_an_import_ends_in_one_sentence_and_loses_nothing(folder: Path) -> None:
    before = billed(folder)
    rows = ({"BilledCost": "1", "ChargeDescription": os.urandom(110).hex()} for _ in range(30_000))
    path = write(folder / "large.csv", focus_text(*rows))
    limit = str((folder / "store.duckdb").stat().st_size + 50_000)
    done = process(folder, sys.executable, "-c", SMALL_DISK, limit, "import", "focus", str(path), TMPDIR=str(folder))
    assert done.returncode == SOURCE_FAILED, done.stderr
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
    assert f"The disk with {folder} is full while large.csv is read; free some space" in done.stdout
    assert billed(folder) == before


def test_a_reader_that_stops_reading_is_no_defect(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"duckdb:///{folder}/store.duckdb"
    monkeypatch.setenv("BURNLINE_CONFIG_DIR", str(folder))
    monkeypatch.setenv("BURNLINE_STORE_URL", url)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        app(["export", "focus"], standalone_mode=False)
    open_store(url).close()
    assert capfd.readouterr().err == ""
