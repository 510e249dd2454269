"""The weekly review as people read it: words for statuses, values with units, sentences on what is wrong. Pure."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from app import format as fmt
from domain.kpi import wording
from domain.kpi.definition import Better, Kpi, Stage
from domain.kpi.reading import Point, Reading, Status
from domain.kpi.target import Form, Limit, Target
from queries.coverage import Facts, FactsState
from queries.kpis import Period, Review, Row

STATUSES = {
    Status.MISSED: "✕ Off track",
    Status.AT_RISK: "! At risk",
    Status.MET: "✓ On track",
    Status.NOT_ENOUGH: "◌ Not enough data",
    Status.NO_DATA: "– No data",
}
"""Gravest first; sign and word, for colour alone tells nobody enough."""
STAGES = {Stage.LEADING: "Leading", Stage.LAGGING: "Lagging", Stage.FINANCE: "Finance"}
FACTS = {
    FactsState.FRESH: "✓ Fresh",
    FactsState.LATE: "! Late",
    FactsState.FAILED: "✕ Failed",
    FactsState.NONE: "– No source",
}
UNITS = {
    "ratio": "percent",
    "per_10k": "per 10,000 interactions",
    "points": "points",
    "score_of_10": "of 10",
    "days": "days",
    "minutes": "minutes",
    "count": "a period",
    "cost_per_1k": "per 1,000 requests",
}
SIGNS = {"<=": "≤", ">=": "≥"}
IN_A_YEAR = " in a year"
POINTS: list[tuple[str, pa.DataType]] = [
    ("period", pa.string()),
    ("value", pa.float64()),
    ("numerator", pa.float64()),
    ("denominator", pa.float64()),
    ("sample_count", pa.int64()),
    ("low", pa.float64()),
    ("high", pa.float64()),
    ("year_before", pa.float64()),
]
"""Columns of the numbers behind a trend."""


def value(kpi: Kpi, number: float | None, currency: str, *, signed: bool = False) -> str:
    """A value of a KPI with its unit; an en dash for what is unknown."""
    if number is None:
        return fmt.UNKNOWN
    match kpi.unit:
        case "ratio":
            told = f"{fmt.decimal(number * 100)}%"
        case "cost_per_1k":
            told = fmt.money(number, currency)
        case "minutes":
            told = fmt.clock(abs(number) * 60)
            told = f"-{told}" if number < 0 else told
        case _:
            told = fmt.decimal(number, 2 if kpi.unit in ("per_10k", "score_of_10") else 1)
            told += {"per_10k": " per 10k", "points": " pts", "score_of_10": "", "days": " days"}.get(kpi.unit, "")
    shows_sign = signed or kpi.key == "budget_variance" or kpi.key == "quality_score"
    return f"+{told}" if shows_sign and number > 0 else told


def target(kpi: Kpi, wanted: Target | None, currency: str) -> str:
    """What it should be, in words: `≥ 70%`, `−20% in a year`, `falling`."""
    if wanted is None:
        return fmt.UNKNOWN
    if wanted.form is Form.TREND:
        return wanted.text
    if wanted.form is Form.WITHIN:
        return f"within ±{value(kpi, wanted.bound, currency).removeprefix('+')}"
    sign = SIGNS.get(wanted.sign, wanted.sign)
    if wanted.form is Form.CHANGE:
        return f"{sign} {fmt.signed_percent(wanted.bound, 0)}{IN_A_YEAR}"
    return f"{sign} {value(kpi, wanted.bound, currency)}"


def limit(kpi: Kpi, kept: Limit, currency: str) -> str:
    """A limit in words: `sev1 in quarter < 2`."""
    return f"{kept.words} {bound(kpi, kept, currency)}"


def bound(kpi: Kpi, kept: Limit, currency: str) -> str:
    """What the figure of a limit must keep to: `< 2`."""
    sign = SIGNS.get(kept.target.sign, kept.target.sign)
    return f"{sign} {figure(kpi.beside[kept.figure], kept.target.bound, currency)}"


def wanted(kpi: Kpi, reading: Reading, currency: str) -> str:
    """The target, and the limit that must be kept as well: `falling, sev1 in quarter < 2`."""
    told = target(kpi, reading.target, currency)
    return told if reading.limit is None else f"{told}, {limit(kpi, reading.limit, currency)}"


def targets(row: Row, currency: str) -> str:
    """The target over all, then those of tiers that differ."""
    told = [wanted(row.kpi, row.reading, currency)]
    told += [f"{tier} {wanted(row.kpi, one, currency)}" for tier, one in row.tiers.items()]
    return "; ".join(told)


def headline(review: Review) -> str:
    """What a leader needs to know first, in one sentence."""
    return wording.headline(review.standings)


def counts(review: Review) -> dict[Status, int]:
    """How many KPIs have each status, gravest first."""
    return {status: sum(row.verdict.status is status for row in review.rows) for status in STATUSES}


def standing(row: Row, currency: str) -> str:
    """Value and target of the period, such as `12.5% in 2026-10, target < 5%`; beside it what is judged instead."""
    kpi, point = row.kpi, row.reading.point
    name = row.period.name if row.period else fmt.UNKNOWN
    told = value(kpi, point.value, currency)
    if kpi.judged != "value":
        told += f" ({label(kpi.judged).lower()} {figure(kpi.beside[kpi.judged], point.judged, currency)})"
    return f"{told} in {name}, target {targets(row, currency)}"


def why(row: Row, currency: str) -> str:
    """For how long it has been so, whether it moved, and what made it an exception where the value does not say it."""
    verdict, has_limit = row.verdict, row.reading.limit is not None
    is_told = verdict.status is Status.AT_RISK or ":" in verdict.reason
    reason = verdict.reason if is_told or (has_limit and verdict.status is Status.MISSED) else ""
    return " · ".join(filter(None, [since(row), moved(row, currency), reason]))


def since(row: Row) -> str:
    """For how long it has been so."""
    if row.streak < 2:
        return f"new this {row.kpi.cadence}"
    most = len(row.points)
    return f"so for {'at least ' if row.streak >= most else ''}{fmt.plural(row.streak, row.kpi.cadence)}"


def moved(row: Row, currency: str) -> str:
    """The change to the period before, and whether it is more than noise."""
    reading = row.reading
    if reading.change is None:
        return ""
    told = f"{change(row, currency)} against the {row.kpi.cadence} before"
    if reading.process is None:
        return told
    if reading.process.signal:
        return f"{told} (a signal: {reading.process.reason})"
    return f"{told} (noise)"


def change(row: Row, currency: str) -> str:
    """The difference to the period before with its sign; ratios in percentage points."""
    return difference(row.kpi, row.reading.change, currency)


def difference(kpi: Kpi, number: float | None, currency: str) -> str:
    """A difference of two values with its sign."""
    if number is None:
        return fmt.UNKNOWN
    if kpi.unit == "ratio":
        return f"{fmt.decimal(number * 100, 1, signed=True)} pp"
    return value(kpi, number, currency, signed=True)


def gap(row: Row, currency: str) -> str:
    """How far it is beyond its target; an en dash when it is met or cannot be said."""
    reading = row.reading
    if reading.gap is None or reading.gap <= 0 or reading.target is None:
        return fmt.UNKNOWN
    if reading.target.form is Form.CHANGE:
        return f"{fmt.decimal(reading.gap * 100, 1, signed=True)} pp"
    return difference(row.kpi, reading.gap, currency)


def better(kpi: Kpi) -> str:
    """Which way is good, in words."""
    return {Better.HIGHER: "higher is better", Better.LOWER: "lower is better"}.get(kpi.better, "nearer 0 is better")


def facts(found: Facts) -> str:
    """The state of what it is made of, and whose fault it is."""
    told = FACTS[found.state]
    blamed = found.failed if found.state is FactsState.FAILED else found.late
    return f"{told}: {', '.join(blamed)}" if blamed else told


def beside(row: Row, currency: str) -> list[tuple[str, str]]:
    """The other figures of a KPI: label and value."""
    return [
        (label(name), figure(word, (row.reading.point.beside or {}).get(name), currency))
        for name, word in row.kpi.beside.items()
    ]


def label(name: str) -> str:
    """A column's name as words: `open_count` → `Open`."""
    words = name.removesuffix("_count").removesuffix("_ratio").removesuffix("_minutes").removesuffix("_days")
    return words.replace("_", " ").capitalize()


def figure(word: str, number: Any, currency: str) -> str:
    """A figure by the type of its column."""
    if number is None:
        return fmt.UNKNOWN
    match word:
        case "count":
            return fmt.compact(number)
        case "ratio":
            return fmt.percent(number, 1)
        case "money":
            return fmt.money(number, currency)
        case "minutes":
            return fmt.clock(number * 60)
        case "days":
            return f"{fmt.decimal(number, 1)} days"
        case _:
            return fmt.decimal(number, 2)


def unit(kpi: Kpi, currency: str) -> str:
    """What its axis is in."""
    return f"{currency} {UNITS[kpi.unit]}" if kpi.unit == "cost_per_1k" else UNITS[kpi.unit]


def arithmetic(kpi: Kpi, told: Point, currency: str) -> str:
    """`9 / 72 = 12.5%`: what a value was divided from."""
    if told.value is None or told.numerator is None or told.denominator is None:
        return "nothing to divide"
    scale = f" × {fmt.compact(kpi.scale)}" if kpi.scale != 1 else ""
    return (
        f"{fmt.decimal(told.numerator, 4)} / {fmt.decimal(told.denominator, 4)}{scale} = "
        f"{value(kpi, told.value, currency)}"
    )


def numbers(row: Row) -> pa.Table:
    """The points of a trend as a table, newest first."""
    lines = [
        {
            "period": period.name,
            "value": one.value,
            "numerator": one.numerator,
            "denominator": one.denominator,
            "sample_count": one.sample_count,
            "low": one.low,
            "high": one.high,
            "year_before": before.value,
        }
        for period, one, before in zip(row.periods, row.points, row.years_before, strict=True)
    ]
    return pa.Table.from_pylist(lines[::-1], schema=pa.schema(POINTS))


def week_label(week: Period) -> str:
    """`2026-W47 · 16–22 Nov 2026`."""
    return f"{week.name} · {fmt.days(week.start_on, week.end_on)}"


def tick(period: Period) -> str:
    """A period on an axis: `W47`, `Oct 26`, `2026-Q4`."""
    if period.cadence == "week":
        return period.name[5:]
    return f"{period.start_on:%b %y}" if period.cadence == "month" else period.name


def trend(points: Sequence[Point]) -> list[float | None]:
    """Values to draw, oldest first."""
    return [None if one.value is None else round(one.value, 6) for one in points]
