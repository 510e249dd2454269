"""One alert for the highest level that fires: a problem within another is told in the other's thread. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from alerts.base import Finding
from alerts.transition import STARTS, Change
from store.tables import Alert


def containers(parents: Iterable[Finding]) -> dict[str, Finding]:
    """By fingerprint of a problem: the highest of the `parents` that contains it, at any depth.

    Problems that contain each other are in nothing, so that one of them is told.
    """
    above = {child: parent for parent in sorted(parents, key=lambda one: one.fingerprint) for child in parent.children}
    return {name: top for name in above if (top := _top(name, above)) is not None}


def _top(name: str, above: Mapping[str, Finding]) -> Finding | None:
    seen = {name}
    top = above[name]
    while top.fingerprint in above:
        if top.fingerprint in seen:
            return None
        seen.add(top.fingerprint)
        top = above[top.fingerprint]
    return top


def joined(
    alerts: Iterable[Alert],
    changes: Sequence[Change],
    firing: Mapping[str, Finding],
    known_children: Mapping[str, Sequence[str]],
) -> list[Change]:
    """What is new within these open alerts, for their threads. `firing` are findings by fingerprint.

    `known_children` are, by alert, the fingerprints that its last event on record names.
    """
    grouped = {change.alert.fingerprint: change.alert.title for change in changes if change.transition == "grouped"}
    titles = {name: finding.title for name, finding in firing.items()} | grouped
    begun = {change.alert.alert_id for change in changes if change.transition in STARTS}
    found = []
    for alert in alerts:
        finding = firing.get(alert.fingerprint)
        before = () if alert.alert_id in begun else known_children.get(alert.alert_id, ())
        children = finding.children if finding else ()
        new = [titles[child] for child in children if child in titles and child not in before]
        if new:
            found.append(Change("joined", alert, finding, reason="; ".join(new)))
    return found
