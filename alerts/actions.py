"""What a person does with an alert: acknowledge it, judge it, or have silence for a while."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy.engine import Connection

from alerts import ledger
from alerts.base import Finding
from alerts.detection.calendar import EXPECTED, NOT_USEFUL
from alerts.detection.feedback import Answer, feedback_of, is_anomaly
from alerts.discovery import rules as discovered_rules
from alerts.history import last_finding
from alerts.record import record_of
from alerts.routing import Routing
from alerts.settle import settle
from alerts.silence import SNOOZE
from alerts.silencing import ID_CHARACTERS
from alerts.transition import OPEN, STATUS, Change, Transition
from alerts.wording import moment
from config.settings import Settings, SettingsError
from store import audit
from store.alert_requests import take
from store.anomalies import add_feedback
from store.engine import Store
from store.tables import Alert, AlertSilence

Opinion = Literal["useful", "not useful", "expected"]
OPINIONS: tuple[Opinion, ...] = ("useful", NOT_USEFUL, EXPECTED)
SILENCING = ("snooze", "unsnooze")
"""What is done to the silences of an alert, and may leave the alert itself as it was."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, as one sentence for the person; `done` is false when it cannot be done. What was so already is
    done."""

    sentence: str
    done: bool = True


class _RefusedError(Exception):
    """It cannot be done; the text says why."""


def act(
    store: Store,
    settings: Settings,
    routing: Routing,
    alert_id: str,
    action: str,
    by: str,
    now: datetime,
    *,
    reason: str | None = None,
    until: datetime | None = None,
    request_id: str | None = None,
) -> Outcome:
    """Does it with its event and messages, all or nothing; doing it again changes nothing.

    The first characters of an id are enough. `until` ends a snooze, or what was expected. `request_id` is the request
    of a page that it answers: of several workers one does it. Raises StoreError.
    """
    try:
        with store.write() as connection:
            if request_id is not None and not take(connection, request_id, now):
                return Outcome("Another worker has done it.")
            alert = _alert(connection, alert_id)
            given = _Given(connection, alert, by, (reason or "").strip() or None, until, now)
            outcome, changes = _DOING.get(action, _unknown)(given)
            record = record_of(connection, discovered_rules(), [alert], now)
            settle(connection, record, routing, settings, changes, {alert.alert_id: alert}, by=by)
            if changes or action in SILENCING:
                audit.note(connection, by, action, f"alert/{alert.alert_id}", now, given.reason)
            return outcome
    except (_RefusedError, SettingsError) as refused:
        return Outcome(str(refused), done=False)


def _alert(connection: Connection, alert_id: str) -> Alert:
    found = ledger.alerts_like(connection, alert_id) if len(alert_id) >= ID_CHARACTERS else []
    if len(found) == 1:
        return found[0]
    if found:
        raise _RefusedError(f"Several alerts have an id that begins with {alert_id}; write more of it.")
    raise _RefusedError(f"There is no alert with the id {alert_id!r}; python -m burnline alerts list --all lists them.")


@dataclass(frozen=True, slots=True)
class _Given:
    """One action on one alert, inside its transaction."""

    connection: Connection
    alert: Alert
    by: str
    reason: str | None
    until: datetime | None
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.alert.status in OPEN

    def change(self, transition: Transition) -> Change:
        return Change(transition, self.alert, None, actor=self.by, reason=self.reason)


Done = tuple[Outcome, list[Change]]


def _unknown(_given: _Given) -> Done:
    raise _RefusedError(f"Burnline knows no such action; an alert can be: {', '.join(_DOING)}.")


def _acknowledge(given: _Given) -> Done:
    alert = given.alert
    if not given.is_open:
        raise _RefusedError(f"“{alert.title}” is over ({alert.status}), so there is nothing to acknowledge.")
    if alert.status == STATUS["acknowledged"]:
        return Outcome(f"{alert.acknowledged_by} has acknowledged “{alert.title}” already."), []
    taken = replace(alert, status=STATUS["acknowledged"], acknowledged_at=given.now, acknowledged_by=given.by)
    change = replace(given.change("acknowledged"), alert=taken)
    return Outcome(f"Acknowledged by {given.by}: “{alert.title}”. Nobody else is woken for it."), [change]


def _useful(given: _Given) -> Done:
    return _opinion(given, "useful", f"Noted as useful: “{given.alert.title}”.")


def _not_useful(given: _Given) -> Done:
    told = f"Noted as not useful: “{given.alert.title}”."
    if is_anomaly(given.alert.fingerprint):
        told += " Every second such answer makes detection of this series less sensitive."
    return _opinion(given, NOT_USEFUL, told)


def _expected(given: _Given) -> Done:
    if is_anomaly(given.alert.fingerprint):
        return _opinion(given, EXPECTED, f"Noted as expected: “{given.alert.title}”. Its days are judged no more.")
    if given.until is None:
        raise _RefusedError("Until when is it expected? Give an end; then it is told again if it is still there.")
    reason = f"expected: {given.reason}" if given.reason else "expected"
    outcome, _ = _snooze(replace(given, reason=reason))
    return outcome, [given.change(EXPECTED)]


def _opinion(given: _Given, verdict: Opinion, told: str) -> Done:
    """Counts once for each person; detection learns from it where it found the alert."""
    events = ledger.events_of(given.connection, [given.alert.alert_id])[given.alert.alert_id]
    own = [event.transition for event in events if event.actor == given.by and event.transition in OPINIONS]
    if own[-1:] == [verdict] and verdict != EXPECTED:
        return Outcome(f"{given.by} has said so already: “{given.alert.title}”."), []
    if verdict != "useful" and is_anomaly(given.alert.fingerprint):
        last_day = _last_day(given, last_finding(events)) if verdict == EXPECTED else None
        answer = Answer(verdict=verdict, last_day=last_day, note=given.reason)
        add_feedback(given.connection, feedback_of(given.alert.fingerprint, answer, given.now))
    return Outcome(told), [given.change(verdict)]


def _last_day(given: _Given, finding: Finding | None) -> date | None:
    """The last day that was expected: before the end that was given, else the last that alerted."""
    if given.until is not None:
        return (given.until - timedelta(microseconds=1)).date()
    last_on = finding.facts.get("last_on") if finding else None
    return date.fromisoformat(last_on) if isinstance(last_on, str) else None


def _snooze(given: _Given) -> Done:
    alert, until = given.alert, given.until
    if not given.is_open:
        raise _RefusedError(f"“{alert.title}” is over ({alert.status}), so there is nothing to snooze.")
    if until is None or until <= given.now:
        raise _RefusedError("Until when? Give a snooze an end that lies in the future.")
    if given.reason is None:
        raise _RefusedError("Why? Give a snooze a reason, so that others know.")
    _end_snoozes(given)
    silence = AlertSilence(
        silence_id=uuid4().hex,
        kind=SNOOZE,
        starts_at=given.now,
        ends_at=until,
        reason=given.reason,
        created_by=given.by,
        created_at=given.now,
        fingerprint=alert.fingerprint,
    )
    ledger.add_silence(given.connection, silence)
    return Outcome(f"Snoozed until {moment(until)}: “{alert.title}”."), []


def _unsnooze(given: _Given) -> Done:
    if not _end_snoozes(given):
        raise _RefusedError(f"“{given.alert.title}” is not snoozed; python -m burnline alerts silences lists silences.")
    return Outcome(f"Snoozed no more: “{given.alert.title}”."), []


def _end_snoozes(given: _Given) -> bool:
    held = [
        one.silence_id
        for one in ledger.unended_silences(given.connection, given.now)
        if one.kind == SNOOZE and one.fingerprint == given.alert.fingerprint
    ]
    ledger.end_silences(given.connection, held, given.now)
    return bool(held)


_DOING: Mapping[str, Callable[[_Given], Done]] = {
    "acknowledge": _acknowledge,
    "useful": _useful,
    NOT_USEFUL: _not_useful,
    EXPECTED: _expected,
    "snooze": _snooze,
    "unsnooze": _unsnooze,
}
