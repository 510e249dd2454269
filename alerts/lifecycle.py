"""What becomes of alerts when the findings are in: open, worse, eased, refreshed, over, open again. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from alerts.base import Finding, severity_rank
from alerts.flapping import Course, steadied
from alerts.grouping import containers
from alerts.transition import ENDS, OPEN, STARTS, STATUS, Change, Transition
from store.tables import Alert, AlertEvent

REFRESH_AFTER = timedelta(days=1)
"""New numbers of a problem that is neither better nor worse are worth one silent edit a day."""
REOPEN_WITHIN = timedelta(hours=24)
"""What comes back so soon was not over: the same alert and thread go on."""

NO_LONGER_WATCHED = "This is no longer watched: what it was about is gone, from the settings or from the data."


def decide(
    known: Mapping[str, Alert],
    findings: Mapping[str, Iterable[Finding]],
    unheard: Collection[str],
    now: datetime,
    courses: Mapping[str, Course] | None = None,
) -> list[Change]:
    """The transitions at `now`, given alerts by fingerprint (open, or ended lately) and findings by rule.

    Alerts of `unheard` rules (not asked, or failed) stay as they are. Of two findings with one fingerprint
    the graver counts. What is within another problem that has an alert gets none of its own. `courses` are those of the
    known alerts by id: one that comes and goes stays open.
    """
    found = {
        finding.fingerprint: (rule, finding)
        for rule, of_rule in findings.items()
        for finding in sorted(of_rule, key=lambda f: (f.state == "firing", _rank(f.severity, f.level)))
    }
    above = containers(finding for _, finding in found.values() if _has_alert(known.get(finding.fingerprint), finding))
    changes = []
    for name, (rule, finding) in found.items():
        alert = known.get(name)
        if name in above and finding.state != "withdrawn":
            change = _within(alert, finding, above[name], now)
        else:
            change = _change(rule, alert, finding, now)
        changes.append(_steadied(alert, change, finding, courses, now))
    for name, alert in known.items():
        if alert.status in OPEN and name not in found and alert.rule not in unheard:
            gone = Change("resolved", _ended("resolved", alert, NO_LONGER_WATCHED, now), None)
            changes.append(_steadied(alert, gone, None, courses, now))
    return [change for change in changes if change]


def open_for(events: Iterable[AlertEvent], now: datetime) -> timedelta:
    """How long an alert has been open in all: the sum of its spans from opened or reopened to its end."""
    total = timedelta(0)
    opened_at: datetime | None = None
    for event in sorted(events, key=lambda e: e.occurred_at):
        if event.transition in STARTS:
            opened_at = event.occurred_at
        elif event.transition in ENDS and opened_at:
            total += event.occurred_at - opened_at
            opened_at = None
    return total + (max(now - opened_at, timedelta(0)) if opened_at else timedelta(0))


def _steadied(
    alert: Alert | None,
    change: Change | None,
    finding: Finding | None,
    courses: Mapping[str, Course] | None,
    now: datetime,
) -> Change | None:
    course = (courses or {}).get(alert.alert_id) if alert else None
    return steadied(alert, change, finding, course, now) if alert and course else change


def _has_alert(alert: Alert | None, finding: Finding) -> bool:
    return finding.state == "firing" or (finding.state == "pending" and _is_open(alert))


def _is_open(alert: Alert | None) -> bool:
    return alert is not None and alert.status in OPEN


def _within(alert: Alert | None, finding: Finding, top: Finding, now: datetime) -> Change | None:
    if alert is None or not _is_open(alert):
        return None
    summary = f"It goes on as a part of one alert: {top.title}."
    return Change("grouped", _ended("grouped", alert, summary, now), finding)


def _change(rule: str, alert: Alert | None, finding: Finding, now: datetime) -> Change | None:
    if finding.state == "firing":
        if alert is None:
            return Change("opened", _opened(rule, finding, now), finding)
        if not _is_open(alert):
            return Change("reopened", _reopened(alert, finding, now), finding)
        transition = _progress(alert, finding, now)
        return Change(transition, _told(alert, finding, now), finding) if transition else None
    if alert is None or not _is_open(alert):
        return None
    if finding.state == "over":
        return Change("resolved", _ended("resolved", alert, finding.summary, now), finding)
    if finding.state == "withdrawn":
        return Change("withdrawn", _ended("withdrawn", alert, finding.summary, now), finding)
    return None


def _progress(alert: Alert, finding: Finding, now: datetime) -> Transition | None:
    was = severity_rank(alert.severity), alert.level
    now_is = severity_rank(finding.severity), finding.level
    if any(after > before for before, after in zip(was, now_is, strict=True)):
        return "worsened"
    if now_is != was:
        return "eased"
    says_something_new = (alert.title, alert.summary) != (finding.title, finding.summary)
    return "refreshed" if says_something_new and now - alert.updated_at >= REFRESH_AFTER else None


def _rank(severity: str, level: int) -> tuple[int, int]:
    return severity_rank(severity), level


def _opened(rule: str, finding: Finding, now: datetime) -> Alert:
    return Alert(
        alert_id=uuid4().hex,
        fingerprint=finding.fingerprint,
        rule=rule,
        severity=finding.severity,
        status=STATUS["opened"],
        title=finding.title,
        summary=finding.summary,
        owner=finding.owner,
        page_path=finding.page_path,
        level=finding.level,
        impact_cost=finding.impact_cost,
        currency=finding.currency,
        opened_at=now,
        updated_at=now,
    )


def _told(alert: Alert, finding: Finding, now: datetime) -> Alert:
    """The same alert with what the finding says."""
    return replace(
        _opened(alert.rule, finding, now),
        alert_id=alert.alert_id,
        status=alert.status,
        opened_at=alert.opened_at,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=alert.acknowledged_by,
        silence_id=alert.silence_id,
    )


def _reopened(alert: Alert, finding: Finding, now: datetime) -> Alert:
    """Who acknowledged it before did so of something that was over."""
    return replace(_told(alert, finding, now), status=STATUS["reopened"], acknowledged_at=None, acknowledged_by=None)


def _ended(transition: Transition, alert: Alert, summary: str, now: datetime) -> Alert:
    return replace(alert, status=STATUS[transition], summary=summary, updated_at=now, resolved_at=now)
