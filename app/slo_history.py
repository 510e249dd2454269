"""One promise over its period: the budget left at each hour, and the minutes in which its pairs alerted. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from domain.slo.alerting import alerting
from domain.slo.definition import Method
from domain.slo.exhaustion import rolling_minutes_left
from domain.slo.methods import by_method, disagreement, judged
from domain.slo.period import RollingPeriod
from domain.slo.series import MinuteSeries, minute_of, moment_of
from domain.slo.standing import RECENT_MINUTES, Standing, slice_of
from domain.window import Window, floor_hour

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Alerted:
    """A pair alerted from `start` to `end`."""

    severity: str
    pair: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class BudgetPath:
    """The budget left at the end of each hour; None where no event was counted. Ratios to draw."""

    hours: Sequence[datetime]
    left: Sequence[float | None]


def asked_hours(standing: Standing) -> Window:
    """The hours a path needs: one more period behind a rolling one."""
    span = standing.period.so_far(standing.at)
    start = span.start
    if isinstance(standing.period, RollingPeriod):
        start -= timedelta(minutes=standing.period.minutes)
    return Window(floor_hour(start), floor_hour(standing.at) + HOUR)


def budget_path(standing: Standing, rows: Sequence[Mapping[str, Any]]) -> BudgetPath:
    """From rows of slo/by_hour over `asked_hours`: what was left of the period that ended with each hour."""
    span, hours = standing.period.so_far(standing.at), asked_hours(standing)
    length = (hours.end - hours.start) // HOUR
    good, total = np.zeros(length), np.zeros(length)
    for row in rows:
        place = (row["hour"].replace(tzinfo=hours.start.tzinfo) - hours.start) // HOUR
        good[place], total[place] = row["good_count"], row["total_count"]
    sums = [np.concatenate(([0.0], np.cumsum(counts))) for counts in (total - good, total)]
    first = max(0, (floor_hour(span.start) - hours.start) // HOUR)
    ends = np.arange(first + 1, length + 1)
    starts = np.full(len(ends), first)
    if isinstance(standing.period, RollingPeriod):
        starts = np.maximum(0, ends - standing.period.minutes // 60)
    bad, events = (of[ends] - of[starts] for of in sums)
    budget = float(standing.objective.budget)
    left = [None if not n else float(1 - b / n / budget) for b, n in zip(bad, events, strict=True)]
    return BudgetPath([hours.start + HOUR * int(end) for end in ends], left)


def alerted(standing: Standing, series: MinuteSeries) -> list[Alerted]:
    """When each pair alerted in these minutes, newest first."""
    objective = standing.objective
    counted = judged(series, standing.slo.method, *slice_of(objective))
    found = [
        Alerted(pair.severity, str(pair), moment_of(first), moment_of(last + 1))
        for pair in objective.pairs
        for first, last in alerting(counted, series, pair, objective.budget, standing.slo.min_bad)
    ]
    return sorted(found, key=lambda one: one.start, reverse=True)


def simulated_end(standing: Standing, series: MinuteSeries) -> datetime | None:
    """When a rolling budget is gone if old errors leave the window as well; None when it never is."""
    if not isinstance(standing.period, RollingPeriod):
        return None
    at = minute_of(standing.at)
    whole = _until(series, at)
    recent = whole.counts(at - RECENT_MINUTES, at)
    minutes = rolling_minutes_left(whole, standing.period.minutes, standing.objective.budget, recent, RECENT_MINUTES)
    return None if minutes is None else standing.at + timedelta(minutes=minutes)


def methods_disagree(standing: Standing, series: MinuteSeries) -> str | None:
    """A warning when another budgeting method would judge otherwise."""
    span = standing.period.so_far(standing.at)
    minutes, target = slice_of(standing.objective)
    if standing.slo.method is Method.OCCURRENCES:
        target = standing.objective.target
    found = by_method(series, minute_of(span.start), minute_of(span.end), minutes, target)
    return disagreement(found, standing.objective.target)


def _until(series: MinuteSeries, end: int) -> MinuteSeries:
    """The same minutes up to `end`, with those of no events at their end."""
    missing = max(0, end - series.end)
    padded = [np.concatenate([column, np.zeros(missing, dtype=column.dtype)]) for column in (series.good, series.total)]
    known = np.concatenate([series.known, np.zeros(missing, dtype=np.bool_)])
    return MinuteSeries(series.start, padded[0], padded[1], known, series.scale)
