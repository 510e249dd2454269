"""Releases, experiments and adoption as people read them. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from app import format as fmt
from app.charts.over_time import Dots, Line
from app.tables import links

Row = Mapping[str, Any]

STATES = {
    "running": "↻ running",
    "won": "✓ won",
    "lost": "✕ lost",
    "inconclusive": "• inconclusive",
    "aborted": "– aborted",
    "undecided": "◌ no decision",
}
ENDINGS = {
    "reverted": "✕ reverted",
    "older version": "✕ older version back",
    "rolled forward": "↻ rolled forward",
    "failed": "– never got out",
}
LACKS = {"both": "✕ both", "automated": "! the automated evaluation", "regression": "! the regression suite"}
TAKEN_BACK = ("reverted", "older version")
PARTS = {"calling_count": "Calls", "registered_count": "Registered", "evaluated_count": "Evaluated"}
"""What makes a team one that works on the platform."""


def value(row: Row) -> float | None:
    """Numerator by denominator of a KPI's row."""
    top, below = row["numerator"], row["denominator"]
    return None if top is None or not below else top / below


def months(rows: Sequence[Row], name: str, what: str | None = None) -> Line:
    """A KPI by month: its value, or one of the columns beside it."""
    return Line(
        name,
        [row["period_start"].date() for row in rows],
        [value(row) if what is None else row[what] for row in rows],
        told=[f"(n {fmt.compact(row['sample_count'])})" for row in rows],
    )


def dots(rows: Sequence[Row]) -> Dots:
    """Single releases with a known lead time."""
    known = [row for row in rows if row["days"] is not None]
    return Dots(
        "One release",
        [row["released_at"] for row in known],
        [row["days"] for row in known],
        [f"{row['name'] or row['feature'] or row['item']} {row['version'] or ''}".strip() for row in known],
    )


def last(rows: Sequence[Row]) -> Row | None:
    """The newest month with a value."""
    return next((row for row in reversed(rows) if value(row) is not None), None)


def headline(lead: Sequence[Row], waiting: Sequence[Row], endings: Sequence[Row], released: int) -> str:
    """How fast, how safe, and what waits."""
    parts = []
    newest = last(lead)
    if newest is not None:
        parts.append(
            f"A release takes {fmt.decimal(value(newest), 1)} days from its approved specification "
            f"(median of {newest['period_start']:%B %Y})"
        )
    if released:
        back = sum(row["ending"] in TAKEN_BACK for row in endings)
        parts.append(f"{back} of {fmt.plural(released, 'release')} {'was' if back == 1 else 'were'} taken back")
    if waiting:
        wait = "waits" if len(waiting) == 1 else "wait"
        parts.append(f"{fmt.plural(len(waiting), 'approved specification')} {wait}")
    return "; ".join(parts) or "No release is known yet"


def experiment_counts(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """How many experiments are in each state."""
    counted = Counter(row["state"] for row in rows)
    return [(STATES[state], counted[state]) for state in STATES if counted[state]]


def releases_table(rows: Sequence[Row]) -> pa.Table:
    """Releases that were taken back, mended, or lacked an evaluation."""
    found: dict[str, Any] = {
        "released": [row["released_at"].date() for row in rows],
        "what": [f"{row['kind']} {row['version'] or ''}".strip() for row in rows],
        "feature": [row["name"] or row["feature"] or fmt.UNKNOWN for row in rows],
        "team": [row["team"] or fmt.UNKNOWN for row in rows],
        "tier": [row["tier"] or fmt.UNKNOWN for row in rows],
        **links(rows),
    }
    if rows and "ending" in rows[0]:
        after = [row["hours_after"] for row in rows]
        found["ending"] = [ENDINGS[row["ending"]] for row in rows]
        found["after"] = [fmt.UNKNOWN if hours is None else fmt.clock(hours * 3600) for hours in after]
    if rows and "lacks" in rows[0]:
        found["lacks"] = [LACKS[row["lacks"]] for row in rows]
        found["later"] = ["✓ since then" if row["evaluated_later"] else "✕ not yet" for row in rows]
    return pa.table(found)


def waiting_table(rows: Sequence[Row]) -> pa.Table:
    """Approved specifications that are not released."""
    return pa.table(
        {
            "spec": [row["spec_id"] for row in rows],
            "waits": [f"{fmt.decimal(row['waiting_days'], 0)} days" for row in rows],
            "approved": [row["approved_at"].date() for row in rows],
            "status": [row["status"] or fmt.UNKNOWN for row in rows],
            "feature": [row["name"] or row["feature"] or fmt.UNKNOWN for row in rows],
            "team": [row["team"] or fmt.UNKNOWN for row in rows],
            **links(rows),
        }
    )


def experiments_table(rows: Sequence[Row]) -> pa.Table:
    """One row per experiment."""
    return pa.table(
        {
            "experiment": [row["experiment_id"] for row in rows],
            "state": [STATES[row["state"]] for row in rows],
            "age": [fmt.UNKNOWN if row["age_days"] is None else f"{row['age_days']:.0f} days" for row in rows],
            "gate": [{True: "✓ passed", False: "✕ not met", None: fmt.UNKNOWN}[row["passed_gate"]] for row in rows],
            "feature": [row["name"] or row["feature"] or fmt.UNKNOWN for row in rows],
            "team": [row["team"] or fmt.UNKNOWN for row in rows],
            "iterations": pa.array([row["iteration_count"] for row in rows], pa.int64()),
            **links(rows),
        }
    )


def adoption(rows: Sequence[Row]) -> list[Row]:
    """The teams of the newest month of platform adoption, by name."""
    newest = max((row["period_start"] for row in rows), default=None)
    return sorted((r for r in rows if r["period_start"] == newest), key=lambda row: row["segment"] or "")


def adoption_table(rows: Sequence[Row]) -> pa.Table:
    """One row per team with the three parts."""
    marks = {name: ["✓ yes" if row[name] else "✕ no" for row in rows] for name in PARTS}
    return pa.table(
        {
            "team": [row["segment"] or fmt.UNKNOWN for row in rows],
            "adopted": ["✓ adopted" if value(row) else "– not yet" for row in rows],
            **marks,
        }
    )
