"""Rolling windows, and calendar windows in time zones."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slo.period import CalendarPeriod, RollingPeriod
from domain.slo.shorthand import fixed_minutes, minutes_text, split_shorthand


def calendar(text: str, starts_at: datetime, timezone: str = "UTC") -> CalendarPeriod:
    count, unit = split_shorthand(text)
    return CalendarPeriod(count=count, unit=unit, starts_at=starts_at, timezone=timezone, text=text)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def local(*parts: int) -> datetime:
    """A wall-clock time, whose zone stands beside it."""
    return utc(*parts).replace(tzinfo=None)


BERLIN_WEEKS = calendar("1w", local(2026, 1, 5), "Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "hours"), [(utc(2026, 3, 27), 167), (utc(2026, 10, 22), 169), (utc(2026, 11, 3), 168)]
)
def test_a_week_with_a_clock_change_has_an_hour_less_or_more(moment: datetime, hours: int) -> None:
    span = BERLIN_WEEKS.span_at(moment)
    assert span.end - span.start == timedelta(hours=hours)
    assert span.start <= moment < span.end


def test_months_and_quarters_begin_at_local_midnight() -> None:
    months = calendar("1M", local(2026, 1, 1), "America/New_York")
    span = months.span_at(utc(2026, 11, 15))
    assert (span.start, span.end) == (utc(2026, 11, 1, 4), utc(2026, 12, 1, 5))
    quarters = calendar("1Q", local(2026, 2, 1))
    span = quarters.span_at(utc(2026, 1, 31, 23))
    assert (span.start, span.end) == (utc(2025, 11, 1), utc(2026, 2, 1))
    years = calendar("1Y", local(2024, 2, 29))
    assert years.span_at(utc(2026, 6, 1)).start == utc(2026, 2, 28)


def test_a_month_that_begins_on_the_31st_begins_on_the_last_day_of_shorter_ones() -> None:
    span = calendar("1M", local(2026, 1, 31)).span_at(utc(2026, 3, 15))
    assert (span.start, span.end) == (utc(2026, 2, 28), utc(2026, 3, 31))


def test_a_day_that_begins_in_the_hour_summer_time_leaves_out_begins_an_hour_later() -> None:
    days = calendar("1d", local(2026, 1, 1, 2, 30), "Europe/Berlin")
    assert days.span_at(utc(2026, 3, 29, 12)).start == utc(2026, 3, 29, 1, 30)
    assert days.span_at(utc(2026, 10, 25, 12)).start == utc(2026, 10, 25, 0, 30)


def test_the_end_of_a_period_belongs_to_it_and_its_part_so_far_ends_there() -> None:
    months = calendar("1M", local(2026, 1, 1))
    assert months.span_until(utc(2026, 12, 1)).end == utc(2026, 12, 1)
    assert months.span_until(utc(2026, 12, 1, 0, 1)).end == utc(2027, 1, 1)
    so_far = months.so_far(utc(2026, 11, 10))
    assert (so_far.start, so_far.end) == (utc(2026, 11, 1), utc(2026, 11, 10))


def test_a_rolling_window_is_as_long_as_it_says() -> None:
    period = RollingPeriod(minutes=fixed_minutes("4w"), text="4w")
    span = period.span_until(utc(2026, 11, 29))
    assert span == period.so_far(utc(2026, 11, 29))
    assert (span.start, period.nominal_minutes) == (utc(2026, 11, 1), 28 * 1440)


@given(
    st.datetimes(local(1990, 1, 1), local(2060, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["1d", "2d", "1w", "1M", "2M", "1Q", "1Y", "90m"]),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
    st.datetimes(local(2020, 1, 1), local(2026, 1, 1)),
)
def test_periods_follow_one_another_without_gap(moment: datetime, text: str, zone: str, starts_at: datetime) -> None:
    period = calendar(text, starts_at.replace(second=0, microsecond=0), zone)
    span = period.span_at(moment)
    assert span.start <= moment < span.end
    assert period.span_at(span.end).start == span.end
    assert period.span_at(span.end - timedelta(seconds=1)) == span


@pytest.mark.parametrize(
    ("text", "minutes"), [("5m", 5), ("80m", 80), ("1h", 60), ("32h", 1920), ("1d", 1440), ("4w", 40320)]
)
def test_a_duration_is_read_as_openslo_writes_it(text: str, minutes: int) -> None:
    assert fixed_minutes(text) == minutes
    assert fixed_minutes(minutes_text(minutes)) == minutes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("30", "is not a duration"),
        ("0d", "is not a duration"),
        ("-1d", "is not a duration"),
        ("5s", "is not a duration"),
        ("11Y", "longer than ten years"),
        ("1M", "no fixed length"),
    ],
)
def test_what_is_no_duration_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fixed_minutes(text)
