"""What the README tells a new user to type works."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROGRAM = ".venv/bin/python -m burnline "


def commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line.removeprefix(PROGRAM) for line in lines if line.startswith(PROGRAM)]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every command of the README in its order, as one user with one folder."""
    folder = tmp_path_factory.mktemp("user")
    environment = {
        **os.environ,
        "BURNLINE_CONFIG_DIR": str(folder / "config"),
        "BURNLINE_STORE_URL": f"duckdb:///{folder / 'burnline.duckdb'}",
        "COLUMNS": "200",
    }
    outputs = {}
    for command in commands():
        words = [str(folder / word) if word == "focus_export.csv" else word for word in shlex.split(command)]
        done = subprocess.run(
            [sys.executable, "-m", "burnline", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
        outputs[command] = done.stdout
    return outputs


def output_of(outputs: dict[str, str], start: str) -> str:
    return next(text for command, text in outputs.items() if command.startswith(start))


def test_the_focus_sample_shows_each_providers_bill_to_the_last_digit(outputs: dict[str, str]) -> None:
    text = output_of(outputs, "query cost/billed_by_provider")
    assert "18.0066386184" in text
    assert "1.97651418586" in text
    assert "0.53707392473" in text


def test_the_request_log_shows_its_requests_and_tokens(outputs: dict[str, str]) -> None:
    text = output_of(outputs, "query usage/tokens_by_model")
    assert all(number in text for number in ("19366", "22361870", "4088665"))


def test_every_kind_of_command_in_the_readme_was_tried(outputs: dict[str, str]) -> None:
    tried = {command.split()[0] for command in outputs}
    assert tried == {"init", "doctor", "import", "query", "export"}


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert broken == []
