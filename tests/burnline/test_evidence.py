"""Packs of evidence: the same data give the same bytes, nothing secret is inside, and every mistake is one sentence."""

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from burnline.cli import app
from burnline.context import Context, open_context
from burnline.evidence import FILES, make_pack
from burnline.evidence_span import scope_of, span_of
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE, SettingsError, StoreSettings
from queries.catalog import catalog
from queries.kpis import Filters
from queries.runner import run
from store.engine import Store, open_store
from tests.conftest import fresh_postgres
from tests.support.evidence import fill

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
NOW = datetime(2025, 11, 20, 8, tzinfo=UTC)
OCTOBER = span_of("2025-10-01", "2025-11-01", "Europe/Berlin", NOW)
SPAN = ("--from", "2025-10-01", "--to", "2025-11-01")
SECRET = "sk-admin-0123456789-never-told"
CONFIG = f"""
[organization]
name = "Larkfield"
timezone = "Europe/Berlin"
[server]
public_url = "https://ana:{SECRET}@burnline.example"
[slack]
bot_token = "env:EVIDENCE_SECRET"
channel = "C1"
[alerts]
off = ["slo_burn"]
[sources.openai_costs]
account = "{SECRET}"
admin_key = "env:EVIDENCE_SECRET"
base_url = "https://{SECRET}.example"
[sources.spare]
kind = "openai_costs"
enabled = false
account = "org-2"
admin_key = "file:/run/secrets/spare"
"""


@pytest.fixture
def folder(duckdb_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fill(duckdb_store)
    (tmp_path / "burnline.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("EVIDENCE_SECRET", SECRET)
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, f"duckdb:///{tmp_path / 'store.duckdb'}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def context(folder: Path) -> Context:
    return open_context(sync=False)


@pytest.fixture
def other_store(duckdb_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A second store, empty."""
    store = open_store(f"duckdb:///{shutil.copy(duckdb_template, tmp_path / 'other.duckdb')}")
    yield store
    store.close()


def burnline(*words: str) -> Result:
    return CliRunner().invoke(app, ["evidence", *words])


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def table(content: bytes, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(members(content)[f"{name}.csv"].decode(), newline="")))


def manifest(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(members(content)["manifest.json"])
    return found


def test_the_same_rows_give_the_same_bytes_on_every_engine_and_in_every_order(
    context: Context, other_store: Store, postgres_url: str
) -> None:
    pack = make_pack(context, OCTOBER, Filters())
    assert make_pack(context, OCTOBER, Filters()).content == pack.content
    fill(other_store, reverse=True)
    assert make_pack(replace(context, store=other_store), OCTOBER, Filters()).content == pack.content
    for postgres in fresh_postgres(postgres_url):
        fill(postgres, reverse=True)
        assert make_pack(replace(context, store=postgres), OCTOBER, Filters()).content == pack.content


def test_a_pack_holds_what_its_span_knows(context: Context) -> None:
    content = make_pack(context, OCTOBER, Filters()).content
    releases = {row["release_id"]: row for row in table(content, "releases")}
    assert {key: row["is_evaluated_before"] for key, row in releases.items()} == {
        "r1": "true",
        "R2": "false",
        "r3": "false",
    }
    assert (releases["r1"]["approval_count"], releases["r1"]["spec_approved_at"]) == ("2", "2025-10-07T12:00:00Z")
    assert [row["score"] for row in table(content, "evaluations")] == ["", "0.30000000000000004", "0.3333333333333333"]
    slos = {
        row["slo"]: (row["total_count"], row["good_ratio"], row["is_met"]) for row in table(content, "slo_attainment")
    }
    assert slos == {
        "chat-availability": ("2000", "0.9985", "false"),
        "gone": ("1000", "0.001", ""),
        "idle": ("", "", ""),
    }
    incidents = {row["incident_id"]: row for row in table(content, "incidents")}
    assert set(incidents) == {"i1", "I2"}
    first = incidents["i1"]
    assert (first["detect_seconds"], first["acknowledge_seconds"], first["impact_seconds"]) == ("3599", "0", "7200")
    assert first["postmortem_state"] == "overdue"
    assert {row["action_id"]: (row["due_state"], row["team"]) for row in table(content, "incident_actions")} == {
        "a1": ("overdue", "Care"),
        "A2": ("undated", ""),
    }
    safety = {row["feature"]: row for row in table(content, "safety")}
    assert (safety["chat"]["violations_per_10k"], safety["chat"]["leaked_count"]) == ("35", "")
    (fresh,) = table(content, "source_freshness")
    assert (fresh["complete_to"], fresh["run_count"], fresh["failed_count"]) == ("2025-10-15T12:00:00Z", "2", "1")
    assert table(content, "source_runs")[1]["error_message"] == "refused (401), “try again”\nlater"
    assert [row["before_value"] for row in table(content, "restatements")] == ["1.500000000001"]
    assert [row["value"] for row in table(content, "closed_weeks")] == ["0.6666666666666666"] * 3
    assert [row["text"] for row in table(content, "closed_week_queries")] == ["select\n  1"]
    promises = {
        row["action_id"]: (row["state"], row["created_by"], row["closed_by"]) for row in table(content, "promises")
    }
    assert promises == {"P2": ("done", "Ana", "Über"), "p3": ("open", "Ana", "")}
    assert [row["state"] for row in table(content, "evidence_requests")] == ["open"]
    assert [row["actor"] for row in table(content, "access_log")] == ["Ana", "ben"]
    assert [(row["actor"], row["transition"]) for row in table(content, "alert_answers")] == [("Ana", "acknowledged")]
    assert [row["reason"] for row in table(content, "silences")] == ["moving house"]


def test_the_manifest_names_every_file_its_question_and_its_bounds(context: Context) -> None:
    content = make_pack(context, OCTOBER, Filters()).content
    told = manifest(content)
    assert told["span"]["start"] == "2025-09-30T22:00:00+00:00"
    assert told["span"]["end_local"] == "2025-11-01T00:00:00+01:00"
    assert told["burnline"]["store_schema"]
    files = {entry["name"]: entry for entry in told["files"]}
    assert set(files) == {"data_handling.json", *(f"{name}.csv" for name in FILES)}
    assert {name for name, entry in files.items() if not entry.get("can_be_narrowed")} == {
        "data_handling.json",
        "closed_week_queries.csv",
        "promises.csv",
        "source_freshness.csv",
        "source_runs.csv",
        "restatements.csv",
        "access_log.csv",
        "alert_answers.csv",
        "silences.csv",
    }
    assert files["incident_actions.csv"]["parameters"]["end_on"] == "2025-11-01"
    assert not re.search(rb"20(?!25|00)\d\d-\d\d-\d\dT", members(content)["manifest.json"])


def test_every_question_of_evidence_is_in_the_pack_and_in_its_page() -> None:
    folder = {name.partition("/")[2] for name in catalog() if name.startswith("evidence/")}
    assert folder == {*FILES, "scopes"}
    listed = re.findall(r"^\| `(\w+)\.csv` \|.*\| (yes|no) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    narrowed = {name: "yes" if "feature" in catalog()[f"evidence/{name}"].params else "no" for name in FILES}
    assert dict(listed) == narrowed


@pytest.mark.parametrize(
    ("given", "releases", "closed"),
    [
        (["feature:chat"], {"r1"}, {"chat"}),
        (["team:Care"], {"r1", "r3"}, set()),
        (["tier:standard"], {"R2"}, set()),
        (["feature:chat", "feature:Search"], {"r1", "R2"}, {"chat"}),
        (["team:Über", "feature:chat"], set(), {"chat", "Über"}),
    ],
)
def test_a_scope_narrows_what_knows_it(
    context: Context, given: list[str], releases: set[str], closed: set[str]
) -> None:
    scope = scope_of(given, run(context.store, "evidence/scopes").rows())
    content = make_pack(context, OCTOBER, scope).content
    assert {row["release_id"] for row in table(content, "releases")} == releases
    assert {row["scope"] for row in table(content, "closed_weeks")} == closed
    assert len(table(content, "source_runs")) == 2
    assert manifest(content)["scope"] == {name: list(values) for name, values in scope.given().items()}


def test_no_secret_no_address_and_no_account_is_in_a_pack(context: Context) -> None:
    url = StoreSettings(url=f"postgresql://ana:{SECRET}@db.example/burnline")
    content = make_pack(
        replace(context, settings=context.settings.model_copy(update={"store": url})), OCTOBER, Filters()
    ).content
    assert SECRET.encode() not in content
    assert b"db.example" not in content
    told = json.loads(members(content)["data_handling.json"])
    assert [one["secret_references"] for one in told["sources"]] == [{"admin_key": "env:EVIDENCE_SECRET"}]
    assert told["alerts"] == {
        "rules_off": ["slo_burn"],
        "secret_references": {"slack.bot_token": "env:EVIDENCE_SECRET"},
    }
    assert told["switched_off_sources"] == ["spare"]


def test_an_empty_store_gives_a_pack_without_rows(context: Context, other_store: Store) -> None:
    pack = make_pack(replace(context, store=other_store), OCTOBER, Filters())
    assert pack.row_count == 0
    assert all(content.count(b"\n") == 1 for name, content in members(pack.content).items() if name.endswith(".csv"))


def test_a_pack_is_written_verified_and_put_on_the_access_log(folder: Path) -> None:
    wrote = burnline(*SPAN, "--by", "Ana")
    assert wrote.exit_code == 0
    path = folder / "burnline-evidence-2025-10-01-2025-11-01.zip"
    before = path.read_bytes()
    (act,) = [
        row
        for row in run(open_context(sync=False).store, "ops/audit_log", since=NOW).rows()
        if row["action"] == "exported evidence"
    ]
    assert (act["actor"], act["subject"]) == ("Ana", "evidence/2025-10-01/2025-11-01")
    assert act["detail"].removeprefix("everything; SHA-256 ") in wrote.output
    whole = burnline("verify", str(path))
    assert (whole.exit_code, "evidence of Larkfield from 2025-10-01" in whole.output) == (0, True)
    again = burnline(*SPAN, "--by", "Ben")
    assert (again.exit_code, "exists already" in again.output) == (2, True)
    assert burnline(*SPAN, "--force").exit_code == 0
    assert path.read_bytes() == before
    assert [one.name for one in folder.glob(".burnline-evidence*")] == []
    path.write_bytes(before.replace(b"Answers are slow", b"Answers are fast", 1))
    broken = burnline("verify", str(path))
    assert (broken.exit_code, "incidents.csv is damaged" in broken.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "A pack needs a span"),
        (("--from", "2025-10-01"), "A pack needs a span"),
        (("--from", "2025-11-01", "--to", "2025-10-01"), "--from 2025-11-01 is not before --to 2025-10-01"),
        (("--from", "October", "--to", "2025-10-01"), "--from: the date 'October' is not a day"),
        (("--from", "2025-10-01", "--to", "2890-01-01"), "--to 2890-01-01 is not over"),
        ((*SPAN, "--scope", "chat"), "--scope 'chat' is none of feature:NAME, team:NAME, tier:NAME"),
        ((*SPAN, "--scope", "team:Nobody"), "nothing stored is of this team; there are: Care, Über"),
        ((*SPAN, "--out", "."), "is a folder"),
        ((*SPAN, "--out", "nowhere/pack.zip"), "nowhere/pack.zip cannot be written: No such file"),
        (("verify", "nowhere.zip"), "nowhere.zip cannot be read: No such file"),
    ],
)
def test_a_mistake_is_one_sentence(folder: Path, words: tuple[str, ...], told: str) -> None:
    result = burnline(*words)
    assert result.exit_code == 2
    assert told in result.output
    assert result.output.strip().count("\n") == 0
    assert not list(folder.glob("*.zip"))


def test_what_is_no_pack_is_told_with_the_code_of_a_failed_check(tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    path.write_text("no zip")
    result = burnline("verify", str(path))
    assert (result.exit_code, result.output.strip().count("\n")) == (1, 0)
    assert "is no zip that can be read" in result.output


def test_a_span_may_end_today_by_the_organisations_clock_and_no_later() -> None:
    late = datetime(2025, 11, 19, 23, 30, tzinfo=UTC)
    assert span_of("2025-11-01", "2025-11-20", "Europe/Berlin", late).window.end < late
    with pytest.raises(SettingsError, match="--to 2025-11-19 is the latest"):
        span_of("2025-11-01", "2025-11-20", "UTC", late)


def test_a_pack_that_cannot_be_put_in_place_is_not_on_record(
    context: Context, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No room")

    monkeypatch.setattr(Path, "replace", full)
    result = burnline(*SPAN)
    assert (result.exit_code, "cannot be written: No room" in result.output) == (2, True)
    assert not list(folder.glob("*zip*")) + list(folder.glob(".*zip*"))
    assert "exported evidence" not in {row["action"] for row in run(context.store, "ops/audit_log", since=NOW).rows()}
