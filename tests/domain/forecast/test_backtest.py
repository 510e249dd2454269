"""The forecast at a series' own earlier month ends."""

from datetime import date

import numpy as np
import pytest

from domain.forecast.backtest import backtest, widening
from domain.forecast.month import forecast_month
from tests.domain.forecast.generator import FIRST_DAY, portfolio


def test_a_flat_series_was_always_right() -> None:
    lines = backtest(np.full(365, 4.0), date(2025, 1, 1))
    assert [line.days_left for line in lines] == [25, 20, 15, 10, 5]
    for line in lines:
        assert line.month_count == 11
        assert line.error_ratio == pytest.approx(0, abs=1e-12)


def test_an_error_is_the_one_that_stood_there_on_the_day() -> None:
    values = portfolio(4, 1, 400)
    (line,) = backtest(values, FIRST_DAY, days_left=[10], months=1)
    known = values[:, : (date(2025, 9, 20) - FIRST_DAY).days + 1]
    then = forecast_month(known, FIRST_DAY, date(2025, 9, 1), date(2025, 10, 1))[0]
    actual = values[0, (date(2025, 9, 1) - FIRST_DAY).days : (date(2025, 10, 1) - FIRST_DAY).days].sum()
    assert then.total is not None
    assert line.error_ratio == pytest.approx(abs(then.total / actual - 1))
    assert (line.month_count, line.interval_count) == (1, 1)
    assert line.covered_80_ratio in (0, 1)


def test_many_series_are_pooled_and_later_days_are_easier() -> None:
    lines = backtest(portfolio(6, 70, 480), FIRST_DAY, months=6)
    assert all(line.month_count > 300 for line in lines)
    errors = [line.error_ratio for line in lines]
    assert errors == sorted(errors, key=lambda error: -(error or 0))
    assert all(line.covered_95_ratio is not None and line.covered_95_ratio > 0.85 for line in lines)


@pytest.mark.parametrize(
    "values", [np.ones(40), np.zeros(300), np.full(300, np.nan)], ids=["short", "zeros", "unknown"]
)
def test_where_no_month_can_be_checked_everything_is_unknown(values: np.ndarray) -> None:
    for line in backtest(values, date(2025, 1, 1)):
        assert (line.month_count, line.error_ratio, line.covered_80_ratio) == (0, None, None)


def test_a_range_that_held_too_seldom_is_stretched() -> None:
    assert widening(0.74) == 1.15
    assert widening(0.75) == widening(None) == 1.0
