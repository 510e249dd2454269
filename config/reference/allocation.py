"""allocation.toml: who bears shared costs."""

from collections.abc import Set
from datetime import date
from decimal import Decimal

from pydantic import Field

from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_entries
from domain.attribution import OPEN_FROM, OPEN_TO

METHODS = ("fixed", "even", "requests", "tokens", "direct_cost")
PERIODS = ("day", "month")


class AllocationEntry(Entry):
    """`[[rule]]` of allocation.toml: the costs of the feature `from` go to others, in the order of the file.

    `to` empty: every feature that no rule moves costs away from. `shares` are for the method fixed; what they leave
    of 1 stays. `per`: the time over which requests, tokens or direct costs are added up before they divide.
    """

    name: str
    origin: str = Field(alias="from")
    method: str
    per: str = "day"
    to: tuple[str, ...] = ()
    shares: dict[str, Decimal] = Field(default_factory=dict)
    valid_from: date = OPEN_FROM
    valid_to: date = OPEN_TO

    @property
    def receivers(self) -> tuple[str, ...]:
        """Who is named; nobody when it is for all."""
        return tuple(self.shares) or self.to


def read_allocation(problems: Problems, features: Set[str]) -> tuple[AllocationEntry, ...]:
    """The rules in order, without those that cannot be used: their costs stay where they are."""
    rules: list[AllocationEntry] = []
    lines: dict[str, Line] = {}
    for line, rule in toml_entries("rule", AllocationEntry, problems):
        wrong = _repeated(rule, lines) or _wrong(rule, features) or _flows_back(rule, rules)
        if wrong:
            problems.add(line, f"the rule {rule.name!r} {wrong}")
            continue
        rules.append(rule)
        lines[rule.name] = line
    return tuple(rules)


def _repeated(rule: AllocationEntry, lines: dict[str, Line]) -> str | None:
    return f"stands in line {lines[rule.name]} already; give it another name" if rule.name in lines else None


def _wrong(rule: AllocationEntry, features: Set[str]) -> str | None:
    if rule.method not in METHODS:
        return f"has the method {rule.method!r}; use {', '.join(METHODS)}"
    if rule.per not in PERIODS:
        return f"has per = {rule.per!r}; use {' or '.join(PERIODS)}"
    if rule.valid_to <= rule.valid_from:
        return "ends before it begins; swap valid_from and valid_to"
    for name in (rule.origin, *rule.receivers):
        if name not in features:
            return f"names the feature {name!r}, which features.toml does not declare"
    if rule.origin in rule.receivers:
        return f"gives the costs of {rule.origin!r} to itself; leave it out of the receivers"
    return _wrong_shares(rule)


def _wrong_shares(rule: AllocationEntry) -> str | None:
    if rule.method != "fixed":
        return f"has shares, which only the method fixed takes, not {rule.method}" if rule.shares else None
    if not rule.shares or rule.to:
        return "is fixed and needs shares = { feature = 0.5, … } and no to"
    if any(share <= 0 for share in rule.shares.values()):
        return "has a share of 0 or less; leave that feature out"
    total = sum(rule.shares.values())
    return f"has shares of {total * 100:f}% in all; bring them to 100% or less" if total > 1 else None


def _flows_back(rule: AllocationEntry, earlier: list[AllocationEntry]) -> str | None:
    for before in earlier:
        if before.origin in rule.receivers:
            return f"gives costs back to {before.origin!r}, which {before.name!r} has emptied; put it first"
    return None
