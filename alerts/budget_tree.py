"""Budgets up the hierarchy: organisation, team, feature. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from alerts.base import Finding, Row, severity_rank
from alerts.wording import percent
from domain.wording import count, money

NAMED = 10
"""A message names so many of the budgets below; the others are counted."""
LISTED = 50
"""So many are in its thread, which takes about 2,800 characters."""

Budget = tuple[Row, Finding]


def with_leaves(rows: Sequence[Row], findings: Sequence[Finding]) -> list[Finding]:
    """The findings of these budgets, each that fires naming what fires below it, the largest spend first.

    Its children are those that are no graver than it. Budgets are compared within one period and currency.
    """
    firing: dict[tuple[str, ...], list[Budget]] = {}
    for row, finding in zip(rows, findings, strict=True):
        if finding.state == "firing":
            for path in _paths(row):
                firing.setdefault(path, []).append((row, finding))
    found = []
    for row, finding in zip(rows, findings, strict=True):
        below = firing.get(_own(row), []) if finding.state == "firing" else []
        largest_first = sorted(below, key=lambda one: (-one[0]["billed_cost"], one[1].fingerprint))
        found.append(_with(row, finding, largest_first))
    return found


def _own(row: Row) -> tuple[str, ...]:
    return (*_span(row), row["scope_type"], row["scope"])


def _paths(row: Row) -> Iterable[tuple[str, ...]]:
    """The budgets above this one, whether there are any or not; a provider, model or environment is in none."""
    if row["scope_type"] in ("team", "feature"):
        yield (*_span(row), "organization", "")
    if row["scope_type"] == "feature" and row["team"]:
        yield (*_span(row), "team", row["team"])


def _span(row: Row) -> tuple[str, ...]:
    return row["period"], str(row["period_start"]), row["currency"]


def _with(row: Row, finding: Finding, below: Sequence[Budget]) -> Finding:
    return replace(
        finding,
        takes_over=False,
        why=_named(below),
        parts=tuple(_part(one, row["billed_cost"]) for one in below[:LISTED] if row["billed_cost"] > 0),
        children=tuple(leaf.fingerprint for _, leaf in below if _gravity(leaf) <= _gravity(finding)),
    )


def _gravity(finding: Finding) -> tuple[int, int]:
    return severity_rank(finding.severity), finding.level


def _named(below: Sequence[Budget]) -> tuple[str, ...]:
    left = len(below) - NAMED
    more = (f"{count(left, 'more budget')} below it {'is' if left == 1 else 'are'} in danger.",) if left > 0 else ()
    return (*map(_sentence, below[:NAMED]), *more)


def _sentence(budget: Budget) -> str:
    row, finding = budget
    spent, amount = row["billed_cost"], row["budget_amount"]
    share = percent(spent / amount) if amount > 0 else ""
    told = f"{finding.title}: {money(spent, row['currency'])} of {money(amount, row['currency'])}"
    told += f" ({share})" if share and share not in finding.title else ""
    return f"{told}; owner {row['owner']}." if row["owner"] else f"{told}."


def _part(budget: Budget, whole: Decimal) -> tuple[str, Decimal]:
    row, _ = budget
    return f"{row['scope_type'].capitalize()} {row['name']}", row["billed_cost"] / whole
