"""`alerts route` says where an alert would go, and `doctor` tries every destination."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.context import open_context
from burnline.exit_codes import BAD_INPUT, SOURCE_FAILED
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from store.engine import open_store

ROUTES = """\
[to.pager]
sink = "pagerduty"
routing_key = "env:BURNLINE_TEST_PAGER"

[to.leadership]
sink = "slack_webhook"
url = "env:BURNLINE_TEST_LEADERSHIP"

[[route]]
kind = "cost"
min_impact = 1000
to = ["leadership"]

[[route]]
team = "Discovery"
severity = "page"
to = ["pager"]

[[route]]
tier = "critical"
after = "15m"
to = ["leadership"]
"""
FEATURES = '[[feature]]\nkey = "search"\nname = "Search"\nteam = "Discovery"\ntier = "critical"\n'

Command = Callable[..., Result]


@pytest.fixture
def burnline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Commands in a folder with routes and a feature that the store knows."""
    url = f"duckdb:///{tmp_path / 'store.duckdb'}"
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    (tmp_path / "routes.toml").write_text(ROUTES)
    (tmp_path / "features.toml").write_text(FEATURES)
    open_context()
    runner = CliRunner()
    yield lambda *words: runner.invoke(app, [str(word) for word in words])
    open_store(url).close()


def test_a_feature_brings_its_team_and_tier_and_each_route_says_why(burnline: Command) -> None:
    asked = ("alerts", "route", "--rule", "slo_burn", "--severity", "page", "--feature", "search")
    assert burnline(*asked).stdout.splitlines() == [
        "at once to pager (pagerduty: PagerDuty): route 2 (line 14).",
        "after 15 minutes to leadership (slack_webhook: Slack webhook): route 3 (line 19), not acknowledged for 15 "
        "minutes.",
        "route 1 (line 9) passes it over: its kind is promise, not cost.",
    ]
    told = json.loads(burnline(*asked, "--json").stdout)
    assert told["alert"]["team"] == "Discovery"
    assert [(to["destination"], to["sink"], to["after_seconds"]) for to in told["to"]] == [
        ("pager", "pagerduty", None),
        ("leadership", "slack_webhook", 900),
    ]
    assert told["passed_over"] == {"route 1 (line 9)": "its kind is promise, not cost"}


def test_material_cost_goes_elsewhere_and_what_nothing_takes_nowhere(burnline: Command) -> None:
    asked = ("alerts", "route", "--rule", "budget_threshold", "--severity", "ticket")
    assert burnline(*asked, "--impact", "1000").stdout.startswith("at once to leadership")
    assert burnline(*asked, "--impact", "999.99").stdout.startswith("nowhere: no route takes it")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--rule", "burn"), "--rule 'burn' is unknown; use one of budget_threshold, "),
        (("--rule", "slo_burn", "--severity", "sev1"), "--severity 'sev1' is unknown; use one of page, ticket, info."),
        (("--rule", "slo_burn", "--feature", "serch"), "--feature 'serch' is unknown; the store knows search."),
    ],
)
def test_an_unknown_word_is_one_sentence(burnline: Command, words: tuple[str, ...], told: str) -> None:
    result = burnline("alerts", "route", *words)
    assert result.exit_code == BAD_INPUT
    assert result.stderr.startswith(told)


def test_the_doctor_tries_every_destination_and_names_what_is_wrong_with_the_routes(
    burnline: Command, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setenv("BURNLINE_TEST_PAGER", "0123456789abcdef0123456789abcdef")
    result = burnline("doctor")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert result.exit_code == SOURCE_FAILED
    assert any(line.startswith("ok to.pager: has a routing key of the right form") for line in lines)
    assert any(line.startswith("FIX to.leadership: The URL cannot be read: ") for line in lines)
    assert any(
        line.startswith("FIX config:") and "an alert that no route takes is told nowhere" in line for line in lines
    )
