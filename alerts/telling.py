"""Who is told of a change: places that know of the alert go on hearing, routes add others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.engine import Connection

from alerts import ledger
from alerts.acknowledged import acknowledged
from alerts.base import Finding, Rule
from alerts.discovery import sinks
from alerts.history import as_grave_since, last_finding
from alerts.lifecycle import OPEN, Change, open_for
from alerts.notice import THREADED, Notice, Transition, compose
from alerts.routing import Routing, Subject, Verdict, choose
from alerts.scope import Owners, completed, owners
from alerts.sink import Action, SinkKind
from config.settings import Settings
from store.tables import Alert, AlertDelivery, Outbox

QUIET: tuple[Transition, ...] = ("resolved", "eased")
"""What becomes better is told to those who know of it, and to nobody else."""


@dataclass(slots=True)
class Post:
    """What one check has to tell, and the places that hear of an alert for the first time."""

    messages: list[Outbox] = field(default_factory=list)
    deliveries: list[AlertDelivery] = field(default_factory=list)


def actions(kind: SinkKind, transition: Transition) -> list[Action]:
    """What a place that knows of the alert is sent; a sink that can neither change nor answer hears what matters."""
    threaded = transition in THREADED
    if not kind.updates and not kind.threads:
        return ["post"] if threaded else []
    said: list[Action] = ["update"] if kind.updates else []
    return [*said, "reply"] if kind.threads and threaded else said


class Telling:
    """Everything that decides who hears what in one check; `alerts` are those that may be told of."""

    def __init__(
        self,
        connection: Connection,
        routing: Routing,
        rules: Mapping[str, Rule],
        settings: Settings,
        now: datetime,
        alerts: Iterable[Alert],
    ) -> None:
        ids = sorted({alert.alert_id for alert in alerts})
        self._routing = routing
        self._rules = rules
        self._settings = settings
        self._now = now
        self._sinks = sinks()
        self._owners: Owners = owners(connection) if ids else {}
        self._events = ledger.events_of(connection, ids)
        self._told = ledger.deliveries_of(connection, ids)
        self._positions = ledger.last_positions(connection, ids)

    def escalations(self, alerts: Iterable[Alert]) -> list[Change]:
        """A change for each of these alerts that nobody acknowledged in the time that a route gives."""
        found = []
        for alert in alerts:
            finding = last_finding(self._events[alert.alert_id])
            if alert.status in OPEN and finding and self._added(alert, finding):
                found.append(Change("escalated", alert, finding))
        return found

    def post(self, changes: Sequence[Change]) -> Post:
        """The messages of these changes, each place in its own order."""
        post = Post()
        for change in changes:
            alert = change.alert
            notice = self._notice(change)
            known = [told for told in self._told[alert.alert_id] if told.sink in self._sinks]
            added = [] if change.transition in QUIET or not change.finding else self._added(alert, change.finding)
            for told in known if change.transition != "escalated" else ():
                for action in actions(self._sinks[told.sink], change.transition):
                    post.messages.append(self._message(told, action, notice))
            post.messages += [self._message(new, "post", notice) for new in added]
            post.deliveries += added
        return post

    def _added(self, alert: Alert, finding: Finding) -> list[AlertDelivery]:
        """The places that must hear of the alert and do not know of it yet."""
        known = {told.destination for told in self._told[alert.alert_id]}
        return [
            AlertDelivery(
                alert_id=alert.alert_id,
                destination=choice.destination,
                sink=self._routing.destinations[choice.destination].kind.name,
                target=self._routing.destinations[choice.destination].target,
                reason=choice.reason,
                added_at=self._now,
            )
            for choice in self._verdict(alert, finding).due(self._unacknowledged_for(alert))
            if choice.destination not in known
        ]

    def _verdict(self, alert: Alert, finding: Finding) -> Verdict:
        rule = self._rules.get(alert.rule)
        subject = Subject(
            rule=alert.rule,
            kind=rule.kind if rule else "",
            severity=alert.severity,
            scope=completed(finding.scope, alert.owner, self._owners),
            impact_cost=alert.impact_cost,
        )
        return choose(self._routing, subject)

    def _unacknowledged_for(self, alert: Alert) -> timedelta | None:
        if alert.status == "acknowledged":
            return None
        since = as_grave_since(self._events[alert.alert_id], alert.severity)
        return self._now - since if since else timedelta(0)

    def _notice(self, change: Change) -> Notice:
        alert = change.alert
        rule = self._rules.get(alert.rule)
        return compose(
            change.transition,
            alert,
            change.finding,
            open_for=self._spent(change),
            runbook=rule.runbook if rule else "",
            settings=self._settings,
            acknowledged=acknowledged(alert),
        )

    def _spent(self, change: Change) -> timedelta:
        if change.transition == "escalated":
            return self._unacknowledged_for(change.alert) or timedelta(0)
        return open_for(self._events[change.alert.alert_id], self._now)

    def _message(self, told: AlertDelivery, action: Action, notice: Notice) -> Outbox:
        self._positions[told.alert_id] = self._positions.get(told.alert_id, 0) + 1
        return Outbox(
            message_id=uuid4().hex,
            alert_id=told.alert_id,
            position=self._positions[told.alert_id],
            destination=told.destination,
            sink=told.sink,
            target=told.target,
            action=action,
            payload=notice.to_json(),
            status="pending",
            created_at=self._now,
            attempt_count=0,
            next_attempt_at=self._now,
        )
