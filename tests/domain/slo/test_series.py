"""Minutes, and what maintenance takes out of them."""

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.slo.series import minute_of, minute_series, moment_of
from domain.window import Window
from tests.domain.slo.vectors import counts, segments


def window(first: int, end: int, seconds: int = 0) -> Window:
    return Window(moment_of(first) + timedelta(seconds=seconds), moment_of(end) + timedelta(seconds=seconds))


def test_minutes_may_come_in_any_order_and_with_gaps() -> None:
    series = minute_series(np.array([14, 10]), np.array([3, 1]), np.array([4, 1]))
    assert (series.start, series.end) == (10, 15)
    assert series.counts(0, 99) == counts(4, 5)
    assert series.counts(11, 14) == counts(0, 0)
    assert [series.known_minutes(*bounds) for bounds in ((0, 99), (11, 14), (0, 5), (20, 30))] == [2, 0, 0, 0]


def test_an_exclusion_takes_minutes_it_only_touches() -> None:
    series = segments([(10, 5, 1)], start=100).without([window(102, 104, seconds=30)])
    assert np.flatnonzero(~series.known).tolist() == [2, 3, 4]
    assert series.counts(0, 999) == counts(28, 35)


def test_an_exclusion_beyond_the_series_takes_nothing() -> None:
    series = segments([(10, 5, 1)], start=100)
    for beside in (window(0, 100), window(110, 200)):
        assert series.without([beside]).counts(0, 999) == counts(40, 50)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=50),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=4),
)
def test_what_is_excluded_and_what_is_kept_are_the_whole(
    minutes: list[tuple[int, int]], spans: list[tuple[int, int]]
) -> None:
    good, bad = (np.array(column) for column in zip(*minutes, strict=True))
    series = minute_series(np.arange(len(minutes)), good, good + bad)
    kept = series.without([window(first, first + length) for first, length in spans])
    taken = [m for m in range(len(minutes)) if any(first <= m < first + length for first, length in spans)]
    gone = counts(sum(minutes[m][0] for m in taken), sum(sum(minutes[m]) for m in taken))
    assert kept.counts(0, 99) + gone == series.counts(0, 99)
    assert kept.known_minutes(0, 99) == len(minutes) - len(taken)
    assert series.without([]).counts(0, 99) == series.counts(0, 99)


def test_a_minute_and_its_moment_are_one() -> None:
    assert minute_of(moment_of(29_900_123) + timedelta(seconds=59)) == 29_900_123
