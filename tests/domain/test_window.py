"""Half-open spans of UTC time, and durations as operators write them."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.duration import LONGEST, parse_duration
from domain.window import Window, floor_day, floor_hour, month_start, next_month_start

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no reason to fail."""

MOMENTS = st.integers(31_536_000, 29_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
ELSEWHERE = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def windows() -> st.SearchStrategy[Window]:
    length = st.timedeltas(timedelta(microseconds=1), timedelta(days=400))
    return st.builds(lambda start, span: Window(start, start + span), MOMENTS, length)


def test_a_window_needs_utc_and_order() -> None:
    day = datetime(2026, 11, 1, tzinfo=UTC)
    for start, end in [(day, day), (day, day - timedelta(hours=1))]:
        with pytest.raises(ValueError, match="ends after it starts"):
            Window(start, end)
    with pytest.raises(ValueError, match="needs UTC times"):
        Window(day.replace(tzinfo=None), day)
    with pytest.raises(ValueError, match="needs UTC times"):
        Window(day, day.replace(tzinfo=timezone(timedelta(hours=2))))


@CALM
@given(windows(), st.timedeltas(timedelta(hours=5), timedelta(days=60)))
def test_the_parts_of_a_window_follow_each_other_and_cover_it(window: Window, step: timedelta) -> None:
    parts = list(window.split(step))
    assert (parts[0].start, parts[-1].end) == (window.start, window.end)
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert all(part.end - part.start <= step for part in parts)


@CALM
@given(windows(), windows())
def test_windows_overlap_when_one_begins_in_the_other(first: Window, second: Window) -> None:
    either = first.start <= second.start < first.end or second.start <= first.start < second.end
    assert first.overlaps(second) == second.overlaps(first) == either


def test_windows_that_touch_do_not_overlap() -> None:
    first, second = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)).split(
        timedelta(days=1)
    )
    assert not first.overlaps(second)


@CALM
@given(MOMENTS, ELSEWHERE)
def test_floors_are_utc_whatever_the_zone(moment: datetime, zone: timezone) -> None:
    assert floor_hour(moment.astimezone(zone)) == moment.replace(minute=0, second=0, microsecond=0)
    assert floor_day(moment.astimezone(zone)) == moment.replace(hour=0, minute=0, second=0, microsecond=0)
    assert month_start(moment) <= moment < next_month_start(moment)
    assert next_month_start(moment).day == 1
    assert next_month_start(moment) - month_start(moment) <= timedelta(days=31)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("6h", 21_600), ("7d", 604_800), (" 1h ", 3600)]
)
def test_durations_are_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "6", "h", "0h", "-1h", "1.5h", "6 h", "6hours", "1h30m", "6H", "١h"])
def test_other_spellings_are_refused_with_the_form_to_use(text: str) -> None:
    with pytest.raises(ValueError, match="such as 6h"):
        parse_duration(text)


@CALM
@given(st.integers(1, 10**12), st.sampled_from("smhd"))
def test_no_duration_is_too_long_to_subtract_from_a_date(number: int, unit: str) -> None:
    try:
        found = parse_duration(f"{number}{unit}")
    except ValueError:
        return
    assert found <= LONGEST
    assert datetime(2026, 11, 1, tzinfo=UTC) - found
