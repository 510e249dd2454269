"""Asks every rule for its findings. One that fails, is slow or says nonsense stops no other."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from alerts.base import Finding, Rule, Situation
from alerts.sound import parted_by_soundness
from domain.duration import parse_duration
from domain.wording import count
from queries.runner import Result, run
from store.engine import Store
from store.errors import StoreError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Findings by rule that answered; reasons by rule that failed, or of which some findings cannot be told."""

    findings: Mapping[str, Sequence[Finding]]
    failed: Mapping[str, str]


def evaluate(store: Store, rules: Mapping[str, Rule], situation: Situation) -> Evaluation:
    """Runs each rule's queries and the rule itself, each for no longer than the setting `rule_limit`."""
    findings: dict[str, Sequence[Finding]] = {}
    failed: dict[str, str] = {}
    limit = parse_duration(situation.settings.alerts.rule_limit) / timedelta(seconds=1)

    def ask(query: str, **params: Any) -> Result:
        return run(store, query, **params)

    for name, rule in rules.items():
        try:
            with store.time_limit(limit):
                told = rule.examine(ask, situation)
            sound, unsound = parted_by_soundness(told)
            findings[name] = [_owned(finding, rule, situation) for finding in sound]
        except Exception as error:  # one broken rule must not silence the others
            failed[name] = reason(error)
            log.debug("The rule %s failed", name, exc_info=True)
        else:
            if unsound:
                failed[name] = f"{count(len(unsound), 'finding')} cannot be told: {unsound[0]}"
    return Evaluation(findings, failed)


def _owned(finding: Finding, rule: Rule, situation: Situation) -> Finding:
    """Whose it is: as the rule says, else the team's that it touches, else of who answers for such alerts."""
    answers = getattr(situation.settings.alerts.owners, rule.kind)
    return replace(finding, owner=finding.owner or finding.scope.get("team") or answers)


def reason(error: Exception) -> str:
    """Why something failed, in one line."""
    line = next(iter(str(error).strip().splitlines()), "")
    return line if isinstance(error, StoreError) else f"{type(error).__name__}: {line}"
