"""`attribution preview`: rules tried before they are saved."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.exit_codes import BAD_INPUT
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from domain.window import Window, floor_day
from store.engine import open_store
from store.migrate import upgrade
from tests.support.facts import charge, load

Command = Callable[..., Result]

FEATURES = '[[feature]]\nkey = "desk"\nname = "Research desk"\nteam = "Workplace"\n'
RULES = '[[rule]]\nname = "desk"\nproject = "proj-1"\nfeature = "desk"\n'


@pytest.fixture
def burnline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command over a store with two projects' costs of yesterday, and nobody's rules."""
    url = f"duckdb:///{tmp_path / 'store.duckdb'}"
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    (tmp_path / "features.toml").write_text(FEATURES, encoding="utf-8")
    store = open_store(url)
    upgrade(store)
    today = floor_day(datetime.now(UTC))
    span = {"charge_period_start": today - timedelta(days=1), "charge_period_end": today}
    rows = [charge(1, "7.5", **span), charge(1, "2.25", sub_account_id="proj-2", **span)]
    load(store, rows, Window(today - timedelta(days=1), today))
    store.close()
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])


def test_a_preview_adds_up_and_says_what_moves(burnline: Command, tmp_path: Path) -> None:
    rules = tmp_path / "tried.toml"
    rules.write_text(RULES, encoding="utf-8")
    told = json.loads(burnline("attribution", "preview", rules, "--json").stdout)
    assert [(r["rule"], r["cost"], r["moved_cost"]) for r in told["rules"]] == [
        ("desk", "7.5", "7.5"),
        (None, "2.25", "0"),
    ]
    assert told["moves"] == [{"from": None, "to": "desk", "cost": "7.5"}]
    assert (told["unattributed_before"], told["unattributed_after"]) == ("9.75", "2.25")
    spoken = burnline("attribution", "preview", rules).stdout
    assert "$7.50 moves from unattributed to desk." in spoken
    assert "Unattributed: $9.75 now, $2.25 with these rules." in spoken


def test_a_rule_that_cannot_be_used_is_told_with_its_line(burnline: Command, tmp_path: Path) -> None:
    rules = tmp_path / "tried.toml"
    rules.write_text(RULES + '[[rule]]\nname = "ghost"\nproject = "x"\nfeature = "ghost"\n', encoding="utf-8")
    result = burnline("attribution", "preview", rules)
    assert result.exit_code == 0
    assert "tried.toml: line 5: the rule 'ghost' names the feature 'ghost'" in result.stderr


def test_a_file_that_is_not_there_is_told(burnline: Command, tmp_path: Path) -> None:
    result = burnline("attribution", "preview", tmp_path / "none.toml")
    assert result.exit_code == BAD_INPUT
    assert "none.toml is not there; write the rules to try into it" in result.stderr
