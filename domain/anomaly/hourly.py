"""The early warning between two daily verdicts: which hour is unlike the weeks before it?"""

import math

import numpy as np

from domain.anomaly.robust import Flags, trailing
from domain.forecast.series import Values, as_matrix, median

DAY_HOURS, WEEK_DAYS = 24, 7
MIN_POINTS = 2000
"""Mean and spread come from a week or from this many points, whichever is longer."""
LEARNING_HOURS = DAY_HOURS * WEEK_DAYS
FALSE_ALERTS_A_MONTH = 1.0
"""What a series may warn of by chance; its threshold follows from its own history."""
MONTH_HOURS = 730.5
THRESHOLD_HOURS = 90 * DAY_HOURS
"""History that the threshold is taken from."""


def hourly_scores(values: Values, points_per_hour: int = 1) -> Values:
    """Series × points, each from the points before it; NaN in the first week and where a point is unknown.

    The sum of four z: of the level, of its first difference, of the distance to the median of the same time on the
    seven days before, and of the mean of the last hour. Positive is more than usual.
    """
    matrix = as_matrix(values)
    day = DAY_HOURS * points_per_hour
    same_time = np.concatenate([np.full((len(matrix), WEEK_DAYS * day), np.nan), matrix], axis=1)
    days_before = np.stack([same_time[:, back * day : back * day + matrix.shape[1]] for back in range(WEEK_DAYS)])
    views = (
        matrix,
        np.diff(matrix, axis=1, prepend=np.nan),
        matrix - median(np.moveaxis(days_before, 0, -1)),
        trailing(matrix, points_per_hour - 1, 0).mean(axis=-1),
    )
    points = max(WEEK_DAYS * day, MIN_POINTS)
    total = sum(_z(view, points, LEARNING_HOURS * points_per_hour // 2) for view in views)
    total = np.asarray(total)
    total[:, : LEARNING_HOURS * points_per_hour] = np.nan
    return total


def early_warnings(
    scores: Values, points_per_hour: int = 1, false_alerts_a_month: float = FALSE_ALERTS_A_MONTH
) -> Flags:
    """Points that warn: the largest of their last 24 hours, and beyond what the budget allows by the past.

    The threshold of a day is such that in the ninety days before it the series would have warned as often as allowed;
    it stands from two weeks of scores on.
    """
    day = DAY_HOURS * points_per_hour
    sizes = np.abs(scores)
    peaks = np.nan_to_num(np.where(sizes > _largest_before(sizes, day), sizes, 0.0))
    warns = np.zeros(sizes.shape, dtype=bool)
    known = np.cumsum(~np.isnan(sizes), axis=1)
    for start in range(day, sizes.shape[1], day):
        past = peaks[:, max(0, start - THRESHOLD_HOURS * points_per_hour) : start]
        hours = np.minimum(known[:, start - 1] / points_per_hour, THRESHOLD_HOURS)
        allowed = np.floor(false_alerts_a_month * hours / MONTH_HOURS).astype(np.int64)
        ordered = -np.sort(-past, axis=1)
        place = np.minimum(allowed, past.shape[1] - 1)
        threshold = np.take_along_axis(ordered, place[:, np.newaxis], axis=1)
        threshold = np.where(hours[:, np.newaxis] >= 2 * LEARNING_HOURS, threshold, math.inf)
        warns[:, start : start + day] = peaks[:, start : start + day] > threshold
    return warns


def _largest_before(sizes: Values, points: int) -> Values:
    """The largest of the `points` before each; 0 where none is known."""
    running = np.nan_to_num(sizes)
    padded = np.concatenate([np.zeros((len(running), points)), running], axis=1)
    largest = padded[:, :-1].copy()
    reach = 1
    while reach < points:
        step = min(reach, points - reach)
        largest[:, step:] = np.maximum(largest[:, step:], largest[:, :-step])
        reach += step
    return largest[:, points - 1 :]


def _z(view: Values, points: int, at_least: int) -> Values:
    """Distance from the mean of up to `points` points before, in their standard deviations; 0 where nothing varied."""
    known = ~np.isnan(view)
    first = np.argmax(known, axis=1)[:, np.newaxis]
    centre = np.nan_to_num(np.take_along_axis(view, first, axis=1))
    centred = np.where(known, view - centre, 0.0)
    count, total, squares = (_sum_before(part, points) for part in (known.astype(np.float64), centred, centred**2))
    enough = count >= at_least
    mean = np.divide(total, count, out=np.zeros_like(total), where=enough)
    variance = np.divide(squares, count, out=np.zeros_like(total), where=enough) - mean**2
    noise = 1e-12 * np.divide(squares, count, out=np.zeros_like(total), where=enough)
    sd = np.sqrt(np.where(variance > noise, variance, 0.0))
    z = np.divide(centred - mean, sd, out=np.zeros_like(total), where=sd > 0)
    return np.where(enough & known, z, np.nan)


def _sum_before(values: Values, points: int) -> Values:
    padded = np.concatenate([np.zeros((len(values), points + 1)), values], axis=1)
    total = np.cumsum(padded, axis=1)
    before: Values = total[:, points:-1] - total[:, : -points - 1]
    return before
