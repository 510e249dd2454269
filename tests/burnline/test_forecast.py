"""`python -m burnline forecast`: any daily series to its month end."""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.exit_codes import BAD_INPUT
from burnline.forecast import forecast_series
from config.settings import CONFIG_DIR_VARIABLE
from domain.forecast.backtest import recent_coverage, widening
from domain.forecast.month import forecast_month
from tests.domain.forecast.generator import FIRST_DAY, series_of

DAYS = 480
COSTS = {
    FIRST_DAY + timedelta(days=number): Decimal(str(round(float(cost), 4)))
    for number, cost in enumerate(series_of("steady", np.random.default_rng(3), DAYS))
}
KEYS = ["month", "actual_to_date", "forecast", "low_80", "high_80", "low_95", "high_95"]

Forecast = Callable[..., Result]


@pytest.fixture
def forecast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Forecast:
    """Runs the command on the text of a file, in a folder without any setting."""
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path / "none"))

    def run(content: str | bytes, *words: str) -> Result:
        path = tmp_path / "series.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(app, ["forecast", "--series", str(path), *words])

    return run


def text(costs: Mapping[date, Decimal]) -> str:
    return "date,cost\n" + "".join(f"{day},{cost}\n" for day, cost in costs.items())


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(result: Result) -> str:
    """The one sentence, without the folder of the file."""
    assert result.exit_code == BAD_INPUT, result.output
    sentence = result.stderr.strip()
    assert "\n" not in sentence
    return sentence.rpartition("series.csv")[2].lstrip(": ") if "series.csv" in sentence else sentence


def test_the_answer_is_the_forecast_of_the_days_known_by_then(forecast: Forecast) -> None:
    found = answer(forecast(text(COSTS), "--as-of", "2025-11-10", "--json"))
    known = np.array([[float(c) for day, c in COSTS.items() if day <= date(2025, 11, 10)]])
    widen = widening(recent_coverage(known, FIRST_DAY))
    expected = forecast_month(known, FIRST_DAY, date(2025, 11, 1), date(2025, 12, 1), widen)[0]
    assert list(found)[: len(KEYS)] == KEYS
    assert found["month"] == "2025-11"
    assert found["actual_to_date"] == pytest.approx(
        float(sum(c for d, c in COSTS.items() if date(2025, 11, 1) <= d <= date(2025, 11, 10)))
    )
    assert found["forecast"] == pytest.approx(expected.total)
    assert [found[key] for key in KEYS[3:]] == pytest.approx(
        [expected.low_80, expected.high_80, expected.low_95, expected.high_95]
    )
    assert found["low_95"] <= found["low_80"] <= found["forecast"] <= found["high_80"] <= found["high_95"]
    assert (found["days_left"], found["missing_days"], found["cutoffs"], found["reason"]) == (20, 0, 12, None)
    assert found["error_months"] == 12
    assert 0 < found["error_ratio"] < 0.1


def test_days_after_the_given_one_change_nothing(forecast: Forecast) -> None:
    by_then = {day: cost for day, cost in COSTS.items() if day <= date(2025, 11, 10)}
    later = {day: cost * 7 for day, cost in COSTS.items() if day > date(2025, 11, 10)}
    words = ("--as-of", "2025-11-10", "--json")
    assert answer(forecast(text(by_then | later), *words)) == answer(forecast(text(by_then), *words))


def test_without_a_day_the_last_of_the_file_is_meant(forecast: Forecast) -> None:
    by_then = {day: cost for day, cost in COSTS.items() if day <= date(2025, 11, 10)}
    assert answer(forecast(text(by_then), "--json")) == answer(forecast(text(COSTS), "--as-of", "2025-11-10", "--json"))


def test_rows_may_stand_in_any_order_beside_other_columns(forecast: Forecast) -> None:
    lines = [f"x,{cost} ,{day}T00:00:00Z" for day, cost in reversed(COSTS.items())]
    shuffled = "\ufeffteam, Cost,DATE\n" + "\n".join([*lines, "", " , , "]) + "\n"
    words = ("--as-of", "2025-11-10", "--json")
    assert answer(forecast(shuffled, *words)) == answer(forecast(text(COSTS), *words))


def test_on_the_last_day_the_forecast_is_what_was_spent(forecast: Forecast) -> None:
    found = answer(forecast(text(COSTS), "--as-of", "2025-11-30", "--json"))
    spent = float(sum(cost for day, cost in COSTS.items() if (day.year, day.month) == (2025, 11)))
    assert [found[key] for key in KEYS[1:]] == pytest.approx([spent] * 6)
    assert (found["days_left"], found["reason"]) == (0, None)


def test_a_month_without_any_day_is_all_forecast(forecast: Forecast) -> None:
    october = {day: cost for day, cost in COSTS.items() if day <= date(2025, 10, 31)}
    found = answer(forecast(text(october), "--as-of", "2025-11-02", "--json"))
    assert (found["month"], found["actual_to_date"], found["missing_days"]) == ("2025-11", 0, 2)
    real = sum(cost for day, cost in COSTS.items() if (day.year, day.month) == (2025, 11))
    assert found["forecast"] == pytest.approx(float(real), rel=0.2)
    assert found["low_95"] < found["forecast"] < found["high_95"]


def test_a_short_history_has_no_range_and_says_why(forecast: Forecast) -> None:
    found = answer(forecast("date,cost\n2026-11-01,10\n2026-11-02,20\n", "--json"))
    assert found["actual_to_date"] == 30
    assert found["forecast"] == pytest.approx(30 + 28 * 15)
    assert [found[key] for key in KEYS[3:]] == [None] * 4
    assert "too short for a range: it allows 0 of at least 3 past checks" in found["reason"]
    assert (found["error_ratio"], found["error_months"]) == (None, 0)


def test_a_series_that_ended_long_ago_has_no_forecast(forecast: Forecast) -> None:
    found = answer(forecast(text(COSTS), "--as-of", "2027-08-30", "--json"))
    assert found["forecast"] is None
    assert "nothing to forecast from" in found["reason"]


def test_credits_are_forecast_below_zero(forecast: Forecast) -> None:
    mirrored = answer(forecast(text({d: -c for d, c in COSTS.items()}), "--as-of", "2025-11-10", "--json"))
    found = answer(forecast(text(COSTS), "--as-of", "2025-11-10", "--json"))
    assert mirrored["forecast"] == pytest.approx(-found["forecast"])
    assert mirrored["low_80"] == pytest.approx(-found["high_80"])
    assert mirrored["high_95"] == pytest.approx(-found["low_95"])


def test_a_day_without_a_line_between_others_cost_nothing(forecast: Forecast) -> None:
    office = {day: cost for day, cost in COSTS.items() if day.weekday() < 5}
    zeros = {day: cost if day.weekday() < 5 else Decimal(0) for day, cost in COSTS.items()}
    words = ("--as-of", "2025-11-14", "--json")
    assert answer(forecast(text(office), *words)) == answer(forecast(text(zeros), *words))


def test_ten_cents_and_twenty_are_thirty(forecast: Forecast) -> None:
    assert '"actual_to_date": 0.3,' in forecast("date,cost\n2026-11-01,0.1\n2026-11-02,0.2\n", "--json").stdout


def test_a_person_reads_the_range_the_yardsticks_and_the_past_errors(forecast: Forecast) -> None:
    result = forecast(text(COSTS), "--as-of", "2025-11-10")
    assert result.exit_code == 0
    first, second, third, fourth, *_ = result.stdout.splitlines()
    assert first == "2025-11 to 2025-11-10: 13.89, 20 days left."
    assert second.startswith("Forecast of the month: 4")
    assert third.startswith("Range: 80% ")
    assert "(12 past checks)" in third
    assert fourth.startswith("Run rate: ")
    assert "Seasonal naive: " in fourth
    assert "How far earlier month ends were missed (median)" in result.stdout


def test_a_person_reads_why_there_is_no_range(forecast: Forecast) -> None:
    told = forecast("date,cost\n2026-11-01,0.001\n", "--as-of", "2026-11-03").stdout
    assert "2026-11 to 2026-11-03: 0.001, 27 days left and 2 days after the last line" in told
    assert "The history is too short for a range" in told
    assert "missed" not in told


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "line 1 must name the columns date and cost, each once"),
        ("day,cost\n2026-11-01,1\n", "line 1 must name the columns date and cost, each once"),
        ("date,cost,cost\n2026-11-01,1,2\n", "line 1 must name the columns date and cost, each once"),
        ("date,cost\n", "holds no day; write one line per day below the line date,cost"),
        ("date,cost\n2026-11-01,1\n2026-11-01,2\n", "line 3: 2026-11-01 stands in line 2 already; keep one"),
        ("date,cost\n2026-11-31,1\n", "line 2: the date '2026-11-31' is not a day such as 2026-11-30"),
        ("date,cost\n01/11/2026,1\n", "line 2: the date '01/11/2026' is not a day such as 2026-11-30"),
        ("date,cost\n2026-11-01T05:00,1\n", "line 2: the date '2026-11-01T05:00' has a time of day; a day is meant"),
        ("date,cost\n0001-01-01,1\n", "line 2: the date '0001-01-01' lies outside the years 1970 to 2899"),
        ("date,cost\n2026-11-01,\n", "line 2: the cost is empty; write 0 for a day without cost"),
        ("date,cost\n\n2026-11-01,ten\n", "line 3: the cost 'ten' is not a number such as 12.50"),
        ("date,cost\n2026-11-01,nan\n", "line 2: the cost 'nan' is not an amount that a day can cost"),
        ("date,cost\n2026-11-01,-inf\n", "line 2: the cost '-inf' is not an amount that a day can cost"),
        ("date,cost\n2026-11-01,1e400\n", "line 2: the cost '1e400' is not an amount that a day can cost"),
        ("date,cost\n2026-11-01\n", "line 2 has 1 fields where line 1 names 2"),
        ("date,cost\n2026-11-01,1,2\n", "line 2 has 3 fields where line 1 names 2"),
        ('date,cost\n2026-11-01,"1\n', "is not a CSV file in UTF-8: "),
        (b"date,cost\n2026-11-01,\xff\n", "is not a CSV file in UTF-8: "),
    ],
)
def test_a_series_that_cannot_be_used_is_told_with_its_line(
    forecast: Forecast, content: str | bytes, sentence: str
) -> None:
    assert refused(forecast(content)).startswith(sentence)


@pytest.mark.parametrize(
    ("as_of", "sentence"),
    [
        ("2024-08-31", "--as-of 2024-08-31 lies before the first day of the series; choose 2024-09-01 or later"),
        ("yesterday", "--as-of: the date 'yesterday' is not a day such as 2026-11-30."),
        ("", "--as-of: the date '' is not a day such as 2026-11-30."),
        ("9999-12-31", "--as-of: the date '9999-12-31' lies outside the years 1970 to 2899."),
    ],
)
def test_a_day_that_cannot_be_used_is_told(forecast: Forecast, as_of: str, sentence: str) -> None:
    assert refused(forecast(text(COSTS), "--as-of", as_of)) == sentence


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["forecast", "--series", str(tmp_path / "none.csv")])
    assert refused(result).endswith("none.csv cannot be read: No such file or directory")


@settings(max_examples=25)
@given(st.data())
def test_any_costs_give_an_ordered_range_around_the_forecast(data: st.DataObject) -> None:
    amounts = data.draw(st.lists(st.decimals(-1000, 10**6, places=2), min_size=1, max_size=130))
    costs = {date(2026, 7, 3) + timedelta(days=number): cost for number, cost in enumerate(amounts)}
    found = forecast_series(costs).as_json()
    bounds = [found[key] for key in ("low_95", "low_80", "forecast", "high_80", "high_95")]
    assert (None in bounds) == (found["reason"] is not None)
    if None not in bounds:
        tolerance = 1e-9 * max(1.0, *map(abs, bounds))
        assert all(a <= b + tolerance for a, b in pairwise(bounds))
