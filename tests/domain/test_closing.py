"""Weeks close when every source that still bills is past their end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.closing import ENDED_DAYS, Biller, closing, monday

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
THIS_WEEK = date(2026, 11, 23)
LAST_WEEK = THIS_WEEK - timedelta(weeks=1)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


def billing(watermark_at: datetime | None) -> Biller:
    return Biller(watermark_at, has_recent_costs=True)


def configured(
    watermark_at: datetime | None, loaded: datetime | None = None, tried: datetime | None = None, *, costs: bool = False
) -> Biller:
    return Biller(watermark_at, costs, is_configured=True, last_loaded_at=loaded, first_tried_at=tried)


@pytest.mark.parametrize(
    ("watermark_at", "end"),
    [(MIDNIGHT, THIS_WEEK), (MIDNIGHT - timedelta(microseconds=1), LAST_WEEK), (NOW, THIS_WEEK)],
    ids=["just delivered", "a moment short", "fresh"],
)
def test_a_week_closes_when_its_last_moment_is_delivered(watermark_at: datetime, end: date) -> None:
    found = closing([billing(watermark_at)], NOW)
    assert (found.end, found.watermark_at) == (end, watermark_at)


def test_the_source_that_is_furthest_behind_decides() -> None:
    behind = NOW - timedelta(days=9)
    found = closing([billing(NOW), billing(behind), configured(NOW, NOW)], NOW)
    assert (found.end, found.watermark_at) == (monday(behind.date()), behind)


def test_a_source_that_ended_long_ago_does_not_block() -> None:
    long_ago = NOW - timedelta(days=90)
    ended = Biller(long_ago, has_recent_costs=False)
    assert closing([ended, billing(NOW)], NOW).end == THIS_WEEK
    assert closing([ended], NOW).end == THIS_WEEK
    assert closing([ended], NOW).watermark_at is None


def test_a_configured_source_blocks_while_its_first_load_is_under_way() -> None:
    months_ago = NOW - timedelta(days=90)
    loading = configured(months_ago, loaded=NOW - timedelta(minutes=1))
    assert closing([loading, billing(NOW)], NOW).end == monday(months_ago.date())


@pytest.mark.parametrize("tried", [None, NOW - timedelta(days=1)], ids=["not tried yet", "failing since yesterday"])
def test_nothing_closes_while_a_configured_source_has_brought_nothing_yet(tried: datetime | None) -> None:
    found = closing([configured(None, tried=tried), billing(NOW)], NOW)
    assert (found.end, found.watermark_at) == (None, None)


@pytest.mark.parametrize("ever_loaded", [True, False])
def test_a_configured_source_that_fails_for_two_weeks_does_not_block_for_ever(ever_loaded: bool) -> None:
    then = NOW - timedelta(days=ENDED_DAYS)
    failing = configured(then if ever_loaded else None, loaded=then if ever_loaded else None, tried=then)
    assert closing([failing, billing(NOW)], NOW).end == THIS_WEEK
    just_before = then + timedelta(seconds=1)
    still = configured(then if ever_loaded else None, loaded=just_before if ever_loaded else None, tried=just_before)
    assert closing([still, billing(NOW)], NOW).end != THIS_WEEK


def test_a_watermark_ahead_of_the_clock_closes_no_week_that_is_not_over() -> None:
    assert closing([billing(NOW + timedelta(days=20))], NOW).end == THIS_WEEK


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=400)), max_size=5))
def test_every_closed_week_lies_before_every_watermark(behind: list[timedelta]) -> None:
    watermarks = [NOW - delay for delay in behind]
    found = closing([billing(at) for at in watermarks], NOW)
    assert found.end is not None
    assert found.end.weekday() == 0
    assert all(found.end <= at.date() for at in [*watermarks, NOW])
