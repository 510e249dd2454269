"""attribution.toml: whose costs are whose."""

from collections.abc import Set
from dataclasses import replace
from datetime import date

from pydantic import Field

from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_entries
from domain.attribution import OPEN_FROM, OPEN_TO, Rule
from domain.rule_cover import covers

MATCHABLE = {
    "provider": "provider",
    "account": "account_id",
    "project": "project_id",
    "api_key": "api_key_id",
    "user": "user_id",
    "model": "model",
    "service": "service",
}
"""Key in attribution.toml → dimension of a row."""


class RuleEntry(Entry):
    """`[[rule]]` of attribution.toml."""

    name: str
    provider: str | None = None
    account: str | None = None
    project: str | None = None
    api_key: str | None = None
    user: str | None = None
    model: str | None = None
    service: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)
    feature: str
    team: str | None = None
    environment: str | None = None
    cost_center: str | None = None
    split_by: str | None = None
    valid_from: date = OPEN_FROM
    valid_to: date = OPEN_TO


def read_rules(problems: Problems, features: Set[str], logs: Set[str] | None = None) -> tuple[Rule, ...]:
    """The rules in order. One that can never match is kept and told: it overlaps with an earlier one.

    `logs` are the sources that a rule may split by; None: whoever reads does not know. A rule that splits by another
    is told and kept without the split.
    """
    rules: list[tuple[Line, Rule]] = []
    for line, entry in toml_entries("rule", RuleEntry, problems):
        rule = _rule(entry)
        wrong = _wrong(rule, features)
        if wrong:
            problems.add(line, wrong)
            continue
        if logs is not None and rule.split_by is not None and rule.split_by not in logs:
            problems.add(line, _no_log(rule))
            rule = replace(rule, split_by=None)
        for before, earlier in rules:
            if covers(earlier, rule):
                where = "" if before is None else f" in line {before}"
                problems.add(
                    line,
                    f"the rule {rule.name!r} can never match, since {earlier.name!r}{where} takes all of its costs; "
                    "put the narrower rule first, or remove one",
                )
                break
        rules.append((line, rule))
    return tuple(rule for _, rule in rules)


def _wrong(rule: Rule, features: Set[str]) -> str | None:
    if not rule.match and not rule.tags:
        return (
            f"the rule {rule.name!r} matches nothing in particular; name at least one of {', '.join(MATCHABLE)}, tags"
        )
    if rule.valid_to <= rule.valid_from:
        return f"the rule {rule.name!r} ends before it begins; swap valid_from and valid_to"
    if rule.feature not in features:
        return f"the rule {rule.name!r} names the feature {rule.feature!r}, which features.toml does not declare"
    return None


def _no_log(rule: Rule) -> str:
    return (
        f"the rule {rule.name!r} splits by {rule.split_by!r}, which burnline.toml does not configure as a request log "
        f"that counts usage; correct the name, or write counts_usage = true in [sources.{rule.split_by}]. "
        f"Until then {rule.feature} bears all of it"
    )


def _rule(entry: RuleEntry) -> Rule:
    match = {dimension: getattr(entry, key) for key, dimension in MATCHABLE.items() if getattr(entry, key) is not None}
    return Rule(
        name=entry.name,
        match=match,
        tags=entry.tags,
        feature=entry.feature,
        team=entry.team,
        environment=entry.environment,
        cost_center=entry.cost_center,
        split_by=entry.split_by,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )
