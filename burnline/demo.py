"""The demo: a fictional company, served by the sandbox as the vendors' own APIs, with a store of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from burnline.demo_settings import write_settings
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE, SettingsError
from sandbox import exports
from sandbox.company import Company
from sandbox.demo_config import write_demo_config

FOLDER_VARIABLE = "BURNLINE_DEMO_DIR"
SEED = 7


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the demo's company is served."""

    url: str

    @property
    def slack_url(self) -> str:
        """The page that shows what was posted to Slack."""
        return f"{self.url}/slack"


@contextmanager
def running_demo() -> Iterator[Demo]:
    """Serves the company for as long as this process lives, and points this process at it."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or "var/demo")
    process, url = _start_sandbox(folder / "sandbox")
    try:
        anchor = date.fromisoformat((folder / "sandbox" / "anchor.txt").read_text().strip())
        connection = write_demo_config(Company(SEED, anchor), _clean_config(folder), url, datetime.now(UTC).date())
        write_settings(folder / "config", connection, (folder / "sandbox" / exports.FOLDER).resolve())
        os.environ[CONFIG_DIR_VARIABLE] = str(folder / "config")
        os.environ[STORE_URL_VARIABLE] = f"duckdb:///{folder / 'demo.duckdb'}"
        yield Demo(url)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _start_sandbox(state: Path) -> tuple[subprocess.Popen[str], str]:
    state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sandbox", "--seed", str(SEED), "--state-dir", str(state), "--exit-with-parent"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SettingsError("The demo's sandbox did not start; see its message above, or connect a real source.")
    return process, json.loads(line)["url"]


def _clean_config(folder: Path) -> Path:
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    return config
