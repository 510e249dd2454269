"""Asks every rule, decides what becomes of the alerts, and writes alerts, events and messages in one transaction."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import Connection

from alerts import ledger
from alerts.acknowledged import acknowledged
from alerts.base import Finding, Rule, Situation
from alerts.discovery import rules as discovered_rules
from alerts.discovery import sinks as discovered_sinks
from alerts.lifecycle import Change, decide, open_for
from alerts.notice import THREADED, compose
from config.settings import Settings
from domain.slo.definition import SloDefinition
from queries.runner import Result, run
from store.engine import Store
from store.tables import Outbox

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """One transition, for people: what happened to which alert."""

    transition: str
    severity: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one check did. `failed` maps a rule that could not be evaluated to the reason; its alerts stay."""

    told: tuple[Told, ...]
    checked: tuple[str, ...]
    failed: Mapping[str, str]
    message_count: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Findings by rule that answered; reasons by rule that failed."""

    findings: Mapping[str, Sequence[Finding]]
    failed: Mapping[str, str]


def check(
    store: Store,
    settings: Settings,
    now: datetime,
    *,
    source_every: Mapping[str, timedelta] | None = None,
    slos: Sequence[SloDefinition] = (),
    since: datetime | None = None,
    rules: Mapping[str, Rule] | None = None,
) -> Report:
    """Evaluates the rules and records every transition with its messages, all or nothing.

    `source_every` is how often each configured source runs, so that a daily one is not late after six hours; `slos`
    are the promises that are judged.
    `since` is the time of the check before: rules that are not due again are left alone; None asks all.
    Raises StoreError when the ledger cannot be written.
    """
    known = discovered_rules() if rules is None else rules
    due = {name: rule for name, rule in known.items() if rule.is_due(now, since)}
    evaluation = evaluate(store, due, Situation(now, settings, source_every or {}, slos))
    unheard = (known.keys() - due.keys()) | evaluation.failed.keys()
    with store.write() as connection:
        changes = decide(ledger.current(connection, now), evaluation.findings, unheard, now)
        messages = _messages(connection, changes, known, settings, now)
        ledger.write(connection, changes, messages, now)
    told = tuple(Told(c.transition, c.alert.severity, c.alert.title, c.alert.summary) for c in changes)
    return Report(told, tuple(evaluation.findings), evaluation.failed, len(messages))


def evaluate(store: Store, rules: Mapping[str, Rule], situation: Situation) -> Evaluation:
    """Runs each rule's queries and the rule itself. A rule that fails does not stop the others."""
    findings: dict[str, Sequence[Finding]] = {}
    failed: dict[str, str] = {}

    def ask(query: str, **params: Any) -> Result:
        return run(store, query, **params)

    for name, rule in rules.items():
        try:
            findings[name] = rule.examine(ask, situation)
        except Exception as error:  # one broken rule must not silence the others
            failed[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
            log.error("The rule %s could not be evaluated, its alerts stay as they are: %s", name, failed[name])  # noqa: TRY400  a traceback is for nobody here
            log.debug("The rule %s failed", name, exc_info=True)
    return Evaluation(findings, failed)


def _messages(
    connection: Connection,
    changes: Sequence[Change],
    rules: Mapping[str, Rule],
    settings: Settings,
    now: datetime,
) -> list[Outbox]:
    """For each configured sink: the root message, new or changed, and for some transitions a word in the thread."""
    targets = [(kind.name, target) for kind in discovered_sinks().values() if (target := kind.target(settings))]
    if not targets or not changes:
        return []
    alert_ids = [change.alert.alert_id for change in changes]
    events = ledger.events_of(connection, alert_ids)
    positions = ledger.last_positions(connection, alert_ids)
    messages: list[Outbox] = []
    for change in changes:
        alert = change.alert
        rule = rules.get(alert.rule)
        notice = compose(
            change.transition,
            alert,
            change.finding,
            open_for=open_for(events[alert.alert_id], now),
            runbook=rule.runbook if rule else "",
            settings=settings,
            acknowledged=acknowledged(alert, events[alert.alert_id]),
        )
        actions = ["post" if change.transition == "opened" else "update"]
        actions += ["reply"] if change.transition in THREADED else []
        position = positions.get(alert.alert_id, 0)
        for sink, target in targets:
            for action in actions:
                position += 1
                messages.append(
                    Outbox(
                        message_id=uuid4().hex,
                        alert_id=alert.alert_id,
                        position=position,
                        sink=sink,
                        target=target,
                        action=action,
                        payload=notice.to_json(),
                        status="pending",
                        created_at=now,
                        attempt_count=0,
                        next_attempt_at=now,
                    )
                )
    return messages
