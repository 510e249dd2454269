"""What the store has on record of some alerts: events, where they are told, whom they touch, and the silences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from alerts import ledger
from alerts.base import Finding, Rule
from alerts.history import last_finding
from alerts.routing import Subject
from alerts.scope import Owners, completed, owners
from alerts.silence import covering
from alerts.transition import Change
from store.tables import Alert, AlertDelivery, AlertEvent, AlertSilence

_TICK = timedelta(microseconds=1)
"""The least that the store tells apart."""


@dataclass(frozen=True, slots=True)
class Record:
    """By alert id, as it was before the transaction's own changes. `positions` of the newest message grow with use."""

    events: Mapping[str, list[AlertEvent]]
    told: Mapping[str, list[AlertDelivery]]
    positions: dict[str, int]
    owners: Owners
    silences: Mapping[str, AlertSilence]
    rules: Mapping[str, Rule]
    now: datetime

    def subject(self, alert: Alert, finding: Finding | None) -> Subject:
        """The alert as routes and silences look at it."""
        rule = self.rules.get(alert.rule)
        return Subject(
            rule=alert.rule,
            kind=rule.kind if rule else "",
            severity=alert.severity,
            scope=completed(finding.scope if finding else {}, alert.owner, self.owners),
            impact_cost=alert.impact_cost,
        )

    def last_finding(self, alert: Alert) -> Finding | None:
        """The newest finding on record."""
        return last_finding(self.events.get(alert.alert_id, ()))

    def moments(self, changes: Iterable[Change]) -> list[datetime]:
        """When each change is put on record: now, but after everything that its alert has on record.

        So its events are in their order, however the clock jumps, and also those of one moment.
        """
        newest = {name: events[-1].occurred_at for name, events in self.events.items() if events}
        found = []
        for change in changes:
            before = newest.get(change.alert.alert_id)
            at = self.now if before is None or before < self.now else before + _TICK
            newest[change.alert.alert_id] = at
            found.append(at)
        return found

    def covering(self, alert: Alert, finding: Finding | None) -> list[AlertSilence]:
        """The silences that hold for the alert now, the one that counts first."""
        subject = self.subject(alert, finding)
        return covering(list(self.silences.values()), alert.fingerprint, subject, self.now)


def record_of(connection: Connection, rules: Mapping[str, Rule], alerts: Iterable[Alert], now: datetime) -> Record:
    """What is known of these alerts."""
    ids = sorted({alert.alert_id for alert in alerts})
    return Record(
        events=ledger.events_of(connection, ids),
        told=ledger.deliveries_of(connection, ids),
        positions=ledger.last_positions(connection, ids),
        owners=owners(connection) if ids else {},
        silences={one.silence_id: one for one in ledger.unended_silences(connection, now)} if ids else {},
        rules=rules,
        now=now,
    )
