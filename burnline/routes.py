"""Where an alert would go, and why: a question to the routes, before an alert asks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from alerts.base import SEVERITIES, Rule
from alerts.discovery import rules
from alerts.routing import Choice, Routing, Subject, Verdict, choose
from alerts.scope import completed, owners
from alerts.wording import duration
from burnline.context import Context
from config.settings import SettingsError


@dataclass(frozen=True, slots=True)
class Answer:
    """What the routes say of one imagined alert."""

    subject: Subject
    verdict: Verdict
    routing: Routing

    def as_json(self) -> dict[str, Any]:
        """For a script to read; `after_seconds` is null where it is told at once."""
        return {
            "alert": {
                "rule": self.subject.rule,
                "kind": self.subject.kind,
                "severity": self.subject.severity,
                "impact_cost": self.subject.impact_cost,
                **self.subject.scope,
            },
            "to": [
                {
                    "destination": choice.destination,
                    "sink": self.routing.destinations[choice.destination].kind.name,
                    "target": self.routing.destinations[choice.destination].target,
                    "reason": choice.reason,
                    "after_seconds": int(choice.after.total_seconds()) if choice.after else None,
                }
                for choice in self.verdict.choices
            ],
            "passed_over": dict(self.verdict.passed_over),
        }

    def sentences(self) -> list[str]:
        """For a person: where to, then why the other routes do not count."""
        told = [self._told(choice) for choice in self.verdict.choices]
        told = told or ["nowhere: no route takes it, and there is no default."]
        return [*told, *(f"{label} passes it over: {why}." for label, why in self.verdict.passed_over.items())]

    def _told(self, choice: Choice) -> str:
        destination = self.routing.destinations[choice.destination]
        when = f"after {duration(choice.after)}" if choice.after else "at once"
        return f"{when} to {choice.destination} ({destination.kind.name}: {destination.target}): {choice.reason}."


def where_to(
    context: Context,
    *,
    rule: str,
    severity: str,
    scope: Mapping[str, str | None],
    impact_cost: Decimal | None = None,
) -> Answer:
    """Asks the routes. Raises SettingsError for a rule or a severity that does not exist."""
    kind = _rule(rule).kind
    if severity not in SEVERITIES:
        raise SettingsError(f"--severity {severity!r} is unknown; use one of {', '.join(SEVERITIES[::-1])}.")
    with context.store.read() as connection:
        declared = owners(connection)
    known = {key: value for key, value in scope.items() if value is not None}
    if "feature" in known and known["feature"] not in declared:
        raise SettingsError(
            f"--feature {known['feature']!r} is unknown; the store knows {', '.join(declared) or 'none'}."
        )
    subject = Subject(
        rule=rule,
        kind=kind,
        severity=severity,
        scope=completed(known, None, declared),
        impact_cost=impact_cost,
    )
    return Answer(subject, choose(context.routing, subject), context.routing)


def _rule(name: str) -> Rule:
    known = rules()
    if name not in known:
        raise SettingsError(f"--rule {name!r} is unknown; use one of {', '.join(known)}.")
    return known[name]
