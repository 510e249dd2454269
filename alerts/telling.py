"""Who is told of a change: places that know of the alert go on hearing, routes add others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

from alerts.base import Finding
from alerts.daily_digest import Digest
from alerts.discovery import sinks
from alerts.history import as_grave_since
from alerts.lifecycle import open_for
from alerts.notice import Notice, compose
from alerts.record import Record
from alerts.routing import Routing, choose
from alerts.silence import said
from alerts.sink import Action, SinkKind
from alerts.transition import ENDS, OPEN, QUIET, SHOWN_IN_SILENCE, THREADED, UNTOLD, Change, Transition
from config.settings import Settings
from store.tables import Alert, AlertDelivery, Outbox


@dataclass(slots=True)
class Post:
    """What is to be told, the places that hear of an alert for the first time, or by itself again after a digest told
    of it, and the digests that must be written anew."""

    messages: list[Outbox] = field(default_factory=list)
    deliveries: list[AlertDelivery] = field(default_factory=list)
    left_digest: list[AlertDelivery] = field(default_factory=list)
    digests: set[Digest] = field(default_factory=set)


def actions(kind: SinkKind, transition: Transition, *, is_silenced: bool = False) -> list[Action]:
    """What a place that knows of the alert is sent; a sink that can neither change nor answer hears what matters.

    Of a silenced alert only what stands somewhere is set right, without a word.
    """
    if transition == "escalated" or (is_silenced and transition not in SHOWN_IN_SILENCE):
        return []
    if kind.tracks and transition == "acknowledged":
        return ["post"]
    if is_silenced:
        return ["update"] if kind.updates else ["post"] if kind.tracks and transition in ENDS else []
    if transition == "joined":
        return ["reply"] if kind.threads else ["update"] if kind.updates else []
    threaded = transition in THREADED
    if not kind.updates and not kind.threads:
        return ["post"] if threaded else []
    said: list[Action] = ["update"] if kind.updates else []
    return [*said, "reply"] if kind.threads and threaded else said


def _leaves_digest(change: Change) -> bool:
    """A page is told by itself, and so is what returns: nobody reads the digest of an earlier day."""
    is_page = change.alert.status in OPEN and change.alert.severity == "page"
    return change.transition == "reopened" or (is_page and change.transition not in ("acknowledged", "joined"))


class Telling:
    """Everything that decides who hears what in one transaction."""

    def __init__(self, record: Record, routing: Routing, settings: Settings) -> None:
        self._record = record
        self._routing = routing
        self._settings = settings
        self._now = record.now
        self._sinks = sinks()
        self._told = {alert_id: list(told) for alert_id, told in record.told.items()}
        self._heard_again: set[str] = set()

    def escalations(self, alerts: Iterable[Alert]) -> list[Change]:
        """A change for each of these alerts that nobody acknowledged in the time that a route gives."""
        found = []
        for alert in alerts:
            finding = self._record.last_finding(alert)
            if alert.status in OPEN and alert.silence_id is None and finding and self._added(alert, finding):
                found.append(Change("escalated", alert, finding))
        return found

    def post(self, changes: Sequence[Change]) -> Post:
        """The messages of these changes, each place in its own order."""
        self._heard_again = {change.alert.alert_id for change in changes if change.transition == "unsilenced"}
        loud = {change.alert.alert_id for change in changes if change.transition in ("opened", "reopened", "worsened")}
        post = Post()
        for change in changes:
            told_already = change.transition == "unsilenced" and change.alert.alert_id in loud
            if change.transition not in UNTOLD and not told_already:
                self._tell(change, post)
        return post

    def _tell(self, change: Change, post: Post) -> None:
        alert, finding = change.alert, change.finding
        if finding is None and alert.status in OPEN:
            finding = self._record.last_finding(alert)
        notice = self._notice(change, finding)
        is_silenced = alert.silence_id is not None
        known = self._told.setdefault(alert.alert_id, [])
        hears = not is_silenced and change.transition not in QUIET
        added = self._added(alert, finding) if hears and finding else []
        for place, told in enumerate(known):
            if told.digest_on is not None:
                post.digests.add(Digest(told.destination, told.sink, told.target, told.digest_on))
                if not is_silenced and _leaves_digest(change):
                    post.messages.append(self._message(told, "post", notice))
                    post.left_digest.append(told)
                    known[place] = replace(told, digest_on=None)
                continue
            kind = self._sinks.get(told.sink)
            for action in actions(kind, change.transition, is_silenced=is_silenced) if kind else ():
                post.messages.append(self._message(told, action, notice))
        post.messages += [self._message(new, "post", notice) for new in added]
        post.deliveries += added
        known += added

    def _added(self, alert: Alert, finding: Finding) -> list[AlertDelivery]:
        """The places that must hear of the alert and do not know of it yet."""
        known = {told.destination for told in self._told.get(alert.alert_id, ())}
        verdict = choose(self._routing, self._record.subject(alert, finding))
        return [
            AlertDelivery(
                alert_id=alert.alert_id,
                destination=choice.destination,
                sink=self._routing.destinations[choice.destination].kind.name,
                target=self._routing.destinations[choice.destination].target,
                reason=choice.reason,
                added_at=self._now,
            )
            for choice in verdict.due(self._unacknowledged_for(alert))
            if choice.destination not in known
        ]

    def _unacknowledged_for(self, alert: Alert) -> timedelta | None:
        if alert.status == "acknowledged":
            return None
        if alert.alert_id in self._heard_again:
            return timedelta(0)
        since = as_grave_since(self._record.events.get(alert.alert_id, ()), alert.severity)
        return self._now - since if since else timedelta(0)

    def _notice(self, change: Change, finding: Finding | None) -> Notice:
        rule = self._record.rules.get(change.alert.rule)
        silence = self._record.silences.get(change.alert.silence_id or "")
        return compose(
            change,
            finding,
            open_for=self._spent(change),
            runbook=rule.runbook if rule else "",
            settings=self._settings,
            silence=said(silence) if silence else None,
        )

    def _spent(self, change: Change) -> timedelta:
        if change.transition == "escalated":
            return self._unacknowledged_for(change.alert) or timedelta(0)
        return open_for(self._record.events.get(change.alert.alert_id, ()), self._now)

    def _message(self, told: AlertDelivery, action: Action, notice: Notice) -> Outbox:
        positions = self._record.positions
        positions[told.alert_id] = positions.get(told.alert_id, 0) + 1
        return Outbox(
            message_id=uuid4().hex,
            alert_id=told.alert_id,
            position=positions[told.alert_id],
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
