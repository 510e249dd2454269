"""Windows planned from the ledger: they follow each other, cover what is due and never reach past now."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.plan import Span, plan
from domain.window import floor_day

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no reason to fail."""

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENTS = st.integers(0, 80 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))
SPANS = st.lists(st.tuples(MOMENTS, MOMENTS).filter(lambda span: span[0] < span[1]), max_size=8)


def planned(loaded: list[Span], backfill: int = 30, lookback: int = 2, chunk: int = 7) -> list[Span]:
    windows = plan(
        loaded, now=NOW, backfill=backfill * DAY, lookback=lookback * DAY, chunk=chunk * DAY
    )  # fmt: skip
    return [(window.start, window.end) for window in windows]


def november(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


def test_a_first_run_covers_the_whole_back_fill() -> None:
    windows = planned([])
    assert (windows[0][0], windows[-1][1]) == (datetime(2026, 10, 21, tzinfo=UTC), NOW)


def test_a_later_run_reads_only_the_look_back_again() -> None:
    assert planned([(datetime(2026, 10, 21, tzinfo=UTC), NOW)]) == [(november(18), NOW)]


def test_a_gap_is_filled_before_anything_later() -> None:
    first = datetime(2026, 10, 21, tzinfo=UTC)
    assert planned([(first, november(5)), (november(7), NOW)])[0][0] == november(3)


def test_spans_that_touch_leave_no_gap() -> None:
    first = datetime(2026, 10, 21, tzinfo=UTC)
    assert planned([(november(5), NOW), (first, november(5))]) == [(november(18), NOW)]


@pytest.mark.parametrize("loaded", [[(november(10), november(12))], [(november(10), NOW)]])
def test_a_range_loaded_by_hand_does_not_stand_for_the_back_fill(loaded: list[Span]) -> None:
    assert planned(loaded)[0][0] == datetime(2026, 10, 21, tzinfo=UTC)


def test_a_longer_back_fill_loads_the_older_days_too() -> None:
    loaded = [(datetime(2026, 10, 21, tzinfo=UTC), NOW)]
    assert planned(loaded, backfill=60)[0][0] == floor_day(NOW - 60 * DAY)


def test_naive_times_of_the_ledger_are_utc() -> None:
    assert planned([(november(1).replace(month=10, day=21, tzinfo=None), NOW.replace(tzinfo=None))]) == [
        (november(18), NOW)
    ]


@CALM
@given(SPANS, st.integers(1, 60), st.integers(0, 10), st.integers(1, 31))
def test_windows_follow_each_other_cover_what_is_due_and_never_pass_now(
    loaded: list[Span], backfill: int, lookback: int, chunk: int
) -> None:
    windows = planned(loaded, backfill, lookback, chunk)
    first = floor_day(NOW - backfill * DAY)
    assert windows[-1][1] == NOW
    assert first <= windows[0][0] == floor_day(windows[0][0])
    assert all(before[1] == after[0] for before, after in pairwise(windows))
    assert all(start < end <= start + chunk * DAY for start, end in windows)
    hour = first
    while hour < windows[0][0]:  # whatever is left out was loaded before
        assert any(start <= hour < end for start, end in loaded)
        hour += timedelta(hours=1)


@CALM
@given(SPANS, st.integers(1, 60), st.integers(0, 10))
def test_the_look_back_is_always_read_again(loaded: list[Span], backfill: int, lookback: int) -> None:
    begins = planned(loaded, backfill, lookback)[0][0]
    assert begins <= max(floor_day(NOW - backfill * DAY), floor_day(NOW - lookback * DAY))
