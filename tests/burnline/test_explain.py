"""`python -m burnline explain`: what a person reads and what a script reads are the same exact split."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.exit_codes import BAD_INPUT
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from store.engine import open_store
from store.migrate import upgrade
from tests.app.support.company import Books
from tests.app.support.seed import seed

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
BEFORE, AFTER = (date(2026, 10, 1), date(2026, 10, 24)), (date(2026, 10, 24), date(2026, 11, 16))
PERIODS = ("--before", "2026-10-01:2026-10-24", "--after", "2026-10-24:2026-11-16")
EFFECTS = ("volume", "mix", "cache", "intensity", "price")

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Books]]:
    """A folder with a full store, and its rows."""
    folder = tmp_path_factory.mktemp("explain")
    store = open_store(f"duckdb:///{folder / 'store.duckdb'}")
    upgrade(store)
    books = seed(store, NOW)
    store.close()
    yield folder, books
    open_store(f"duckdb:///{folder / 'store.duckdb'}").close()


@pytest.fixture
def explain(seeded: tuple[Path, Books], monkeypatch: pytest.MonkeyPatch) -> Command:
    folder, _ = seeded
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(folder / "config"))
    monkeypatch.setenv(STORE_URL_VARIABLE, f"duckdb:///{folder / 'store.duckdb'}")
    return lambda *words: CliRunner().invoke(app, ["explain", *words])


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def fails(result: Result) -> str:
    """The one sentence on standard error."""
    assert result.exit_code == BAD_INPUT, result.output
    sentence: str = result.stderr.strip()
    assert sentence
    assert "\n" not in sentence
    return sentence


def test_json_is_the_bill_of_both_periods_and_its_split(explain: Command, seeded: tuple[Path, Books]) -> None:
    _, books = seeded
    made = answer(explain(*PERIODS, "--json"))
    assert made["before"] | {"cost": ""} == {"start": "2026-10-01", "end": "2026-10-24", "days": 23, "cost": ""}
    costs = Decimal(made["before"]["cost"]), Decimal(made["after"]["cost"])
    assert costs == (books.billed(*BEFORE), books.billed(*AFTER))
    assert Decimal(made["change"]) == costs[1] - costs[0]
    assert made["change_ratio"] == pytest.approx(float(costs[1] / costs[0] - 1))
    assert made["currency"] == "USD"


def test_effects_add_up_to_the_change_in_all_and_in_every_list(explain: Command) -> None:
    made = answer(explain(*PERIODS, "--json"))
    for name in ("by_feature", "by_team", "by_provider", "by_model", "by_environment", "by_key"):
        assert sum(Decimal(part["change"]) for part in made[name]) == Decimal(made["change"])
        for part in [made, *made[name]]:
            assert sum(Decimal(part["effects"][effect]) for effect in EFFECTS) == Decimal(part["change"])
        if name != "by_key":
            for effect in EFFECTS:
                assert sum(Decimal(part["effects"][effect]) for part in made[name]) == Decimal(made["effects"][effect])


def test_json_names_what_is_new_and_what_carries_the_change(explain: Command) -> None:
    made = answer(explain(*PERIODS, "--json"))
    assert {(one["name"], one["model"]) for one in made["new"]} == {
        ("Shopping guide", "claude-sonnet-5"),
        ("Shopping guide", "gpt-5.4"),
    }
    assert made["vanished"] == []
    elements = {one["name"] for dimension in made["carried_by"] for one in dimension["elements"]}
    assert "Shopping guide" in elements
    assert "Shopping guide (+$" in made["sentence"]


def test_a_person_reads_the_same_sentence_and_a_table(explain: Command) -> None:
    result = explain(*PERIODS)
    assert result.stdout.startswith(answer(explain(*PERIODS, "--json"))["sentence"])
    assert "By feature in USD, largest change first" in result.stdout
    assert "Shopping guide" in result.stdout
    assert "not scaled" not in result.stdout


def test_periods_of_different_length_are_told_apart(explain: Command) -> None:
    result = explain("--before", "2026-10-01:2026-11-01", "--after", "2026-11-01:2026-11-08")
    assert "31 days beside 7 days, not scaled" in result.stdout


@pytest.mark.parametrize("value", ["fraud-review", "Fraud review", "FRAUD-REVIEW"])
def test_a_scope_is_a_key_or_a_name(explain: Command, value: str) -> None:
    made = answer(explain(*PERIODS, "--scope", f"feature={value}", "--json"))
    assert [part["feature"] for part in made["by_feature"]] == ["fraud-review"]


def test_scopes_narrow_each_other(explain: Command) -> None:
    made = answer(explain(*PERIODS, "--scope", "feature=support-assistant", "--scope", "provider=openai", "--json"))
    assert {part["model"] for part in made["by_model"]} == {"gpt-5.4", "gpt-5.4-mini"}
    key = "key_support-assistant_staging"
    made = answer(explain(*PERIODS, "--scope", f"key={key}", "--json"))
    assert [part["key"] for part in made["by_key"]] == [key]
    assert {part["environment"] for part in made["by_environment"]} == {"staging"}


def test_another_currency_is_explained_by_itself(explain: Command, seeded: tuple[Path, Books]) -> None:
    _, books = seeded
    made = answer(explain(*PERIODS, "--currency", "EUR", "--json"))
    assert Decimal(made["after"]["cost"]) == books.billed(*AFTER, "EUR")
    assert made["without_usage"] == made["change"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--before", "october", "--after", "2026-11-01:2026-11-02"), "--before 'october' is not two UTC days"),
        (("--before", "2026-10-01:2026-11-01", "--after", "2026-11-01"), "--after '2026-11-01' is not two UTC days"),
        (("--before", "2026-10-01:2026-10-01", "--after", "2026-11-01:2026-11-02"), "ends before it has begun"),
        ((*PERIODS, "--scope", "feature"), "is not of the form name=value with one of feature, team"),
        ((*PERIODS, "--scope", "colour=red"), "is not of the form name=value with one of feature, team"),
        ((*PERIODS, "--scope", "feature=nobody"), "there is no feature 'nobody'; there are: call-notes"),
        ((*PERIODS, "--scope", "key=nobody"), "There are no costs in USD of key=nobody in either period"),
    ],
)
def test_what_cannot_be_explained_is_one_sentence(explain: Command, words: tuple[str, ...], told: str) -> None:
    assert told in fails(explain(*words))
