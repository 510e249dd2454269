"""The budgeting methods of OpenSLO on one day."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slo.attainment import attained, remaining
from domain.slo.definition import Method
from domain.slo.methods import by_method, disagreement, judged
from domain.slo.series import MinuteSeries, minute_series
from tests.domain.slo.vectors import VECTORS, segments

EXPECTED = VECTORS["budgeting_methods"]
TARGET = Decimal("0.999")
SLICE = Decimal("0.95")


def a_day() -> MinuteSeries:
    """A quiet night, half of whose last hour fails, and a busy day with an error every other minute."""
    return segments([(660, 10, 0), (60, 10, 5), *([(1, 1000, 1), (1, 1000, 0)] * 360)])


def test_one_day_has_three_attainments() -> None:
    found = by_method(a_day(), 0, 1440, 1, SLICE)
    events = found[Method.OCCURRENCES]
    assert (events.total, events.bad) == (EXPECTED["total"], EXPECTED["bad"])
    keys = {
        Method.OCCURRENCES: "occurrences",
        Method.TIMESLICES: "timeslices_1m_95",
        Method.RATIO_TIMESLICES: "ratio_timeslices_1m",
    }
    for method, key in keys.items():
        ratio = attained(found[method])
        assert ratio is not None
        assert float(ratio) == pytest.approx(EXPECTED[key], abs=1e-15)
        left = remaining(found[method], 1 - TARGET)
        assert left is not None
        assert float(left) == pytest.approx(EXPECTED["budget_remaining_at_99.9"][key.split("_1m")[0]], rel=1e-12)


def test_the_mean_of_sliding_five_minute_ratios_is_another_number_still() -> None:
    bad, total = a_day().trailing(5)
    mean = float(np.mean(1 - bad[4:] / total[4:]))
    assert mean == pytest.approx(EXPECTED["sloth_style_mean_of_5m"], abs=1e-15)
    ratios = attained(by_method(a_day(), 0, 1440, 5, SLICE)[Method.RATIO_TIMESLICES])
    assert ratios is not None
    assert float(ratios) != pytest.approx(mean, abs=1e-5)


def test_methods_that_disagree_on_the_verdict_are_told() -> None:
    said = disagreement(by_method(a_day(), 0, 1440, 1, SLICE), TARGET)
    assert said is not None
    assert said.startswith("By Occurrences the target is reached, by Timeslices and RatioTimeslices it is not")
    assert disagreement(by_method(a_day(), 0, 1440, 1, SLICE), Decimal("0.5")) is None


def test_a_slice_without_events_counts_nowhere_and_an_unfinished_one_not_yet() -> None:
    series = minute_series(np.array([0, 1, 12, 15]), np.array([1, 0, 4, 9]), np.array([1, 1, 4, 9]))
    found = judged(series, Method.TIMESLICES, 5, SLICE)
    assert found.counts(0, 100) == judged(series, Method.RATIO_TIMESLICES, 5, SLICE).counts(0, 100).__class__(
        Fraction(1), Fraction(2)
    )
    assert np.flatnonzero(found.known).tolist() == [4, 14]
    assert attained(judged(series, Method.RATIO_TIMESLICES, 5, SLICE).counts(0, 100)) == Fraction(3, 4)


def test_a_slice_exactly_at_its_target_is_good() -> None:
    assert judged(segments([(5, 20, 1)]), Method.TIMESLICES, 5, SLICE).counts(0, 5).good == 1
    assert judged(segments([(4, 20, 1), (1, 20, 2)]), Method.TIMESLICES, 5, SLICE).counts(0, 5).good == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=80), st.integers(0, 80))
def test_splitting_a_window_and_adding_up_gives_the_whole(minutes: list[tuple[int, int]], cut: int) -> None:
    good, bad = (np.array(column) for column in zip(*minutes, strict=True))
    series = minute_series(np.arange(len(minutes)), good, good + bad)
    for method in Method:
        found = judged(series, method, 7, SLICE)
        assert found.counts(0, cut) + found.counts(cut, 100) == found.counts(0, 100)


def test_without_a_slice_target_there_are_no_good_slices() -> None:
    found = by_method(a_day(), 0, 1440, 5, None)
    assert set(found) == {Method.OCCURRENCES, Method.RATIO_TIMESLICES}
    with pytest.raises(ValueError, match="the ratio from which a slice is good"):
        judged(a_day(), Method.TIMESLICES, 5, None)
