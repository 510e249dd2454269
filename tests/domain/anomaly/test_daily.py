"""The verdict of a day: what it must find, and what must never change it."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.anomaly.baseline import baseline
from domain.anomaly.calendar import Span, launched, without_holidays
from domain.anomaly.daily import Known, Scores, score_days
from domain.anomaly.late import before_rescoring, rescored
from domain.anomaly.method import AMOUNT, LATENCY, LEVEL, RATIO, Sensitivity, raised
from domain.anomaly.robust import known_before
from domain.anomaly.unit_cost import busy, cost_per_request, only_busy, with_unit_cost
from domain.forecast.series import Values

FIRST_DAY = date(2026, 1, 5)
NAN = np.nan


def noisy(seed: int, series: int = 1, days: int = 130) -> Values:
    rng = np.random.default_rng(seed)
    weekday = np.array([1.2, 1.2, 1.1, 1.0, 1.0, 0.6, 0.5])[np.arange(days) % 7]
    values: Values = 1000 * weekday * np.exp(rng.normal(0, 0.05, (series, days)))
    return values


def alerting(scores: Scores, row: int = 0) -> list[int]:
    return np.flatnonzero(scores.alerts()[row]).tolist()


def same(one: Values, other: Values) -> bool:
    return bool(np.array_equal(one, other, equal_nan=True))


@st.composite
def histories(draw: st.DrawFn) -> Values:
    """Two odd series: gaps, zeros, credits, jumps."""
    values = noisy(draw(st.integers(0, 99)), 2, 110)
    for _ in range(draw(st.integers(0, 4))):
        row, start, length = draw(st.integers(0, 1)), draw(st.integers(0, 109)), draw(st.integers(1, 60))
        values[row, start : start + length] *= draw(st.sampled_from([0.0, NAN, -1.0, 0.3, 4.0]))
    return values


@settings(max_examples=40, deadline=None)
@given(histories(), st.integers(0, 108), st.sampled_from([AMOUNT, RATIO, LATENCY, LEVEL]), st.floats(0, 1e6))
def test_a_score_does_not_change_when_the_future_does(values: Values, day: int, method: object, later: float) -> None:
    other = values.copy()
    other[:, day + 1 :] = later
    one, two, cut = (score_days(each, FIRST_DAY, method) for each in (values, other, values[:, : day + 1]))  # type: ignore[arg-type]
    for each in (two, cut):
        assert same(one.score[:, : day + 1], each.score[:, : day + 1])
        assert same(one.expected[:, : day + 1], each.expected[:, : day + 1])


@settings(max_examples=30, deadline=None)
@given(histories(), st.integers(0, 108))
def test_the_scored_day_is_not_in_its_own_baseline(values: Values, day: int) -> None:
    known = np.where(values < 0, NAN, values)
    other = known.copy()
    other[:, day] += 1
    one, two = (baseline(each, each, 0.04) for each in (known, other))
    for name in ("offset", "scale", "usual"):
        assert same(getattr(one, name)[:, : day + 1], getattr(two, name)[:, : day + 1])
    grown = known_before(known)[:, day] >= 28
    assert same(one.expected[grown, day], two.expected[grown, day])


@settings(max_examples=30, deadline=None)
@given(histories(), st.sampled_from([1e-3, 1000.0, 1e6]))
def test_the_currency_changes_no_score(values: Values, factor: float) -> None:
    one, two = score_days(values, FIRST_DAY), score_days(values * factor, FIRST_DAY)
    assert one.score == pytest.approx(two.score, rel=1e-6, abs=1e-9, nan_ok=True)
    assert one.expected * factor == pytest.approx(two.expected, rel=1e-6, abs=1e-9 * factor, nan_ok=True)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(6)), histories())
def test_the_order_of_the_series_changes_nothing(order: list[int], odd: Values) -> None:
    values = np.concatenate([noisy(3, 4, 110), odd])
    assert same(score_days(values, FIRST_DAY).score[order], score_days(values[order], FIRST_DAY).score)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1e12), st.integers(1, 150), st.sets(st.integers(0, 149)))
def test_a_constant_series_never_alerts(level: float, days: int, missing: set[int]) -> None:
    values = np.full((1, days), level)
    values[0, [day for day in missing if day < days]] = NAN
    for method in (AMOUNT, RATIO, LATENCY, LEVEL):
        scores = score_days(values, FIRST_DAY, method)
        assert not scores.alerts().any()
        assert np.nan_to_num(scores.score).max() < 1e-3


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 99), st.sets(st.integers(0, 109), max_size=30), st.integers(71, 109))
def test_a_night_that_goes_on_from_the_last_one_says_the_same(seed: int, missing: set[int], since: int) -> None:
    values = noisy(seed, 2, 110)
    values[1, sorted(missing)] = NAN
    values[0, 80:95] *= 1.8
    known = Known(holidays=[FIRST_DAY + timedelta(days=90)], launches=[launched(1, FIRST_DAY + timedelta(days=70))])
    whole = score_days(values, FIRST_DAY, known=known)
    assert whole.past is not None
    night = score_days(values, FIRST_DAY, known=known, past=whole.past.until(since))
    for name in ("score", "expected", "threshold", "learning"):
        assert same(getattr(whole, name)[:, since:].astype(float), getattr(night, name).astype(float))
    assert night.past is not None
    assert same(night.past.moved, whole.past.moved)


def test_a_jump_and_a_drop_alert_on_their_first_day() -> None:
    values = noisy(1, 2)
    values[0, 100:] *= 1.6
    values[1, 100:] *= 0.4
    scores = score_days(values, FIRST_DAY)
    assert alerting(scores, 0)[0] == alerting(scores, 1)[0] == 100
    assert scores.expected[:, 100] == pytest.approx(noisy(1, 2)[:, 100], rel=0.15)


def test_what_is_expected_stays_the_old_level_while_the_shift_lasts() -> None:
    values = noisy(1)
    values[0, 100:] *= 1.6
    scores = score_days(values, FIRST_DAY)
    assert {100, 105, 110, 115} <= set(alerting(scores))
    assert scores.expected[0, 112] == pytest.approx(noisy(1)[0, 112], rel=0.15)


def test_a_batch_on_every_first_of_a_month_alerts_until_it_is_a_habit() -> None:
    values = noisy(2, days=300)
    firsts = [number for number in range(300) if (FIRST_DAY + timedelta(days=number)).day == 1]
    values[0, firsts] *= 4
    assert [day for day in alerting(score_days(values, FIRST_DAY)) if day in firsts] == firsts[:1]
    assert set(firsts[1:]) <= set(alerting(score_days(values, FIRST_DAY, LATENCY)))
    values[0, firsts[-1]] *= 4
    assert firsts[-1] in alerting(score_days(values, FIRST_DAY))


def test_a_young_series_is_learning_then_judged_less_strictly() -> None:
    scores = score_days(np.concatenate([np.zeros((1, 40)), noisy(3, days=60)], axis=1), FIRST_DAY)
    assert np.flatnonzero(~np.isnan(scores.score[0]))[0] == 54
    assert np.flatnonzero(scores.learning[0]).tolist() == list(range(40, 54))
    assert scores.threshold[0, 54:] == pytest.approx([7.0] * 14 + [5.0] * 32)
    assert score_days(noisy(3), FIRST_DAY, LATENCY).threshold[0, [27, 28]] == pytest.approx([8.4, 6.0])


def test_planned_days_do_not_alert_and_teach_nothing() -> None:
    values = noisy(4, 2)
    values[:, 90:97] *= 5
    event = Span(0, FIRST_DAY + timedelta(days=90), FIRST_DAY + timedelta(days=97))
    scores = score_days(values, FIRST_DAY, known=Known(planned=[event]))
    assert np.isnan(scores.score[0, 90:97]).all()
    assert alerting(scores, 0) == []
    assert alerting(scores, 1)[0] == 90
    without = noisy(4, 2)
    without[:, 90:97] = NAN
    assert same(scores.score[0], score_days(without, FIRST_DAY).score[0])


def test_a_quiet_holiday_does_not_alert_and_counts_as_a_usual_day_later() -> None:
    values = noisy(5)
    values[0, 100] *= 0.2
    holiday = Known(holidays=[FIRST_DAY + timedelta(days=100), date(1999, 1, 1)])
    assert alerting(score_days(values, FIRST_DAY)) == [100]
    assert alerting(score_days(values, FIRST_DAY, known=holiday)) == []
    assert without_holidays(np.arange(30.0)[np.newaxis], [0, 25])[0, [0, 25]] == pytest.approx([NAN, 11], nan_ok=True)


def test_after_a_launch_only_single_days_alert() -> None:
    values = noisy(6)
    values[0, 90:] *= np.exp(np.minimum(np.arange(40) * 0.01, 0.3))
    assert [day for day in alerting(score_days(values, FIRST_DAY)) if day < 120] != []
    marker = launched(None, FIRST_DAY + timedelta(days=90))
    assert (marker.end - marker.start).days == 30
    scores = score_days(values, FIRST_DAY, known=Known(launches=[marker]))
    assert [day for day in alerting(scores) if day < 120] == []


def test_credits_are_unknown() -> None:
    values = noisy(7)
    credited = values.copy()
    credited[0, 100] = -5000
    values[0, 100] = NAN
    assert same(score_days(values, FIRST_DAY).score, score_days(credited, FIRST_DAY).score)


def test_an_infinite_value_is_refused() -> None:
    with pytest.raises(ValueError, match="infinite"):
        score_days([[np.inf]], FIRST_DAY)  # type: ignore[arg-type]


def test_sensitivity_and_feedback_move_the_threshold() -> None:
    assert [raised(5, 0, one) for one in Sensitivity] == [4, 5, 6]
    assert [raised(5, times) for times in (1, 2, 3, 4)] == pytest.approx([5, 6, 6, 7.2])
    assert raised(3.4, 2, Sensitivity.LOW) == pytest.approx(3.4 * 1.2 * 1.2)
    values = noisy(8, 2)
    values[:, 100] *= 1.5
    scores = score_days(values, FIRST_DAY)
    size = scores.score[0, 100] / 5
    assert scores.alerts(np.array([size * 1.01, 0.8]))[:, 100].tolist() == [False, True]


def test_a_dearer_model_shows_in_cost_per_request_while_less_traffic_hides_it_in_cost() -> None:
    requests, unit = noisy(9), np.full((1, 130), 0.02)
    requests[0, 100:] *= 0.6
    unit[0, 100:] /= 0.6
    cost = requests * unit
    of_cost = score_days(cost, FIRST_DAY)
    of_ratio = score_days(cost_per_request(cost, requests), FIRST_DAY, RATIO)
    both = with_unit_cost(of_cost, of_ratio, requests)
    assert 100 not in alerting(of_cost)
    assert 100 in alerting(both)
    assert both.score[0, 100] == pytest.approx(0.7 * np.log((0.02 / 0.6 + 0.001) / 0.021) / (1.15 * 0.03))
    assert both.expected[0, 100] == pytest.approx(0.02 * requests[0, 100])
    assert both.threshold is of_cost.threshold


def test_cost_per_request_counts_from_a_median_of_20_requests_a_day() -> None:
    requests = np.array([[20.0] * 60, [19.0] * 60, [NAN] * 60])
    assert busy(requests)[:, 59].tolist() == [True, False, False]
    assert busy(requests, since=59).tolist() == [[True], [False], [False]]
    ratio = score_days(np.full((3, 60), 2.0), FIRST_DAY, RATIO)
    assert (~np.isnan(only_busy(ratio, requests).score[:, 59])).tolist() == [True, False, False]
    assert same(
        cost_per_request(np.array([[1.0, 1, -1, NAN]]), np.array([[2.0, 0, 1, 1]])), np.array([[0.5, *[NAN] * 3]])
    )


def test_late_data_opens_keeps_and_withdraws() -> None:
    before, after = np.array([[True, True, False, False]]), np.array([[True, False, True, False]])
    found = rescored(before, after)
    assert found.kept.tolist() == [[True, False, False, False]]
    assert found.withdrawn.tolist() == [[False, True, False, False]]
    assert found.opened.tolist() == [[False, False, True, False]]


def test_the_last_three_days_are_scored_again_with_what_came_late() -> None:
    half_loaded = noisy(10)
    half_loaded[0, 128] *= 0.3
    night = score_days(half_loaded, FIRST_DAY)
    assert night.past is not None
    again = score_days(noisy(10), FIRST_DAY, past=before_rescoring(night.past))
    found = rescored(night.alerts()[:, 127:], again.alerts())
    assert found.withdrawn.tolist() == [[False, True, False]]


def test_the_return_to_normal_counts_half() -> None:
    values = noisy(11)
    values[0, 90:115] *= 1.8
    scores = score_days(values, FIRST_DAY)
    assert 90 in alerting(scores)
    calm = noisy(11)
    calm[0, 115:] /= 1.8
    assert scores.score[0, 115] < 0.75 * score_days(calm, FIRST_DAY).score[0, 115]
