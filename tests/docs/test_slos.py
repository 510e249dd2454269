"""What docs/slos.md tells an operator to write and to type works."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROGRAM = "python -m burnline "


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of the page, and every command in its order."""
    folder = tmp_path_factory.mktemp("user")
    text = (ROOT / "docs" / "slos.md").read_text(encoding="utf-8")
    for name, content in re.findall(r"```(?:yaml|csv)\n# (\S+)\n(.*?)```", text, re.DOTALL):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    environment = {**os.environ, "BURNLINE_CONFIG_DIR": str(folder), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    outputs = {}
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix(PROGRAM))
            done = subprocess.run(
                [sys.executable, "-m", "burnline", *words],
                cwd=folder, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{line}:\n{done.stdout}{done.stderr}"
            outputs[line.removeprefix(PROGRAM)] = done.stdout
    return outputs


def test_the_file_of_the_page_is_good_and_listed(outputs: dict[str, str]) -> None:
    assert outputs["slo lint slos"] == "1 SLOs can be used, 0 problems.\n"
    assert all(word in outputs["slo list slos"] for word in ("chat-answers", "critical", "99.9%", "13.44"))


def test_the_example_pages_from_the_first_minute_that_is_no_maintenance(outputs: dict[str, str]) -> None:
    told = json.loads(next(text for command, text in outputs.items() if command.endswith("--json")))
    assert told["pairs"][0]["spans"] == [["2026-11-01T10:03Z", "2026-11-01T10:05Z"]]
    assert told["attainment"] == 4800 / 5000
    assert "page 13.44 (1h, 5m)" in next(text for command, text in outputs.items() if command.endswith("minutes.csv"))
