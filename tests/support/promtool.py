"""Debian's promtool: Prometheus' own evaluation of queries, over series written out for it."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

UNPACKED = Path(__file__).parents[2] / ".venv" / "tools" / "usr" / "bin" / "promtool"


def program() -> str:
    """Where scripts/test_tools.sh put it, or the machine's own."""
    found = shutil.which("promtool") or (str(UNPACKED) if UNPACKED.exists() else None)
    if found is None:
        raise RuntimeError("promtool is missing: scripts/test_tools.sh unpacks it")
    return found


def counter(segments: Sequence[tuple[int, int]]) -> str:
    """A counter that is 0 at minute 0 and then rises by an amount a minute, for some minutes each."""
    written, value = ["0"], 0
    for minutes, amount in segments:
        written.append(f"{value + amount}+{amount}x{minutes - 1}")
        value += amount * minutes
    return " ".join(written)


def check(folder: Path, tests: Sequence[dict[str, Any]]) -> str:
    """What promtool has against the expectations of `tests`; nothing when all hold. The file is JSON, which is YAML."""
    suite = {"evaluation_interval": "1m", "tests": list(tests)}
    (folder / "tests.yaml").write_text(json.dumps(suite))
    done = subprocess.run(
        [program(), "test", "rules", "tests.yaml"], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr
