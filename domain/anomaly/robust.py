"""Medians and spreads of what is known, and the days before each day."""

from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from domain.forecast.series import Values, median

Flags: TypeAlias = NDArray[np.bool_]

ROBUST = 1.4826
"""Median absolute deviation → standard deviation of a normal distribution."""
NINE_TENTHS, NORMAL_90 = 0.9, 1.645
"""Nine tenths of a normal distribution lie within 1.645 standard deviations of its middle."""


def trailing(values: Values, first: int, last: int, since: int = 0) -> Values:
    """Series × days from `since` on × window: the columns from `first` to `last` days before each, oldest first.

    Days before the first column are unknown. The answer is a view; do not write to it.
    """
    missing = np.full((len(values), max(0, first - since)), np.nan)
    padded = np.concatenate([missing, values[:, max(0, since - first) :]], axis=1)
    return sliding_window_view(padded, first - last + 1, axis=1)[:, : values.shape[1] - since]


def known_count(values: Values) -> NDArray[np.int64]:
    """How many of the last axis are known."""
    count: NDArray[np.int64] = np.count_nonzero(~np.isnan(values), axis=-1)
    return count


def known_before(values: Values) -> NDArray[np.int64]:
    """Series × days: how many days before each are known."""
    known = ~np.isnan(values)
    count: NDArray[np.int64] = np.cumsum(known, axis=1) - known
    return count


def spread(deviations: Values) -> Values:
    """Standard deviation from deviations around 0 by their middle and their 90 % quantile, whichever is larger."""
    ordered = np.sort(np.abs(deviations), axis=-1)
    tenths = _quantile(ordered, NINE_TENTHS) / NORMAL_90
    return np.fmax(ROBUST * _quantile(ordered, 0.5), tenths)


def mad_spread(values: Values) -> Values:
    """Standard deviation around 0 by the median of absolute values; NaN where nothing is known."""
    return ROBUST * median(np.abs(values))


def _quantile(ordered: Values, share: float) -> Values:
    """Linear between the two nearest known values of a sorted last axis, whose NaN stand at its end."""
    if not np.isnan(ordered[..., -1]).any():
        place = share * (ordered.shape[-1] - 1)
        low = int(place)
        high = min(low + 1, ordered.shape[-1] - 1)
        between: Values = ordered[..., low] + (place - low) * (ordered[..., high] - ordered[..., low])
        return between
    last = np.maximum(known_count(ordered) - 1, 0)
    places = share * last
    lows = places.astype(np.int64)
    pair = np.stack([lows, np.minimum(lows + 1, last)], axis=-1)
    at = np.take_along_axis(ordered, pair, axis=-1)
    found: Values = at[..., 0] + (places - lows) * (at[..., 1] - at[..., 0])
    return found
