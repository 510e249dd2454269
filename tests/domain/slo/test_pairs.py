"""Which pairs of windows alert, for any period."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slo.pairs import AlertPair, can_fire, default_pairs
from domain.slo.timing import detection_minutes, reset_minutes
from tests.domain.slo.vectors import VECTORS, WORKBOOK

MONTH = 30 * 1440
QUICK = AlertPair("page", Decimal("14.4"), 60, 5)


def told(days: int) -> list[str]:
    return [str(pair) for pair in default_pairs(days * 1440)]


def test_thirty_days_have_the_workbooks_pairs() -> None:
    found = {
        name: [pair.long_minutes, pair.short_minutes, str(pair.factor)]
        for name, pair in zip(VECTORS["pairs_minutes"], default_pairs(MONTH), strict=True)
    }
    assert found == VECTORS["pairs_minutes"]
    keys = ("factor_2pct_1h", "factor_5pct_6h", "factor_10pct_24h", "factor_10pct_72h")
    assert [float(pair.factor) for pair in default_pairs(MONTH)] == [WORKBOOK[key] for key in keys]


def test_four_weeks_keep_their_shares_and_lengthen_the_window_that_would_alert_inside_the_budget() -> None:
    assert told(28) == [
        "page 13.44 (1h, 5m)",
        "page 5.6 (6h, 30m)",
        "ticket 2.8 (1d, 2h)",
        "ticket 1.05 (4d, 8h)",
    ]


def test_a_week_and_a_quarter_have_pairs_of_their_own() -> None:
    assert told(7) == [
        "page 3.36 (1h, 5m)",
        "page 1.4 (6h, 30m)",
        "ticket 1.05 (32h, 160m)",
        "ticket 1.05 (4d, 8h)",
    ]
    assert told(90) == ["page 43.2 (1h, 5m)", "page 18 (6h, 30m)", "ticket 9 (1d, 2h)", "ticket 3 (3d, 6h)"]
    assert told(1) == ["page 1.8 (80m, 7m)", "page 1.05 (8h, 40m)"]


@given(st.integers(1, 3 * 366 * 1440))
def test_no_period_has_a_pair_that_alerts_inside_its_budget(period: int) -> None:
    for pair in default_pairs(period):
        assert pair.factor > 1 or period == MONTH
        assert 0 < pair.short_minutes <= pair.long_minutes <= period


@pytest.mark.parametrize(("target", "fires"), [("0.95", True), ("0.9305", False), ("0.9306", True), ("0.9", False)])
def test_a_factor_above_one_by_budget_can_never_fire(target: str, *, fires: bool) -> None:
    assert can_fire(QUICK, 1 - Decimal(target)) is fires


def test_a_factor_of_exactly_one_by_budget_can_never_fire_either() -> None:
    assert not can_fire(AlertPair("page", Decimal(10), 60, 5), Decimal("0.1"))


def test_detection_and_reset_are_the_workbooks() -> None:
    budget = Decimal("0.001")
    hour = AlertPair("page", Decimal(36), 60, 60)
    total = Fraction(1)
    assert detection_minutes(hour, budget, total) == Fraction(str(WORKBOOK["detect_min_burn36_1h_total"]))
    assert reset_minutes(hour, budget, total) == Fraction(str(WORKBOOK["reset_min_burn36_1h_total"]))
    fifteen = Fraction(15, 100)
    assert detection_minutes(QUICK, budget, fifteen) == Fraction(str(WORKBOOK["fig5_6_fire_min"]))
    assert reset_minutes(QUICK, budget, fifteen) == Fraction(str(WORKBOOK["fig5_6_reset_after_end_min"]))
    for minutes, key in ((10, "detect_s_window10m_slo999_total"), (2160, "detect_s_window36h_slo999_total")):
        found = detection_minutes(AlertPair("page", Decimal(1), minutes, minutes), budget, total)
        assert found is not None
        assert float(found * 60) == WORKBOOK[key]


def test_an_outage_below_the_factor_is_never_detected() -> None:
    assert detection_minutes(QUICK, Decimal("0.001"), Fraction("0.0144")) is None
    assert reset_minutes(QUICK, Decimal("0.001"), Fraction("0.0144")) is None
