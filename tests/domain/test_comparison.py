"""What a period is compared with: as many of each weekday as it has, from the four weeks before."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.comparison import comparison_weights

MONDAY = date(2026, 11, 2)


def test_a_week_counts_each_day_of_the_four_weeks_before_a_quarter() -> None:
    weights = comparison_weights(MONDAY, MONDAY + timedelta(days=7))
    assert set(weights.values()) == {Fraction(1, 4)}
    assert (min(weights), max(weights), len(weights)) == (date(2026, 10, 5), date(2026, 11, 1), 28)


def test_one_monday_is_compared_with_mondays_only() -> None:
    assert comparison_weights(MONDAY, MONDAY + timedelta(days=1)) == {
        MONDAY - timedelta(days=back): Fraction(1, 4) for back in (28, 21, 14, 7)
    }


@given(st.dates(date(2000, 1, 1), date(2900, 1, 1)), st.integers(1, 100), st.integers(7, 60))
def test_weights_hold_as_many_of_each_weekday_as_the_period(start: date, days: int, known: int) -> None:
    weights = comparison_weights(start, start + timedelta(days=days), start - timedelta(days=known))
    held: Counter[int] = Counter()
    for day, weight in weights.items():
        held[day.weekday()] += weight  # type: ignore[assignment]
        assert start - timedelta(days=min(28, known)) <= day < start
    assert held == Counter((start + timedelta(days=number)).weekday() for number in range(days))


def test_a_short_history_gives_its_whole_weeks() -> None:
    weights = comparison_weights(MONDAY, MONDAY + timedelta(days=7), known_from=MONDAY - timedelta(days=20))
    assert set(weights.values()) == {Fraction(1, 2)}
    assert len(weights) == 14


@pytest.mark.parametrize(
    ("days", "known", "sentence"), [(0, 30, "ends after it starts"), (7, 6, "no whole week before 2026-11-02 is known")]
)
def test_what_has_no_comparison_is_refused(days: int, known: int, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        comparison_weights(MONDAY, MONDAY + timedelta(days=days), MONDAY - timedelta(days=known))
