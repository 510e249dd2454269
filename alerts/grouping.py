"""One alert for the highest level that fires: a problem within another is told in the other's thread. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from alerts.base import Finding
from alerts.transition import STARTS, Change
from domain.wording import count
from store.tables import Alert

NAMED = 10
"""One answer names so many of what is new; the others are counted."""


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
    known: Mapping[str, Finding],
) -> list[Change]:
    """What is new within these open alerts, for their threads. `firing` are findings by fingerprint.

    `known` are, by alert, the findings of its last event on record. A child that has risen since is told anew.
    """
    grouped = {change.alert.fingerprint: change.alert.title for change in changes if change.transition == "grouped"}
    titles = {name: finding.title for name, finding in firing.items()} | grouped
    begun = {change.alert.alert_id for change in changes if change.transition in STARTS}
    found = []
    for alert in alerts:
        finding = firing.get(alert.fingerprint)
        before = _levels(None if alert.alert_id in begun else known.get(alert.alert_id))
        levels = _levels(finding)
        new = [titles[child] for child in levels if child in titles and levels[child] > before.get(child, -1)]
        if new:
            found.append(Change("joined", alert, finding, reason=_named(new)))
    return found


def _levels(finding: Finding | None) -> dict[str, int]:
    if finding is None:
        return {}
    return dict(zip(finding.children, finding.child_levels or (0,) * len(finding.children), strict=True))


def _named(titles: Sequence[str]) -> str:
    left = len(titles) - NAMED
    return "; ".join([*titles[:NAMED], *([f"and {count(left, 'more problem')}"] if left > 0 else [])])
