"""Attainment, its interval, and what is left of the budget."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slo.attainment import NOTHING, State, attained, burn_rate, interval, remaining, state
from domain.slo.timing import spent_share
from tests.domain.slo.vectors import VECTORS, WORKBOOK, counts

BUDGET = Decimal("0.001")
TARGET = 1 - BUDGET
budgets = st.decimals("0.00001", "0.5", places=5)


def test_nothing_is_neither_kept_nor_broken() -> None:
    assert attained(NOTHING) is None
    assert burn_rate(NOTHING, BUDGET) is None
    assert remaining(NOTHING, BUDGET) is None
    assert interval(NOTHING) is None
    assert state(NOTHING, TARGET) is State.NO_DATA


@pytest.mark.parametrize(("bad", "total", "key"), [(7, 7200, "wilson_err_7_of_7200"), (0, 240, "wilson_err_0_of_240")])
def test_the_interval_is_wilsons(bad: int, total: int, key: str) -> None:
    found = interval(counts(total - bad, total))
    assert found is not None
    low, high = VECTORS["confidence"][key]
    assert (1 - found[1], 1 - found[0]) == pytest.approx((low, high), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("bad", "total", "said"),
    [
        (7, 7200, State.NOT_ENOUGH),
        (0, 240, State.NOT_ENOUGH),
        (0, 10_000, State.MET),
        (60, 10_000, State.MISSED),
        (1, 1, State.MISSED),
        (1000, 1_000_000, State.NOT_ENOUGH),
    ],
)
def test_a_verdict_needs_an_interval_on_one_side_of_the_target(bad: int, total: int, said: State) -> None:
    assert state(counts(total - bad, total), TARGET) is said


@given(st.integers(0, 5000), st.integers(1, 5000), st.decimals("0.5", "0.9999", places=4))
def test_the_exact_verdict_is_that_of_the_drawn_interval(bad: int, more: int, target: Decimal) -> None:
    seen = counts(more, bad + more)
    drawn = interval(seen)
    assert drawn is not None
    if all(abs(bound - float(target)) > 1e-9 for bound in drawn):
        inside = drawn[0] <= float(target) <= drawn[1]
        assert (state(seen, target) is State.NOT_ENOUGH) == inside


@given(st.integers(1, 10**9), budgets)
def test_burning_at_one_for_the_whole_window_spends_exactly_the_budget(total: int, budget: Decimal) -> None:
    bad = Fraction(budget) * total
    whole = counts(0, total)
    seen = type(whole)(total - bad, whole.total)
    assert burn_rate(seen, budget) == 1
    assert remaining(seen, budget) == 0


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2), budgets)
def test_the_budget_of_added_windows_is_that_of_the_whole(parts: list[tuple[int, int]], budget: Decimal) -> None:
    added = NOTHING
    for good, bad in parts:
        added += counts(good, good + bad)
    good, bad = (sum(column) for column in zip(*parts, strict=True))
    assert remaining(added, budget) == remaining(counts(good, good + bad), budget)


def test_a_service_at_the_edge_of_its_budget_does_not_exceed_it() -> None:
    assert burn_rate(counts(999, 1000), 1 - Decimal("0.999")) == 1


def test_an_overspent_budget_is_negative() -> None:
    left = remaining(counts(10_000_000 - 13_000, 10_000_000), BUDGET)
    assert left is not None
    assert float(left) == VECTORS["forecast"]["remaining_negative_when_burn1.3_full_window"]


def test_the_workbooks_shares_of_a_budget_come_out() -> None:
    outage = spent_share(1 / Fraction(BUDGET), 5, 43200) * 100
    assert float(outage) == pytest.approx(WORKBOOK["spike5min_budget_pct"])
    month = 10 * 24 * 30
    assert float(Fraction(BUDGET) * month) == WORKBOOK["lowtraffic_10rph_30d_allowed"]
    one_failure = burn_rate(counts(month - 1, month), BUDGET)
    assert one_failure is not None
    assert float(one_failure * 100) == pytest.approx(WORKBOOK["lowtraffic_one_fail_budget_pct"])
    tenth = burn_rate(counts(0, 100), Decimal("0.1"))
    assert tenth == WORKBOOK["slo90_max_burn"]
    assert float(spent_share(tenth, 60, 43200) * 100) == pytest.approx(WORKBOOK["slo90_1h_total_outage_budget_pct"])
