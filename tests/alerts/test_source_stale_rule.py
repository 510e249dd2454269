"""The source rule as a pure function: late, refused, or merely on its way."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.base import Finding, Situation
from alerts.rules.source_stale import QUERY, RULE
from config.settings import Settings
from tests.alerts.support import NOW

REFUSED = "openai_usage: the admin key was refused (401). Make a new one and set OPENAI_ADMIN_KEY."


def hours(count: float) -> datetime:
    return (NOW - timedelta(hours=count)).replace(tzinfo=None)


def row(**changes: Any) -> dict[str, Any]:
    """A source that ran well an hour ago."""
    values = {
        "source": "openai_usage",
        "first_started_at": hours(2000),
        "running_since_at": None,
        "last_status": "ok",
        "last_started_at": hours(1),
        "watermark_at": hours(1),
        "error_kind": None,
        "error_message": None,
        "failed_since_ok_count": 0,
        "reads_files": False,
    }
    return values | changes


def found(own: dict[str, Any] | None = None, every: timedelta | None = None, **changes: Any) -> Finding:
    settings = Settings(sources={"openai_usage": own or {}})
    situation = Situation(NOW, settings, {"openai_usage": every} if every else {})
    (finding,) = RULE.find({QUERY: [row(**changes)]}, situation)
    return finding


def test_a_source_within_its_limit_is_fresh_and_one_past_it_is_late() -> None:
    assert found(watermark_at=hours(6)).state == "over"
    late = found(watermark_at=hours(6.1))
    assert (late.state, late.level, late.severity) == ("firing", 1, "ticket")
    assert late.title == "openai_usage is late"
    assert late.summary == (
        "The data of openai_usage are complete up to 22 Nov 2026 02:20 UTC, 6 hours 6 minutes ago, 6 hours are "
        "allowed, and no run failed: check that the scheduler runs (python -m burnline run), or load it by hand: "
        "python -m burnline collect --source openai_usage"
    )
    assert late.page_path == "sources?source=openai_usage"


def test_a_source_has_two_of_its_own_runs_before_it_is_late() -> None:
    assert found(every=timedelta(hours=6), watermark_at=hours(11)).state == "over"
    assert found(every=timedelta(hours=6), watermark_at=hours(12.1)).state == "firing"
    assert found({"every": "1d"}, watermark_at=hours(47)).state == "over"


def test_its_own_limit_wins() -> None:
    assert found({"stale_after": "2h"}, watermark_at=hours(2.1)).state == "firing"
    assert found({"stale_after": "2d"}, every=timedelta(hours=1), watermark_at=hours(47)).state == "over"


def test_a_fatal_failure_fires_at_once_with_the_sentence_that_says_what_to_do() -> None:
    failed: dict[str, Any] = {"last_status": "failed", "error_message": REFUSED, "failed_since_ok_count": 1}
    finding = found(**failed, error_kind="fatal")
    assert (finding.state, finding.level) == ("firing", 2)
    assert finding.title == "openai_usage cannot be read"
    assert finding.summary.endswith(f"; 1 run failed since: {REFUSED}")
    assert found(**failed, error_kind="retriable").state == "over"


def test_a_late_source_says_why_its_runs_failed() -> None:
    finding = found(
        watermark_at=hours(9),
        last_status="failed",
        error_kind="retriable",
        error_message="openai_usage: 503.",
        failed_since_ok_count=9,
    )
    assert (finding.state, finding.level) == ("firing", 1)
    assert "9 runs failed since: openai_usage: 503." in finding.summary
    assert ("Failed runs in a row", "9") in finding.fields


def test_a_source_that_never_delivered_is_late_only_after_its_first_hours() -> None:
    never: dict[str, Any] = {
        "watermark_at": None,
        "last_status": "failed",
        "error_kind": "retriable",
        "failed_since_ok_count": 2,
    }
    assert found(**never, first_started_at=hours(5)).state == "over"
    late = found(**never, first_started_at=hours(7))
    assert late.state == "firing"
    assert late.summary.startswith("openai_usage has not delivered anything yet")


def test_a_backfill_that_has_reached_only_old_days_is_not_late() -> None:
    assert found(first_started_at=hours(0.2), watermark_at=hours(2000), running_since_at=hours(0.1)).state == "over"


def test_after_a_pause_the_run_under_way_is_waited_for_but_not_for_ever() -> None:
    assert found(watermark_at=hours(60), running_since_at=hours(0.1)).state == "pending"
    assert found(watermark_at=hours(60), running_since_at=hours(7)).state == "firing"
    failing: dict[str, Any] = {"last_status": "failed", "error_kind": "retriable", "error_message": "503"}
    assert found(watermark_at=hours(60), running_since_at=hours(0.1), **failing).state == "firing"


def test_files_come_when_somebody_delivers_them_but_a_bad_one_is_told() -> None:
    assert found(reads_files=True, watermark_at=hours(900)).state == "over"
    assert found({"stale_after": "2d"}, reads_files=True, watermark_at=hours(49)).state == "firing"
    bad = found(
        reads_files=True,
        last_status="failed",
        error_kind="data",
        error_message="november.csv lacks the column BilledCost.",
        failed_since_ok_count=1,
    )
    assert (bad.state, bad.level) == ("firing", 2)
    assert bad.summary.endswith("november.csv lacks the column BilledCost.")


@pytest.mark.parametrize("sources", [{}, {"openai_usage": {"enabled": False}}, {"other": {}}])
def test_nobody_waits_for_a_source_that_is_not_configured(sources: dict[str, Any]) -> None:
    rows = {QUERY: [row(watermark_at=hours(900))]}
    assert RULE.find(rows, Situation(NOW, Settings(sources=sources))) == []
