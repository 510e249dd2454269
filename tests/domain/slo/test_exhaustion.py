"""When the budget will be gone."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slo.exhaustion import calendar_minutes_left, minutes_left, rolling_minutes_left
from domain.slo.series import minute_series
from tests.domain.slo.vectors import VECTORS, WORKBOOK, counts, segments

BUDGET = Decimal("0.001")
MONTH = 30 * 1440


def test_the_simple_formula_is_the_workbooks() -> None:
    assert minutes_left(Fraction(60, 100), MONTH, Fraction(6)) == VECTORS["forecast"]["hours_left_60pct_burn6_30d"] * 60
    assert minutes_left(Fraction(25, 100), MONTH, Fraction(0)) == VECTORS["forecast"]["hours_left_25pct_burn0"]
    for burn, days in WORKBOOK["exhaust_days"].items():
        assert minutes_left(Fraction(1), MONTH, Fraction(burn)) == days * 1440
    total = minutes_left(Fraction(1), MONTH, 1 / Fraction(BUDGET))
    assert float(total or 0) == WORKBOOK["exhaust_minutes_burn1000"]
    quick = minutes_left(Fraction(1), MONTH, Fraction(35))
    assert float(quick or 0) / 60 == pytest.approx(WORKBOOK["burn35_exhaust_h"])
    strict = minutes_left(Fraction(1), MONTH, 1 / Fraction("0.00001"))
    assert float(strict or 0) * 60 == pytest.approx(WORKBOOK["slo99999_exhaust_s"])


def test_an_overspent_budget_is_gone_now() -> None:
    assert minutes_left(Fraction(-1, 10), MONTH, Fraction(1)) == 0
    assert minutes_left(Fraction(1, 10), MONTH, None) is None
    spent = segments([(100, 100, 50)])
    assert rolling_minutes_left(spent, 100, BUDGET, counts(100, 100), 60) == 0
    assert calendar_minutes_left(counts(50, 100), BUDGET, counts(100, 100), 60, 500) == 0


def test_old_errors_that_leave_a_rolling_window_keep_it_alive() -> None:
    old = segments([(100, 100, 9), (900, 100, 0)])
    recent = old.counts(0, 0) + counts(6000 - 59, 6000)
    assert minutes_left(Fraction(1, 10), 1000, Fraction(59, 60)) == pytest.approx(101, abs=1)
    assert rolling_minutes_left(old, 1000, Decimal("0.01"), recent, 60) is None


def test_a_clean_history_is_spent_faster_than_the_simple_formula_says_when_burning_above_one() -> None:
    clean = segments([(1000, 100, 0)])
    recent = counts(98 * 60, 100 * 60)
    assert rolling_minutes_left(clean, 1000, Decimal("0.01"), recent, 60) == 501
    assert minutes_left(Fraction(1), 1000, Fraction(2)) == 500


def test_without_recent_minutes_nobody_knows() -> None:
    series = segments([(10, 100, 0)])
    assert rolling_minutes_left(series, 100, BUDGET, counts(0, 0), 0) is None
    assert calendar_minutes_left(counts(0, 0), BUDGET, counts(0, 0), 0, 100) is None


def test_a_calendar_window_may_last_to_its_end() -> None:
    so_far, recent = counts(1000, 1000), counts(98, 100)
    assert calendar_minutes_left(so_far, Decimal("0.01"), recent, 10, 10_000) == 101
    assert calendar_minutes_left(so_far, Decimal("0.01"), recent, 10, 101) == 101
    assert calendar_minutes_left(so_far, Decimal("0.01"), recent, 10, 100) is None
    assert calendar_minutes_left(so_far, Decimal("0.01"), counts(99, 100), 10, 10_000) is None


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), min_size=1, max_size=40),
    st.tuples(st.integers(0, 30), st.integers(0, 9)),
    st.integers(1, 50),
)
def test_the_simulation_is_the_definition_minute_by_minute(
    minutes: list[tuple[int, int]], lately: tuple[int, int], period: int
) -> None:
    budget = Decimal("0.1")
    good, bad = (np.array(column) for column in zip(*minutes, strict=True))
    series = minute_series(np.arange(len(minutes)), good, good + bad)
    recent = counts(lately[0], sum(lately))
    line = [(Fraction(g), Fraction(b)) for g, b in minutes] + [(recent.good / 7, recent.bad / 7)] * period

    def spent(after: int) -> bool:
        window = (
            line[: len(minutes) + after][-period:] if period <= len(minutes) + after else line[: len(minutes) + after]
        )
        goods, bads = (sum(column) for column in zip(*window, strict=True))
        return bads > Fraction(budget) * (goods + bads)

    expected = next((after for after in range(period + 1) if spent(after)), None)
    assert rolling_minutes_left(series, period, budget, recent, 7) == expected


@given(st.integers(0, 300), st.integers(0, 40), st.integers(0, 30), st.integers(0, 9), st.integers(0, 200))
def test_the_end_of_a_calendar_window_is_the_definition(good: int, bad: int, g: int, b: int, ahead: int) -> None:
    budget = Fraction(1, 10)
    so_far, recent = counts(good, good + bad), counts(g, g + b)

    def spent(after: int) -> bool:
        bads, alls = bad + Fraction(b * after, 7), good + bad + Fraction((g + b) * after, 7)
        return bads > budget * alls

    expected = next((after for after in range(ahead + 1) if spent(after)), None)
    assert calendar_minutes_left(so_far, Decimal("0.1"), recent, 7, ahead) == expected
