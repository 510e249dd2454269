"""Buckets of durations, their ladder and their percentiles."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slo.buckets import Histogram, ladder, merged
from tests.domain.slo.vectors import VECTORS

EXPECTED = VECTORS["latency"]
BOUNDS = tuple(Decimal(str(bound)) for bound in EXPECTED["buckets_le"])
A = [Decimal(number) / 1000 for number in range(1, 1001)]
B = [2 + Decimal(number) / 100 for number in range(1, 101)]


def histogram(values: list[Decimal], bounds: tuple[Decimal, ...] = BOUNDS) -> Histogram:
    at_most = (Fraction(sum(value <= bound for value in values)) for bound in bounds)
    return Histogram(bounds, tuple(at_most), Fraction(len(values)))


def nearest_rank(values: list[Decimal], percent: int) -> Decimal:
    return sorted(values)[-(-percent * len(values) // 100) - 1]


BOTH = merged([histogram(A), histogram(B)])


def test_counts_add_up_and_percentiles_are_those_of_histogram_quantile() -> None:
    assert [*map(int, BOTH.cumulative), int(BOTH.total)] == EXPECTED["cumulative"]
    for percent in (50, 95, 99):
        assert BOTH.percentile(Fraction(percent, 100)) == pytest.approx(EXPECTED[f"histogram_p{percent}"], rel=1e-14)


def test_the_mean_of_percentiles_is_no_percentile() -> None:
    a, b = (float(nearest_rank(values, 95)) for values in (A, B))
    assert (a, b) == (EXPECTED["p95_A"], EXPECTED["p95_B"])
    assert (a + b) / 2 == EXPECTED["mean_of_p95"]
    assert (1000 * a + 100 * b) / 1100 == pytest.approx(EXPECTED["weighted_mean_of_p95"])
    for percent, key in ((95, "true_merged_p95"), (50, "true_p50"), (99, "true_p99")):
        assert float(nearest_rank(A + B, percent)) == EXPECTED[key]


@pytest.mark.parametrize("vector", VECTORS["p95_as_ratio"], ids=lambda vector: str(vector["T"]))
def test_a_p95_below_a_threshold_is_a_share_of_95_percent_below_it(vector: dict[str, float]) -> None:
    threshold = Decimal(str(vector["T"]))
    share = histogram(A + B, ladder([threshold])).share_at_most(threshold)
    assert share is not None
    assert (share >= Fraction(95, 100)) is vector["ratio_ok"]
    assert (nearest_rank(A + B, 95) <= threshold) is vector["p95_ok"]


def test_shares_are_exact_at_bounds_and_refused_between_them() -> None:
    for bound in ("1.28", "2.56"):
        assert float(BOTH.share_at_most(Decimal(bound)) or 0) == EXPECTED[f"share_le_{bound}"]
    with pytest.raises(ValueError, match="2 s is no bound of these buckets"):
        BOTH.share_at_most(Decimal(2))


def test_above_the_last_bound_a_percentile_is_that_bound_and_of_nothing_there_is_none() -> None:
    slow = Histogram((Decimal(1), Decimal(2)), (Fraction(1), Fraction(2)), Fraction(100))
    assert slow.percentile(Fraction(95, 100)) == 2
    nothing = Histogram((Decimal(1),), (Fraction(0),), Fraction(0))
    assert nothing.percentile(Fraction(1, 2)) is None
    assert nothing.share_at_most(Decimal(1)) is None


def test_the_ladder_reaches_from_10_ms_to_10_minutes_in_steps_below_a_fifth() -> None:
    edges = ladder([Decimal("2.5"), Decimal("0.005")])
    assert {Decimal("0.005"), Decimal("0.01"), Decimal("2.5"), Decimal(600)} <= set(edges)
    assert all(a < b <= a * Decimal("1.2") for a, b in pairwise(ladder()))
    assert ladder([Decimal(600)]) == ladder()


@given(st.lists(st.decimals("0.01", "600", places=3), min_size=1, max_size=60), st.integers(1, 99))
def test_a_percentile_of_the_ladder_lies_in_the_bucket_of_the_true_one(values: list[Decimal], percent: int) -> None:
    found = histogram(values, ladder()).percentile(Fraction(percent, 100))
    truth = float(nearest_rank(values, percent))
    assert found is not None
    assert truth / 1.2 - 1e-12 <= found <= truth * 1.2 + 1e-12 or truth == 0.01


@given(
    st.lists(st.lists(st.decimals("0.01", "100", places=2), max_size=20), min_size=1, max_size=4), st.integers(1, 99)
)
def test_merging_parts_is_the_histogram_of_all(parts: list[list[Decimal]], percent: int) -> None:
    whole = histogram([value for part in parts for value in part])
    together = merged([histogram(part) for part in parts])
    assert together == whole
    assert together.percentile(Fraction(percent, 100)) == whole.percentile(Fraction(percent, 100))


def test_other_ladders_merge_at_the_bounds_they_share() -> None:
    fine = histogram(A, (Decimal("0.5"), Decimal(1), Decimal(2)))
    coarse = histogram(B, (Decimal(1), Decimal(4)))
    assert merged([fine, coarse]) == histogram(A + B, (Decimal(1),))
    with pytest.raises(ValueError, match="no bound in common"):
        merged([fine, histogram(B, (Decimal(3),))])


@pytest.mark.parametrize(
    ("bounds", "cumulative", "total", "told"),
    [((), (), 0, "at least one"), ((2, 1), (1, 1), 1, "bounds of"), ((1, 2), (2, 1), 2, "never fall")],
)
def test_a_histogram_that_cannot_be_is_refused(
    bounds: tuple[int, ...], cumulative: tuple[int, ...], total: int, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        Histogram(tuple(map(Decimal, bounds)), tuple(map(Fraction, cumulative)), Fraction(total))


@pytest.mark.parametrize("share", [Fraction(0), Fraction(1), Fraction(-1, 2)])
def test_a_percentile_outside_of_0_to_1_is_refused(share: Fraction) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        BOTH.percentile(share)
