"""The early warning: early, rare, and blind to the future."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.anomaly.hourly import early_warnings, hourly_scores
from domain.forecast.series import Values

DAY = 24


def hours(seed: int, days: int = 70, series: int = 1) -> Values:
    rng = np.random.default_rng(seed)
    shape = 1 + 0.5 * np.sin(np.arange(days * DAY) / DAY * 2 * np.pi)
    values: Values = 100 * shape * np.exp(rng.normal(0, 0.08, (series, days * DAY)))
    return values


def test_the_score_is_the_sum_of_four_distances_in_spreads() -> None:
    values = np.array([[*[1.0, 3.0] * 150, 12.0]])
    level = hour = (12 - 2) / 1
    differences = np.array([*[2.0, -2.0] * 149, 2.0])
    difference = (12 - 3 - differences.mean()) / differences.std()
    # every day holds an even number of hours, so the same hour of each day before was 1; that distance never varied
    assert hourly_scores(values)[0, 300] == pytest.approx(level + difference + 0 + hour)


def test_a_first_week_and_an_unknown_hour_have_no_score() -> None:
    values = hours(1, 20)
    values[0, 300] = np.nan
    scores = hourly_scores(values)
    assert np.isnan(scores[0, : 7 * DAY]).all()
    assert np.isnan(scores[0, 300])
    assert not np.isnan(scores[0, 7 * DAY : 300]).any()


def test_a_constant_series_never_warns() -> None:
    scores = hourly_scores(np.full((1, 60 * DAY), 1 / 3))
    assert np.nanmax(np.abs(scores)) == 0
    assert not early_warnings(scores).any()


def test_a_surge_warns_within_its_first_hours_once_a_day() -> None:
    values = hours(2)
    start = 60 * DAY + 5
    values[0, start : start + 30] *= 3
    warned = np.flatnonzero(early_warnings(hourly_scores(values))[0])
    found = warned[(warned >= start) & (warned < start + 30)]
    assert found[0] <= start + 2


def test_quiet_series_warn_about_as_often_as_allowed() -> None:
    values = hours(3, 150, 20)
    warned = early_warnings(hourly_scores(values))[:, 60 * DAY :]
    months = 20 * 90 / 30.4
    assert 0.4 < warned.sum() / months < 1.7


def test_only_the_largest_of_the_last_day_warns() -> None:
    scores = np.zeros((1, 60 * DAY))
    scores[0, [800, 810, 820, 850]] = 9, 8, 10, 9.5
    assert np.flatnonzero(early_warnings(scores)[0]).tolist() == [800, 820, 850]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50), st.integers(7 * DAY, 40 * DAY - 1), st.sampled_from([1, 2]))
def test_a_warning_does_not_change_when_the_future_does(seed: int, hour: int, points_per_hour: int) -> None:
    values = hours(seed, 40)
    other = values.copy()
    other[:, hour + 1 :] *= 9
    one, two = (hourly_scores(each, points_per_hour) for each in (values, other))
    assert np.array_equal(one[:, : hour + 1], two[:, : hour + 1], equal_nan=True)
    warned, again = (early_warnings(each, points_per_hour) for each in (one, two))
    assert np.array_equal(warned[:, : hour + 1], again[:, : hour + 1])
