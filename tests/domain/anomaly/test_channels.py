"""Each channel against numbers worked out by hand from its formula."""

from datetime import date

import numpy as np
import pytest

from domain.anomaly.baseline import baseline, weekday_profiles
from domain.anomaly.point import eased_on_holidays, month_day_habits, point_scores
from domain.anomaly.robust import mad_spread, spread, trailing
from domain.anomaly.shift import eased_on_return, moves
from domain.anomaly.sparse import resting_days, sparse_scores
from domain.forecast.series import Values

NAN = np.nan


def test_the_days_before_each_day_end_with_the_day_before() -> None:
    row = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert trailing(row, 2, 1)[0].tolist()[2:] == [[1, 2], [2, 3]]
    assert np.isnan(trailing(row, 2, 1)[0, 0]).all()
    assert trailing(row, 2, 0)[0, 3].tolist() == [2, 3, 4]
    assert trailing(row, 2, 1, since=3)[0].tolist() == [[2, 3]]


@pytest.mark.parametrize("unknown", [0, 3])
def test_a_spread_is_the_larger_of_middle_and_tail(unknown: int) -> None:
    gap = [NAN] * unknown
    assert spread(np.array([1.0, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, *gap])) == pytest.approx(1.4826)
    tail = np.array([0.0, 0, 0, 0, 0, 0, 0, 0, -5, 5, 5, *gap])
    assert spread(tail) == pytest.approx(5 / 1.645)
    assert mad_spread(np.array([1.0, -2, 3, *gap])) == pytest.approx(2 * 1.4826)


def test_a_doubled_day_after_equal_ones_lies_ln_205_over_105_off() -> None:
    values = np.array([[*[100.0] * 56, 200.0]])
    base = baseline(values, values, 0.04)
    assert base.offset[0, 56] == pytest.approx(5)
    assert base.error[0, 56] == pytest.approx(np.log(205 / 105))
    assert base.scale[0, 56] == pytest.approx(1.15 * 0.04)
    assert np.exp(base.expected[0, 56]) - 5 == pytest.approx(100)
    assert np.isnan(base.error[0, :14]).all()
    assert base.error[0, 14:56] == pytest.approx(0)


def test_the_weekday_profile_is_that_of_the_scored_day() -> None:
    week = np.array([14.0, 10, 10, 10, 10, 10, 6])
    values = np.tile(week, 9)[np.newaxis, : 8 * 7 + 1]
    profile = weekday_profiles(values)[0, 56]
    offset = 0.05 * week.mean()
    logs = np.log(week + offset)
    assert profile == pytest.approx(logs - logs.mean())
    assert baseline(values, values, 0.04).error[0, 56] == pytest.approx(0)


def test_a_series_of_under_four_weeks_borrows_the_weekdays_of_its_parent() -> None:
    week = np.array([14.0, 10, 10, 10, 10, 10, 6])
    parent = np.tile(week, 12)[np.newaxis]
    values = np.full((1, 84), NAN)
    values[0, 56:] = parent[0, 56:]
    lent = baseline(values, values, 0.04, parent_profile=weekday_profiles(parent))
    own = baseline(values, values, 0.04)
    assert np.abs(lent.error[0, 56 + 14 : 56 + 28]).max() < 1e-3
    assert lent.error[0, 83] == pytest.approx(lent.error[0, 83])
    assert np.isnan(own.error[0, 56 : 56 + 14]).all()


def test_a_ramp_after_a_launch_is_judged_by_its_last_days_too() -> None:
    values = np.linspace(1, 20, 20)[np.newaxis]
    base = baseline(values, values, 0.04, parent_profile=np.zeros((1, 20, 7)))
    offset = 0.05 * values[0, :19].mean()
    assert base.error[0, 19] == pytest.approx(np.log((20 + offset) / (18 + offset)))


def test_closed_weekdays_say_nothing_of_the_spread() -> None:
    rng = np.random.default_rng(5)
    days = np.exp(rng.normal(0, 0.2, 63)) * np.tile([1, 1, 1, 1, 1, 0, 0], 9)
    open_days = np.where(days > 0, days, NAN)
    closed, unknown = (baseline(row[np.newaxis], row[np.newaxis], 0.04) for row in (days, open_days))
    assert closed.scale[0, 60] == pytest.approx(unknown.scale[0, 60], rel=0.02)
    assert not resting_days(days[np.newaxis])[0][0, 14:].any()
    assert resting_days(days[np.newaxis])[1][0, 21:28].tolist() == [False] * 5 + [True] * 2


def test_the_habit_of_a_day_of_the_month_is_taken_off_with_its_doubt() -> None:
    error = np.zeros((1, 100))
    error[0, [0, 31, 59]] = 1.0, 1.2, 0.8
    error[0, 90] = 1.1
    habits = month_day_habits(error, date(2025, 1, 1))
    assert habits[0, [0, 31, 59, 90]] == pytest.approx([0, 1.0, 1.1, 1.0])
    assert habits[0, [5, 91]] == pytest.approx([0, 0])
    assert month_day_habits(error, date(2025, 1, 1), since=60)[0, 30] == pytest.approx(1.0)
    scores, habit = point_scores(error, np.full((1, 100), 0.1), habits)
    assert scores[0, 90] == pytest.approx(0.1 / np.sqrt(1.25 * 0.01 + 0.0225))
    assert habit[0, 90] == pytest.approx(1.0)


def test_a_habit_smaller_than_the_noise_is_none() -> None:
    one = np.ones((1, 1))
    scores, habit = point_scores(2 * one, one, 2.5 * one)
    assert scores.tolist() == [[2.0]]
    assert habit.tolist() == [[0.0]]


def test_less_on_a_holiday_is_no_news_and_more_counts_half() -> None:
    scores = np.array([[6.0, -6, 6, 6], [6.0, 8, -6, 6]])
    assert eased_on_holidays(scores, [1]).tolist() == [[6, 0, 4, 6], [6, 4, -4, 6]]
    assert eased_on_holidays(scores, [-1, 3]).tolist() == [[4, -6, 6, 3], [4, 8, -6, 3]]


def alternating(last: float) -> Values:
    return np.array([[*[0.1, -0.1] * 45, last]])


def test_a_shift_counts_in_what_shifts_usually_are() -> None:
    shift, scale, ages = alternating(0.8), np.full((1, 91), 0.04), np.arange(91)[np.newaxis]
    never = np.zeros((1, 91), dtype=bool)
    assert moves(shift, scale, ages, never)[0, 90] == pytest.approx(0.8 / 0.14826)
    assert moves(shift, 10 * scale, ages, never)[0, 90] == pytest.approx(0.8 / 0.2)
    assert moves(shift, scale, ages, ~never)[0, 90] == 0
    assert moves(shift, scale, ages - 21, never)[0, 90] == 0
    assert moves(shift, scale[:, 90:], ages[:, 90:], never[:, 90:]) == pytest.approx(0.8 / 0.14826)


def test_a_move_back_within_45_days_counts_half() -> None:
    moved = np.zeros((4, 60))
    moved[0, [10, 55]] = 6, -6
    moved[1, [10, 56]] = 6, -6
    moved[2, [10, 55]] = 4, -6
    moved[3, [10, 55]] = -6, 6
    assert eased_on_return(moved, moved)[range(4), [55, 56, 55, 55]].tolist() == [-3, -6, -6, 3]
    assert eased_on_return(moved[:, 55:], moved)[:, :2].tolist() == [[-3, 0], [0, -6], [-6, 0], [3, 0]]
    assert eased_on_return(np.full((4, 5), -8.0), moved)[:, 0].tolist() == [-4, -4, -8, -8]


def test_a_day_of_a_sparse_series_is_compared_with_active_days() -> None:
    values = np.array([[*[10.0, 0.0, 0.0] * 28, 60.0, 0.0, NAN]])
    sparse, closed = resting_days(values)
    assert sparse[0, 84]
    assert not closed[0, 84]
    score, expected = sparse_scores(values, values, sparse)
    assert score[0, 84] == pytest.approx(1.5 * np.log(6) / 0.5)
    assert expected[0, 84] == pytest.approx(10)
    assert score[0, 85] == 0
    assert np.isnan(score[0, 86])
    assert np.isnan(score[0, :12]).all()
    late, rest = resting_days(values, since=84)
    assert (late.tolist(), rest.tolist()) == (sparse[:, 84:].tolist(), closed[:, 84:].tolist())


def test_a_series_active_on_three_quarters_of_its_days_is_not_sparse() -> None:
    values = np.array([[*[1.0, 1.0, 1.0, 0.0] * 21, 1.0], [*[1.0, 0.0, 1.0, 0.0] * 21, 1.0]])
    assert resting_days(values)[0][:, 84].tolist() == [False, True]
