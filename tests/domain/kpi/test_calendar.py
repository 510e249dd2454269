"""Weeks, months, fiscal quarters and working days of an organisation."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kpi.calendar import CADENCES, name_of, spans, start_of, working_days, year_before

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = st.dates(date(2001, 1, 1), date(2090, 1, 1))


def hours(start: date) -> float:
    (week,) = spans("week", start, start, BERLIN)
    return (week.window.end - week.window.start) / timedelta(hours=1)


def test_a_week_has_167_or_169_hours_where_the_clock_is_changed() -> None:
    assert hours(date(2026, 3, 23)) == 167
    assert hours(date(2026, 10, 19)) == 169
    assert hours(date(2026, 11, 16)) == 168


def test_a_week_begins_at_local_midnight() -> None:
    (week,) = spans("week", date(2026, 11, 22), date(2026, 11, 22), BERLIN)
    assert week.window.start == datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert (week.name, week.start_on, week.end_on) == ("2026-W47", date(2026, 11, 16), date(2026, 11, 23))


def test_the_53rd_week_of_a_year_has_its_own_name() -> None:
    assert name_of("week", date(2026, 12, 28)) == "2026-W53"
    assert name_of("week", date(2027, 1, 4)) == "2027-W01"
    assert year_before("week", date(2027, 1, 4)) == date(2026, 1, 5)


def test_quarters_follow_the_fiscal_year_and_are_named_by_its_end() -> None:
    assert start_of("quarter", date(2026, 11, 23), 2) == date(2026, 11, 1)
    assert name_of("quarter", date(2026, 11, 1), 2) == "FY27-Q4"
    assert name_of("quarter", date(2027, 2, 1), 2) == "FY28-Q1"
    assert name_of("quarter", date(2026, 10, 1)) == "2026-Q4"


@given(DAYS, st.integers(0, 800), st.sampled_from(CADENCES), st.integers(1, 12))
def test_periods_cover_all_time_without_gap_or_overlap(first: date, days: int, cadence: str, fiscal: int) -> None:
    last = first + timedelta(days=days)
    found = list(spans(cadence, first, last, BERLIN, fiscal))
    assert found[0].start_on <= first
    assert found[-1].start_on <= last < found[-1].end_on
    for before, after in pairwise(found):
        assert before.end_on == after.start_on
        assert before.window.end == after.window.start
    assert len({span.name for span in found}) == len(found)


@pytest.mark.parametrize(("holidays", "due"), [((), date(2026, 11, 27)), ((date(2026, 11, 26),), date(2026, 11, 30))])
def test_what_is_asked_for_on_friday_is_due_five_working_days_later(holidays: tuple[date, ...], due: date) -> None:
    days = {one.day: one for one in working_days(date(2026, 11, 1), date(2026, 12, 31), BERLIN, holidays)}
    number = days[date(2026, 11, 20)].number + 5
    assert min(day for day, one in days.items() if one.number == number and one.is_working) == due


def test_a_day_off_has_the_number_of_the_working_day_before() -> None:
    friday, saturday, sunday, monday = working_days(date(2026, 11, 20), date(2026, 11, 23), BERLIN)
    assert (friday.number, saturday.number, sunday.number, monday.number) == (1, 1, 1, 2)
    assert not saturday.is_working
