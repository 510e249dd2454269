"""`review report`, `review export` and `review post`: what they write, and one sentence for what is wrong."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner, Result

from burnline import review_commands
from burnline.cli import app
from burnline.context import open_context
from burnline.exit_codes import BAD_INPUT
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE, Organization
from queries.runner import run
from store.calendar import sync_calendar
from store.engine import open_store
from store.kpi_notes import add_action

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
Command = Callable[..., Result]


@pytest.fixture
def burnline(duckdb_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """The commands on a store with a calendar and nothing else, in an empty folder."""
    url = f"duckdb:///{shutil.copy(duckdb_template, tmp_path / 'store.duckdb')}"
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    monkeypatch.setattr(review_commands, "utc_now", lambda: NOW)
    (tmp_path / "burnline.toml").write_text('[review]\nto = "board"\n')
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    store = open_store(url)
    sync_calendar(store, Organization(), (), NOW.date())
    runner = CliRunner()
    yield lambda *words: runner.invoke(app, ["review", *words])
    store.close()


def test_a_report_is_written_where_it_is_asked_for(burnline: Command, tmp_path: Path) -> None:
    assert burnline("report").output == "Wrote burnline-review-2026-W47.html.\n"
    assert Path("burnline-review-2026-W47.html").read_text().startswith("<!doctype html>")
    burnline("report", "--week", "2026-W46", "--out", str(tmp_path / "new" / "paper.pdf"))
    assert (tmp_path / "new" / "paper.pdf").read_bytes().startswith(b"%PDF-")
    burnline("report", "--format", "pdf", "--out", str(tmp_path / "new"))
    assert (tmp_path / "new" / "burnline-review-2026-W47.pdf").exists()
    assert not list(tmp_path.rglob("*.part"))


def test_an_export_is_a_folder_or_a_zip(burnline: Command, tmp_path: Path) -> None:
    assert burnline("export").output == "burnline-review-2026-W47.zip holds everything behind 2026-W47.\n"
    with ZipFile("burnline-review-2026-W47.zip") as packed:
        zipped = {name.partition("/")[2] for name in packed.namelist()}
    assert "23 files" in burnline("export", "--out", str(tmp_path / "all")).output
    assert {str(path.relative_to(tmp_path / "all")) for path in (tmp_path / "all").rglob("*.csv")} == zipped


def test_a_dry_run_prints_the_message_and_decides_nothing(burnline: Command) -> None:
    told = burnline("post", "--dry-run")
    assert told.exit_code == 0
    assert told.output.startswith("Weekly review 2026-W47 · 16–22 Nov 2026\n\nNo KPI can be judged yet")
    assert "http://127.0.0.1:8501/?week=2026-W47" in told.output


def test_a_promise_is_ended_by_somebody_who_is_named(burnline: Command, tmp_path: Path) -> None:
    store = open_context(sync=False).store
    week = datetime(2026, 11, 16, tzinfo=UTC).date()
    key = add_action(store, "mttd", week, "Marek Osei", "Page on the first probe", week, "Ann", NOW)
    line = f"{key[:8]}  Time to detect: ▲ Overdue · Page on the first probe (Marek Osei, due 16 Nov 2026)"
    assert burnline("show").output.splitlines()[-1] == line
    ended = burnline("end", key[:8], "--as", "done", "--by", "Yuki", "--result", "it pages")
    assert ended.output == "Done by Yuki: Page on the first probe\n"
    told = "✓ Done · Page on the first probe (Marek Osei, due 16 Nov 2026); done by Yuki on 23 Nov 2026: it pages"
    assert burnline("show").output.splitlines()[-1].endswith(told)
    (kept,) = json.loads(burnline("show", "--json").output)["promises"]
    assert (kept["closed_by"], kept["result"]) == ("Yuki", "it pages")
    (act,) = [one for one in run(store, "ops/audit_log", since=NOW).rows() if one["action"] == "done"]
    assert (act["actor"], act["subject"]) == ("Yuki", f"action/{key}")
    assert burnline("end", key, "--as", "done").stderr.startswith(f"No open promise has an id that begins with {key!r}")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("end", "abc", "--as", "open"), "--as 'open' is not how a promise ends; write done or dropped."),
        (("end", "", "--as", "done"), "No open promise has an id that begins with ''; see: "),
        (("report", "--format", "docx"), "--format 'docx' is not one of its formats; write html or pdf."),
        (
            ("report", "--out", "/dev/null/x.html"),
            "/dev/null/x.html cannot be written: a file is where its folder",
        ),
        (("export", "--out", "/dev/null/x"), "/dev/null/x/scorecard.csv cannot be written: "),
        (("report", "--week", "2026-W48"), "2026-W48 is not over before 2026-11-30 00:00 UTC; choose a week that is."),
        (("export", "--week", "47"), "--week '47' is not an ISO week; write one such as 2026-W47."),
        (("post",), "[review] to = 'board' names no usable [to.board] of routes.toml; declare it there."),
    ],
    ids=lambda told: " ".join(told) if isinstance(told, tuple) else "",
)
def test_what_is_wrong_is_one_sentence(burnline: Command, words: tuple[str, ...], sentence: str) -> None:
    told = burnline(*words)
    assert told.exit_code == BAD_INPUT
    assert told.stderr.startswith(sentence)
    assert told.stderr.count("\n") == 1


def test_a_review_to_nowhere_is_a_problem_of_its_file(burnline: Command) -> None:
    assert burnline("show").exit_code == 0
    (problem,) = [str(one) for one in open_context(warn=False).problems]
    assert "burnline.toml: [review] to = 'board' names no usable" in problem
