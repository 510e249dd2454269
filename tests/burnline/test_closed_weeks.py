"""Closed weeks go on record by themselves: after `collect`, after an import, and in the worker."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from burnline.cli import app
from burnline.closing import record_closed_weeks
from burnline.context import Context, open_context, utc_now
from burnline.scheduler import Worker
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from store.engine import Store, open_store
from tests.collectors.delivering import SAMPLE, write

FOCUS = f"[sources.focus]\npath = '{SAMPLE}'\n"
SILENT = (
    "[sources.openai_costs]\naccount = 'org-1'\nadmin_key = 'env:BURNLINE_TEST_NO_SUCH_KEY'\n"
    "base_url = 'http://127.0.0.1:9'\n"
)
WEEKS = 6
"""Weeks in which the sample has charges; all are long over."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    url = f"duckdb:///{tmp_path / 'store.duckdb'}"
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    yield tmp_path
    open_store(url).close()


def weeks_on_record(store: Store) -> int:
    with store.read() as connection:
        query = "select count(distinct week_start) from cost_snapshot where scope_type = 'organization'"
        return int(connection.execute(sa.text(query)).scalar_one())


def opened(folder: Path) -> Store:
    return open_store(f"duckdb:///{folder / 'store.duckdb'}")


def test_collect_puts_closed_weeks_on_record(folder: Path) -> None:
    write(folder / "burnline.toml", FOCUS)
    assert CliRunner().invoke(app, ["collect"]).exit_code == 0
    assert weeks_on_record(opened(folder)) == WEEKS


def test_an_import_puts_closed_weeks_on_record(folder: Path) -> None:
    assert CliRunner().invoke(app, ["import", "focus", str(SAMPLE)]).exit_code == 0
    assert weeks_on_record(opened(folder)) == WEEKS


def test_collecting_one_source_waits_for_the_other_that_bills(folder: Path) -> None:
    write(folder / "burnline.toml", FOCUS + SILENT)
    assert CliRunner().invoke(app, ["collect", "--source", "focus"]).exit_code == 0
    assert weeks_on_record(opened(folder)) == 0


def worker_has_run(context: Context) -> bool:
    worker = Worker(context)
    worker.start()
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if weeks_on_record(context.store):
                return True
            time.sleep(0.1)
    finally:
        worker.stop(wait=True)
    return False


def test_the_worker_records_closed_weeks_after_a_load(folder: Path) -> None:
    write(folder / "burnline.toml", FOCUS)
    assert worker_has_run(open_context())


def test_a_worker_without_sources_records_what_was_imported_before(folder: Path) -> None:
    assert CliRunner().invoke(app, ["import", "focus", str(SAMPLE)]).exit_code == 0
    with opened(folder).write() as connection:
        connection.execute(sa.text("delete from cost_snapshot"))
    write(folder / "burnline.toml", "demo = true\n")
    assert worker_has_run(open_context())


def test_recording_again_finds_nothing_new(folder: Path) -> None:
    write(folder / "burnline.toml", FOCUS)
    assert CliRunner().invoke(app, ["collect"]).exit_code == 0
    assert record_closed_weeks(open_context(), utc_now()) == 0
