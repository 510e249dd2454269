"""fx_rates.csv: dated rates to the organisation's currency."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from config.loader import load_reference


def rates(tmp_path: Path, *lines: str) -> tuple[list[tuple[str, date, date, Decimal]], list[str]]:
    (tmp_path / "fx_rates.csv").write_text("\n".join(["date,currency,rate", *lines]) + "\n", encoding="utf-8")
    reference = load_reference(tmp_path)
    assert {rate.to_currency for rate in reference.fx_rates} <= {"USD"}
    return (
        [(rate.currency, rate.valid_from, rate.valid_to, rate.rate) for rate in reference.fx_rates],
        [str(problem).partition("fx_rates.csv: ")[2] for problem in reference.problems],
    )


def test_a_rate_holds_until_the_next_one_at_most_a_week(tmp_path: Path) -> None:
    found, problems = rates(tmp_path, "2026-11-09,EUR,1.17", "2026-11-06,EUR,1.16", "2026-11-06,JPY,0.0065")
    assert found == [
        ("EUR", date(2026, 11, 6), date(2026, 11, 9), Decimal("1.16")),
        ("EUR", date(2026, 11, 9), date(2026, 11, 16), Decimal("1.17")),
        ("JPY", date(2026, 11, 6), date(2026, 11, 13), Decimal("0.0065")),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2026-11-07,EUX,1.1", "line 3: 'EUX' is no currency code of ISO 4217, such as EUR"),
        ("2026-11-07,USD,1", "line 3: USD is the organisation's currency; leave it out"),
        ("2026-11-06,EUR,1.2", "line 3: the rate of EUR on 2026-11-06 stands in line 2 already; keep one"),
        ("2026-11-07,EUR,0", "line 3: rate"),
        ("yesterday,EUR,1.1", "line 3: date"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_left_out(tmp_path: Path, line: str, told: str) -> None:
    found, problems = rates(tmp_path, "2026-11-06,EUR,1.16", line)
    assert len(found) == 1
    assert problems[0].startswith(told)
