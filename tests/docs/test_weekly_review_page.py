"""What docs/weekly-review.md tells an operator to write is understood, and it names every KPI as it is shipped."""

import re
import tomllib
from pathlib import Path

from config.reference.kpis import read_kpis
from config.reference.problem import Problems
from config.settings import Settings
from domain.kpi.target import Form, parse_target
from queries.kpi_definitions import shipped

TEXT = (Path(__file__).parents[2] / "docs" / "weekly-review.md").read_text(encoding="utf-8")
CHOICES, SETTINGS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_every_kpi_is_listed_with_its_name_cadence_and_target() -> None:
    listed = re.findall(r"^\| `(\w+)` \| (.+?) \| (\w+) \| (.+) \|$", TEXT, re.MULTILINE)
    assert {(key, name, cadence) for key, name, cadence, _ in listed} == {
        (kpi.key, kpi.name, kpi.cadence) for kpi in shipped().values()
    }
    for key, _, _, told in listed:
        kpi = shipped()[key]
        assert re.findall("`(.+?)`", told) == [one.text for one in (*kpi.targets.values(), *kpi.limits.values())]


def test_the_example_of_kpis_toml_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "kpis.toml"
    path.write_text(CHOICES, encoding="utf-8")
    problems = Problems(path)
    found = read_kpis(problems, frozenset(shipped()))
    assert not problems.found
    assert {choice.key: choice.off for choice in found}["stakeholder_satisfaction"]
    assert {choice.key: len(choice.targets) for choice in found}["evaluation_coverage"] == 2
    assert {choice.key: len(choice.limits) for choice in found}["incident_rate"] == 2


def test_the_example_of_the_settings_is_understood() -> None:
    review = Settings(**tomllib.loads(SETTINGS)).review
    assert (review.to, review.folder, review.close, review.wait) == ("leadership", "/srv/reviews", "Mon 12:00", "24h")


def test_every_form_of_a_target_that_it_shows_can_be_read() -> None:
    (rows,) = re.findall(r"\| a target \| .*?\n\|---\|---\|\n(.*?)\n\n", TEXT, re.DOTALL)
    forms = {parse_target(text).form for row in rows.split("\n") for text in re.findall("`(.+?)`", row.split(" | ")[0])}
    assert forms == set(Form)
