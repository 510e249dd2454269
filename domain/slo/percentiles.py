"""Percentiles of many histograms at once, from counts of durations by bucket. Pure NumPy; floats, to draw."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def percentiles(edges: Sequence[float], counts: NDArray[np.int64], shares: Sequence[float]) -> Floats:
    """Histograms × shares in seconds, as Prometheus' histogram_quantile: linear inside a bucket; NaN of no counts.

    `counts` is histograms × buckets, each up to its edge; edges ascend and the last may be infinite: a rank in that
    bucket gives the edge below it. The shares lie between 0 and 1.
    """
    upper = np.asarray(edges, dtype=np.float64)
    lower = np.concatenate(([0.0], upper[:-1]))
    width = np.where(np.isfinite(upper), upper - lower, 0.0)
    sums = np.cumsum(counts, axis=1)
    totals = sums[:, -1:]
    ranks = totals * np.asarray(shares)[np.newaxis, :]
    places = (sums[:, np.newaxis, :] >= ranks[:, :, np.newaxis]).argmax(axis=2)
    rows = np.arange(len(counts))[:, np.newaxis]
    inside = counts[rows, places]
    before = sums[rows, places] - inside
    part = np.divide(ranks - before, inside, out=np.zeros(ranks.shape), where=inside > 0)
    found: Floats = np.where(totals > 0, lower[places] + width[places] * part, np.nan)
    return found
