# ruff: noqa: E501
"""`python -m burnline slo backtest`: which alerts would have fired, and what was left."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.exit_codes import BAD_INPUT
from config.settings import CONFIG_DIR_VARIABLE
from tests.domain.slo.vectors import VECTORS

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: answers}
spec:
  service: chat
  indicator:
    spec:
      ratioMetric:
        good: {metricSource: {type: Any, spec: {query: good}}}
        total: {metricSource: {type: Any, spec: {query: total}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
"""
START = datetime(2026, 9, 1, tzinfo=UTC)
NAMES = list(VECTORS["pairs_minutes"])
Backtest = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backtest:
    """Runs the command on the texts of two files, in a folder without any setting."""
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path / "none"))
    monkeypatch.setattr("burnline.slo_commands.utc_now", lambda: START + timedelta(days=60))

    def run(series: str | bytes, *words: str, slo: str = SLO) -> Result:
        (tmp_path / "slo.yaml").write_text(slo)
        (tmp_path / "m.csv").write_bytes(series if isinstance(series, bytes) else series.encode())
        files = ["--slo", str(tmp_path / "slo.yaml"), "--series", str(tmp_path / "m.csv")]
        return CliRunner().invoke(app, ["slo", "backtest", *files, *words])

    return run


def minute(number: int) -> str:
    return f"{START + timedelta(minutes=number):%Y-%m-%dT%H:%MZ}"


def text(rows: Iterable[tuple[Any, Any, Any]]) -> str:
    lines = (f"{minute(at) if isinstance(at, int) else at},{good},{total}\n" for at, good, total in rows)
    return "minute,good,total\n" + "".join(lines)


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(result: Result) -> str:
    """The one sentence, without the folder of the file."""
    assert result.exit_code == BAD_INPUT, result.output
    sentence = result.stderr.strip()
    assert "\n" not in sentence
    return sentence.rpartition("m.csv")[2].lstrip(": ") if "m.csv" in sentence else sentence


@pytest.mark.parametrize("shape", VECTORS["alert_minutes"])
def test_the_expected_spans_come_out_of_the_command(run: Backtest, shape: str) -> None:
    rows = []
    for minutes, requests, bad in VECTORS["alert_minutes"][shape]["segments_minutes_requests_errors"]:
        rows += [(len(rows) + number, requests - bad, requests) for number in range(minutes)]
    found = answer(run(text(rows), "--json"))
    assert [(pair["severity"], pair["long"], pair["short"]) for pair in found["pairs"]] == [
        ("page", "1h", "5m"), ("page", "6h", "30m"), ("ticket", "1d", "2h"), ("ticket", "3d", "6h"),
    ]  # fmt: skip
    assert [pair["factor"] for pair in found["pairs"]] == [14.4, 6.0, 3.0, 1.0]
    clean = 7200 - 1  # minute 0 of the expected spans is the last clean one
    for name, pair in zip(NAMES, found["pairs"], strict=True):
        expected = VECTORS["alert_minutes"][shape]["expected"][name]
        assert pair["spans"] == [[minute(clean + first), minute(clean + last)] for first, last in expected]
    bad, total = (sum(row[2] - row[1] for row in rows), sum(row[2] for row in rows))
    assert found["attainment"] == pytest.approx((total - bad) / total, rel=1e-15)
    assert found["budget_remaining"] == pytest.approx(1 - bad / total / 0.001, rel=1e-12)


def test_only_the_last_full_window_counts(run: Backtest) -> None:
    rows = [(number, 0 if number < 1000 else 10, 10) for number in range(1000 + 30 * 1440)]
    found = answer(run(text(rows), "--json"))
    assert (found["attainment"], found["budget_remaining"], found["state"]) == (1.0, 1.0, "met")
    assert found["window"] == {
        "duration": "30d", "first": minute(1000), "last": minute(len(rows) - 1), "minutes": 43200,
        "known_minutes": 43200,
    }  # fmt: skip
    shorter = answer(run(text(rows[:2000]), "--json"))
    assert (shorter["attainment"], shorter["window"]["known_minutes"]) == (0.5, 2000)


def test_a_person_reads_sentences_and_a_table(run: Backtest) -> None:
    out = run(text([(number, 10 - (number in (90, 91, 92)), 10) for number in range(120)])).stdout
    assert "answers, answers: 99.9% by Occurrences." in out
    assert (
        "30d (2026-08-02T02:00Z to 2026-09-01T01:59Z): 99.75%, 95% sure between 99.2676% and 99.915%: missed."
        not in out
    )
    assert "not enough data" in out or "missed" in out
    assert "page 14.4 (1h, 5m)" in out
    assert "never" in out


def test_the_spans_are_utc_in_the_way_the_file_writes_minutes(run: Backtest) -> None:
    for sample, expected in (
        ("2026-09-01T00:00:00+00:00", "2026-09-01T00:00:00+00:00"),
        ("2026-09-01 00:00", "2026-09-01 00:00"),
        ("2026-09-01T02:00:00+02:00", "2026-09-01T00:00:00Z"),
    ):
        found = answer(run(text([(sample, 0, 10)]), "--json"))
        assert found["pairs"][0]["spans"] == [[expected, expected]]


def test_slices_judge_and_a_verdict_that_hangs_on_the_method_is_told(run: Backtest) -> None:
    slices = SLO.replace("Occurrences", "Timeslices").replace(
        "{target: 0.999}", "{target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 1m}"
    )
    night = [(number, 5 if number < 60 else 10, 10) for number in range(720)]
    found = answer(run(text([*night, *((720 + n, 1000, 1000) for n in range(720))]), "--json", slo=slices))
    assert found["attainment"] == pytest.approx(1380 / 1440)
    assert found["by_method"]["Occurrences"] > 0.99
    assert any("the budgeting method decides here" in told for told in found["warnings"])
    assert found["pairs"][0]["spans"][0][0] == minute(0)


def test_maintenance_is_in_neither_good_nor_total(run: Backtest) -> None:
    kept = SLO.replace("{name: answers}", """
  name: answers
  annotations:
    burnline/exclusions: 2026-09-01T00:30Z/2026-09-01T00:40Z database move""")  # fmt: skip
    rows = [(number, 0 if 30 <= number < 40 else 10, 10) for number in range(120)]
    found = answer(run(text(rows), "--json", slo=kept))
    assert (found["attainment"], found["total"], found["window"]["known_minutes"]) == (1.0, 1100, 110)
    assert found["pairs"][0]["spans"] == []
    assert found["warnings"] == [
        "10 minutes of maintenance are in neither good nor total: database move (2026-09-01 00:30)."
    ]


def test_a_calendar_month_counts_from_its_first_local_minute(run: Backtest) -> None:
    month = SLO.replace(
        "{duration: 30d, isRolling: true}",
        "{duration: 1M, calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}}, {duration: 1h}",
    )
    rows = [(number, 10 if number >= 22 * 60 else 9, 10) for number in range(29 * 1440)]
    found = answer(run(text(rows), "--json", slo=month))
    assert found["window"]["first"] == "2026-08-31T22:00Z"
    late = answer(run(text(rows), "--json", "--until", "2026-09-01T22:00Z", slo=month))
    assert late["attainment"] == 0.9
    assert [window["window"]["duration"] for window in late["windows"]] == ["1M", "1h"]
    assert late["exhausted_in_hours"] == {"simple": 0.0, "simulated": 0.0}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(0, 1, 1), (2, 1, 1)], "1 minute between the first and the last are missing or unknown; they count nothing."),
        ([(2, 1, 1), (1, 1, 1)], "The lines are not in the order of time; they were sorted."),
        ([(0, 1, 1), (1, "NaN", 1), (2, "", 3)], "2 minutes have no count (line 3 first); they are unknown."),
        ([("2026-09-01T02:00+02:00", 1, 1)], "1 minute are written in another zone (+0200); they are shown in UTC."),
        ([(0, 1, 1), (60 * 1440 + 1, 1, 1)], "1 minute lie in the future (line 3 first); they count as written, --until"),
        ([(n, n, n) for n in range(1, 80)], "The column total never falls and looks like a running total; if it is"),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_done_and_told(run: Backtest, rows: list[tuple[Any, Any, Any]], told: str) -> None:
    found = answer(run(text(rows), "--json"))
    assert any(warning.startswith(told) for warning in found["warnings"]), found["warnings"]
    assert found["attainment"] == 1.0


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(0, 2, 1), (1, 3, 1)], "line 2: 2026-09-01T00:00Z has more good (2) than total (1), and 1 more lines are alike"),
        ([(0, -1, 1)], "line 2: 2026-09-01T00:00Z has less than nothing (-1); correct them, or add --leave-out-wrong"),
        ([(0, 1, 1), (0, 1, 1)], "line 3: the minute 2026-09-01T00:00Z stands in line 2 already; keep one, or add both"),
        ([("2026-09-01T02:00+02:00", 1, 1), (0, 1, 1)], "line 3: the minute 2026-09-01T00:00Z stands in line 2 already"),
        ([("2026-09-01T00:00:30Z", 1, 1)], "line 2: the minute '2026-09-01T00:00:30Z' has seconds; add the counts up to"),
        ([("yesterday", 1, 1)], "line 2: the minute 'yesterday' is not a time such as 2026-11-23T10:05Z"),
        ([("1969-09-01T00:00", 1, 1)], "line 2: the minute '1969-09-01T00:00' lies before 1970; correct the clock"),
        ([("1971-09-01T00:00", 1, 1), (0, 1, 1)], "line 2 and line 3 lie more than ten years apart; correct the one"),
        ([(0, "many", 1)], "line 2: good 'many' is not a number"),
        ([(0, 1, "inf")], "line 2: total 'inf' is more than any service answers in a minute"),
        ([(0, "nan", 1)], "holds no minute with counts; write one line per minute below minute,good,total"),
        ([], "holds no minute with counts"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_line(run: Backtest, rows: list[tuple[Any, Any, Any]], told: str) -> None:
    assert refused(run(text(rows))).startswith(told)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1 must name the columns minute, good and total, each once"),
        ("minute,good,good,total\n", "line 1 must name the columns"),
        ("minute,good,total\n2026-09-01T00:00Z,1\n", "line 2 has 2 fields where line 1 names 3"),
        (b"minute,good,total\n\xff,1,1\n", "is not a CSV file in UTF-8: "),
        ('minute,good,total\n"2026,1,1\n', "is not a CSV file in UTF-8: "),
    ],
)
def test_a_file_that_is_no_series_is_told(run: Backtest, content: str | bytes, told: str) -> None:
    assert refused(run(content)).startswith(told)


def test_wrong_minutes_may_be_left_out_and_are_told(run: Backtest) -> None:
    found = answer(run(text([(0, 5, 1), (1, 1, 1), (2, -1, 1)]), "--json", "--leave-out-wrong"))
    assert (found["good"], found["total"]) == (1, 1)
    assert (
        "2 minutes cannot be (line 2: 2026-09-01T00:00Z has more good (5) than total (1)); they are unknown."
        in (found["warnings"])
    )
    assert "holds no minute that can be counted" in refused(run(text([(0, 5, 1)]), "--leave-out-wrong"))


def test_running_totals_become_increases_and_a_restart_counts_from_zero(run: Backtest) -> None:
    rows = [(0, 100, 100), (1, 110, 111), (2, 3, 4), (3, 7, 9)]
    found = answer(run(text(rows), "--json", "--counters"))
    assert (found["good"], found["total"]) == (10 + 3 + 4, 11 + 4 + 5)
    assert "The counters restarted 1 times; what they then show counts from 0." in found["warnings"]


def test_extrapolated_counts_are_added_exactly(run: Backtest) -> None:
    rows = [(number, "59.4", "60.0000000000000001") for number in range(100)]
    found = answer(run(text(rows), "--json"))
    assert (found["good"], found["total"], found["attainment"]) == (5940, 6000, 0.99)


def test_more_columns_blank_lines_and_capitals_are_fine(run: Backtest) -> None:
    found = answer(run("Total,Note,Minute,GOOD\n10,x,2026-09-01T00:00Z,9\n\n", "--json"))
    assert (found["good"], found["total"]) == (9, 10)


def test_one_of_several_slos_and_objectives_is_chosen(run: Backtest) -> None:
    two = SLO + "---\n" + SLO.replace("{name: answers}", "{name: other}").replace(
        "[{target: 0.999}]", "[{displayName: strict, target: 0.999}, {displayName: loose, target: 0.9}]"
    )  # fmt: skip
    rows = text([(0, 9, 10)])
    assert "holds the SLOs 'answers', 'other'; choose one with --name." in refused(run(rows, slo=two))
    assert "holds no SLO 'third'; it has 'answers', 'other'." in refused(run(rows, "--name", "third", slo=two))
    first = run(rows, "--json", "--name", "other", slo=two)
    assert (answer(first)["objective"], first.stderr.splitlines()[-1]) == (
        "strict", "This is the objective strict; --objective shows 'loose'.",
    )  # fmt: skip
    loose = answer(run(rows, "--json", "--name", "other", "--objective", "loose", slo=two))
    assert (loose["target"], loose["budget_remaining"]) == (0.9, 0.0)
    assert loose["pairs_that_can_never_fire"] == ["page 14.4 (1h, 5m)"]
    assert "no objective 'x'; it has 'strict', 'loose'" in refused(
        run(rows, "--name", "other", "--objective", "x", slo=two)
    )


def test_an_slo_that_cannot_be_used_is_told_with_its_line(run: Backtest) -> None:
    assert refused(run(text([(0, 1, 1)]), slo=SLO.replace("0.999", "99.9"))).endswith(
        "slo.yaml: line 13: spec.objectives.0.target: input should be less than 1, not '99.9'"
    )
    result = CliRunner().invoke(app, ["slo", "backtest", "--slo", "nowhere.yaml", "--series", "m.csv"])
    assert refused(result) == "nowhere.yaml is no file; name the file of one SLO with --slo."


def test_a_series_of_nothing_but_maintenance_is_no_data(run: Backtest) -> None:
    kept = SLO.replace(
        "{name: answers}", "{name: answers, annotations: {burnline/exclusions: 2026-08-01/2026-10-01 all of it}}"
    )
    rows = text([(0, 1, 2), (1, 0, 0)])
    found = answer(run(rows, "--json", slo=kept))
    assert (found["attainment"], found["budget_remaining"], found["state"]) == (None, None, "no data")
    assert found["interval_95"] is None
    out = run(rows, slo=kept).stdout
    assert "30d: no data." in out
    assert "nobody can tell when the budget is spent" in out
