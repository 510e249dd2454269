"""In which minutes pairs alert."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slo.alerting import Span, alerting
from domain.slo.pairs import AlertPair, default_pairs
from domain.slo.series import MinuteSeries, minute_series
from tests.domain.slo.vectors import VECTORS, segments

BUDGET = Decimal("0.001")
PAIRS = dict(zip(VECTORS["pairs_minutes"], default_pairs(30 * 1440), strict=True))
SHAPES = VECTORS["alert_minutes"]


def spans(series: MinuteSeries, pair: AlertPair, min_bad: int = 3, budget: Decimal = BUDGET) -> list[Span]:
    return alerting(series, series, pair, budget, min_bad)


@pytest.mark.parametrize("shape", SHAPES)
def test_pairs_alert_in_the_expected_minutes(shape: str) -> None:
    parts = SHAPES[shape]["segments_minutes_requests_errors"]
    series = segments(parts, start=1 - parts[0][0])  # minute 0 is the last clean one
    found = {name: [list(span) for span in spans(series, pair)] for name, pair in PAIRS.items()}
    assert found == SHAPES[shape]["expected"]


def test_a_service_at_exactly_its_factor_is_quiet_and_one_error_more_is_not() -> None:
    at_factor = segments([(120, 10_000, 144)])
    assert spans(at_factor, PAIRS["page_quick"]) == []
    above = segments([(120, 10_000, 145)])
    assert spans(above, PAIRS["page_quick"]) == [(0, 119)]


def test_few_bad_events_in_the_long_window_are_no_alert() -> None:
    quiet = segments([(600, 1, 0), (2, 1, 1), (60, 1, 0)])
    assert spans(quiet, PAIRS["page_quick"]) == []
    assert spans(quiet, PAIRS["page_quick"], min_bad=2) == [(601, 605)]


def test_a_window_without_events_does_not_alert_and_a_missing_minute_counts_nothing() -> None:
    minutes = np.array([0, 1, 2, 30, 31])
    series = minute_series(minutes, np.zeros(5, dtype=np.int64), np.full(5, 10))
    assert spans(series, PAIRS["page_quick"]) == [(0, 6), (30, 31)]


def test_counts_beyond_64_bits_are_compared_exactly() -> None:
    huge = 10**17
    parts = ((120, huge * 1000, huge * 144 // 10),)
    total = np.array([parts[0][1]] * 120, dtype=object)
    exact = minute_series(np.arange(120), total - parts[0][2], total)
    assert spans(exact, PAIRS["page_quick"]) == []
    more = minute_series(np.arange(120), total - parts[0][2] - 1, total)
    assert spans(more, PAIRS["page_quick"]) == [(0, 119)]


@given(
    st.lists(st.one_of(st.none(), st.tuples(st.integers(0, 9), st.integers(0, 5))), min_size=1, max_size=60),
    st.integers(1, 20),
    st.integers(1, 20),
    st.decimals("1", "20", places=2),
    st.integers(0, 4),
)
def test_it_is_what_the_definition_says_minute_by_minute(
    given_minutes: list[tuple[int, int] | None], long: int, short: int, factor: Decimal, min_bad: int
) -> None:
    known = [(minute, *counts) for minute, counts in enumerate(given_minutes) if counts]
    if not known:
        return
    minutes, good, bad = (np.array(column) for column in zip(*known, strict=True))
    series = minute_series(minutes, good, good + bad)
    budget = Decimal("0.03")

    def burns(at: int, width: int) -> bool:
        inside = [(g, b) for m, g, b in known if at - width < m <= at]
        good_sum, bad_sum = (sum(column) for column in zip(*inside, strict=True)) if inside else (0, 0)
        return bad_sum > Fraction(factor) * Fraction(budget) * (good_sum + bad_sum)

    expected = {
        at
        for at in range(known[0][0], known[-1][0] + 1)
        if burns(at, long) and burns(at, short) and sum(b for m, _, b in known if at - long < m <= at) >= min_bad
    }
    found = spans(series, AlertPair("page", factor, long, short), min_bad, budget)
    assert {minute for first, last in found for minute in range(first, last + 1)} == expected
