"""The day in the address, and what weeks add up to."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app import as_known

TODAY = date(2026, 11, 23)
THEN = date(2026, 11, 18)
FIRST, SECOND, THIRD, FOURTH = date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23)
RECORDED = datetime(2026, 11, 16, 6, tzinfo=UTC)


def row(week: date, known: str | None, current: str, scope: str = "", **more: Any) -> dict[str, Any]:
    return {
        "week_start": week,
        "scope": scope,
        "scope_name": scope.title(),
        "known_cost": None if known is None else Decimal(known),
        "current_cost": Decimal(current),
        "taken_at": None if known is None else RECORDED,
        "changed_at": None,
        "first_taken_at": None if known is None else RECORDED,
        **more,
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-23", None),
        ("2000-01-01", None),
        ("last week", "as_of=last week in the address is not a day; write it like as_of=2026-11-23."),
        ("2026-02-30", "as_of=2026-02-30 in the address is not a day;"),
        ("20261116", "is not a day"),
        ("2026-11-24", "as_of=2026-11-24 lies in the future; choose a day up to 23 Nov 2026 (UTC)."),
        ("1999-12-31", "as_of=1999-12-31 lies before 1 Jan 2000; choose a later day."),
    ],
)
def test_an_address_that_cannot_be_used_is_one_sentence(text: str, told: str | None) -> None:
    found = as_known.problem(text, TODAY)
    assert (found is None) if told is None else (found is not None and told in found)


def test_a_day_ends_with_its_last_microsecond() -> None:
    assert as_known.end_of(THEN) == datetime(2026, 11, 18, 23, 59, 59, 999999, UTC)


@pytest.mark.parametrize(
    ("current", "told"),
    [
        ("12.50", "As known on 18 Nov 2026: $10.00 for 1 closed week; today's numbers for them are $2.50 higher."),
        ("9.50", "are $0.50 lower."),
        ("10", "are the same."),
    ],
)
def test_the_headline_says_by_how_much_todays_numbers_differ(current: str, told: str) -> None:
    assert told in as_known.headline([row(FIRST, "10", current)], THEN, "USD")


def test_weeks_that_were_not_on_record_are_named_with_their_reason() -> None:
    rows = [row(FIRST, "1", "1"), row(SECOND, None, "2"), row(THIRD, None, "3"), row(FOURTH, None, "4")]
    told = as_known.missing(rows, THEN)
    assert "Not over by 18 Nov 2026: 16–29 Nov 2026." in told
    assert "Over, but not on record by 18 Nov 2026, since bills were not complete or not loaded: 9–15 Nov 2026." in told
    assert as_known.missing(rows[:1], THEN) == ""


def test_a_week_ends_with_its_sunday() -> None:
    rows = [row(SECOND, None, "2")]
    assert as_known.missing(rows, date(2026, 11, 15)).startswith("Not over")
    assert as_known.missing(rows, date(2026, 11, 16)).startswith("Over, but")


def test_weeks_that_were_not_on_record_are_in_no_sum() -> None:
    rows = [row(SECOND, None, "5"), row(FIRST, "1", "1.5")]
    total = as_known.added(as_known.on_record(rows))
    assert (total.known, total.current, total.change) == (Decimal(1), Decimal("1.5"), Decimal("0.5"))
    drawn = as_known.weeks_table(rows).to_pylist()
    assert [(r["week"], r["known_cost"], r["current_cost"]) for r in drawn] == [
        ("9–15 Nov 2026", None, None),
        ("2–8 Nov 2026", 1.0, 1.5),
    ]


def test_scopes_are_added_over_weeks_and_the_last_row_is_their_total() -> None:
    rows = [
        row(SECOND, "1", "2", "desk"),
        row(FIRST, "3", "3", "desk"),
        row(FIRST, "9", "8", "search"),
        row(THIRD, None, "50", "desk"),
    ]
    drawn = as_known.scopes_table(rows).to_pylist()
    assert [(r["scope"], r["known_cost"], r["current_cost"], r["change_cost"]) for r in drawn] == [
        ("Search", 9.0, 8.0, -1.0),
        ("Desk", 4.0, 5.0, 1.0),
        ("Total", 13.0, 13.0, 0.0),
    ]


def test_two_scopes_of_one_name_stay_two() -> None:
    rows = [row(FIRST, "1", "1", "a", scope_name="Twin"), row(FIRST, "2", "2", "b", scope_name="Twin")]
    assert [r["known_cost"] for r in as_known.scopes_table(rows).to_pylist()] == [2.0, 1.0, 3.0]


def test_when_nothing_was_on_record_it_says_since_when_there_is() -> None:
    rows = [row(FIRST, None, "1", first_taken_at=datetime(2026, 11, 20, 6, 5, tzinfo=UTC))]
    told = as_known.nothing_known(rows, THEN)
    assert told.startswith("On 18 Nov 2026 no week of this period was on record.")
    assert told.endswith("The first of them went on record on 20 Nov 06:05 UTC.")
