"""`python -m burnline slo lint` and `slo list`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.exit_codes import BAD_INPUT
from burnline.init import SLO_TEMPLATE, write_template
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from config.slo_files.loading import load_slos
from store.engine import open_store
from tests.config.slo_files.written import AVAILABILITY, LATENCY, changed, load

Command = Callable[..., Result]


@pytest.fixture
def slo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    return lambda *words: CliRunner().invoke(app, ["slo", *map(str, words)])


def test_lint_tells_every_problem_and_every_note(slo: Command, tmp_path: Path) -> None:
    load(tmp_path, a=changed(AVAILABILITY, "targetPercent: 99.9", "target: 0.9"), b=changed(LATENCY, "0.95", "95"))
    result = slo("lint")
    assert result.exit_code == BAD_INPUT
    assert "b.yaml: line 20: spec.objectives.0.target: input should be less than 1, not '95'" in result.stdout
    assert "the pair page 13.44 (1h, 5m) can never fire" in result.stdout
    assert "1 SLOs can be used, 1 problems." in result.stdout
    told = json.loads(slo("lint", "--json").stdout)
    assert (told["slos"], len(told["problems"]), len(told["notes"])) == (1, 1, 1)


def test_lint_is_content_with_one_good_file(slo: Command, tmp_path: Path) -> None:
    load(tmp_path, a=AVAILABILITY, b="kind: wrong")
    result = slo("lint", tmp_path / "slos" / "a.yaml")
    assert (result.exit_code, result.stdout) == (0, "1 SLOs can be used, 0 problems.\n")


def test_lint_refuses_a_series_with_more_good_than_total(slo: Command, tmp_path: Path) -> None:
    text = AVAILABILITY
    for spec in ("{indicator: availability, provider: open*, throttled: invalid}", "{indicator: requests}"):
        text = changed(text, f"burnline\n            spec: {spec}", "series\n            spec: {path: m.csv}")
    load(tmp_path, a=text)
    assert "m.csv cannot be read: No such file or directory" in slo("lint").stdout
    (tmp_path / "m.csv").write_text("minute,good,total\n2026-09-01T00:00Z,3,2\n")
    result = slo("lint")
    assert result.exit_code == BAD_INPUT
    assert "m.csv: line 2: 2026-09-01T00:00Z has more good (3) than total (2); correct them" in result.stdout
    (tmp_path / "m.csv").write_text("minute,good,total\n2026-09-01T00:00Z,2,3\n")
    assert slo("lint").exit_code == 0


PROMETHEUS = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: NAME}
spec:
  service: chat
  indicator:
    spec:
      ratioMetric:
        good: {metricSource: {type: prometheus, spec: {query: "good", source: SOURCE}}}
        total: {metricSource: {type: prometheus, spec: {query: "total"}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  objectives: [{target: 0.99}]
"""
SERVERS = "".join(
    f"[sources.{name}]\nkind = 'prometheus'\nbase_url = 'http://127.0.0.1:9'\nenabled = {enabled}\n"
    for name, enabled in (("east", "true"), ("west", "true"), ("old", "false"))
)
NAMED_BY_NONE = (
    "one.yaml: line 6: SLO 'one': burnline.toml has the Prometheus sources east, west, so nobody counts it; "
    "write source: NAME beside its query, or as connectionDetails of its DataSource"
)
SWITCHED_OFF = (
    "two.yaml: line 6: SLO 'two': burnline.toml enables no source 'old' of the kind prometheus, so nobody counts it; "
    "use east, west, or add [sources.old]"
)


def write_prometheus_slos(folder: Path) -> None:
    """One that names no source, one that names a source that is switched off, and one that is counted."""
    files = {
        "one": changed(changed(PROMETHEUS, "NAME", "one"), ", source: SOURCE", ""),
        "two": changed(changed(PROMETHEUS, "NAME", "two"), "SOURCE", "old"),
        "three": changed(changed(PROMETHEUS, "NAME", "three"), "SOURCE", "east"),
    }
    load(folder, **files)


def test_an_slo_that_no_prometheus_server_is_asked_for_is_told_and_listed(slo: Command, tmp_path: Path) -> None:
    write_prometheus_slos(tmp_path)
    assert slo("lint").exit_code == 0, "without burnline.toml nobody knows which servers there are"
    (tmp_path / "burnline.toml").write_text(SERVERS)
    result = slo("lint")
    assert result.exit_code == BAD_INPUT
    assert [line.rpartition("/slos/")[2] for line in result.stdout.splitlines()] == [
        NAMED_BY_NONE, SWITCHED_OFF, "3 SLOs can be used, 2 problems."
    ]  # fmt: skip
    result = slo("list", "--json")
    assert [row["slo"] for row in json.loads(result.stdout)] == ["one", "three", "two"]
    assert NAMED_BY_NONE in result.stderr
    (tmp_path / "burnline.toml").write_text(SERVERS.replace("enabled = true", "enabled = false"))
    assert slo("lint").stdout.count("enables no source of the kind prometheus, so nobody counts it; add [sources.") == 3
    only = SERVERS.replace("enabled = true", "enabled = false", 1)
    (tmp_path / "burnline.toml").write_text(only)
    assert "SLO 'one'" not in slo("lint").stdout, "where there is one server it needs no name"


def test_the_doctor_names_an_slo_that_nobody_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"duckdb:///{tmp_path / 'store.duckdb'}"
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    write_prometheus_slos(tmp_path)
    (tmp_path / "burnline.toml").write_text(SERVERS.replace("enabled = true", "enabled = false"))
    found = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    open_store(url).close()
    assert sum("so nobody counts it" in one["sentence"] for one in found if not one["ok"]) == 3


def test_lint_of_a_folder_that_is_not_there_says_so(slo: Command) -> None:
    result = slo("lint")
    assert result.exit_code == BAD_INPUT
    assert "does not exist; write an SLO there first" in result.stderr


def test_every_objective_is_listed(slo: Command, tmp_path: Path) -> None:
    load(tmp_path, a=AVAILABILITY, b=LATENCY, c="kind: wrong")
    result = slo("list", "--json")
    rows = json.loads(result.stdout)
    assert [(row["slo"], row["tier"], row["target"], row["window"]) for row in rows] == [
        ("chat-availability", "critical", "99.9%", "28d"),
        ("chat-latency", "standard", "95%", "1M"),
    ]
    assert "c.yaml: line 1: apiVersion is None" in result.stderr
    assert (
        "conversational-ai" in slo("list").stdout.replace("\n", "").replace("│ ", "") or "99.9%" in slo("list").stdout
    )


def test_init_writes_an_slo_to_start_from_that_can_be_used(tmp_path: Path) -> None:
    write_template(tmp_path)
    path = tmp_path / "slos" / "example.yaml"
    assert load_slos(tmp_path).definitions == ()
    path.write_text("".join(line.removeprefix("# ") for line in SLO_TEMPLATE.splitlines(keepends=True)[3:]))
    found = load_slos(tmp_path)
    assert [str(problem) for problem in found.problems] == []
    assert [definition.name for definition in found.definitions] == ["chat-answers"]


def test_init_leaves_an_slo_that_is_there(tmp_path: Path) -> None:
    load(tmp_path, example=AVAILABILITY)
    write_template(tmp_path)
    assert [definition.name for definition in load_slos(tmp_path).definitions] == ["chat-availability"]
