"""Level, weekdays and days of the month, each in a series where the right answer is known."""

from datetime import date, timedelta

import numpy as np
import pytest

from domain.forecast.expected import expected_days
from domain.forecast.fit import fit
from domain.forecast.month_days import LAST, USUAL, special_day

MONDAY = date(2026, 1, 5)
WEEK = np.array([7.0, 7, 7, 7, 7, 0, 0])


def test_closed_weekends_are_forecast_at_nothing_and_do_not_lower_the_level() -> None:
    found = expected_days(np.tile(WEEK, 8)[np.newaxis], MONDAY, [56], range(1, 8))
    assert found.cost[0, 0] == pytest.approx(WEEK)
    assert found.fit.level[0, 0] == pytest.approx(5)


def test_the_weekday_profile_is_one_on_average_and_ignores_one_odd_week() -> None:
    weekly = np.array([1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5])
    values = np.tile(weekly, 8)
    values[21:24] = 9
    found = fit(values[np.newaxis], [56])
    assert found.profile[0, 0] == pytest.approx(weekly)
    assert found.profile[0, 0].mean() == pytest.approx(1)


def test_the_level_weighs_each_day_a_tenth_less_than_the_next() -> None:
    rng = np.random.default_rng(1)
    values = np.tile(rng.uniform(9, 11, 7), 8) * np.repeat(rng.uniform(0.9, 1.1, 8), 7)
    found = fit(values[np.newaxis], [56])
    adjusted = values / np.tile(found.profile[0, 0], 8)
    recent = adjusted[-28:]
    spread = 3 * 1.4826 * np.median(np.abs(recent - np.median(recent)))
    clipped = np.clip(adjusted, np.median(recent) - spread, np.median(recent) + spread)
    weights = 0.9 ** np.arange(55, -1, -1)
    assert found.level[0, 0] == pytest.approx(np.average(clipped, weights=weights))


def test_one_extreme_day_moves_the_level_by_no_more_than_a_tenth_of_the_clipped_range() -> None:
    values = np.tile([9.0, 11.0], 28)[np.newaxis]
    spiked = values.copy()
    spiked[0, -1] = 1e6
    assert fit(spiked, [56]).level[0, 0] < fit(values, [56]).level[0, 0] + 0.1 * 2 * 3 * 1.4826


def test_a_series_active_on_few_of_its_days_is_forecast_at_its_plain_mean() -> None:
    values = np.zeros((1, 56))
    values[0, ::3] = 6
    found = expected_days(values, MONDAY, [56], range(1, 8))
    assert not found.fit.seasonal[0, 0]
    assert found.cost[0, 0] == pytest.approx(np.full(7, values.mean()))


def test_a_young_series_runs_on_at_the_mean_of_its_last_week() -> None:
    values = np.array([[1.0, 1, 1, 8, 8, 8, 8, 8, 8, 8]])
    assert expected_days(values, MONDAY, [10], [1]).cost[0, 0, 0] == pytest.approx(8)


def test_nothing_after_an_end_changes_what_is_expected_there() -> None:
    rng = np.random.default_rng(3)
    values = rng.gamma(4, 10, (5, 300))
    changed = values.copy()
    changed[:, 200:] = rng.gamma(4, 1000, (5, 100))
    for days in (values, changed):
        days[:, ::30] *= 5
    ahead = range(1, 32)
    before = expected_days(values, date(2025, 1, 1), [200], ahead)
    after = expected_days(changed, date(2025, 1, 1), [200], ahead)
    assert np.array_equal(before.cost, after.cost)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2028, 2, 28), USUAL), (date(2028, 2, 29), LAST), (date(2026, 2, 28), LAST), (date(2026, 3, 15), 15)]
    + [(date(2026, 3, number), number if number <= 3 else USUAL) for number in (1, 2, 3, 4)],
)
def test_five_days_of_a_month_are_special(day: date, expected: int) -> None:
    assert special_day(day) == expected


def expected_on_june_1(factors: dict[int, float]) -> float:
    """Of a series at 10 a day up to 30 May 2026, with the firsts of these months times their factor.

    The series begins three weeks before the earliest of them.
    """
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(150)]
    begin = date(2026, min(factors), 1) - timedelta(days=21)
    costs = [10 * (factors.get(day.month, 1) if day.day == 1 else 1) for day in days]
    values = np.array([[cost if day >= begin else np.nan for day, cost in zip(days, costs, strict=True)]])
    cost: float = expected_days(values, days[0], [len(days)], [2]).cost[0, 0, 0]
    return cost


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ({3: 4, 4: 4, 5: 4}, 40),
        ({3: 2, 4: 3, 5: 9}, 30),
        ({4: 4, 5: 4}, 40),
        ({5: 4}, 10),
        ({3: 4, 4: 1, 5: 4}, 10),
        ({3: 1.4, 4: 1.4, 5: 1.4}, 10),
        ({3: 0.5, 4: 0.5, 5: 0.5}, 5),
        ({3: 0.7, 4: 0.7, 5: 0.7}, 10),
    ],
)
def test_the_first_of_the_month_differs_when_at_least_two_months_and_all_of_them_say_so(
    factors: dict[int, float], expected: float
) -> None:
    assert expected_on_june_1(factors) == pytest.approx(expected, rel=1e-3)
