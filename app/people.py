"""Surveys and hiring as people read them: groups, never persons, and no group so small that it says who. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from app import format as fmt
from app.charts.over_time import Line
from domain.kpi import interval
from domain.kpi.reading import Point
from domain.small_groups import DEFAULT_LEAST, too_small

Row = Mapping[str, Any]

SUPPRESSED = f"suppressed (fewer than {DEFAULT_LEAST} answers)"
BESIDE = "suppressed (a smaller group could be worked out)"
EVERYBODY = "Everybody"
NPS_HALF_WIDTH = 1.96
"""Standard errors on each side of a 95% interval."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What one group answered in one survey; `hidden` says why nothing of it may be shown."""

    row: Row
    hidden: str = ""

    @property
    def name(self) -> str:
        """The group, or everybody."""
        return self.row["group_name"] or EVERYBODY


def answered(rows: Iterable[Row]) -> list[Answered]:
    """Each group of each survey, oldest first; small ones and those that would give them away hold no number."""
    surveys: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        surveys[row["source"], row["period_start"], row["period_end"]].append(row)
    found: list[Answered] = []
    for survey in surveys.values():
        whole = [row for row in survey if row["group_name"] is None]
        groups = [row for row in survey if row["group_name"] is not None]
        everybody = _size(whole[0]) if whole else None
        small, beside = too_small(everybody, [_size(row) for row in groups], DEFAULT_LEAST)
        found += [Answered(row, SUPPRESSED if _size(row) < DEFAULT_LEAST else "") for row in whole]
        found += [
            Answered(row, SUPPRESSED if place in small else BESIDE if place in beside else "")
            for place, row in enumerate(groups)
        ]
    return found


def _size(row: Row) -> float:
    """How many stand behind it; who does not say it, is taken for too few."""
    return float(row["answer_count"] or row["denominator"] or 0)


def newest(found: Sequence[Answered]) -> list[Answered]:
    """The newest survey, everybody first."""
    last = max((one.row["period_start"] for one in found), default=None)
    return [one for one in found if one.row["period_start"] == last]


def of_everybody(found: Sequence[Answered]) -> list[Answered]:
    """All together, survey by survey, as far as it may be shown."""
    return [one for one in found if one.row["group_name"] is None and not one.hidden]


def enps(one: Answered) -> float | None:
    """Points: percent of promoters minus percent of detractors."""
    row = one.row
    if one.hidden or row["promoter_count"] is None or row["detractor_count"] is None or not row["answer_count"]:
        return None
    return 100 * float(row["promoter_count"] - row["detractor_count"]) / float(row["answer_count"])


def enps_error(one: Answered) -> float | None:
    """The standard error of `enps` in points."""
    if enps(one) is None:
        return None
    row = one.row
    return interval.nps_standard_error(row["promoter_count"], row["detractor_count"], row["answer_count"])


def mean(one: Answered) -> float | None:
    """The mean answer, of 10."""
    value: float | None = None if one.hidden else one.row["value"]
    return value


def mean_interval(one: Answered) -> tuple[float, float] | None:
    """Its 95% interval."""
    value = mean(one)
    return None if value is None else interval.mean(value, one.row["stddev"], one.row["answer_count"])


def response(one: Answered) -> str:
    """`40 of 48 asked`; an en dash for what is suppressed."""
    if one.hidden:
        return fmt.UNKNOWN
    count, asked = one.row["answer_count"], one.row["invited_count"]
    return f"{count} of {asked} asked" if asked else f"{count}, asked: unknown"


def response_ratio(one: Answered) -> str:
    """How many of those who were asked answered: `83%`."""
    asked = one.row["invited_count"]
    return fmt.UNKNOWN if one.hidden or not asked else fmt.percent(one.row["answer_count"] / asked)


def enps_line(found: Sequence[Answered]) -> Line:
    """eNPS of everybody, survey by survey, with its 95% interval."""
    values = [enps(one) for one in found]
    errors = [enps_error(one) for one in found]
    return Line(
        "eNPS",
        [one.row["period_start"].date() for one in found],
        values,
        [
            None if value is None or error is None else (value - NPS_HALF_WIDTH * error, value + NPS_HALF_WIDTH * error)
            for value, error in zip(values, errors, strict=True)
        ],
        [f"({response(one)})" for one in found],
    )


def mean_line(found: Sequence[Answered]) -> Line:
    """Mean answers of everybody, survey by survey."""
    return Line(
        "Mean answer",
        [one.row["period_start"].date() for one in found],
        [mean(one) for one in found],
        [mean_interval(one) for one in found],
        [f"({response(one)})" for one in found],
    )


def surveyed_table(engaged: Sequence[Answered], satisfied: Sequence[Answered]) -> pa.Table:
    """The newest survey of each kind, group by group."""
    lines = [
        *((one, "Engagement (eNPS)", _enps_told(one)) for one in engaged),
        *((one, "Stakeholders (0 to 10)", _mean_told(one)) for one in satisfied),
    ]
    return pa.table(
        {
            "survey": [name for _, name, _ in lines],
            "group": [one.name for one, _, _ in lines],
            "value": [one.hidden or told for one, _, told in lines],
            "answers": [response(one) for one, _, _ in lines],
            "rate": [response_ratio(one) for one, _, _ in lines],
            "asked": pa.array([one.row["period_start"].date() for one, _, _ in lines], pa.date32()),
        }
    )


def shown(found: Sequence[Answered]) -> pa.Table:
    """What may leave the page: every number of groups that are large enough, and no other."""
    names = ("value", "numerator", "denominator", "answer_count", "invited_count", "stddev", "promoter_count")
    rows = [
        {
            "period_start": one.row["period_start"],
            "group_name": one.name,
            "suppressed": one.hidden,
            **{name: None if one.hidden else one.row[name] for name in (*names, "detractor_count")},
        }
        for one in found
    ]
    return pa.Table.from_pylist(rows) if rows else pa.table({"period_start": pa.array([], pa.date32())})


def _enps_told(one: Answered) -> str:
    value, error = enps(one), enps_error(one)
    if value is None:
        return fmt.UNKNOWN
    return f"{fmt.decimal(value, 1, signed=True)} pts ± {fmt.decimal(error, 1)}"


def _mean_told(one: Answered) -> str:
    return fmt.decimal(mean(one), 2)


def stages(rows: Iterable[Row]) -> list[tuple[str, float, float]]:
    """Stage, how many passed, how many entered, over all months; in the order of their names' first appearance."""
    found: dict[str, list[float]] = {}
    for row in rows:
        if row["group_name"] and row["denominator"]:
            sums = found.setdefault(row["group_name"], [0.0, 0.0])
            sums[0] += row["numerator"] or 0
            sums[1] += row["denominator"]
    return [(name, passed, entered) for name, (passed, entered) in sorted(found.items(), key=lambda s: -s[1][1])]


def stages_table(rows: Sequence[tuple[str, float, float]]) -> pa.Table:
    """One row per stage with its pass rate; the stage that most enter first."""
    return pa.table(
        {
            "stage": [name for name, _, _ in rows],
            "rate": pa.array([passed / entered for _, passed, entered in rows], pa.float64()),
            "of": [f"{passed:.0f} of {entered:.0f}" for _, passed, entered in rows],
        }
    )


def openings_table(rows: Sequence[Row]) -> pa.Table:
    """One row per open position."""
    opened: list[date] = [row["opened_at"].date() for row in rows]
    return pa.table(
        {
            "age": [f"{fmt.decimal(row['open_days'], 0)} days" for row in rows],
            "team": [row["team"] or fmt.UNKNOWN for row in rows],
            "status": ["◌ open" if row["status"] == "open" else "– on hold" for row in rows],
            "opened": pa.array(opened, pa.date32()),
        }
    )


def headline(engaged: Sequence[Answered], satisfied: Sequence[Answered], open_count: int) -> str:
    """How the team and those it builds for are, and how many positions wait."""
    parts = []
    told = of_everybody(engaged)
    if told and enps(told[-1]) is not None:
        before = enps(told[-2]) if len(told) > 1 else None
        now = enps(told[-1])
        change = (
            "" if before is None or now is None else f" ({fmt.decimal(now - before, 1, signed=True)} since the last)"
        )
        parts.append(f"Engagement is {fmt.decimal(now, 1, signed=True)} points{change}")
    pleased = of_everybody(satisfied)
    if pleased and mean(pleased[-1]) is not None:
        parts.append(f"stakeholders say {fmt.decimal(mean(pleased[-1]), 1)} of 10")
    if open_count:
        parts.append(f"{fmt.plural(open_count, 'position')} {'is' if open_count == 1 else 'are'} open")
    told_all = "; ".join(parts)
    return told_all[:1].upper() + told_all[1:] if told_all else "Nobody was asked yet, and no position is known"


def without_small(teams: Sequence[tuple[str, Point]], everybody: Point) -> list[tuple[str, Point]]:
    """Teams whose answers may be told: none of few, and none that would give such a one away beside everybody."""
    sizes = [float(one.sample_count or 0) for _, one in teams]
    small, beside = too_small(
        None if everybody.sample_count is None else float(everybody.sample_count), sizes, DEFAULT_LEAST
    )
    return [told for place, told in enumerate(teams) if place not in small | beside]
