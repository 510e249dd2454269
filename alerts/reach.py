"""Whether those who would hear of a problem hear of it in the alert of a larger one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.engine import Connection

from alerts import ledger
from alerts.base import Finding, Rule
from alerts.discovery import sinks
from alerts.history import last_finding
from alerts.routing import Routing, Subject, choose
from alerts.scope import Owners, completed, owners
from alerts.transition import OPEN
from store.tables import Alert, AlertDelivery


@dataclass(frozen=True, slots=True)
class _Larger:
    """An open alert that contains others: where it is told by itself, and what it named when it was last told."""

    is_silent: bool
    told: Mapping[str, AlertDelivery]
    inside: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far alerts are heard. `larger` are open alerts by fingerprint."""

    rules: Mapping[str, Rule]
    routing: Routing
    owners: Owners
    larger: Mapping[str, _Larger]

    def __call__(self, rule: str, leaf: Finding, larger: Finding) -> bool:
        """True when the larger alert is told wherever the leaf would be, as early, and its readers hear of the leaf.

        What opens with the larger one is in its first message. What joins later is heard where messages can be changed
        or answered, unless that alert is silent or in a digest.
        """
        wanted, there = self._places(rule, leaf), self._places(rule, larger)
        if any(name not in there or there[name] > after for name, after in wanted.items()):
            return False
        alert = self.larger.get(larger.fingerprint)
        if alert is None or leaf.fingerprint in alert.inside:
            return True
        return not alert.is_silent and all(_hears(alert.told.get(name)) for name, after in wanted.items() if not after)

    def _places(self, rule: str, finding: Finding) -> dict[str, timedelta]:
        """Its destinations, each with how long it waits."""
        found = self.rules.get(rule)
        subject = Subject(
            rule=rule,
            kind=found.kind if found else "",
            severity=finding.severity,
            scope=completed(finding.scope, finding.owner, self.owners),
            impact_cost=finding.impact_cost,
        )
        return {one.destination: one.after or timedelta(0) for one in choose(self.routing, subject).choices}


def _hears(told: AlertDelivery | None) -> bool:
    kind = sinks().get(told.sink) if told and told.digest_on is None else None
    return kind is not None and (kind.threads or kind.updates)


def reach_of(
    connection: Connection,
    rules: Mapping[str, Rule],
    routing: Routing,
    findings: Iterable[Finding],
    known: Mapping[str, Alert],
) -> Reach:
    """The reach of those of the findings that do not take over what they contain."""
    names = [one.fingerprint for one in findings if not one.takes_over]
    alerts = [known[name] for name in names if name in known and known[name].status in OPEN]
    ids = [alert.alert_id for alert in alerts]
    told, events = ledger.deliveries_of(connection, ids), ledger.events_of(connection, ids)
    larger = {}
    for alert in alerts:
        last = last_finding(events[alert.alert_id])
        larger[alert.fingerprint] = _Larger(
            is_silent=alert.silence_id is not None,
            told={one.destination: one for one in told[alert.alert_id]},
            inside=frozenset(last.children if last else ()),
        )
    return Reach(rules, routing, owners(connection) if names else {}, larger)
