"""commitments.csv: lines that cannot be used are told and left out."""

from pathlib import Path

import pytest

from config.loader import load_reference

HEADER = "name,kind,provider,amount,currency,starts_on,ends_on"
GOOD = "OpenAI credits,credit,openai,50000,USD,2026-07-01,2027-07-01"


def read(tmp_path: Path, *lines: str) -> tuple[list[str], list[str]]:
    (tmp_path / "commitments.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    reference = load_reference(tmp_path)
    return [c.name for c in reference.commitments], [str(problem) for problem in reference.problems]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (GOOD, "line 3: 'OpenAI credits' stands in line 2 already"),
        ("b,loan,openai,1,USD,2026-07-01,2027-07-01", "line 3: the kind 'loan' is unknown; use credit or commitment"),
        ("b,credit,openai,1,USX,2026-07-01,2027-07-01", "line 3: 'USX' is no currency code"),
        ("b,credit,openai,1,USD,2027-07-01,2026-07-01", "line 3: 'b' ends before it begins"),
        ("b,credit,openai,0,USD,2026-07-01,2027-07-01", "line 3: amount"),
    ],
)
def test_a_wrong_line_is_told(tmp_path: Path, line: str, told: str) -> None:
    names, problems = read(tmp_path, GOOD, line)
    assert names == ["OpenAI credits"]
    assert told in problems[0]
