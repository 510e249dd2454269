"""`attribution preview`: rules tried before they are saved."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.exit_codes import BAD_INPUT
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from domain.window import Window, floor_day
from store.engine import open_store
from store.migrate import upgrade
from store.schema import table
from store.tables import Attribution, InferenceRequest, KeyShare
from tests.support.facts import charge, load, request

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


SPLIT = (
    '[[rule]]\nname = "chat requests"\nservice = "requests"\nmodel = "gpt-4o"\nfeature = "chat"\n'
    + RULES
    + 'split_by = "gateway"\n'
)


def gateway(folder: Path, log: bool = True) -> None:
    """Configures a gateway's log, and loads one request of it for yesterday."""
    (folder / "burnline.toml").write_text(
        "[sources.gateway]\nkind = 'request_log'\npath = 'log.csv'\nmap = {started_at = 'time'}\n", encoding="utf-8"
    )
    chat = FEATURES + '[[feature]]\nkey = "chat"\nname = "Chat"\nteam = "Workplace"\n'
    (folder / "features.toml").write_text(chat, encoding="utf-8")
    if not log:
        return
    store = open_store(f"duckdb:///{folder / 'store.duckdb'}")
    today = floor_day(datetime.now(UTC))
    row = request(1, 0, source="gateway", started_at=today - timedelta(hours=3))
    load(store, [row], Window(today - timedelta(days=1), today), row=InferenceRequest, source="gateway")
    store.close()


def test_a_preview_says_what_a_rule_that_splits_gives_to_whom_and_changes_nothing(
    burnline: Command, tmp_path: Path
) -> None:
    gateway(tmp_path)
    rules = tmp_path / "tried.toml"
    rules.write_text(SPLIT, encoding="utf-8")
    told = json.loads(burnline("attribution", "preview", rules, "--json").stdout)
    shared = told["rules"][1]
    assert (shared["rule"], shared["split_by"], shared["parts"]) == ("desk", "gateway", {"chat": "7.5"})
    assert told["moves"] == [{"from": None, "to": "chat", "cost": "7.5"}]
    assert told["problems"] == []
    assert "– by gateway" in burnline("attribution", "preview", rules).stdout
    store = open_store(f"duckdb:///{tmp_path / 'store.duckdb'}")
    with store.read() as connection:
        assert connection.execute(sa.select(table(KeyShare))).all() == []
        assert set(connection.execute(sa.select(table(Attribution).c.rule)).scalars()) == {None}
    store.close()


def test_a_rule_whose_log_shares_nothing_gets_a_hint(burnline: Command, tmp_path: Path) -> None:
    gateway(tmp_path, log=False)
    rules = tmp_path / "tried.toml"
    rules.write_text(SPLIT, encoding="utf-8")
    spoken = " ".join(burnline("attribution", "preview", rules).stdout.split())
    assert "The rule 'desk' splits by gateway, but no feature of that log shares its costs: desk bears all" in spoken


def test_a_rule_that_splits_by_another_kind_of_source_is_told(burnline: Command, tmp_path: Path) -> None:
    gateway(tmp_path)
    rules = tmp_path / "tried.toml"
    rules.write_text(RULES + 'split_by = "openai_costs"\n', encoding="utf-8")
    result = burnline("attribution", "preview", rules)
    assert "tried.toml: line 1: the rule 'desk' splits by 'openai_costs', which burnline.toml does not" in result.stderr
