"""What of a rule's findings can be told: one without a name, or with an amount that is no number, stops no other."""

from collections.abc import Iterable
from decimal import Decimal
from math import isfinite
from typing import Any, get_args

from alerts.base import SEVERITIES, Finding, State


def parted_by_soundness(findings: Iterable[Finding]) -> tuple[list[Finding], list[str]]:
    """Those that can be told, and one sentence for each that cannot."""
    sound, unsound = list[Finding](), list[str]()
    for finding in findings:
        wrong = _wrong(finding)
        if wrong:
            unsound.append(wrong)
        else:
            sound.append(finding)
    return sound, unsound


def _wrong(finding: Finding) -> str:
    if not _is_text(finding.fingerprint):
        return "it has no fingerprint"
    about = f"{finding.fingerprint[:100]!r}"
    if finding.severity not in SEVERITIES:
        return f"{about} has the unknown severity {finding.severity!r}"
    if finding.state not in get_args(State):
        return f"{about} has the unknown state {finding.state!r}"
    if not isinstance(finding.level, int):
        return f"{about} has the level {finding.level!r}, which is no whole number"
    if not _is_text(finding.title) or not _is_text(finding.summary):
        return f"{about} has no title or no summary"
    amounts = {"impact_cost": finding.impact_cost, "impact_ratio": finding.impact_ratio, **finding.facts}
    lost = next((name for name, value in amounts.items() if not _is_told(value)), None)
    return f"{about} has a {lost} that is no number" if lost else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_told(value: Any) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else not isinstance(value, float) or isfinite(value)
