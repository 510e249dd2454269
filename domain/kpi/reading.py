"""One KPI as it stands: its value, how sure that is, whether it meets its target, and since when. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum
from typing import Any

from domain.kpi import interval
from domain.kpi.definition import Better, Kpi, Spread
from domain.kpi.process import Process, process
from domain.kpi.target import Form, Limit, Target

FEWEST_BEFORE = 3
"""A trend needs a few periods before it."""
MOST_BEFORE = 12


class Status(StrEnum):
    """What may be said of a KPI. AT_RISK: it meets its target, but the data warn that it may not for long."""

    MET = "met"
    AT_RISK = "at risk"
    MISSED = "missed"
    NOT_ENOUGH = "not enough data"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Point:
    """One KPI of one period and scope. `judged` is what the target is compared with; `beside` its other figures."""

    value: float | None = None
    judged: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    sample_count: int | None = None
    low: float | None = None
    high: float | None = None
    beside: Mapping[str, Any] | None = None


UNKNOWN = Point()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status and the reason in words."""

    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The newest period of a series. `change` and `year_change` are differences of value; None where one is unknown.

    `statuses` are those of all periods, oldest first. `gap` is how far beyond its target it is. `judged` is what the
    target compared: a figure, a relative change in a year, or the distance to the mean before; None: it could not.
    """

    point: Point
    verdict: Verdict
    statuses: Sequence[Status]
    change: float | None
    year_change: float | None
    gap: float | None
    process: Process | None
    target: Target | None
    limit: Limit | None = None
    judged: float | None = None

    @property
    def streak(self) -> int:
        """For how many periods the status has been so."""
        return streak_of(self.statuses)


def point(kpi: Kpi, row: Mapping[str, Any]) -> Point:
    """From a row of the KPI's query. A ratio of nothing is unknown, never 0."""
    numerator, denominator, count = row["numerator"], row["denominator"], row["sample_count"]
    if numerator is None or not denominator:
        return Point(numerator=numerator, denominator=denominator, sample_count=count, beside=_beside(kpi, row))
    value = numerator / denominator * kpi.scale
    low, high = _interval(kpi, row, value) or (None, None)
    told = value if kpi.judged == "value" else row[kpi.judged]
    judged = None if told is None else float(told)
    return Point(value, judged, numerator, denominator, count, low, high, _beside(kpi, row))


def _beside(kpi: Kpi, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in kpi.beside}


def _interval(kpi: Kpi, row: Mapping[str, Any], value: float) -> interval.Interval | None:
    numerator, denominator = row["numerator"], row["denominator"]
    if kpi.spread is Spread.WILSON and 0 <= numerator <= denominator:
        found = interval.wilson(numerator, denominator)
    elif kpi.spread is Spread.POISSON:
        found = interval.poisson(numerator, denominator)
    elif kpi.spread is Spread.MEAN:
        return interval.mean(value, row["stddev"], row["sample_count"] or 0)
    else:
        return None
    return None if found is None else (found[0] * kpi.scale, found[1] * kpi.scale)


def read(kpi: Kpi, points: Sequence[Point], years_before: Sequence[Point], tier: str = "") -> Reading:
    """The last of `points`, oldest first without a gap; `years_before` are the same periods a year earlier."""
    target, limit = kpi.target(tier), kpi.limit(tier)
    verdicts = [_verdict(kpi, target, limit, points[: i + 1], years_before[i]) for i in range(len(points))]
    last, before = points[-1], points[-2] if len(points) > 1 else UNKNOWN
    measure = None if target is None else _measure(target, points, years_before[-1])
    return Reading(
        point=last,
        verdict=verdicts[-1],
        statuses=[one.status for one in verdicts],
        change=_minus(last.value, before.value),
        year_change=_minus(last.value, years_before[-1].value),
        gap=target.gap(measure) if target is not None and isinstance(measure, float) else None,
        process=process([one.value for one in points]),
        target=target,
        limit=limit,
        judged=measure if isinstance(measure, float) else None,
    )


def streak_of(statuses: Sequence[Status]) -> int:
    """For how many periods the last status has been so."""
    return next((i for i, one in enumerate(reversed(statuses)) if one is not statuses[-1]), len(statuses))


def _verdict(
    kpi: Kpi, target: Target | None, limit: Limit | None, points: Sequence[Point], year_before: Point
) -> Verdict:
    newest = points[-1]
    if newest.value is None:
        return Verdict(Status.NO_DATA, "nothing was measured in this period")
    if newest.sample_count is not None and newest.sample_count < kpi.minimum:
        return Verdict(Status.NOT_ENOUGH, f"{newest.sample_count} of at least {kpi.minimum}")
    if kpi.problem or target is None:
        return Verdict(Status.NOT_ENOUGH, kpi.problem or "no target is set")
    measure = _measure(target, points, year_before)
    figure = None if limit is None else (newest.beside or {}).get(limit.figure)
    missed = [] if isinstance(measure, str) or target.is_met_by(measure) else [f"not {target.text}"]
    if limit is not None and figure is not None and not limit.target.is_met_by(float(figure)):
        missed.append(f"{limit.words} {figure:g} is not {limit.target.text}")
    if missed:
        return Verdict(Status.MISSED, " and ".join(missed))
    if isinstance(measure, str):
        return Verdict(Status.NOT_ENOUGH, measure)
    if limit is not None and figure is None:
        return Verdict(Status.NOT_ENOUGH, f"{limit.words}, which has a limit, was not measured")
    return _warned(kpi, target, points) or Verdict(Status.MET, target.text)


def _warned(kpi: Kpi, target: Target, points: Sequence[Point]) -> Verdict | None:
    """A target that is met: what speaks against trusting it."""
    newest = points[-1]
    worse = newest.low if kpi.better is Better.HIGHER else newest.high
    is_perfect = newest.numerator == newest.denominator and kpi.spread is Spread.WILSON
    told = target.form is Form.VALUE and kpi.judged == "value" and not is_perfect
    if told and worse is not None and not target.is_met_by(worse):
        return Verdict(Status.AT_RISK, "met, but its 95 % interval reaches beyond the target")
    limits = process([one.value for one in points])
    bad = {Better.HIGHER: -1, Better.LOWER: 1}.get(kpi.better, 0)
    if limits is not None and limits.signal and limits.signal == bad:
        return Verdict(Status.AT_RISK, f"met, but {limits.reason}")
    return None


def _measure(target: Target, points: Sequence[Point], year_before: Point) -> float | str:
    """What the target compares, or why it cannot."""
    newest = points[-1]
    if newest.judged is None:
        return "what its target is about was not measured"
    if target.form is Form.CHANGE:
        if not year_before.judged:
            return "nothing is known of the same period a year before"
        return newest.judged / year_before.judged - 1
    if target.form is Form.TREND:
        before = [one.judged for one in points[-1 - MOST_BEFORE : -1] if one.judged is not None]
        if len(before) < FEWEST_BEFORE:
            return f"{len(before)} of at least {FEWEST_BEFORE} periods before it are known"
        return newest.judged - fsum(before) / len(before)
    return newest.judged


def _minus(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before
