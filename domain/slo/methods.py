"""OpenSLO's budgeting methods: the same minutes as events, as good slices, or as the mean ratio of slices. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np

from domain.slo.attainment import Counts, attained
from domain.slo.definition import Method
from domain.slo.series import MinuteSeries, exceeds

RATIO_SCALE = 10**30
"""A ratio such as 1/3 has no last decimal: each slice is rounded at the thirtieth."""


def judged(series: MinuteSeries, method: Method, slice_minutes: int, slice_target: Decimal | None) -> MinuteSeries:
    """What the method counts, over the same minutes: events themselves, or one slice at its last minute.

    Slices are cut at whole multiples of their length since 1970 (UTC). One without events is unknown; the last one
    counts when it is complete. Only Timeslices needs `slice_target`; raises ValueError without it.
    """
    if method is Method.OCCURRENCES:
        return series
    slices = np.arange(series.start // slice_minutes, series.end // slice_minutes)
    starts, ends = slices * slice_minutes - series.start, (slices + 1) * slice_minutes - series.start
    good, total = series.between(np.maximum(starts, 0), ends)
    told = np.asarray(total > 0, dtype=np.bool_)
    good, total, last = good[told], total[told], ends[told] - 1
    if method is Method.TIMESLICES:
        if slice_target is None:
            raise ValueError("Timeslices needs the ratio from which a slice is good")
        kept = ~exceeds(total, good, 1 / Fraction(slice_target))
        return series.replaced(last, kept.astype(np.int64), np.ones(len(last), dtype=np.int64), 1)
    shares = [(2 * g * RATIO_SCALE + t) // (2 * t) for g, t in zip(map(int, good), map(int, total), strict=True)]
    ratios = np.array(shares, dtype=object)
    return series.replaced(last, ratios, np.full(len(last), RATIO_SCALE, dtype=object), RATIO_SCALE)


def by_method(
    series: MinuteSeries, first: int, end: int, slice_minutes: int, slice_target: Decimal | None
) -> dict[Method, Counts]:
    """The minutes [first, end) as each method counts them; without a slice target there are no good slices."""
    methods = [method for method in Method if method is not Method.TIMESLICES or slice_target is not None]
    return {method: judged(series, method, slice_minutes, slice_target).counts(first, end) for method in methods}


def disagreement(found: Mapping[Method, Counts], target: Decimal) -> str | None:
    """A sentence when one method says kept and another broken; None when all that know say the same."""
    ratios = {method: ratio for method, counts in found.items() if (ratio := attained(counts)) is not None}
    kept = [method.value for method, ratio in ratios.items() if ratio >= Fraction(target)]
    broken = [method.value for method, ratio in ratios.items() if ratio < Fraction(target)]
    if not kept or not broken:
        return None
    return (
        f"By {' and '.join(kept)} the target is reached, by {' and '.join(broken)} it is not: "
        "the budgeting method decides here, so agree on it before on the verdict."
    )
