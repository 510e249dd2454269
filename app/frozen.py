"""A closed week beside what is known of it now: what it said stays, what has changed since is told. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isclose
from typing import Any

import orjson

from app import format as fmt
from app import review
from app.judged import NOT_KEPT, judged
from domain.kpi.reading import Point, Status, Verdict
from domain.kpi.target import Target, parse_limit, parse_target
from queries.kpis import Filters, Period, Review, Row

SAME = 1e-9
"""Relative: two sums of the same floats in another order."""

VALUE = "value"
"""What a target is about where its KPI names no other figure."""

Snapshot = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A KPI whose week is closed. `restated` says what it would be now and why; empty when nothing changed.

    `judged` is what its target compared where that is not its value.
    """

    closed_at: datetime
    restated: str
    judged: str


def as_closed(found: Review, snapshots: Iterable[Snapshot]) -> Review:
    """The review with the values and verdicts that its week was closed with; trends stay as they are known now."""
    told = {one["kpi"]: one for one in snapshots}
    return replace(found, rows=[_as_closed(row, told.get(row.kpi.key)) for row in found.rows])


def note(week: Period, filters: Filters, told: Mapping[str, Frozen], zone: str) -> str:
    """Below the headline: which hours, what is left out, and whether the week is on record."""
    hours = int((week.end - week.start) / timedelta(hours=1))
    parts = [f"{review.week_label(week)}, {hours} hours in {zone}; months and quarters are the last whole ones."]
    if filters.given():
        parts.append(f"Only {', '.join(', '.join(values) for values in filters.given().values())}.")
    if not told:
        return " ".join([*parts, "Not closed yet: late facts still change it."])
    at, changed = next(iter(told.values())).closed_at, sum(bool(one.restated) for one in told.values())
    since = f"{fmt.plural(changed, 'KPI')} restated since" if changed else "nothing was restated since"
    return " ".join([*parts, f"Closed on {fmt.moment(at)}; {since}."])


def _as_closed(row: Row, then: Snapshot | None) -> Row:
    if then is None:
        return row
    beside = orjson.loads(then["beside"] or "{}")
    point = Point(
        value=then["value"],
        judged=then["value"] if row.kpi.judged == VALUE else beside.get(row.kpi.judged),
        numerator=then["numerator"],
        denominator=then["denominator"],
        sample_count=then["sample_count"],
        low=then["low"],
        high=then["high"],
        beside=beside,
    )
    is_same = then["value"] == row.reading.point.value
    statuses = row.statuses if row.verdict.status == then["status"] else [Status(then["status"])]
    reading = replace(
        row.reading,
        point=point,
        verdict=Verdict(Status(then["status"]), then["problem"] or ""),
        statuses=statuses,
        change=row.reading.change if is_same else None,
        gap=_gap(row, then, is_same=is_same),
        target=_target(then),
        limit=parse_limit(then["limited_to"]) if then["limited_to"] else None,
        judged=then["judged"],
    )
    alike = {tier: one for tier, one in row.tiers.items() if one.verdict.status == then["status"]}
    tiers = {tier: replace(one, statuses=statuses) for tier, one in alike.items()}
    return replace(row, reading=reading, tiers=tiers)


def _target(then: Snapshot) -> Target | None:
    return parse_target(then["target"]) if then["target"] else None


def _gap(row: Row, then: Snapshot, *, is_same: bool) -> float | None:
    """By what was judged then; of weeks that do not tell, by what is known now if the value is still the same."""
    if then["judged_as"] is None:
        return row.reading.gap if is_same else None
    target = _target(then)
    return None if target is None or then["judged"] is None else target.gap(then["judged"])


def frozen(
    rows: Iterable[Row], snapshots: Iterable[Snapshot], restatements: Sequence[Mapping[str, Any]], currency: str
) -> dict[str, Frozen]:
    """By KPI, for those that are on record. `restatements` are those since the week was closed."""
    told = {one["kpi"]: one for one in snapshots}
    return {row.kpi.key: _frozen(row, told[row.kpi.key], restatements, currency) for row in rows if row.kpi.key in told}


def _frozen(row: Row, then: Snapshot, restatements: Sequence[Mapping[str, Any]], currency: str) -> Frozen:
    return Frozen(
        closed_at=then["closed_at"],
        restated=_restated(row, then, restatements, currency),
        judged=_judged(row, then, currency),
    )


def _judged(row: Row, then: Snapshot, currency: str) -> str:
    target = _target(then)
    if then["judged_as"] is None:
        return "" if target is None or target.compares(row.kpi.judged) == VALUE else NOT_KEPT
    return judged(row.kpi, target, then["judged"], currency)


def _restated(row: Row, then: Snapshot, restatements: Sequence[Mapping[str, Any]], currency: str) -> str:
    now, before = row.reading.point.value, then["value"]
    if now == before or (now is not None and before is not None and isclose(now, before, rel_tol=SAME)):
        return ""
    told = f"now {review.value(row.kpi, now, currency)}"
    if now is not None and before is not None:
        told += f" ({review.difference(row.kpi, now - before, currency)})"
    sources = sorted({one["source"] for one in restatements if one["source"] in row.facts.sources})
    if sources:
        return f"{told}: {fmt.listed(sources)} delivered other figures for days that were complete"
    if then["watermark_at"] is not None and then["watermark_at"] < then["period_end"]:
        return f"{told}: facts that came later than {fmt.moment(then['watermark_at'])} were not known yet"
    return f"{told}: its facts or its query changed since"
