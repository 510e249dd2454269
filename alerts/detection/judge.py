"""Scores the days of one block that earlier nights left open, and says what became of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from alerts.detection.calendar import Calendar
from alerts.detection.memory import Alerted, Cell, Memory, day_of, in_microseconds, since_columns
from alerts.detection.metrics import Metric
from alerts.detection.series import Block
from domain.anomaly.baseline import weekday_profiles
from domain.anomaly.calendar import days_of
from domain.anomaly.daily import Known, Past, Scores, score_days
from domain.anomaly.incidents import JOINED_DAYS
from domain.anomaly.method import Sensitivity, raised
from domain.anomaly.rates import score_rates
from domain.anomaly.robust import Flags
from domain.anomaly.unit_cost import only_busy
from domain.forecast.series import Values, sum_series

BACKLOG_DAYS = 90
"""A series is judged this far back, its first time and after a pause: false alerts of a season show at once."""


@dataclass(frozen=True)
class Judged:
    """Series of one block that were judged from the column `since` on; arrays are series × these columns.

    `cells` are the judged ones. `expected` is in the unit of `actual`.
    """

    part: Block
    since: int
    scores: Scores
    actual: Values
    expected: Values
    threshold: Values
    planned: Flags
    cells: Flags
    alerting: Flags
    first_scored_at: NDArray[np.int64]
    alerted: Mapping[Cell, Alerted]
    opened_count: int
    withdrawn_count: int


def judge(
    found: Block,
    metric: Metric,
    scope_type: str,
    memory: Memory,
    calendar: Calendar,
    sensitivity: Sensitivity,
    now: datetime,
) -> list[Judged]:
    """Every series of a block; those that go on from the same day together."""
    if not found.scopes:
        return []
    since = since_columns(found, memory, BACKLOG_DAYS)
    planned = _planned(found, calendar.known(metric.name, scope_type, found.scopes))
    for (row, column), one in memory.alerted.items():
        if one.is_alerting and planned[row, column]:
            since[row] = min(since[row], column)  # somebody has said since that it was expected
    profile_of = sum_series(found.values)
    opinions = calendar.not_useful(metric.name, scope_type)
    judged = []
    for column in np.unique(since).tolist():
        places = np.flatnonzero(since == column)
        part = found.rows(places)
        known = calendar.known(metric.name, scope_type, part.scopes)
        scores = _scores(part, metric, known, memory.rows(places), column, profile_of)
        factors = np.array([raised(1.0, opinions[scope], sensitivity) for scope in part.scopes])
        judged.append(_verdict(part, metric, known, memory.rows(places), column, scores, factors, now))
    return judged


def _scores(part: Block, metric: Metric, known: Known, memory: Memory, since: int, profile_of: Values) -> Scores:
    """Of the columns from `since` on."""
    if metric.method is None:
        assert part.base is not None
        return _from(score_rates(part.values, part.base, _planned(part, known)), since)
    past: Past | None = memory.past.until(since) if since else None
    profile = weekday_profiles(profile_of, since)
    scores = score_days(part.values, part.first_day, metric.method, known, profile, past)
    return (
        only_busy(scores, part.base, metric.scarce_below) if part.base is not None and metric.scarce_below else scores
    )


def _from(scores: Scores, since: int) -> Scores:
    return Scores(
        scores.score[:, since:], scores.expected[:, since:], scores.threshold[:, since:], scores.learning[:, since:]
    )


def _planned(part: Block, known: Known) -> Flags:
    return days_of(known.planned, len(part.scopes), part.days, part.first_day)


def _verdict(
    part: Block,
    metric: Metric,
    known: Known,
    memory: Memory,
    since: int,
    scores: Scores,
    factors: Values,
    now: datetime,
) -> Judged:
    actual, expected = part.values[:, since:], scores.expected
    if metric.form == "rate" and part.base is not None:
        base = part.base[:, since:]
        actual, expected = (
            np.divide(one, base, out=np.full(base.shape, np.nan), where=base > 0) for one in (actual, expected)
        )
    alerting = scores.alerts(factors)
    alerted, opened, withdrawn = _remembered(alerting, memory, part, since, now)
    seen = memory.first_scored_at[:, since:]
    return Judged(
        part=part,
        since=since,
        scores=scores,
        actual=actual,
        expected=expected,
        threshold=scores.threshold * factors[:, np.newaxis],
        planned=_planned(part, known)[:, since:],
        cells=part.is_known[:, since:],
        alerting=alerting,
        first_scored_at=np.where(seen > 0, seen, in_microseconds(now)),
        alerted=alerted,
        opened_count=opened,
        withdrawn_count=withdrawn,
    )


def _remembered(
    alerting: Flags, memory: Memory, part: Block, since: int, now: datetime
) -> tuple[dict[Cell, Alerted], int, int]:
    """The days from `since` on that alert or did once; how many alert for the first time, and how many no longer."""
    days = {cell: one.incident_on for cell, one in memory.alerted.items()}
    opened = withdrawn = 0
    found: dict[Cell, Alerted] = {}
    for row, column in sorted(zip(*(axis.tolist() for axis in np.nonzero(alerting)), strict=True)):
        cell = (row, column + since)
        if cell not in days:
            opened += 1
            days[cell] = _incident_of(cell, days, part.first_day)
        found[cell] = Alerted(days[cell], is_alerting=True, withdrawn_at=None)
    for cell, before in memory.alerted.items():
        if cell[1] >= since and cell not in found and part.is_known[cell]:
            withdrawn += before.is_alerting
            found[cell] = Alerted(before.incident_on, is_alerting=False, withdrawn_at=before.withdrawn_at or now)
    return found, opened, withdrawn


def _incident_of(cell: Cell, days: Mapping[Cell, date], first_day: date) -> date:
    """The incident of the nearest day that ever alerted, three days apart at most; else its own."""
    row, column = cell
    for apart in range(1, JOINED_DAYS + 1):
        for near in ((row, column - apart), (row, column + apart)):
            if near in days:
                return days[near]
    return day_of(column, first_day)
