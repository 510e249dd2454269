"""Scores, safety and defects as people read them: series that never mix, rates with their intervals. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from app import format as fmt
from app.charts.over_time import Line
from app.tables import links
from domain.kpi import interval

Row = Mapping[str, Any]

PER = 10_000
ANY = "any"
"""The policy that counts each interaction once."""
SEVERITIES = ("critical", "high", "medium", "low")
SIGNS = {"critical": "✕ critical", "high": "! high", "medium": "• medium", "low": "· low"}
SERIES = ("task", "metric", "evaluator", "evaluator_version", "feature")


@dataclass(frozen=True, slots=True)
class Series:
    """One task, metric, evaluator with its version and feature: its months, oldest first."""

    key: str
    name: str
    rows: Sequence[Row]

    @property
    def last(self) -> Row:
        """Its newest month."""
        return self.rows[-1]

    @property
    def change(self) -> float | None:
        """What its newest score is above that of the same month a year before, in points of 100."""
        now, before = self.last["score"], self.last["score_year_before"]
        return None if now is None or before is None else 100 * (now - before)


def series(rows: Iterable[Row]) -> list[Series]:
    """The series of quality/scores, the one with the most answers first."""
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in SERIES)].append(row)
    made = [Series(" / ".join(key), _name(key), months) for key, months in found.items()]
    return sorted(made, key=lambda one: (-sum(row["sample_count"] for row in one.rows), one.key))


def _name(key: tuple[str, ...]) -> str:
    task, metric, evaluator, version, feature = key
    judge = f" by {evaluator}{f' {version}' if version else ''}" if evaluator else ""
    where = f" ({feature})" if feature and feature != task else ""
    return f"{task}, {metric}{judge}{where}"


def spread(row: Row) -> tuple[float, float] | None:
    """The 95% interval of a score on 0 to 1."""
    found = interval.mean(row["score"], row["stddev"], row["sample_count"]) if row["score"] is not None else None
    return None if found is None else (max(0.0, found[0]), min(1.0, found[1]))


def line(one: Series) -> Line:
    """A series to draw."""
    return Line(
        one.name,
        [row["period_on"] for row in one.rows],
        [row["score"] for row in one.rows],
        [spread(row) for row in one.rows],
        [f"(n {fmt.compact(row['sample_count'])}, version {row['version'] or fmt.UNKNOWN})" for row in one.rows],
    )


def headline(found: Sequence[Series], leaked: int | None, checked: int | None) -> str:
    """How the answers are, and how often one was unsafe."""
    known = [one.change for one in found if one.change is not None]
    failed = sum(row["failed_count"] for one in found for row in one.rows)
    parts = []
    if known:
        up = sum(change > 0 for change in known)
        parts.append(f"{up} of {fmt.plural(len(known), 'score')} {'is' if up == 1 else 'are'} above a year before")
    elif found:
        parts.append(f"{fmt.plural(len(found), 'score')}, none with a year before")
    if found:
        parts.append(f"{fmt.plural(failed, 'evaluation')} failed" if failed else "no evaluation failed")
    if checked and leaked is not None:
        parts.append(f"{rate_told(leaked, checked)} unsafe answers reached somebody")
    return "; ".join(parts) or "Nothing is evaluated or checked yet"


def rate(count: int | None, checked: int | None) -> float | None:
    """By 10,000 checked interactions; None where either is unknown."""
    return None if count is None or not checked else count / checked * PER


def rate_interval(count: int | None, checked: int | None) -> tuple[float, float] | None:
    """The exact 95% Poisson interval of the rate."""
    found = None if count is None or not checked else interval.poisson(count, checked)
    return None if found is None else (found[0] * PER, found[1] * PER)


def rate_told(count: int | None, checked: int | None) -> str:
    """`0.25 per 10k`."""
    found = rate(count, checked)
    return fmt.UNKNOWN if found is None else f"{fmt.decimal(found, 2)} per 10k"


def interval_told(count: int | None, checked: int | None) -> str:
    """`0.05 to 0.73`."""
    found = rate_interval(count, checked)
    return fmt.UNKNOWN if found is None else f"{fmt.decimal(found[0], 2)} to {fmt.decimal(found[1], 2)}"


def safety_line(name: str, rows: Sequence[Row], what: str) -> Line:
    """Blocked, leaked or all violations by week, with their intervals."""
    of = "checked_count" if what == "violation" else f"{what}_checked_count"
    return Line(
        name,
        [row["week_on"] for row in rows],
        [rate(row[f"{what}_count"], row[of]) for row in rows],
        [rate_interval(row[f"{what}_count"], row[of]) for row in rows],
        [f"({fmt.count(row[f'{what}_count'])} of {fmt.compact(row[of])})" for row in rows],
    )


def total(rows: Iterable[Row], name: str) -> int | None:
    """The sum of what is known; None when nothing is."""
    known = [row[name] for row in rows if row[name] is not None]
    return sum(known) if known else None


def scores_table(found: Sequence[Series]) -> pa.Table:
    """One row per series with its newest month."""
    last = [one.last for one in found]
    spreads = [spread(row) for row in last]
    return pa.table(
        {
            "name": [one.name for one in found],
            "month": [row["period_name"] for row in last],
            "version": [row["version"] or fmt.UNKNOWN for row in last],
            "score": [fmt.UNKNOWN if r["score"] is None else fmt.decimal(100 * r["score"], 1) for r in last],
            "interval": [fmt.UNKNOWN if s is None else f"{s[0] * 100:.1f} to {s[1] * 100:.1f}" for s in spreads],
            "samples": pa.array([row["sample_count"] for row in last], pa.int64()),
            "change": [
                fmt.UNKNOWN if one.change is None else f"{fmt.decimal(one.change, 1, signed=True)} pts" for one in found
            ],
            "failed": [
                f"{sum(r['failed_count'] for r in o.rows)} of {sum(r['judged_count'] for r in o.rows)}" for o in found
            ],
            "trend": pa.array(
                [[round(row["score"], 4) for row in one.rows if row["score"] is not None] for one in found],
                pa.list_(pa.float64()),
            ),
        }
    )


def safety_table(rows: Sequence[Row]) -> pa.Table:
    """One row per feature and policy with rates and intervals."""
    return pa.table(
        {
            "feature": [row["name"] or row["feature"] for row in rows],
            "policy": ["any (each once)" if row["policy"] == ANY else row["policy"] for row in rows],
            "checked": pa.array([row["checked_count"] for row in rows], pa.int64()),
            "violations": [rate_told(row["violation_count"], row["checked_count"]) for row in rows],
            "blocked": [rate_told(row["blocked_count"], row["blocked_checked_count"]) for row in rows],
            "leaked": [rate_told(row["leaked_count"], row["leaked_checked_count"]) for row in rows],
            "leaked_interval": [interval_told(row["leaked_count"], row["leaked_checked_count"]) for row in rows],
        }
    )


def around_table(rows: Sequence[Row]) -> pa.Table:
    """One row per release with the rate on both sides and whether chance explains the difference."""
    return pa.table(
        {
            "released": [fmt.day(row["released_at"]) for row in rows],
            "what": [f"{row['kind']} {row['version'] or ''}".strip() for row in rows],
            "feature": [row["name"] or row["feature"] for row in rows],
            "before": [_side(row, "before") for row in rows],
            "after": [_side(row, "after") for row in rows],
            "verdict": [verdict(row) for row in rows],
        }
    )


def _side(row: Row, side: str) -> str:
    count, checked = row[f"{side}_violation_count"], row[f"{side}_checked_count"]
    return f"{rate_told(count, checked)} ({interval_told(count, checked)})"


def verdict(row: Row) -> str:
    """Whether violations changed by more than chance: their share after the release against that of the checks."""
    before, after = row["before_violation_count"], row["after_violation_count"]
    expected = row["after_checked_count"] / (row["before_checked_count"] + row["after_checked_count"])
    found = interval.wilson(after, before + after)
    if found is None:
        return "– none at all"
    if expected < found[0]:
        return "✕ more often"
    return "✓ less often" if expected > found[1] else "• no difference beyond chance"


def defects_table(rows: Sequence[Row]) -> pa.Table:
    """One row per defect."""
    return pa.table(
        {
            "state": ["◌ open" if row["status"] == "open" else "✓ resolved" for row in rows],
            "severity": [SIGNS.get(row["severity"], fmt.UNKNOWN) for row in rows],
            "defect": [row["defect_id"] for row in rows],
            "feature": [row["name"] or row["feature"] or fmt.UNKNOWN for row in rows],
            "team": [row["team"] or fmt.UNKNOWN for row in rows],
            "reported": [row["reported_at"].date() for row in rows],
            "age": [fmt.UNKNOWN if d is None else f"{fmt.decimal(d, 0)} days" for d in (r["open_days"] for r in rows)],
            **links(rows),
        }
    )


def by_severity(rows: Sequence[Row]) -> list[tuple[str, int, int]]:
    """Severity in words, how many are new in the period, how many are open; gravest first."""
    found = []
    for severity in (*SEVERITIES, None):
        mine = [
            row for row in rows if row["severity"] == severity or (severity is None and row["severity"] not in SIGNS)
        ]
        if mine:
            name = SIGNS.get(severity or "", "no severity")
            found.append((name, sum(row["is_new"] for row in mine), sum(row["status"] == "open" for row in mine)))
    return found
