"""The state of a source."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import freshness

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
STALE = timedelta(hours=6)


def _row(source: str, **facts: Any) -> dict[str, Any]:
    known = {"last_status": "ok", "running_kind": None, "watermark_at": NOW.replace(tzinfo=None)}
    known |= {"every_seconds": None, "reads_files": False, "last_kind": "refresh", "last_finished_at": None}
    return {"source": source, **known, **facts}


def _states(*rows: dict[str, Any], configured: tuple[str, ...] = ()) -> dict[str, str]:
    return {s.source: s.state for s in freshness.states(rows, dict.fromkeys(configured), NOW, STALE)}


def test_the_newest_ended_run_decides_even_while_another_is_under_way() -> None:
    assert _states(_row("a", last_status="failed", running_kind="scheduled")) == {"a": "failing"}


def test_only_a_configured_source_can_be_late() -> None:
    old = NOW.replace(tzinfo=None) - timedelta(hours=7)
    rows = (_row("a", watermark_at=old), _row("b", watermark_at=old))
    assert _states(*rows, configured=("a",)) == {"a": "late", "b": "ok"}


def test_a_configured_source_without_a_run_is_waiting() -> None:
    found = freshness.states([], {"new": None}, NOW, STALE)
    assert [(s.source, s.state, s.is_loading_history) for s in found] == [("new", "waiting", True)]


def test_a_backfill_is_history_loading_and_a_later_run_is_not() -> None:
    rows = [_row("a", last_status=None, running_kind="backfill"), _row("b", running_kind="scheduled")]
    assert [s.is_loading_history for s in freshness.states(rows, {}, NOW, STALE)] == [True, False]


def test_the_gravest_comes_first_and_the_summary_names_it() -> None:
    rows = [_row("a"), _row("b", last_status="failed"), _row("c", watermark_at=None)]
    found = freshness.states(rows, {"c": None}, NOW, STALE)
    assert [s.state for s in found] == ["failing", "late", "ok"]
    assert freshness.summary(found) == "1 source failing, 1 source late"
    assert freshness.summary(found[2:]) == ""


def test_a_source_is_late_by_its_own_limit_else_after_two_missed_runs() -> None:
    seven_hours_old = NOW.replace(tzinfo=None) - timedelta(hours=7)
    every_six_hours = _row("slow", watermark_at=seven_hours_old, every_seconds=6 * 3600)
    strict = _row("strict", watermark_at=seven_hours_old, every_seconds=6 * 3600)
    found = freshness.states([every_six_hours, strict], {"slow": None, "strict": timedelta(hours=1)}, NOW, STALE)
    assert {s.source: s.state for s in found} == {"slow": "ok", "strict": "late"}


def test_files_are_late_only_by_a_limit_of_their_own() -> None:
    files = _row("files", watermark_at=NOW.replace(tzinfo=None) - timedelta(days=30), reads_files=True)
    assert _states(files, configured=("files",)) == {"files": "ok"}


@pytest.mark.parametrize(("days", "share"), [(120, 0.0), (90, 0.25), (0, 1.0), (-1, 1.0), (121, 0.0)])
def test_the_share_of_history_loaded_is_the_share_of_its_days(days: int, share: float) -> None:
    naive = NOW.replace(tzinfo=None)
    loading = {"running_kind": "backfill", "backfill_start_at": naive - timedelta(days=120)}
    (found,) = freshness.states([_row("a", watermark_at=naive - timedelta(days=days), **loading)], {}, NOW, STALE)
    assert freshness.loaded_share(found, NOW) == share


def test_before_the_first_window_is_loaded_the_share_is_nothing_and_after_the_backfill_all() -> None:
    (waiting,) = freshness.states([], {"new": None}, NOW, STALE)
    (begun,) = freshness.states([_row("a", running_kind="backfill", watermark_at=None)], {}, NOW, STALE)
    (loaded,) = freshness.states([_row("a")], {}, NOW, STALE)
    assert [freshness.loaded_share(state, NOW) for state in (waiting, begun, loaded)] == [0.0, 0.0, 1.0]


def test_between_two_windows_of_a_backfill_a_source_is_still_loading_its_history() -> None:
    naive = NOW.replace(tzinfo=None)
    row = _row(
        "a",
        watermark_at=naive - timedelta(days=90),
        last_kind="backfill",
        last_finished_at=naive - timedelta(seconds=2),
    )
    (found,) = freshness.states([row], {"a": None}, NOW, STALE)
    assert (found.state, found.is_loading_history) == ("running", True)
