"""When the worker closes the week before: at its time, once, and not while a source is late, but for a day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from burnline.cli import app
from burnline.context import Context, open_context
from burnline.review import close_if_due
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from store.schema import column_names, table
from store.tables import SourceHealth, SourceState
from tests.collectors.delivering import write

MONDAY_NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
"""12:00 in Berlin."""
WEEK_END = datetime(2026, 11, 22, 23)  # noqa: DTZ001  as the store keeps it


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    url = f"duckdb:///{tmp_path / 'store.duckdb'}"
    write(tmp_path / "burnline.toml", '[organization]\ntimezone = "Europe/Berlin"\n')
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, url)
    opened = open_context()
    yield opened
    opened.store.close()


def source(context: Context, watermark_at: datetime) -> None:
    """One source of releases that has delivered up to a moment."""
    health = dict.fromkeys(column_names(SourceHealth))
    health |= {
        "source": "github_releases",
        "first_started_at": WEEK_END,
        "watermark_at": watermark_at,
        "run_count": 1,
        "ok_count": 1,
        "failed_since_ok_count": 0,
        "reads_files": False,
    }
    state = {"source": "github_releases", "kind": "github_releases", "title": "GitHub", "role": "metrics"}
    with context.store.write() as connection:
        connection.execute(sa.delete(table(SourceHealth)))
        connection.execute(sa.delete(table(SourceState)))
        connection.execute(sa.insert(table(SourceHealth)).values(**health))
        connection.execute(sa.insert(table(SourceState)).values(**state, every_seconds=60, writes="release"))


def test_the_week_before_is_closed_at_its_time_and_once(context: Context) -> None:
    assert close_if_due(context, MONDAY_NOON - timedelta(minutes=1)) is None
    closed = close_if_due(context, MONDAY_NOON)
    assert closed is not None
    assert closed.sentence() == "2026-W47 is closed: 18 KPIs are on record with their facts and queries."
    assert close_if_due(context, MONDAY_NOON + timedelta(hours=1)) is None


def test_a_late_source_is_waited_for_but_not_for_ever(context: Context) -> None:
    source(context, WEEK_END - timedelta(hours=5))
    assert close_if_due(context, MONDAY_NOON + timedelta(hours=1)) is None
    source(context, WEEK_END)
    assert close_if_due(context, MONDAY_NOON + timedelta(hours=2)) is not None


def test_after_a_day_the_week_is_closed_without_the_late_source(context: Context) -> None:
    source(context, WEEK_END - timedelta(days=5))
    assert close_if_due(context, MONDAY_NOON + timedelta(hours=23)) is None
    assert close_if_due(context, MONDAY_NOON + timedelta(hours=24)) is not None
    with context.store.read() as connection:
        states = connection.execute(
            sa.text("select facts_state from kpi_snapshot where kpi = 'rollback_rate' and scope_type = 'all'")
        ).scalars()
        assert list(states) == ["late"]


def test_a_week_that_is_not_over_and_one_that_is_no_week_are_one_sentence(context: Context) -> None:
    told = CliRunner().invoke(app, ["review", "close", "--week", "2027-W53"])
    assert (told.exit_code, "2027-W53" in told.output) == (2, True)
    told = CliRunner().invoke(app, ["review", "show", "--week", "2026-99"])
    assert "is not an ISO week; write one such as 2026-W47" in told.output


def test_a_store_without_a_calendar_names_the_command_that_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, f"duckdb:///{tmp_path / 'store.duckdb'}")
    for words in ([], ["--week", "2026-W47"]):
        told = CliRunner().invoke(app, ["review", "show", *words])
        assert (told.exit_code, "run: python -m burnline db upgrade" in " ".join(told.output.split())) == (2, True)
    assert CliRunner().invoke(app, ["db", "upgrade"]).exit_code == 0
    assert CliRunner().invoke(app, ["review", "show"]).exit_code == 0
