"""The reference files: features, rules, budgets, prices, annotations."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from config.loader import load_reference
from config.settings import SettingsError

FEATURES = '[[feature]]\nkey = "search"\nname = "Search"\nteam = "Discovery"\n'
BUDGETS = "scope_type,scope,period,period_start,amount,currency\n"
PRICE = '[[price]]\nprovider = "openai"\nmodel = "m"\n'


def told(folder: Path, file: str, content: str) -> str:
    (folder / "features.toml").write_text(FEATURES, encoding="utf-8")
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_reference(folder)
    message = str(caught.value).replace(f"{folder}/", "")
    assert "\n" not in message
    assert message.startswith(file)
    return message.removeprefix(file).lstrip(": ")


def test_without_files_there_is_nothing_to_know(tmp_path: Path) -> None:
    reference = load_reference(tmp_path)
    assert (reference.features, reference.rules, reference.budgets) == ((), (), ())


def test_a_whole_set_of_files_is_read(tmp_path: Path) -> None:
    (tmp_path / "features.toml").write_text(FEATURES)
    (tmp_path / "attribution.toml").write_text(
        '[[rule]]\nname = "r"\nproject = "proj-*"\ntags = {team = "x"}\nfeature = "search"\nvalid_from = 2026-01-01\n'
    )
    (tmp_path / "budgets.csv").write_text("\ufeff" + BUDGETS + "organization,,month,2026-11-01,1000.50,USD\n")
    (tmp_path / "prices.toml").write_text(PRICE + 'unit = "output_tokens"\nprice_per_million = "7.5"\n')
    (tmp_path / "annotations.csv").write_text("occurred_at,kind,title\n2026-11-01T00:00:00Z,launch,Search\n")
    reference = load_reference(tmp_path)
    (rule,) = reference.rules
    assert (rule.match, rule.tags, rule.valid_from) == ({"project_id": "proj-*"}, {"team": "x"}, date(2026, 1, 1))
    (budget,) = reference.budgets
    assert (budget.amount, budget.period_end) == (Decimal("1000.50"), date(2026, 12, 1))
    assert reference.prices[0].price_per_million == Decimal("7.5")
    assert reference.annotations[0].feature == ""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (FEATURES + FEATURES, "the key 'search' stands twice; keep one"),
        (FEATURES + 'teir = "critical"', "[[feature]] number 1: unknown key 'teir'; check its spelling or remove it"),
        ('[[feature]]\nkey = "a"\nname = "A"', "[[feature]] number 1: the key 'team' is missing"),
        (FEATURES + 'tier = "gold"', "search has the tier 'gold'; use critical, standard, internal"),
        (FEATURES.replace("[[feature]]", "[feature]"), "write [[feature]] with two brackets, one table for each"),
        (FEATURES.replace("[[feature]]", "[[features]]"), "unknown key 'features'; this file holds [[feature]] tables"),
        ("[[feature]\n", "is not valid TOML: "),
        ("feature = ['x']", "[[feature]] number 1: Input should be a valid dictionary"),
    ],
)
def test_features_that_cannot_be_used(tmp_path: Path, content: str, sentence: str) -> None:
    assert sentence in told(tmp_path, "features.toml", content)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ('project = "p"\nfeature = "serch"', "the rule 'r' names the feature 'serch', which features.toml does not"),
        ('feature = "search"', "the rule 'r' matches nothing in particular; name at least one of provider, account,"),
        ('project = "p"', "[[rule]] number 1: the key 'feature' is missing"),
        ('projekt = "p"\nfeature = "search"', "[[rule]] number 1: unknown key 'projekt'; check its spelling"),
        ('project = ["p"]\nfeature = "search"', "[[rule]] number 1: project: Input should be a valid string"),
        (
            'project = "p"\nfeature = "search"\nvalid_from = 2026-02-01\nvalid_to = 2026-01-01',
            "the rule 'r' ends before it begins",
        ),
        ('project = "p"\nfeature = "search"\nvalid_from = "soon"', "[[rule]] number 1: valid_from: Input should be a"),
    ],
)
def test_rules_that_cannot_be_used(tmp_path: Path, keys: str, sentence: str) -> None:
    assert told(tmp_path, "attribution.toml", f'[[rule]]\nname = "r"\n{keys}\n').startswith(sentence)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("organization,,month,2026-11-01,lots,USD", "line 2: amount: Input should be a valid decimal"),
        ("organization,,month,2026-11-01,NaN,USD", "line 2: amount: Input should be a finite number"),
        ("organization,,month,2026-11-01,-5,USD", "line 2: amount: Input should be greater than or equal to 0"),
        ("organization,,month,2026-11-01,1e40,USD", "line 2: amount: "),
        ("organization,,month,2026-13-01,5,USD", "line 2: period_start: Input should be a valid date"),
        ("organization,,month,2026-11-02,5,USD", "organization 2026-11-02: write period month and the first day of it"),
        ("organization,,year,2026-01-01,5,USD", "organization 2026-01-01: write period month and the first day of it"),
        (
            "galaxy,x,month,2026-11-01,5,USD",
            "scope_type 'galaxy' is unknown; use organization, team, feature, provider",
        ),
        ("organization,,month,2026-11-01,5,usd", "line 2: currency: String should match pattern"),
        ("organization,,month,2026-11-01,5", "line 2: the key 'currency' is missing"),
        ("organization,,month,2026-11-01,5,USD,x", "line 2 has more fields than the first line names"),
        (
            "organization,,month,2026-11-01,5,USD\norganization,,month,2026-11-01,6,USD",
            "the budget 'organization 2026-11 USD' stands twice; keep one",
        ),
        ('organization,,month,2026-11-01,5,"USD', "is not a CSV file in UTF-8: "),
    ],
)
def test_budgets_that_cannot_be_used(tmp_path: Path, lines: str, sentence: str) -> None:
    assert told(tmp_path, "budgets.csv", BUDGETS + lines + "\n").startswith(sentence)


def test_a_line_number_is_that_of_the_file(tmp_path: Path) -> None:
    content = BUDGETS + 'team,"two\nlines",month,2026-11-01,5,USD\nteam,B,month,2026-11-01,x,USD\n'
    assert told(tmp_path, "budgets.csv", content).startswith("line 4: amount: ")


def test_budgets_in_another_encoding_are_told(tmp_path: Path) -> None:
    (tmp_path / "budgets.csv").write_bytes((BUDGETS + "team,Zürich,month,2026-11-01,5,USD\n").encode("latin-1"))
    with pytest.raises(SettingsError, match=r"budgets\.csv is not a CSV file in UTF-8"):
        load_reference(tmp_path)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            'unit = "input_tokens"\nprice_per_million = 1',
            "m has a price for the unknown unit 'input_tokens'; use uncached",
        ),
        ('unit = "output_tokens"\nprice_per_million = -1', "[[price]] number 1: price_per_million: Input should be gr"),
        ('unit = "output_tokens"', "[[price]] number 1: the key 'price_per_million' is missing"),
        (
            'unit = "output_tokens"\nprice_per_million = 1\nvalid_to = 1970-01-01',
            "the price of m output_tokens ends before it begins",
        ),
    ],
)
def test_prices_that_cannot_be_used(tmp_path: Path, keys: str, sentence: str) -> None:
    assert told(tmp_path, "prices.toml", PRICE + keys + "\n").startswith(sentence)


def test_an_annotation_without_a_time_is_told(tmp_path: Path) -> None:
    content = "occurred_at,kind,title\nsometime,launch,Search\n"
    assert told(tmp_path, "annotations.csv", content).startswith(
        "line 2: occurred_at: Input should be a valid datetime"
    )
