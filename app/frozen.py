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
from domain.kpi.definition import Kpi
from domain.kpi.reading import Point, Reading, Status, Verdict
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

    `judged` is what its target compared where that is not its value; `besides` says what else is another now: its
    target, or that it came after the close.
    """

    closed_at: datetime
    restated: str
    judged: str
    besides: str = ""

    @property
    def told(self) -> str:
        """What is another now; empty when all is as it was."""
        return "; ".join(filter(None, [self.restated, self.besides]))


def as_closed(found: Review, snapshots: Iterable[Snapshot], of_tiers: Iterable[Snapshot]) -> Review:
    """The review with the values, targets and verdicts that its week was closed with, over all and of each tier.

    Trends stay as they are known now.
    """
    told = {one["kpi"]: one for one in snapshots}
    tiers: dict[str, list[Snapshot]] = {}
    for one in of_tiers:
        tiers.setdefault(one["kpi"], []).append(one)
    rows = [
        _as_closed(row, told[row.kpi.key], tiers.get(row.kpi.key, ())) if row.kpi.key in told else row
        for row in found.rows
    ]
    return replace(found, rows=rows)


def note(week: Period, filters: Filters, told: Mapping[str, Frozen], zone: str, gone: Sequence[str] = ()) -> str:
    """Below the headline: which hours, what is left out, and whether the week is on record.

    `gone` are KPIs that are on record and not reviewed any more.
    """
    hours = int((week.end - week.start) / timedelta(hours=1))
    parts = [f"{review.week_label(week)}, {hours} hours in {zone}; months and quarters are the last whole ones."]
    if filters.given():
        parts.append(f"Only {', '.join(', '.join(values) for values in filters.given().values())}.")
        return " ".join([*parts, "As it is known now: a week is closed with everything."])
    if not told:
        return " ".join([*parts, "Not closed yet: late facts still change it."])
    at, changed = next(iter(told.values())).closed_at, sum(bool(one.restated) for one in told.values())
    since = f"{fmt.plural(changed, 'KPI')} restated since" if changed else "nothing was restated since"
    parts.append(f"Closed on {fmt.moment(at)}; {since}.")
    if gone:
        parts.append(f"On record, but not reviewed any more: {fmt.listed(list(gone))}.")
    return " ".join(parts)


def gone(found: Review, snapshots: Iterable[Snapshot]) -> list[str]:
    """The KPIs of a closed week that are not reviewed any more."""
    return sorted({one["kpi"] for one in snapshots} - {row.kpi.key for row in found.rows})


def on_record(row: Row, then: Snapshot, restatements: Sequence[Mapping[str, Any]], currency: str) -> str:
    """Beside one KPI as it is known now: what it said when the week was closed."""
    told = _frozen(row, then, restatements, currency).told
    said = f"{review.value(row.kpi, then['value'], currency)}, {review.STATUSES[Status(then['status'])]}"
    return f"Closed on {fmt.moment(then['closed_at'])} with {said}; {told or 'nothing was restated since'}."


def _as_closed(row: Row, then: Snapshot, of_tiers: Iterable[Snapshot]) -> Row:
    statuses = row.statuses if row.verdict.status == then["status"] else [Status(then["status"])]
    strict = [one for one in of_tiers if (one["target"], one["limited_to"]) != (then["target"], then["limited_to"])]
    return replace(
        row,
        reading=_read_then(row.kpi, row.reading, then, statuses),
        tiers={
            one["scope"]: _read_then(row.kpi, row.tiers.get(one["scope"], row.reading), one, statuses) for one in strict
        },
    )


def _read_then(kpi: Kpi, now: Reading, then: Snapshot, statuses: Sequence[Status]) -> Reading:
    """What a snapshot said, with what is known of its period now where it says the same."""
    beside = orjson.loads(then["beside"] or "{}")
    is_same = then["value"] == now.point.value
    return replace(
        now,
        point=Point(
            value=then["value"],
            judged=then["value"] if kpi.judged == VALUE else beside.get(kpi.judged),
            numerator=then["numerator"],
            denominator=then["denominator"],
            sample_count=then["sample_count"],
            low=then["low"],
            high=then["high"],
            beside=beside,
        ),
        verdict=Verdict(Status(then["status"]), then["problem"] or ""),
        statuses=statuses,
        change=now.change if is_same else None,
        gap=_gap(now, then, is_same=is_same),
        target=_target(then),
        limit=parse_limit(then["limited_to"]) if then["limited_to"] else None,
        judged=then["judged"],
    )


def _target(then: Snapshot) -> Target | None:
    return parse_target(then["target"]) if then["target"] else None


def _gap(now: Reading, then: Snapshot, *, is_same: bool) -> float | None:
    """By what was judged then; of weeks that do not tell, by what is known now if the value is still the same."""
    target = _target(then)
    if then["judged_as"] is None:
        return now.gap if is_same and now.target == target else None
    return None if target is None or then["judged"] is None else target.gap(then["judged"])


def frozen(
    rows: Iterable[Row], snapshots: Iterable[Snapshot], restatements: Sequence[Mapping[str, Any]], currency: str
) -> dict[str, Frozen]:
    """By KPI, where the week is closed; empty while it is not. `restatements` are those since then."""
    told = {one["kpi"]: one for one in snapshots}
    if not told:
        return {}
    closed_at = next(iter(told.values()))["closed_at"]
    return {
        row.kpi.key: _frozen(row, told[row.kpi.key], restatements, currency)
        if row.kpi.key in told
        else Frozen(closed_at, "", "", "not on record: it came after the close, so this is as known now")
        for row in rows
    }


def _frozen(row: Row, then: Snapshot, restatements: Sequence[Mapping[str, Any]], currency: str) -> Frozen:
    now = row.reading
    is_kept = (then["target"], then["limited_to"]) == (now.target and now.target.text, now.limit and now.limit.text)
    return Frozen(
        closed_at=then["closed_at"],
        restated=_restated(row, then, restatements, currency),
        judged=_judged(row, then, currency),
        besides="" if is_kept else f"its target is {review.wanted(row.kpi, now, currency)} now",
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
    if row.problem:
        return f"now unknown, for {row.problem}"
    told = f"now {review.value(row.kpi, now, currency)}"
    if now is not None and before is not None:
        difference = review.difference(row.kpi, now - before, currency)
        told += f" ({difference if any(digit in difference for digit in '123456789') else 'less than is shown'})"
    sources = sorted({one["source"] for one in restatements if one["source"] in row.facts.sources})
    if sources:
        return f"{told}: {fmt.listed(sources)} delivered other figures for days that were complete"
    if then["watermark_at"] is not None and then["watermark_at"] < then["period_end"]:
        return f"{told}: facts that came later than {fmt.moment(then['watermark_at'])} were not known yet"
    return f"{told}: its facts or its query changed since"
