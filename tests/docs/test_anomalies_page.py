"""What docs/anomalies.md tells an operator to type works, and shows what it says."""

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from domain.anomaly.kind import Kind, kind_of

ROOT = Path(__file__).parent.parent.parent
PROGRAM = "python -m burnline "
TEXT = (ROOT / "docs" / "anomalies.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the page, and what its commands wrote."""
    folder = tmp_path_factory.mktemp("user")
    for name, content in re.findall(r"```csv\n# (\S+)\n(.*?)```", TEXT, re.DOTALL):
        (folder / name).write_text(content, encoding="utf-8")
    environment = {**os.environ, "BURNLINE_CONFIG_DIR": str(folder), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix(PROGRAM))
            done = subprocess.run(
                [sys.executable, "-m", "burnline", *words],
                cwd=folder, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert (done.returncode, done.stderr) == (0, ""), f"{line}:\n{done.stdout}{done.stderr}"
            (folder / "told").write_text(done.stdout, encoding="utf-8")
    return folder


def test_the_example_alerts_on_the_day_the_page_names(folder: Path) -> None:
    with (folder / "alerts.csv").open(newline="") as file:
        (found,) = csv.DictReader(file)
    assert (found["series_id"], found["timestamp"]) == ("chat/cost", "2026-11-20")
    assert 1.8 < float(found["actual"]) / float(found["expected"]) < 2
    told = json.loads((folder / "told").read_text(encoding="utf-8"))
    assert (told["alert_days"], told["incidents"]) == (1, 1)


def test_every_word_that_the_page_names_chooses_what_it_says() -> None:
    rows = TEXT.split("| words in the name |")[1].split("\n\n")[0].splitlines()[2:-1]
    for row in rows:
        names, judged = row.split("|")[1:3]
        words = re.findall(r"`([\w ]+)`", re.sub(r"\(.*?\)|;.*", "", names))
        (kind,) = re.findall(r"^ (\w+)", judged)
        assert words
        assert {word: kind_of(word) for word in words} == {word: Kind(kind) for word in words}
