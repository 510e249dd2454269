"""Buckets of a window: those that start in it, once each, none in the future."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.buckets import DAY, HOUR, bucket_span, is_cut, within
from collectors.errors import DataError
from domain.window import Window

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
MINUTES = st.integers(0, 20_000).map(lambda minutes: timedelta(minutes=minutes))


def starts(window: Window, width: timedelta, now: datetime) -> set[datetime]:
    span = bucket_span(window, width, now)
    return {part.start for part in span.split(width)} if span else set()


def test_an_aligned_window_is_its_own_span() -> None:
    window = Window(NOON, NOON + 3 * HOUR)
    span = bucket_span(window, HOUR, NOON + 9 * HOUR)
    assert span == window
    assert not is_cut(span, HOUR)


def test_the_end_is_now_when_the_window_ends_later() -> None:
    now = NOON + timedelta(minutes=20, seconds=5, microseconds=9)
    span = bucket_span(Window(NOON - HOUR, NOON + 3 * HOUR), HOUR, now)
    assert span == Window(NOON - HOUR, now.replace(microsecond=0))
    assert is_cut(span, HOUR)


def test_a_window_of_the_future_has_no_buckets() -> None:
    assert bucket_span(Window(NOON, NOON + HOUR), HOUR, NOON) is None


@given(MINUTES, MINUTES.filter(bool), MINUTES.filter(bool), MINUTES, st.sampled_from([HOUR, DAY]))
def test_two_windows_have_the_buckets_of_both_and_none_twice(
    offset: timedelta, first: timedelta, second: timedelta, age: timedelta, width: timedelta
) -> None:
    start = NOON + offset
    middle, end = start + first, start + first + second
    now = start + age
    left, right = starts(Window(start, middle), width, now), starts(Window(middle, end), width, now)
    assert left | right == starts(Window(start, end), width, now)
    assert not left & right
    assert all(start <= bucket < end for bucket in left | right)


def test_a_bucket_after_the_span_is_left_out() -> None:
    hours = [(hour, [1]) for hour in Window(NOON, NOON + 3 * HOUR).split(HOUR)]
    assert list(within(hours, Window(NOON, NOON + 2 * HOUR), "demo")) == hours[:2]


def test_a_bucket_that_comes_twice_is_an_error() -> None:
    hour = (Window(NOON, NOON + HOUR), [1])
    with pytest.raises(DataError, match="demo: the bucket of 2026-11-03 12:00 UTC came twice"):
        list(within([hour, hour], Window(NOON, NOON + HOUR), "demo"))


def test_a_bucket_before_the_span_is_an_error() -> None:
    hour = (Window(NOON - HOUR, NOON), [1])
    with pytest.raises(DataError, match="was not asked for"):
        list(within([hour], Window(NOON, NOON + HOUR), "demo"))
