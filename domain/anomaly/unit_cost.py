"""Cost per request beside cost: what traffic hides in the sum shows in the ratio."""

from datetime import date

import numpy as np

from domain.anomaly.baseline import CHUNK, HISTORY_DAYS
from domain.anomaly.daily import Known, Scores, score_days
from domain.anomaly.method import RATIO
from domain.anomaly.robust import Flags, trailing
from domain.forecast.series import Values, median

MIN_REQUESTS = 20
"""Median of a day; with fewer, one long conversation moves the ratio."""


def cost_per_request(cost: Values, requests: Values) -> Values:
    """Unknown on days without requests, and where either is unknown or below 0."""
    usable = (np.nan_to_num(requests) > 0) & (np.nan_to_num(cost, nan=-1.0) >= 0)
    ratio: Values = np.divide(cost, requests, out=np.full(cost.shape, np.nan), where=usable)
    return ratio


def busy(requests: Values, since: int = 0) -> Flags:
    """Series × days from `since` on: the median of the eight weeks before was at least 20 requests a day."""
    windows = trailing(requests, HISTORY_DAYS, 1)[:, since:]
    found = np.zeros(windows.shape[:2], dtype=bool)
    step = max(1, CHUNK // max(1, windows.shape[1]))
    for row in range(0, len(windows), step):
        found[row : row + step] = np.nan_to_num(median(windows[row : row + step])) >= MIN_REQUESTS
    return found


def with_unit_cost(
    cost: Values, requests: Values, of_cost: Scores, first_day: date, known: Known | None = None
) -> Scores:
    """The scores of cost with those of cost per request where these are higher; then expected is what the day's
    requests would have cost. Rows of the three belong together; unknown requests leave a row as it is.
    """
    ratio = score_days(cost_per_request(cost, requests), first_day, RATIO, known)
    of_ratio = np.where(busy(requests), ratio.score / ratio.threshold * RATIO.threshold, np.nan)
    higher = np.nan_to_num(of_ratio) > np.nan_to_num(of_cost.score, nan=np.inf)
    return Scores(
        score=np.where(higher, of_ratio, of_cost.score),
        expected=np.where(higher, ratio.expected * requests, of_cost.expected),
        threshold=of_cost.threshold,
        learning=of_cost.learning,
        past=of_cost.past,
    )
