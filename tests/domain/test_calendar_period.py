"""Calendar periods begin and end at midnight of the zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from domain.calendar_period import calendar_period
from domain.window import Window

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_quarter_is_that_of_the_zone() -> None:
    found = calendar_period(datetime(2026, 9, 30, 22, 30, tzinfo=UTC), 3, BERLIN)
    assert found == Window(datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC))


def test_periods_of_each_length_hold_their_moment() -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    starts = {months: calendar_period(moment, months, UTC).start.month for months in (1, 3, 6, 12)}
    assert starts == {1: 11, 3: 10, 6: 7, 12: 1}
    assert calendar_period(moment, 12, UTC).end == datetime(2027, 1, 1, tzinfo=UTC)
