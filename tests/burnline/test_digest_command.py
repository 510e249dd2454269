"""`alerts digest` prints a week; what is wrong with its settings is one sentence."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.context import open_context
from burnline.exit_codes import BAD_INPUT
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE, SettingsError, load_settings
from store.engine import open_store
from tests.alerts.support import outbox

Command = Callable[..., Result]


@pytest.fixture
def burnline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    url = f"duckdb:///{tmp_path / 'store.duckdb'}"
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    (tmp_path / "burnline.toml").write_text('[digest]\nto = "board"\n')
    runner = CliRunner()
    yield lambda *words: runner.invoke(app, ["alerts", "digest", *words])
    open_store(url).close()


def test_a_dry_run_prints_the_week_and_decides_nothing(burnline: Command) -> None:
    told = burnline("--dry-run", "--week", "2026-W46")
    assert told.exit_code == 0
    assert told.output.startswith("Week 46 of 2026: spend is unknown\n")
    assert "http://127.0.0.1:8501/" in told.output
    assert outbox(open_context().store) == []


def test_a_digest_to_nowhere_is_a_problem_of_its_file_and_a_sentence_at_the_command_line(burnline: Command) -> None:
    told = burnline()
    assert told.exit_code == BAD_INPUT
    (problem,) = [str(one) for one in open_context(warn=False).problems if "digest" in str(one)]
    assert "burnline.toml: [digest] to = 'board' names no usable [to.board] of routes.toml" in problem


def test_a_bad_time_of_the_digest_names_its_key(burnline: Command, tmp_path: Path) -> None:
    (tmp_path / "burnline.toml").write_text('[digest]\nto = "board"\nat = "Monday"\n')
    with pytest.raises(SettingsError, match=r"digest.at: 'Monday' is not a weekday and a time"):
        load_settings()
