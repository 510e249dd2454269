"""Bad events out of a known number: worked out by hand, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.anomaly.rates import RateForm, form_of, score_rates
from domain.forecast.series import Values

NAN = np.nan


def steady(last: float, days: int = 57) -> tuple[Values, Values]:
    bad, total = np.full((1, days), 2.0), np.full((1, days), 1000.0)
    bad[0, -1] = last
    return bad, total


def test_twenty_bad_after_two_a_day_scores_5_9() -> None:
    scores = score_rates(*steady(20))
    expected = 1000 * 112.5 / 56001
    assert scores.expected[0, 56] == pytest.approx(expected)
    assert scores.score[0, 56] == pytest.approx(2 * (np.sqrt(20.375) - np.sqrt(expected + 0.375)))
    assert scores.alerts()[0].tolist() == [False] * 56 + [True]


def test_a_restless_rate_must_move_further() -> None:
    bad = np.array([[*[2.0, 12.0] * 42, 20.0]])
    calm, restless = score_rates(*steady(20, 85)), score_rates(bad, np.full((1, 85), 1000.0))
    assert calm.alerts()[0, 84]
    assert not restless.alerts()[0, 84]


def test_fewer_bad_events_never_alert() -> None:
    bad, total = np.full((1, 80), 500.0), np.full((1, 80), 1000.0)
    bad[0, 60:] = 0
    assert np.nanmax(score_rates(bad, total).score) == 0


def test_a_young_rate_is_learning_then_judged_less_strictly() -> None:
    scores = score_rates(*steady(2))
    assert np.isnan(scores.score[0, :14]).all()
    assert not np.isnan(scores.score[0, 14:]).any()
    assert np.flatnonzero(scores.learning[0]).tolist() == list(range(14))
    assert scores.threshold[0, [27, 28]] == pytest.approx([3.4 * 1.4, 3.4])


@pytest.mark.parametrize(("bad", "total"), [(5, NAN), (NAN, 100), (-1, 100), (101, 100), (0, 0)])
def test_a_day_that_cannot_be_is_unknown_and_teaches_nothing(bad: float, total: float) -> None:
    (k, n), (clean, events) = steady(20), steady(20)
    k[0, 30], n[0, 30] = bad, total
    scores = score_rates(k, n)
    assert np.isnan(scores.score[0, 30])
    planned = np.zeros((1, 57), dtype=bool)
    planned[0, 30] = True
    assert scores.score == pytest.approx(score_rates(clean, events, planned).score, nan_ok=True)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 3000)), min_size=20, max_size=120), st.data())
def test_a_rate_s_score_does_not_change_when_the_future_does(days: list[tuple[int, int]], data: st.DataObject) -> None:
    counts = np.array(days, dtype=float).T[:, np.newaxis, :]
    day = data.draw(st.integers(0, len(days) - 1))
    later = counts.copy()
    later[:, :, day + 1 :] = 777
    one, two = score_rates(*counts), score_rates(*later)
    assert np.array_equal(one.score[:, : day + 1], two.score[:, : day + 1], equal_nan=True)


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([0, 1, 3, 0.5], RateForm.COUNT),
        ([0, 0.02, 3], RateForm.SHARE),
        ([0, 2.5, 0.1], RateForm.PERCENT),
        ([0, 1, NAN], RateForm.COUNT),
    ],
)
def test_the_earliest_day_that_tells_says_how_a_rate_is_written(values: list[float], form: RateForm) -> None:
    total = np.full((1, len(values)), 200.0)
    assert form_of("error_rate", np.array([values]), total) is form
    assert form.size(total)[0, 0] == {"count": 1, "share": 200, "percent": 2}[form]


def test_a_rate_of_single_events_is_a_share() -> None:
    assert form_of("error_rate", np.array([[0.0, 1.0]]), np.ones((1, 2))) is RateForm.SHARE


def test_only_the_name_tells_half_a_percent_from_a_half() -> None:
    assert form_of("error_pct", np.array([[0.5]]), np.full((1, 1), 200.0)) is RateForm.PERCENT
