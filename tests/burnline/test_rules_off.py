"""Rules that are switched off are not asked, and what they would have done stays known."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alerts.base import Rule
from alerts.past import Past
from alerts.watched import watched
from burnline.alert_history import judge_pasts
from burnline.alerting import check_and_deliver
from burnline.cli import app
from burnline.context import Context, open_context
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE, SettingsError
from queries.runner import run
from store.engine import open_store
from tests.alerts.support import alerts, collected

NOW = datetime(2026, 11, 22, 8, 26, tzinfo=UTC)
SOURCES = '[sources.openai_costs]\naccount = "org"\nadmin_key = "env:X"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    url = f"duckdb:///{tmp_path / 'store.duckdb'}"
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    yield tmp_path
    open_store(url).close()


def opened(folder: Path, text: str = "") -> Context:
    (folder / "burnline.toml").write_text(SOURCES + text)
    return open_context(warn=False)


def test_what_a_rule_has_open_ends_when_it_is_switched_off(folder: Path) -> None:
    context = opened(folder)
    collected(context.store, "openai_costs", NOW - timedelta(days=2))
    check_and_deliver(context, NOW)
    assert [(alert.rule, alert.status) for alert in alerts(context.store)] == [("source_stale", "open")]
    silent = opened(folder, '[alerts]\noff = ["source_stale"]\n')
    report = check_and_deliver(silent, NOW + timedelta(minutes=5)).report
    assert "source_stale" not in report.checked
    (alert,) = alerts(silent.store)
    assert alert.status == "resolved"
    assert "no longer watched" in alert.summary
    assert check_and_deliver(silent, NOW + timedelta(minutes=10)).report.told == ()


def test_an_unknown_rule_is_one_sentence_that_names_it(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"\[alerts\] off names 'usage_anomalie', which is no rule; the rules are"):
        opened(folder, '[alerts]\noff = ["usage_anomalie"]\n')


def test_every_rule_is_judged_once_a_week_also_when_it_is_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tried(rule: Rule, *_: object) -> Past | None:
        return Past(90, ()) if rule.knows_its_past else None

    monkeypatch.setattr("burnline.alert_history.replayed", tried)
    context = opened(folder, '[alerts]\noff = ["usage_anomaly"]\n')
    assert "usage_anomaly" not in watched(context.settings)
    number = judge_pasts(context, NOW)
    assert number == len(watched(context.settings)) + 1
    assert judge_pasts(context, NOW + timedelta(days=6)) == 0
    assert judge_pasts(context, NOW + timedelta(days=8)) == number
    rows = {row["rule"]: row for row in run(context.store, "alert/rule_past").rows()}
    assert rows["usage_anomaly"]["fired_count"] == 0
    assert rows["source_stale"]["fired_count"] is None, "it goes by the present only"
    assert rows["usage_anomaly"]["judged_at"] == (NOW + timedelta(days=8)).replace(tzinfo=None)


def test_a_rule_that_fails_does_not_keep_the_others_from_being_judged(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    context = opened(folder)

    def tried(rule: Rule, *_: object) -> Past:
        if rule.name == "slo_burn":
            raise ZeroDivisionError("broken")
        return Past(90, ())

    monkeypatch.setattr("burnline.alert_history.replayed", tried)
    assert judge_pasts(context, NOW) == len(watched(context.settings)) - 1
    assert "slo_burn would have done cannot be told: broken" in caplog.text


def test_the_command_keeps_what_it_found_in_ninety_days(folder: Path) -> None:
    store = opened(folder).store
    runner = CliRunner()
    assert runner.invoke(app, ["alerts", "backtest", "--rule", "slo_burn", "--days", "30"]).exit_code == 0
    assert run(store, "alert/rule_past").row_count == 0
    assert runner.invoke(app, ["alerts", "backtest", "--rule", "slo_burn"]).exit_code == 0
    (row,) = run(store, "alert/rule_past").rows()
    assert (row["rule"], row["days"], row["fired_count"]) == ("slo_burn", 35, 0), "as far as minutes are kept"
