"""allocation.toml: a rule that cannot be used is told with its line, the others work."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from config.loader import load_reference

FEATURES = "".join(
    f'[[feature]]\nkey = "{key}"\nname = "{key}"\nteam = "T"\n' for key in ("desk", "chat", "vector", "gateway")
)
GOOD = '[[rule]]\nname = "vectors"\nfrom = "vector"\nmethod = "requests"\n'


def folder_with(tmp_path: Path, allocation: str) -> Path:
    (tmp_path / "features.toml").write_text(FEATURES, encoding="utf-8")
    (tmp_path / "allocation.toml").write_text(allocation, encoding="utf-8")
    return tmp_path


def test_a_rule_says_who_bears_what(tmp_path: Path) -> None:
    text = (
        '[[rule]]\nname = "vectors"\nfrom = "vector"\nmethod = "fixed"\nshares = { desk = 0.5, chat = 0.25 }\n'
        "valid_from = 2026-11-01\n"
        '[[rule]]\nname = "gateway"\nfrom = "gateway"\nmethod = "tokens"\nper = "month"\nto = ["desk"]\n'
    )
    first, second = load_reference(folder_with(tmp_path, text)).allocation
    assert first.shares == {"desk": Decimal("0.5"), "chat": Decimal("0.25")}
    assert (first.origin, first.per, first.valid_from) == ("vector", "day", date(2026, 11, 1))
    assert (second.method, second.per, second.receivers) == ("tokens", "month", ("desk",))


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('from = "vector"\nmethod = "fixed"\nshares = { desk = 0.7, chat = 0.4 }', "has shares of 110.0% in all"),
        ('from = "vector"\nmethod = "fixed"', "is fixed and needs shares"),
        ('from = "vector"\nmethod = "fixed"\nshares = { desk = 0 }', "has a share of 0 or less"),
        ('from = "vector"\nmethod = "even"\nshares = { desk = 0.5 }', "has shares, which only the method fixed takes"),
        ('from = "vector"\nmethod = "magic"', "has the method 'magic'; use fixed, even"),
        ('from = "vector"\nmethod = "even"\nper = "year"', "has per = 'year'; use day or month"),
        ('from = "nobody"\nmethod = "even"', "names the feature 'nobody', which features.toml does not declare"),
        ('from = "vector"\nmethod = "even"\nto = ["nobody"]', "names the feature 'nobody'"),
        ('from = "vector"\nmethod = "even"\nto = ["vector"]', "gives the costs of 'vector' to itself"),
        (
            'from = "gateway"\nmethod = "even"\nto = ["vector"]',
            "gives costs back to 'vector', which 'vectors' has emptied",
        ),
        ('from = "gateway"\nmethod = "even"\nvalid_from = 2026-11-02\nvalid_to = 2026-11-01', "ends before it begins"),
    ],
)
def test_a_rule_that_cannot_be_used_is_told_and_left_out(tmp_path: Path, rule: str, told: str) -> None:
    reference = load_reference(folder_with(tmp_path, GOOD + f'[[rule]]\nname = "wrong"\n{rule}\n'))
    assert [one.name for one in reference.allocation] == ["vectors"]
    (problem,) = reference.problems
    assert f"line 5: the rule 'wrong' {told}" in str(problem)


def test_a_name_stands_for_one_rule(tmp_path: Path) -> None:
    (problem,) = load_reference(folder_with(tmp_path, GOOD + GOOD)).problems
    assert "the rule 'vectors' stands in line 1 already" in problem.sentence
