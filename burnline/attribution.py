"""Trying attribution rules on the costs that are known, before they are saved."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from burnline.context import Context
from collectors.configured import request_logs
from config.loader import Problem
from config.reference.problem import Problems
from config.reference.rules import read_rules
from config.settings import SettingsError
from domain.attribution import Dimensions
from domain.attribution_preview import KeyCost, Preview, RuleCost, preview
from domain.wording import money
from queries.runner import run
from store.tried_rules import tried_shares


@dataclass(frozen=True, slots=True)
class Tried:
    """The preview in the organisation's currency, and what is wrong with the file."""

    preview: Preview
    currency: str
    problems: tuple[Problem, ...]


def try_rules(context: Context, path: Path, days: int, now: datetime) -> Tried:
    """What the rules of `path` make of the last `days` days. Raises SettingsError for a file that is not there."""
    if not path.exists():
        raise SettingsError(f"{path} is not there; write the rules to try into it, in the form of attribution.toml.")
    problems = Problems(path)
    features = {feature.key for feature in context.reference.features}
    rules = read_rules(problems, features, request_logs(context.settings))
    currency = context.settings.organization.currency
    costs = list(_costs(context, now.date() - timedelta(days=days), now.date() + timedelta(days=1), currency))
    shares = tried_shares(context.store, rules, sorted({one.day for one in costs}))
    return Tried(preview(costs, rules, shares), currency, tuple(problems.found))


def _costs(context: Context, start: date, end: date, currency: str) -> Iterator[KeyCost]:
    """Each key's cost of each day with whose it is now."""
    names = tuple(Dimensions.__dataclass_fields__)
    spans: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in run(context.store, "cost/key_owners").rows():
        spans[row["attribution_key"]].append(row)
    dimensions = {key: Dimensions(*(rows[0][name] for name in names)) for key, rows in spans.items()}
    for row in run(context.store, "cost/key_costs", start=start, end=end, currency=currency).rows():
        key, day = row["attribution_key"], row["day"]
        owner = next(span for span in spans[key] if span["valid_from"] <= day < span["valid_to"])
        yield KeyCost(day, dimensions[key], row["feature"] or owner["feature"], row["billed_cost"])


def preview_facts(tried: Tried) -> dict[str, Any]:
    """The preview for a script; money as text."""
    found = tried.preview
    return {
        "currency": tried.currency,
        "rules": [asdict(rule) | {"shares_nothing": rule.shares_nothing} for rule in found.rules],
        "moves": [{"from": before, "to": after, "cost": cost} for (before, after), cost in found.moves.items()],
        "unattributed_before": found.unattributed_before,
        "unattributed_after": found.unattributed_after,
        "problems": [str(problem) for problem in tried.problems],
    }


def print_preview(tried: Tried, console: Console) -> None:
    """The preview for a person."""
    found, currency = tried.preview, tried.currency
    table = Table(title="What each rule would own", title_justify="left")
    for name in ("Rule", "Feature", "Cost", "of it new to the rule's feature"):
        table.add_column(name, justify="left" if name in ("Rule", "Feature") else "right", overflow="fold")
    for rule in found.rules:
        table.add_row(
            rule.rule or "– no rule",
            rule.feature or "unattributed",
            money(rule.cost, currency),
            money(rule.moved_cost, currency),
        )
        for feature, cost in sorted(rule.parts.items(), key=lambda part: (-abs(part[1]), part[0] or "")):
            table.add_row(f"– by {rule.split_by}", feature, money(cost, currency), "")
    console.print(table)
    for rule in found.rules:
        if rule.shares_nothing:
            console.print(_nothing_shared(rule), markup=False)
    for (before, after), cost in sorted(found.moves.items(), key=lambda move: -abs(move[1])):
        console.print(f"{money(cost, currency)} moves from {before or 'unattributed'} to {after or 'unattributed'}.")
    now, then = money(found.unattributed_before, currency), money(found.unattributed_after, currency)
    console.print(f"Unattributed: {now} now, {then} with these rules.")


def _nothing_shared(rule: RuleCost) -> str:
    return (
        f"The rule {rule.rule!r} splits by {rule.split_by}, but no feature of that log shares its costs: "
        f"{rule.feature} bears all of them. Put the rules for the log's own requests before it, and see that the log "
        "and the bill name the same provider, account, project, API key and model, or that the log leaves them out."
    )
