"""Daily cost series as arrays: one column a day, NaN where a day is unknown."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[np.float64]


def daily_values(costs: Mapping[date, Any], first_day: date, last_day: date) -> Values:
    """One row over `[first_day, last_day]`; a day that `costs` does not hold is unknown (NaN), never 0.

    A bill has no line for a day without use. Who knows that the bill of that day is complete puts the 0 there.
    Raises ValueError when the last day comes before the first.
    """
    if last_day < first_day:
        raise ValueError(f"a series ends on or after its first day: {first_day} to {last_day}")
    days = (last_day - first_day).days + 1
    found = (costs.get(first_day + timedelta(days=number)) for number in range(days))
    return np.array([np.nan if cost is None else float(cost) for cost in found])


def as_matrix(values: Values | Sequence[Sequence[float]] | Sequence[float]) -> Values:
    """Series × days of finite numbers and NaN; one flat series becomes one row. Raises ValueError otherwise."""
    matrix = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if matrix.ndim != 2:
        raise ValueError(f"a forecast takes series × days, not an array of {matrix.ndim} dimensions")
    if np.isinf(matrix).any():
        raise ValueError("a daily cost is infinite; leave out days that are not known")
    return matrix


def started(values: Values) -> Values:
    """The same with the zeros before a series' first cost as unknown: what was not there yet is no history.

    A series of zeros alone stays as it is.
    """
    begun = np.logical_or.accumulate(np.nan_to_num(values) != 0, axis=1)
    never = ~begun[:, -1:] if values.shape[1] else np.zeros((len(values), 1), dtype=bool)
    return np.where(begun | never, values, np.nan)


def sum_series(values: Values) -> Values:
    """The portfolio as one row: the sum of what is known each day, NaN on days that no series knows.

    A portfolio's interval comes from forecasting this series; bounds of its parts do not add up.
    """
    matrix = as_matrix(values)
    known = ~np.isnan(matrix)
    return np.where(known.any(axis=0), np.where(known, matrix, 0.0).sum(axis=0), np.nan)[np.newaxis, :]


def median(values: Values) -> Values:
    """Median over the last axis of what is known; NaN where nothing is. Much faster than nanmedian on short rows."""
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)
    if not np.isnan(ordered[..., -1]).any():
        half = values.shape[-1] // 2
        whole: Values = (
            ordered[..., half] if values.shape[-1] % 2 else (ordered[..., half - 1] + ordered[..., half]) / 2
        )
        return whole
    count = (~np.isnan(ordered)).sum(axis=-1, keepdims=True)
    middles = np.concatenate([np.maximum(count - 1, 0) // 2, np.minimum(count // 2, values.shape[-1] - 1)], axis=-1)
    low_high = np.take_along_axis(ordered, middles, axis=-1)
    middle: Values = low_high.mean(axis=-1)
    return middle


def mean(values: Values) -> Values:
    """Mean over the last axis of what is known; NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    average: Values = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return average
