"""Two periods: the weights by which the query counts days are those of the comparison."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.compared import Compared, with_same_weekdays
from domain.comparison import comparison_weights

START = date(2026, 11, 2)


@given(st.dates(date(2000, 1, 1), date(2900, 1, 1)), st.integers(1, 100), st.integers(7, 60))
def test_days_before_count_as_the_comparison_weighs_them(start: date, days: int, known: int) -> None:
    end, known_from = start + timedelta(days=days), start - timedelta(days=known)
    found = with_same_weekdays(start, end, known_from)
    assert found.weights() == comparison_weights(start, end, known_from)
    assert found.before_days == found.after_days == days


def test_four_whole_weeks_are_compared_with_the_four_before_one_to_one() -> None:
    found = with_same_weekdays(START, START + timedelta(days=28))
    assert (found.times, found.extra_days, found.divisor) == (1, 0, 1)


@pytest.mark.parametrize("name", ["before", "after"])
def test_an_empty_period_is_refused(name: str) -> None:
    spans = {"before": (START, START + timedelta(days=1)), "after": (START, START + timedelta(days=1))}
    spans[name] = (START, START)
    with pytest.raises(ValueError, match=f"the period {name} ends after it starts"):
        Compared(*spans["before"], *spans["after"])


def test_without_a_known_week_before_there_is_nothing_to_compare_with() -> None:
    with pytest.raises(ValueError, match="no whole week before"):
        with_same_weekdays(START, START + timedelta(days=7), START - timedelta(days=6))
