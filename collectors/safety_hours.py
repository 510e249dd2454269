"""From checks of single interactions to counts per hour: an interaction counts once, however often it was checked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.window import floor_hour
from store.tables import SafetyHour

ANY = "any"
"""The policy of the rows that count each interaction once."""
Action = Literal["blocked", "leaked"]


@dataclass(frozen=True, slots=True)
class Check:
    """One policy's look at one interaction. `action`: what became of it when it broke the policy."""

    interaction: str
    at: datetime
    feature: str
    policy: str
    violated: bool
    action: Action | None = None


@dataclass(slots=True)
class _Interaction:
    first_at: datetime
    policies: set[str] = field(default_factory=set)
    violated: dict[str, set[Action | None]] = field(default_factory=dict)
    """Policy that it broke → what became of it."""


@dataclass(slots=True)
class _Counted:
    checked: int = 0
    violations: int = 0
    blocked: int = 0
    leaked: int = 0


def safety_hours(source: str, checks: Iterable[Check], knows: Collection[Action]) -> Iterator[SafetyHour]:
    """Rows by hour, feature and policy, and by hour and feature for the policy `any`.

    An interaction belongs to the hour of its first check. `knows`: the actions that the source tells of; counts of the
    others are unknown. What leaked once was not blocked.
    """
    counted: dict[tuple[datetime, str, str], _Counted] = defaultdict(_Counted)
    for (feature, _), one in _interactions(checks).items():
        hour = floor_hour(one.first_at)
        _add(counted[hour, feature, ANY], set().union(*one.violated.values()), bool(one.violated))
        for policy in one.policies:
            _add(counted[hour, feature, policy], one.violated.get(policy, set()), policy in one.violated)
    for (hour, feature, policy), counts in sorted(counted.items()):
        yield SafetyHour(
            source=source,
            hour=hour,
            feature=feature,
            policy=policy,
            checked_count=counts.checked,
            violation_count=counts.violations,
            blocked_count=counts.blocked if "blocked" in knows else None,
            leaked_count=counts.leaked if "leaked" in knows else None,
        )


def _interactions(checks: Iterable[Check]) -> dict[tuple[str, str], _Interaction]:
    found: dict[tuple[str, str], _Interaction] = {}
    for check in checks:
        one = found.setdefault((check.feature, check.interaction), _Interaction(check.at))
        one.first_at = min(one.first_at, check.at)
        one.policies.add(check.policy)
        if check.violated:
            one.violated.setdefault(check.policy, set()).add(check.action)
    return found


def _add(counts: _Counted, actions: Collection[Action | None], violated: bool) -> None:
    counts.checked += 1
    counts.violations += violated
    counts.leaked += "leaked" in actions
    counts.blocked += "blocked" in actions and "leaked" not in actions
