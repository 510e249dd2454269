"""Periods and what they are compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.period import NAMES, ROLLING, bucket_end, resolve

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))


def test_a_rolling_period_holds_whole_days_only() -> None:
    period = resolve("7d", TODAY, date(2026, 11, 22))
    assert (period.start, period.end) == (date(2026, 11, 15), date(2026, 11, 22))
    assert (period.before, period.before_end) == (date(2026, 11, 8), date(2026, 11, 15))
    assert not period.has_partial_days


def test_month_to_date_holds_today_and_compares_the_same_days() -> None:
    period = resolve("mtd", TODAY, TODAY)
    assert (period.start, period.end, period.complete_end) == (date(2026, 11, 1), date(2026, 11, 24), TODAY)
    assert (period.before, period.before_end) == (date(2026, 10, 1), date(2026, 10, 23))
    assert period.has_partial_days


def test_last_month_is_compared_with_the_whole_month_before() -> None:
    period = resolve("last-month", TODAY, TODAY)
    assert (period.start, period.end) == (date(2026, 10, 1), date(2026, 11, 1))
    assert (period.before, period.before_end) == (date(2026, 9, 1), date(2026, 10, 1))


def test_a_custom_period_includes_its_last_day() -> None:
    period = resolve("custom", TODAY, TODAY, (date(2026, 11, 1), date(2026, 11, 10)))
    assert (period.start, period.end) == (date(2026, 11, 1), date(2026, 11, 11))
    assert (period.before, period.before_end) == (date(2026, 10, 22), date(2026, 11, 1))


def test_a_period_in_which_nothing_is_whole_has_nothing_to_compare() -> None:
    period = resolve("custom", TODAY, TODAY, (TODAY, TODAY))
    assert period.complete_days == 0
    assert period.before == period.before_end


@pytest.mark.parametrize(
    ("start", "bucket", "end"),
    [
        (date(2026, 11, 23), "day", date(2026, 11, 24)),
        (date(2026, 11, 23), "week", date(2026, 11, 30)),
        (date(2026, 12, 1), "month", date(2027, 1, 1)),
    ],
)
def test_buckets_end_where_the_next_begins(start: date, bucket: str, end: date) -> None:
    assert bucket_end(start, bucket) == end


def test_a_week_that_is_cut_is_not_whole() -> None:
    period = resolve("28d", TODAY, date(2026, 11, 18))
    assert period.is_whole(date(2026, 10, 26), "week")
    assert not period.is_whole(date(2026, 10, 19), "week")
    assert not period.is_whole(date(2026, 11, 16), "week")


@given(st.sampled_from(sorted(set(NAMES) - {"custom"})), DAYS, st.integers(0, 14))
def test_every_period_is_in_order_and_starts_after_what_it_is_compared_with(name: str, today: date, lag: int) -> None:
    period = resolve(name, today, today - timedelta(days=lag))
    assert period.before <= period.before_end <= period.start <= period.complete_end
    assert period.complete_end <= period.end <= today + timedelta(days=1) or period.complete_days == 0


@given(st.sampled_from(sorted(ROLLING)), DAYS)
def test_rolling_periods_compare_as_many_days(name: str, today: date) -> None:
    period = resolve(name, today, today)
    assert period.end - period.start == period.before_end - period.before == timedelta(days=ROLLING[name])
