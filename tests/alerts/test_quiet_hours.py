"""In quiet hours only pages are told; in the morning each problem is one message, as it is then."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.quiet import QuietHours
from config.settings import Settings
from tests.alerts.support import NOW
from tests.alerts.test_routing import routing

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = QuietHours(BERLIN, time(20), time(7))
NIGHTS_AND_WEEKENDS = replace(NIGHTS, days=frozenset({5, 6}))
_NAMES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "America/Santiago",
    "Asia/Beirut",
    "Australia/Lord_Howe",
)
_zones = st.sampled_from([ZoneInfo(name) for name in _NAMES])
_clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (utc(2026, 11, 24, 18, 59), None),
        (utc(2026, 11, 24, 19, 0), utc(2026, 11, 25, 6, 0)),
        (utc(2026, 11, 25, 5, 59), utc(2026, 11, 25, 6, 0)),
        (utc(2026, 11, 25, 6, 0), None),
        (utc(2026, 3, 28, 22, 0), utc(2026, 3, 29, 5, 0)),
        (utc(2026, 10, 24, 22, 0), utc(2026, 10, 25, 6, 0)),
    ],
    ids=["before", "begins", "last minute", "over", "the night of spring is shorter", "that of autumn longer"],
)
def test_a_night_ends_by_the_clock_on_the_wall(now: datetime, until: datetime | None) -> None:
    assert NIGHTS.until(now) == until


def test_a_weekend_lasts_from_friday_evening_to_monday_morning() -> None:
    assert NIGHTS_AND_WEEKENDS.until(utc(2026, 11, 20, 19, 30)) == utc(2026, 11, 23, 6, 0)
    assert NIGHTS_AND_WEEKENDS.until(utc(2026, 11, 22, 12, 0)) == utc(2026, 11, 23, 6, 0)


@given(_zones, _clocks, _clocks, st.frozensets(st.integers(0, 6), max_size=5), st.datetimes(NOW.replace(tzinfo=None)))
def test_quiet_hours_end_at_a_moment_that_is_not_quiet(
    zone: ZoneInfo, start: time, end: time, days: frozenset[int], moment: datetime
) -> None:
    if start == end or moment.year > 2100:
        return
    quiet, now = QuietHours(zone, start, end, days), moment.replace(tzinfo=UTC)
    until = quiet.until(now)
    if until is not None:
        assert now < until
        assert quiet.until(until) is None
        assert quiet.until(until - timedelta(microseconds=1)) == until


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('quiet = "8pm-7am"', "quiet: '8pm-7am' is not two different times of a day such as 20:00-07:00"),
        ('quiet = "07:00-07:00"', "quiet: '07:00-07:00' is not two different"),
        ('quiet = "25:00-07:00"', "quiet: '25:00-07:00' is not two different"),
        ('quiet_days = ["Saturday"]', "quiet_days: 'Saturday' is no day; use Mon, Tue"),
        ('quiet_days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]', "quiet_days: it would never end"),
        ('timezone = "Mars"', "timezone: 'Mars' is not an IANA time zone"),
    ],
)
def test_quiet_hours_that_cannot_be_read_are_named(tmp_path: Path, keys: str, told: str) -> None:
    _, problems = routing(tmp_path, f'[to.x]\nsink = "slack"\nchannel = "C1"\n{keys}\n')
    assert problems[0].startswith(f"line 12: [to.x] {told}")


def test_quiet_hours_are_those_of_the_destination_else_of_the_organisation(tmp_path: Path) -> None:
    berlin = Settings.model_validate({"organization": {"timezone": "Europe/Berlin"}})
    found, problems = routing(
        tmp_path,
        '[to.x]\nsink = "slack"\nchannel = "C1"\nquiet = "20:00-07:00"\nquiet_days = "Sat"\n'
        '[to.y]\nsink = "slack"\nchannel = "C1"\nquiet = "20:00-07:00"\ntimezone = "UTC"\n'
        '[default]\nto = "x"\n',
        berlin,
    )
    assert problems == []
    assert found.destinations["x"].quiet == replace(NIGHTS, days=frozenset({5}))
    assert found.destinations["y"].quiet == replace(NIGHTS, zone=ZoneInfo("UTC"))
    assert found.destinations["oncall"].quiet is None
