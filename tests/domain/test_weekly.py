"""Once a week by the organisation's own clock, summer time or not."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.weekly import Weekly, parse_week, parse_weekly, week_before, week_name

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_8 = Weekly(0, time(8))


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-11-23T06:59:59", None),
        ("2026-11-23T07:00:00", date(2026, 11, 23)),
        ("2026-11-23T22:59:59", date(2026, 11, 23)),
        ("2026-11-23T23:00:00", None),
        ("2026-06-22T05:59:00", None),
        ("2026-06-22T06:00:00", date(2026, 6, 22)),
    ],
)
def test_it_is_due_from_its_local_minute_until_the_local_day_ends(moment: str, due: date | None) -> None:
    assert MONDAY_8.due_day(datetime.fromisoformat(moment).replace(tzinfo=UTC), BERLIN) == due


def test_a_time_that_the_clock_skips_is_due_once_it_is_past() -> None:
    skipped = Weekly(6, time(2, 30))
    assert skipped.due_day(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), BERLIN) is None
    assert skipped.due_day(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), BERLIN) == date(2026, 3, 29)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_week_reported_is_whole_and_the_last_before_the_day(day: date) -> None:
    monday = week_before(day)
    assert monday.weekday() == 0
    assert timedelta(7) <= day - monday < timedelta(14)
    assert parse_week(week_name(monday)) == monday


@pytest.mark.parametrize("text", ["Monday 08:00", "Mon 8:00", "Mon 24:00", "Xyz 08:00", ""])
def test_a_bad_time_shows_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="such as Mon 08:00"):
        parse_weekly(text)


@pytest.mark.parametrize("text", ["2026-47", "2026-W54", "2026-W00", "W47"])
def test_a_bad_week_shows_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="such as 2026-W47"):
        parse_week(text)


ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Asia/Kathmandu",
)
"""Clocks that change at two in the morning, at midnight, by half an hour, or never; north and south."""


@pytest.mark.parametrize("zone", ZONES)
@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 6), st.sampled_from([0, 1, 2, 3, 8, 23]))
def test_every_week_has_one_day_whose_turn_comes_once_at_its_time(
    zone: str, day: date, weekday: int, hour: int
) -> None:
    weekly, local = Weekly(weekday, time(hour)), ZoneInfo(zone)
    start = datetime.combine(day, time(12), local).astimezone(UTC)
    ticks = [start + timedelta(minutes=30 * number) for number in range(2 * 24 * 7)]
    due = [(tick, on) for tick in ticks if (on := weekly.due_day(tick, local))]
    assert len({on for _, on in due}) in (1, 2)
    for on in {on for _, on in due}:
        moments = [tick for tick, that in due if that == on]
        assert moments == [tick for tick in ticks if moments[0] <= tick <= moments[-1]]
        if moments[0] != ticks[0]:
            late = moments[0] - weekly.next_after(on, local)
            assert timedelta(0) <= late < timedelta(minutes=30)
            wall = moments[0].astimezone(local)
            assert (wall.hour, wall.date()) == (hour, on) or wall.hour == hour + 1


@pytest.mark.parametrize(
    ("monday", "at"),
    [
        (date(2026, 3, 23), "2026-03-23T07:00"),
        (date(2026, 3, 30), "2026-03-30T06:00"),
        (date(2026, 10, 19), "2026-10-19T06:00"),
        (date(2026, 10, 26), "2026-10-26T07:00"),
    ],
)
def test_monday_at_eight_is_eight_by_the_clock_before_and_after_it_changes(monday: date, at: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert MONDAY_8.due_day(moment - timedelta(seconds=1), BERLIN) is None
    assert MONDAY_8.due_day(moment, BERLIN) == monday
