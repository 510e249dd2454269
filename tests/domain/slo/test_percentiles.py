"""Percentiles of many histograms: each is what the exact one says."""

from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.slo.buckets import Histogram
from domain.slo.percentiles import percentiles
from tests.domain.slo.vectors import VECTORS

BOUNDS = (Decimal("0.01"), Decimal("0.5"), Decimal(2), Decimal(10))
SHARES = (0.5, 0.95, 0.99)


@given(st.lists(st.lists(st.integers(0, 50), min_size=5, max_size=5), min_size=1, max_size=6))
def test_many_at_once_are_what_each_is_alone(counts: list[list[int]]) -> None:
    found = percentiles([*map(float, BOUNDS), inf], np.array(counts), SHARES)
    for row, one in zip(found, counts, strict=True):
        sums = list(accumulate(one))
        exact = Histogram(BOUNDS, tuple(map(Fraction, sums[:4])), Fraction(sums[4]))
        for share, value in zip(SHARES, row, strict=True):
            expected = exact.percentile(Fraction(str(share)))
            assert np.isnan(value) if expected is None else value == pytest.approx(expected)


def test_the_published_histogram_gives_its_percentiles() -> None:
    vectors = VECTORS["latency"]
    counts = np.diff([0, *vectors["cumulative"]])
    (found,) = percentiles([*vectors["buckets_le"], inf], counts[np.newaxis, :], SHARES)
    expected = [vectors["histogram_p50"], vectors["histogram_p95"], vectors["histogram_p99"]]
    assert found == pytest.approx(expected)
