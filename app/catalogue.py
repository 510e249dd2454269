"""What a feature needs and what it has: the debts of a catalogue, its sentence and its table. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from app import format as fmt

Row = Mapping[str, Any]

HAS, LACKS = "✓", "✕ none"
STATUS_SIGNS = {"live": "● live", "pilot": "◐ pilot", "building": "○ building", "retired": "– retired"}
DEBTS: Mapping[str, tuple[str, Callable[[Row], bool]]] = {
    "owner": ("an owner", lambda row: not row["owner"]),
    "slo": ("an SLO", lambda row: not row["slo_count"]),
    "evaluation": ("an evaluation", lambda row: not row["evaluation_count"]),
    "budget": ("a budget", lambda row: not row["budget_count"]),
}
"""What a feature that costs money should have; key → its name, and whether a feature lacks it."""
WITHOUT = {
    "owner": "Without owner",
    "slo": "Without SLO",
    "evaluation": "Without evaluation",
    "budget": "Without budget",
}


def expected(rows: Iterable[Row]) -> list[Row]:
    """The features that something is expected of: those that cost money and are not retired."""
    return [row for row in rows if row["cost"] and row["status"] != "retired"]


def lacking(rows: Iterable[Row], debt: str) -> list[Row]:
    """The features that lack one of DEBTS."""
    return [row for row in rows if DEBTS[debt][1](row)]


def headline(rows: Sequence[Row], undeclared: Sequence[Row]) -> str:
    """The finding: how many features cost money and lack what."""
    costly = expected(rows)
    if not rows:
        return "No feature is declared"
    if not costly:
        return f"{fmt.plural(len(rows), 'feature')}, and none cost anything in 28 days"
    lacks = {name: len(lacking(costly, debt)) for debt, (name, _) in DEBTS.items()}
    found = sum(any(check(row) for _, check in DEBTS.values()) for row in costly)
    strangers = sum(1 for row in undeclared if row["cost"])
    cost, are = ("costs", "is") if strangers == 1 else ("cost", "are")
    more = f"; {strangers} more that {cost} money {are} declared nowhere"
    if not found:
        told = (
            f"Every one of {fmt.plural(len(costly), 'feature')} that cost money has owner, SLO, evaluation and budget"
        )
    else:
        named = fmt.listed([f"{name} ({count})" for name, count in lacks.items() if count])
        verb = "costs money but lacks" if found == 1 else "cost money but lack"
        told = f"{found} of {fmt.plural(len(costly), 'feature')} {verb} {named}"
    return told + (more if strangers else "")


def table(rows: Sequence[Row]) -> pa.Table:
    """One row per feature as it is drawn; every mark is a sign with words or a number."""
    return pa.table(
        {
            "name": [row["name"] for row in rows],
            "team": [row["team"] for row in rows],
            "tier": [row["tier"] for row in rows],
            "owner": [row["owner"] or LACKS for row in rows],
            "status": [STATUS_SIGNS.get(row["status"], row["status"]) for row in rows],
            "cost": pa.array([_float(row["cost"]) for row in rows], pa.float64()),
            "slo": [_count(row["slo_count"], "") for row in rows],
            "evaluation": [_count(row["evaluation_count"], "") for row in rows],
            "budget": [_count(row["budget_count"], "") for row in rows],
            "release": [f"{HAS} {fmt.day(row['last_released_at'])}" if row["release_count"] else LACKS for row in rows],
            "incidents": [_incidents(row) for row in rows],
            "requests": pa.array([row["request_count"] for row in rows], pa.int64()),
            "runbook": [_first_link(row["links"]) for row in rows],
        }
    )


def links(text: str | None) -> list[tuple[str, str]]:
    """Label and address of each of the lines of "label url"."""
    return [(label, url) for label, _, url in (line.rpartition(" ") for line in (text or "").splitlines()) if label]


def _first_link(text: str | None) -> str | None:
    found = dict(links(text))
    return found.get("runbook") or next(iter(found.values()), None)


def _count(number: int, word: str) -> str:
    return f"{HAS} {number}{word}" if number else LACKS


def _incidents(row: Row) -> str:
    if not row["incident_count"]:
        return "none"
    told = str(row["incident_count"])
    return f"! {told}, {row['open_incident_count']} open" if row["open_incident_count"] else told


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
