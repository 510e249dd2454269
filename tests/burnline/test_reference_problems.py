"""Lines of the reference files that cannot be used: told once, listed by the doctor, and never in the way."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.exit_codes import SOURCE_FAILED
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from store.engine import open_store
from tests.collectors.delivering import SAMPLE

Command = Callable[..., Result]
SENTENCE = (
    "budgets.csv: line 2: the feature 'serch' is not in features.toml; declare it there, or use one of none so far"
)


@pytest.fixture
def burnline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs a command beside a budget file with one line that cannot be used and one that can."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "burnline.toml").write_text(f"[sources.focus]\npath = '{SAMPLE}'\n")
    (folder / "budgets.csv").write_text(
        "scope_type,scope,period_start,amount,currency\nfeature,serch,2026-11,5,USD\norganization,,2026-11,7,USD\n"
    )
    url = f"duckdb:///{tmp_path / 'store.duckdb'}"
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(folder))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])
    open_store(url).close()


def test_a_command_does_its_work_and_tells_each_line_once(
    burnline: Command, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert burnline("collect").exit_code == 0
    assert [record.getMessage() for record in caplog.records] == [f"{tmp_path / 'config'}/{SENTENCE}"]
    store = open_store(f"duckdb:///{tmp_path / 'store.duckdb'}")
    with store.read() as connection:
        amounts = connection.execute(sa.text("select scope_type, amount from budget")).all()
    assert [tuple(row) for row in amounts] == [("organization", 7)]


def test_a_rule_may_split_by_a_request_log_only(burnline: Command, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    (folder / "features.toml").write_text('[[feature]]\nkey = "desk"\nname = "Desk"\nteam = "Workplace"\n')
    (folder / "attribution.toml").write_text(
        '[[rule]]\nname = "shared"\nproject = "p"\nfeature = "desk"\nsplit_by = "focus"\n'
    )
    assert (
        "attribution.toml: line 1: the rule 'shared' splits by 'focus', which burnline.toml does not configure as a "
        "request log that counts usage; correct the name, or write counts_usage = true in [sources.focus]. "
        "Until then desk bears all of it"
    ) in burnline("doctor").stdout


def test_the_doctor_lists_them_once_and_is_not_content(burnline: Command, caplog: pytest.LogCaptureFixture) -> None:
    result = burnline("doctor")
    assert result.exit_code == SOURCE_FAILED
    assert f"/{SENTENCE}" in result.stdout
    assert "FIX  config: " in result.stdout
    assert "ok   focus: answers." in result.stdout
    assert not caplog.records
    told = json.loads(burnline("doctor", "--json").stdout)
    assert [finding["what"] for finding in told if not finding["ok"]] == ["config"]
