"""kpis.toml: targets and limits by tier, and what is wrong with them told with their line."""

from pathlib import Path

from config.reference.kpis import KpiChoice, read_kpis
from config.reference.problem import Problems
from domain.kpi.target import parse_limit, parse_target
from queries.kpi_definitions import chosen, shipped


def read(tmp_path: Path, text: str) -> tuple[tuple[KpiChoice, ...], list[str]]:
    path = tmp_path / "kpis.toml"
    path.write_text(text, encoding="utf-8")
    problems = Problems(path)
    return read_kpis(problems, frozenset(shipped())), [f"{one.line}: {one.sentence}" for one in problems.found]


def test_a_limit_is_overridden_by_tier_or_taken_away(tmp_path: Path) -> None:
    text = """
[kpi.incident_rate]
limit = "sev1_in_quarter_count <= 3"
limits = { critical = "sev1_in_quarter_count < 1" }
[kpi.mttr]
limit = "open_count < 5"
"""
    choices, problems = read(tmp_path, text)
    assert not problems
    kpis = {kpi.key: kpi for kpi in chosen(choices)}
    rate = kpis["incident_rate"]
    assert (rate.limit(), rate.target()) == (parse_limit("sev1_in_quarter_count <= 3"), parse_target("falling"))
    assert rate.limit("critical") == parse_limit("sev1_in_quarter_count < 1")
    assert rate.strict_tiers == ("critical",)
    assert kpis["mttr"].limit() == parse_limit("open_count < 5")
    gone, problems = read(tmp_path, '[kpi.incident_rate]\nlimit = "none"\n')
    assert (problems, {kpi.key: kpi.limit() for kpi in chosen(gone)}["incident_rate"]) == ([], None)


def test_a_limit_that_cannot_be_read_or_has_no_figure_is_a_problem_of_its_row(tmp_path: Path) -> None:
    choices, problems = read(tmp_path, '[kpi.incident_rate]\nlimit = "few"\n')
    assert [line.partition("; ")[0] for line in problems] == ["1: [kpi.incident_rate] limit: 'few' is not a limit"]
    assert choices[0].problem.startswith("kpis.toml: line 1: limit: 'few' is not a limit; write a figure")
    choices, problems = read(tmp_path, '[kpi.incident_rate]\nlimit = "sev9_count < 2"\n')
    told = next(kpi.problem for kpi in chosen(choices) if kpi.key == "incident_rate")
    assert (problems, told.partition(", which")[0]) == ([], "its limit is on 'sev9_count'")
    _, problems = read(tmp_path, '[kpi.incident_rate]\nlimits = { vital = "sev1_count < 2" }\n')
    assert problems == ["1: [kpi.incident_rate] limits.vital: 'vital' is no tier; use critical, standard, internal"]


def test_every_misspelling_is_told_with_its_line_and_key_and_the_rest_is_read(tmp_path: Path) -> None:
    text = """[kpi.rollback_rat]
target = "< 5%"
[kpi.mttd]
targt = "< 5"
[kpi.mttr]
target = "quick"
[kpi.hiring]
target = "<= 75"
"""
    choices, problems = read(tmp_path, text)
    assert problems[0] == "1: there is no KPI 'rollback_rat'; did you mean rollback_rate"
    assert problems[1].startswith("3: [kpi.mttd] ")
    assert "targt" in problems[1]
    assert problems[2].startswith("5: [kpi.mttr] target: 'quick' is not a target; write one such as")
    found = {kpi.key: kpi for kpi in chosen(choices)}
    assert found["hiring"].target() == parse_target("<= 75")
    assert found["mttr"].problem.startswith("kpis.toml: line 5: target: 'quick'")
    assert not found["rollback_rate"].problem
