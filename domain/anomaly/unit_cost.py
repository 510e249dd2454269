"""Cost per request beside cost: what traffic hides in the sum shows in the ratio."""

from dataclasses import replace

import numpy as np

from domain.anomaly.baseline import CHUNK, HISTORY_DAYS
from domain.anomaly.daily import Scores
from domain.anomaly.robust import Flags, trailing
from domain.forecast.series import Values, median

MIN_REQUESTS = 20
"""Median of a day; with fewer, one long conversation moves the ratio."""


def cost_per_request(cost: Values, requests: Values) -> Values:
    """Unknown on days without requests, and where either is unknown or below 0."""
    usable = (np.nan_to_num(requests) > 0) & (np.nan_to_num(cost, nan=-1.0) >= 0)
    ratio: Values = np.divide(cost, requests, out=np.full(cost.shape, np.nan), where=usable)
    return ratio


def busy(requests: Values, since: int = 0, least: int = MIN_REQUESTS) -> Flags:
    """Series × days from `since` on: the median of the eight weeks before was at least so many requests a day."""
    windows = trailing(requests, HISTORY_DAYS, 1, since)
    found = np.zeros(windows.shape[:2], dtype=bool)
    step = max(1, CHUNK // max(1, windows.shape[1]))
    for row in range(0, len(windows), step):
        found[row : row + step] = np.nan_to_num(median(windows[row : row + step])) >= least
    return found


def only_busy(of_ratio: Scores, requests: Values, least: int = MIN_REQUESTS) -> Scores:
    """The scores of a ratio per request without the days of features that have too few requests for one."""
    since = requests.shape[1] - of_ratio.score.shape[1]
    return replace(of_ratio, score=np.where(busy(requests, since, least), of_ratio.score, np.nan))


def with_unit_cost(of_cost: Scores, of_ratio: Scores, requests: Values) -> Scores:
    """The scores of cost, or those of cost per request where these are further beyond their threshold.

    The latter on cost's scale, and then expected is what the day's requests should have cost. Rows belong together;
    `requests` holds all days, the last of which are scored; where they are unknown cost stands alone.
    """
    now = requests[:, requests.shape[1] - of_cost.score.shape[1] :]
    beyond = only_busy(of_ratio, requests).score / of_ratio.threshold * of_cost.threshold
    higher = np.nan_to_num(beyond) > np.nan_to_num(of_cost.score, nan=np.inf)
    return replace(
        of_cost,
        score=np.where(higher, beyond, of_cost.score),
        expected=np.where(higher, of_ratio.expected * now, of_cost.expected),
    )
