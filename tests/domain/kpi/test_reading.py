"""When a KPI is met, at risk, missed, or nothing can be said."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kpi.definition import Better, Kpi, Spread, Stage
from domain.kpi.reading import UNKNOWN, Point, Reading, Status, point, read
from domain.kpi.target import parse_limit, parse_target

KPI = Kpi(
    key="coverage",
    number=3,
    name="Coverage",
    title="How much?",
    definition="Good of all.",
    query="kpi/coverage",
    unit="ratio",
    better=Better.HIGHER,
    cadence="month",
    stage=Stage.LEADING,
    facts=("release",),
    targets={"": parse_target(">= 80%"), "critical": parse_target(">= 90%")},
    spread=Spread.WILSON,
    minimum=5,
)


def row(numerator: float | None, denominator: float | None, count: int = 1000, **more: Any) -> dict[str, Any]:
    return {"numerator": numerator, "denominator": denominator, "sample_count": count, **more}


def reading(kpi: Kpi, rows: Sequence[dict[str, Any]], before: Sequence[Point] = (), tier: str = "") -> Reading:
    points = [point(kpi, one) for one in rows]
    return read(kpi, points, before or [UNKNOWN] * len(points), tier)


def test_a_ratio_of_nothing_is_no_data_and_never_0_or_100_percent() -> None:
    for nothing in (row(0, 0, 0), row(None, None, 0), row(None, 5, 0)):
        found = reading(KPI, [nothing])
        assert (found.point.value, found.verdict.status) == (None, Status.NO_DATA)


def test_too_few_samples_are_not_judged() -> None:
    assert reading(KPI, [row(4, 4, 4)]).verdict.status is Status.NOT_ENOUGH


def test_met_at_risk_and_missed() -> None:
    assert reading(KPI, [row(950, 1000)]).verdict.status is Status.MET
    assert reading(KPI, [row(79, 100, 100)]).verdict.status is Status.MISSED
    risky = reading(KPI, [row(82, 100, 100)])
    assert risky.verdict.status is Status.AT_RISK
    assert "interval" in risky.verdict.reason


def test_what_cannot_be_better_is_not_at_risk() -> None:
    kpi = replace(KPI, targets={"": parse_target(">= 100%")})
    assert reading(kpi, [row(9, 9, 9)]).verdict.status is Status.MET


def test_the_tier_decides_the_target() -> None:
    assert reading(KPI, [row(850, 1000)], tier="critical").verdict.status is Status.MISSED
    assert reading(KPI, [row(850, 1000)], tier="internal").verdict.status is Status.MET


def test_a_relative_target_needs_the_year_before() -> None:
    kpi = replace(KPI, targets={"": parse_target("change <= -20%")}, better=Better.LOWER, spread=Spread.NONE)
    assert reading(kpi, [row(8, 1)]).verdict.status is Status.NOT_ENOUGH
    assert reading(kpi, [row(8, 1)], [Point(10.0, 10.0)]).verdict.status is Status.MET
    assert reading(kpi, [row(9, 1)], [Point(10.0, 10.0)]).verdict.status is Status.MISSED


def test_a_trend_is_compared_with_the_mean_of_the_periods_before() -> None:
    kpi = replace(KPI, targets={"": parse_target("falling")}, better=Better.LOWER, spread=Spread.NONE, minimum=1)
    assert reading(kpi, [row(n, 1) for n in (4, 4)]).verdict.status is Status.NOT_ENOUGH
    assert reading(kpi, [row(n, 1) for n in (4, 4, 4, 3)]).verdict.status is Status.MET
    assert reading(kpi, [row(n, 1) for n in (4, 4, 4, 5)]).verdict.status is Status.MISSED


def test_a_streak_counts_the_periods_of_the_same_status() -> None:
    found = reading(KPI, [row(70, 100), row(95, 100), row(70, 100), row(70, 100)])
    assert (found.verdict.status, found.streak) == (Status.MISSED, 2)


def test_a_signal_in_the_wrong_direction_is_a_risk_although_the_target_is_met() -> None:
    kpi = replace(KPI, spread=Spread.NONE)
    found = reading(kpi, [*(row(n, 1000) for n in (990, 991, 990, 989, 990, 991, 990)), row(900, 1000)])
    assert found.verdict.status is Status.AT_RISK
    assert "below its usual limits" in found.verdict.reason


def test_the_target_may_be_about_another_figure() -> None:
    kpi = replace(
        KPI,
        targets={"": parse_target("< 120")},
        better=Better.LOWER,
        spread=Spread.NONE,
        judged="sev1_minutes",
        beside={"sev1_minutes": "minutes"},
    )
    assert reading(kpi, [row(500, 1, sev1_minutes=100)]).verdict.status is Status.MET
    assert reading(kpi, [row(50, 1, sev1_minutes=130)]).verdict.status is Status.MISSED
    assert reading(kpi, [row(50, 1, sev1_minutes=None)]).verdict.status is Status.NOT_ENOUGH


def test_a_limit_is_judged_together_with_the_target_and_the_reason_says_which_was_missed() -> None:
    kpi = replace(
        KPI,
        targets={"": parse_target("falling")},
        limits={"": parse_limit("grave_count < 2"), "critical": parse_limit("grave_count <= 0")},
        better=Better.LOWER,
        spread=Spread.NONE,
        minimum=0,
        beside={"grave_count": "count"},
    )

    def told(values: Sequence[int], grave: int | None, tier: str = "") -> tuple[Status, str]:
        found = reading(kpi, [row(value, 1, grave_count=grave) for value in values], tier=tier)
        return found.verdict.status, found.verdict.reason

    missed = Status.MISSED
    assert told((4, 4, 4, 3), 1) == (Status.MET, "falling")
    assert told((4, 4, 4, 3), 2) == (missed, "grave 2 is not < 2")
    assert told((4, 4, 4, 5), 1) == (missed, "not falling")
    assert told((4, 4, 4, 5), 3) == (missed, "not falling and grave 3 is not < 2")
    assert told((4, 3), 1)[0] is Status.NOT_ENOUGH
    assert told((4, 3), 2) == (missed, "grave 2 is not < 2")
    assert told((4, 4, 4, 3), None) == (Status.NOT_ENOUGH, "grave, which has a limit, was not measured")
    assert told((4, 4, 4, 3), 1, "critical") == (missed, "grave 1 is not <= 0")
    assert kpi.strict_tiers == ("critical",)


def test_what_a_target_compared_is_told() -> None:
    def judged(target: str, rows: Sequence[dict[str, Any]], before: Sequence[Point] = ()) -> float | None:
        kpi = replace(KPI, targets={"": parse_target(target)}, spread=Spread.NONE, minimum=1)
        return reading(kpi, rows, before).judged

    assert judged(">= 80%", [row(3, 4)]) == 0.75
    assert judged("falling", [row(n, 1) for n in (4, 5, 6, 3)]) == -2
    assert judged("change <= -20%", [row(9, 1)], [Point(10.0, 10.0)]) == pytest.approx(-0.1)
    assert judged("change <= -20%", [row(9, 1)]) is None


def test_a_target_that_cannot_be_read_is_said_and_not_guessed() -> None:
    found = reading(replace(KPI, problem="kpis.toml: 'fast' is not a target"), [row(99, 100)])
    assert found.verdict.status is Status.NOT_ENOUGH
    assert found.verdict.reason == "kpis.toml: 'fast' is not a target"


@pytest.mark.parametrize("spread", list(Spread))
@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_value_lies_in_its_interval(spread: Spread, numerator: int, denominator: int) -> None:
    kpi = replace(KPI, spread=spread, scale=10.0)
    found = point(kpi, row(numerator, denominator, denominator, stddev=0.1))
    assert found.value == pytest.approx(numerator / denominator * 10)
    if found.low is not None and found.high is not None and found.value is not None:
        assert found.low - 1e-9 <= found.value <= found.high + 1e-9
