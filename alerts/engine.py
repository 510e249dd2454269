"""Asks every rule, decides what becomes of the alerts, and writes alerts, events and messages in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import ledger
from alerts.base import Finding, Rule, Situation
from alerts.configured import routing_of
from alerts.discovery import rules as discovered_rules
from alerts.evaluation import evaluate
from alerts.flapping import course_of
from alerts.grouping import joined
from alerts.leaves import parted
from alerts.lifecycle import decide
from alerts.reach import reach_of
from alerts.record import Record, record_of
from alerts.routing import Routing
from alerts.settle import settle
from alerts.transition import OPEN, Change
from config.loader import Routes
from config.settings import Settings
from domain.slo.definition import SloDefinition
from store.engine import Store
from store.tables import Alert


@dataclass(frozen=True, slots=True)
class Told:
    """One transition, for people: what happened to which alert."""

    transition: str
    severity: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one check did. `failed` maps a rule that could not be evaluated, or not in full, to the reason; what it had
    open stays."""

    told: tuple[Told, ...]
    checked: tuple[str, ...]
    failed: Mapping[str, str]
    message_count: int


def check(
    store: Store,
    settings: Settings,
    now: datetime,
    *,
    source_every: Mapping[str, timedelta] | None = None,
    slos: Sequence[SloDefinition] = (),
    since: datetime | None = None,
    rules: Mapping[str, Rule] | None = None,
    routing: Routing | None = None,
) -> Report:
    """Evaluates the rules and records every transition with its messages, all or nothing.

    `source_every` is how often each configured source runs, so that a daily one is not late after six hours; `slos`
    are the promises that are judged.
    `since` is the time of the check before: rules that are not due again are left alone; None asks all.
    `routing` says where alerts go, None: to the channel of [slack].
    Raises StoreError when the ledger cannot be written.
    """
    known = discovered_rules() if rules is None else rules
    due = {name: rule for name, rule in known.items() if rule.is_due(now, since)}
    evaluation = evaluate(store, due, Situation(now, settings, source_every or {}, slos))
    routes = routing or routing_of(Routes(), settings)[0]
    unheard = (known.keys() - due.keys()) | evaluation.failed.keys()
    with store.write() as connection:
        current = ledger.current(connection, now)
        courses = {name: course_of(turns) for name, turns in ledger.turns_of(connection, current.values()).items()}
        found = [finding for of_rule in evaluation.findings.values() for finding in of_rule]
        reach = reach_of(connection, known, routes, found, current)
        findings = parted(evaluation.findings, current, reach)
        changes = decide(current, findings, unheard, now, courses)
        open_now = _open_after(current, changes)
        before = {alert.alert_id: alert for alert in current.values()}
        record = record_of(connection, known, [*open_now, *(change.alert for change in changes)], now)
        changes += _joined(open_now, changes, findings, record)
        settled = settle(connection, record, routes, settings, changes, before)
    told = tuple(Told(c.transition, c.alert.severity, c.alert.title, c.alert.summary) for c in settled.changes)
    return Report(told, tuple(evaluation.findings), evaluation.failed, settled.message_count)


def _open_after(current: Mapping[str, Alert], changes: Sequence[Change]) -> list[Alert]:
    after = {**current, **{change.alert.fingerprint: change.alert for change in changes}}
    return [alert for alert in after.values() if alert.status in OPEN]


def _joined(
    open_now: Sequence[Alert], changes: Sequence[Change], findings: Mapping[str, Sequence[Finding]], record: Record
) -> list[Change]:
    found = [finding for of_rule in findings.values() for finding in of_rule if finding.state == "firing"]
    last = {alert.alert_id: finding for alert in open_now if (finding := record.last_finding(alert)) is not None}
    return joined(open_now, changes, {finding.fingerprint: finding for finding in found}, last)
