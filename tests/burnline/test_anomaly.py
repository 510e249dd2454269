"""`python -m burnline anomaly backtest`: anybody's daily series to the days that alert."""

import csv
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.exit_codes import BAD_INPUT
from config.settings import CONFIG_DIR_VARIABLE
from domain.anomaly.daily import score_days
from tests.domain.anomaly.generator import company

FIRST_DAY = date(2026, 1, 5)
DAYS = 120
HEADER = "series_id,metric,timestamp,value\n"

Row = tuple[str, str, str, Any]


@pytest.fixture
def backtest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command on the text of a file, in a folder without any setting."""
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path / "none"))

    def run(content: str | bytes, *words: str) -> Result:
        path = tmp_path / "series.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        command = ["anomaly", "backtest", "--series", str(path), "--out", str(tmp_path / "out.csv"), *words]
        return CliRunner().invoke(app, command)

    return run


@pytest.fixture
def alerts(backtest: Callable[..., Result], tmp_path: Path) -> Callable[..., list[dict[str, str]]]:
    """What the command wrote."""

    def run(content: str) -> list[dict[str, str]]:
        result = backtest(content)
        assert result.exit_code == 0, result.output
        with (tmp_path / "out.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    return run


def steady(seed: int = 1, jump: float = 1.0, start: int = 100) -> list[float]:
    values = 100 * np.exp(np.random.default_rng(seed).normal(0, 0.05, DAYS))
    values[start:] *= jump
    return [round(float(value), 3) for value in values]


def rows(series_id: str, metric: str, values: Sequence[float], form: str = "%Y-%m-%d") -> list[Row]:
    return [
        (series_id, metric, (FIRST_DAY + timedelta(days=number)).strftime(form), value)
        for number, value in enumerate(values)
    ]


def text(*lines: Row) -> str:
    return HEADER + "".join(",".join(map(str, line)) + "\n" for line in lines)


def days_of(found: list[dict[str, str]], series_id: str = "chat/cost") -> list[int]:
    return [
        (date.fromisoformat(one["timestamp"][:10]) - FIRST_DAY).days for one in found if one["series_id"] == series_id
    ]


Alerts = Callable[[str], list[dict[str, str]]]
Backtest = Callable[..., Result]


def test_a_jump_alerts_with_what_was_and_what_was_expected(alerts: Alerts) -> None:
    values = steady(jump=1.8)
    found = alerts(text(*rows("chat/cost", "cost", values)))
    scores = score_days([values], FIRST_DAY)  # type: ignore[arg-type]
    assert days_of(found) == np.flatnonzero(scores.alerts()[0]).tolist()
    assert days_of(found)[0] == 100
    assert list(found[0]) == ["series_id", "timestamp", "score", "actual", "expected"]
    assert found[0]["timestamp"] == "2026-04-15"
    assert float(found[0]["actual"]) == values[100]
    assert float(found[0]["score"]) == pytest.approx(scores.score[0, 100])
    assert float(found[0]["expected"]) == pytest.approx(100, rel=0.1)


def test_a_dearer_model_alerts_on_the_cost_series_of_its_feature(alerts: Alerts) -> None:
    requests = steady(2, 0.6)
    cost = [round(one * (0.02 if number < 100 else 0.034), 6) for number, one in enumerate(requests)]
    alone = alerts(text(*rows("chat/cost", "cost", cost)))
    beside = text(*rows("chat/cost", "cost", cost), *rows("chat/requests", "requests", requests))
    together = alerts(beside)
    assert 100 not in days_of(alone)
    assert {100, 101, 102} <= set(days_of(together))
    dearer = next(one for one in together if one["series_id"] == "chat/cost")
    assert float(dearer["expected"]) == pytest.approx(0.02 * requests[100], rel=0.02)
    assert 100 in days_of(together, "chat/requests")
    others = text(*rows("chat/cost", "cost", cost), *rows("search/requests", "requests", requests))
    assert days_of(alerts(others)) == days_of(alone)


def test_the_future_changes_no_alert(alerts: Alerts) -> None:
    values = steady(3, 1.7, 90)
    whole = alerts(text(*rows("chat/cost", "cost", values[:110] + [7000.0] * 10)))
    cut = alerts(text(*rows("chat/cost", "cost", values[:110])))
    assert [one for one in whole if one["timestamp"] < "2026-04-25"] == cut
    assert cut != []


def test_the_order_of_the_lines_changes_nothing(alerts: Alerts) -> None:
    lines = [*rows("a/cost", "cost", steady(4, 1.8)), *rows("b/cost", "cost", steady(5, 0.4))]
    mixed = [lines[number] for number in np.random.default_rng(1).permutation(len(lines))]
    assert alerts(text(*lines)) == alerts(text(*mixed)) != []


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%Y-%m-%dT00:00:00Z", "%Y-%m-%d 00:00:00", "%Y-%m-%dT00:00:00+09:00", "%Y-%m-%dT06:30Z"]
)
def test_an_alert_is_told_in_the_timestamp_form_of_the_file(alerts: Alerts, form: str) -> None:
    found = alerts(text(*rows("chat/cost", "cost", steady(1, 1.8), form)))
    assert found[0]["timestamp"] == date(2026, 4, 15).strftime(form)
    assert days_of(found)[0] == 100


def test_local_midnights_across_a_clock_change_are_days_as_written(alerts: Alerts) -> None:
    lines = rows("chat/cost", "cost", steady(1, 1.8))
    local = [(id_, metric, day + ("T00:00+01:00" if day < "2026-03-29" else "T00:00+02:00"), value)
             for id_, metric, day, value in lines]  # fmt: skip
    assert days_of(alerts(text(*local))) == days_of(alerts(text(*lines)))


def test_hours_make_utc_days_and_an_unfinished_last_day_is_left_out(backtest: Backtest, alerts: Alerts) -> None:
    daily = steady(1, 1.8)
    hourly: list[Row] = [
        ("chat/cost", "cost", f"{FIRST_DAY + timedelta(days=number)}T{hour:02}:00Z", round(value / 24, 9))
        for number, value in enumerate(daily)
        for hour in range(24)
    ]
    expected = days_of(alerts(text(*rows("chat/cost", "cost", daily))))
    assert days_of(alerts(text(*hourly))) == expected
    result = backtest(text(*hourly[:-5]))
    assert "1 × a last day that does not reach its end was left out (chat/cost 2026-05-04 first)." in result.stderr
    assert days_of(alerts(text(*hourly[:-5]))) == [day for day in expected if day < DAYS - 1]


def rate_text(form: Callable[[int], Any], metric: str = "error_rate") -> str:
    bad = [2 + number % 3 for number in range(DAYS)]
    bad[100] = 60
    lines = (f"chat/errors,{metric},{FIRST_DAY + timedelta(days=n)},{form(k)},1000\n" for n, k in enumerate(bad))
    return "series_id,metric,timestamp,value,n\n" + "".join(lines)


@pytest.mark.parametrize(("form", "actual"), [(lambda k: k, 60.0), (lambda k: k / 1000, 0.06), (lambda k: k / 10, 6.0)])
def test_a_rate_may_be_a_count_a_share_or_a_percentage_of_n(
    alerts: Alerts, form: Callable[[int], Any], actual: float
) -> None:
    (found,) = alerts(rate_text(form, "error_pct" if actual == 6 else "error_rate"))
    assert days_of([found], "chat/errors") == [100]
    assert float(found["actual"]) == actual
    assert float(found["expected"]) == pytest.approx(actual / 20, rel=0.02)
    assert float(found["score"]) > 3.4


def test_rates_with_and_without_a_total_stand_beside_each_other(backtest: Backtest) -> None:
    lines = rate_text(lambda k: k / 1000).replace(",0.06,", ",1.06,").splitlines()
    without = [line.replace("chat/", "search/").removesuffix("1000") for line in lines[1:]]
    result = backtest("\n".join([*lines, *without]), "--json")
    told = json.loads(result.stdout)
    assert told["notes"] == ["1 × a rate of more than all is unknown and teaches nothing."]
    assert [one["scored_days"] for one in told["metrics"]] == [DAYS - 14, DAYS - 15]
    assert told["learning"] == []


def test_latency_needs_a_higher_score_and_has_no_days_of_the_month(alerts: Alerts) -> None:
    values = steady(6)
    values[100] *= 3
    for metric in ("latency/p95", "p95 seconds"):
        assert days_of(alerts(text(*rows("chat/latency", metric, values))), "chat/latency") == [100]


def test_a_ratio_is_scored_by_itself_unless_requests_are_too_few(alerts: Alerts) -> None:
    values = steady(7, 1.8)
    ratio = rows("chat/unit", "cost per request", values)
    assert days_of(alerts(text(*ratio)), "chat/unit")[0] == 100
    few = text(*ratio, *rows("chat/requests", "requests", [19.0] * DAYS))
    assert alerts(few) == []


def test_series_of_a_feature_without_a_slash_share_their_id(alerts: Alerts) -> None:
    requests = steady(2, 0.6)
    cost = [one * (0.02 if number < 100 else 0.034) for number, one in enumerate(requests)]
    found = alerts(text(*rows("chat", "cost", cost), *rows("chat", "requests", requests)))
    assert {one["timestamp"] for one in found if float(one["actual"]) < 10} >= {"2026-04-15"}


def test_odd_lines_are_told_once_each_and_the_good_ones_are_scored(backtest: Backtest, tmp_path: Path) -> None:
    good = text(*rows("chat/cost", "cost", steady(1, 1.8)))
    odd = (
        "bad/cost,cost,2026-01-05,abc\nbad/cost,cost,2026-01-06,1e99\nbad/cost,cost,2026-01-07,-inf\n"
        "bad/cost,cost,yesterday,1\nbad/cost,cost,2026-13-01,1\nbad/cost,cost\n,cost,2026-01-05,1\n"
        "bad/cost,cost,2026-01-08,-4\nbad/cost,cost,2026-01-09,\nbad/cost,cost,2026-01-10,NaN\n"
        "bad/cost,cost,1990-01-01,4\nbad/cost,cost,2026-01-11,4\nbad/cost,cost,2026-01-11,4\nbad/cost,cost,2026-01-11,5\n\n"
    )
    result = backtest(good + odd)
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines() == [
        "1 × a value that is not a number is unknown (line 122: 'abc' first).",
        "2 × a value too large for any day is unknown (line 123: '1e99' first).",
        "2 × a timestamp that is not ISO 8601 such as 2026-11-30 was left out (line 125: 'yesterday' first).",
        "1 × a line without the 4 fields of line 1 was left out (line 127 first).",
        "1 × a line without a series_id was left out (line 128 first).",
        "1 × a moment told twice with different numbers counts as told last (line 135 first).",
        "1 × a day more than five years from 2026-03-01 was left out (bad/cost 1990-01-01 first).",
        "1 × a value below 0 (a credit, a correction) is unknown and teaches nothing.",
    ]
    assert "2 series" in result.stdout
    assert "1 series are learning" in result.stdout
    written = (tmp_path / "out.csv").read_text()
    backtest(good)
    assert (tmp_path / "out.csv").read_text() == written


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "line 1 must name the columns series_id, metric, timestamp and value, each once"),
        ("series_id,metric,value\n", "line 1 must name the columns series_id, metric, timestamp and value, each once"),
        (HEADER, "holds no line that can be used; write one line per series and day below"),
        (HEADER + "a,cost,soon,1\n", "holds no line that can be used; write one line per series and day below"),
        (HEADER + 'a,cost,"2026-01-05,1\n', "is not a CSV file in UTF-8: "),
        (b"series_id,metric,timestamp,value\n\xff,cost,2026-01-05,1\n", "is not a CSV file in UTF-8: "),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(
    backtest: Backtest, content: str | bytes, sentence: str
) -> None:
    result = backtest(content)
    assert result.exit_code == BAD_INPUT, result.output
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_files_that_cannot_be_read_or_written_are_told(backtest: Backtest, tmp_path: Path) -> None:
    one_line = text(*rows("a", "cost", [1.0]))
    assert "is the file of --series" in backtest(one_line, "--out", str(tmp_path / "series.csv")).stderr
    assert "cannot be written" in backtest(one_line, "--out", str(tmp_path / "none" / "out.csv")).stderr
    missing = backtest(one_line, "--series", str(tmp_path / "none.csv"))
    assert missing.stderr.strip().endswith("none.csv cannot be read: No such file or directory")


def test_the_json_counts_what_was_judged(backtest: Backtest) -> None:
    lines = [*rows("chat/cost", "cost", steady(1, 1.8)), *rows("new/requests", "requests", steady(2)[:10])]
    told = json.loads(backtest(text(*lines), "--json").stdout)
    assert (told["series"], told["scored_days"], told["incidents"]) == (2, DAYS - 14, 1)
    assert told["learning"] == ["new/requests"]
    assert [(one["metric"], one["judged_as"]) for one in told["metrics"]] == [
        ("cost", "cost"),
        ("requests", "requests"),
    ]


def test_many_made_up_features_alert_only_where_something_happened(alerts: Alerts) -> None:
    made = company(5, 18, 200)
    lines = [
        line
        for number in range(18)
        for metric, matrix in (("cost", made.cost), ("requests", made.requests))
        for line in rows(f"f{number}/{metric}", metric, matrix[number].tolist())
    ]
    found = alerts(text(*lines))
    assert [one["series_id"] for one in found] == sorted(one["series_id"] for one in found)
    hit = [
        one
        for one in made.accidents
        if any(one.start <= day < one.end for day in days_of(found, f"f{one.feature}/cost"))
    ]
    assert len(hit) > len(made.accidents) / 2
