"""Evaluates the rules and sends what is due, for the scheduler and the command line."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import alerts
from alerts.detection.evaluate import detect_if_new
from alerts.evaluation import reason
from alerts.watched import watched
from burnline.context import Context

log = logging.getLogger(__name__)

DETECTION = "The detection of anomalies"


@dataclass(frozen=True, slots=True)
class Alerting:
    """What the rules found and what was sent. `unjudged` is why new days could not be judged, empty when they were."""

    report: alerts.Report
    sent: alerts.Sent
    unjudged: str = ""

    @property
    def failed(self) -> bool:
        """True when a rule could not be evaluated or a message could not be delivered."""
        return bool(self.failures or self.sent.dead or self.sent.stopped)

    @property
    def failures(self) -> dict[str, str]:
        """Why each rule failed, or a part of it, and why new days were not judged: what failed by name."""
        return {**({DETECTION: self.unjudged} if self.unjudged else {}), **_of_rules(self.report.failed)}

    @property
    def well(self) -> set[str]:
        """The names of what did not fail this time."""
        return {DETECTION, *_of_rules(dict.fromkeys(self.report.checked, ""))} - self.failures.keys()

    def as_dict(self) -> dict[str, Any]:
        """For a script to read."""
        return {
            "rules": list(self.report.checked),
            "changes": [asdict(told) for told in self.report.told],
            "failed_rules": dict(self.report.failed),
            "unjudged": self.unjudged,
            "messages": {
                "sent": self.sent.sent,
                "waiting": self.sent.waiting,
                "possibly_sent": self.sent.possibly,
                "dead": [{"title": title, "error": error} for title, error in self.sent.dead],
                "stopped": self.sent.stopped,
            },
        }

    def sentence(self) -> str:
        """How it went, for a person; one line a change, then one line in all."""
        lines = [f"{told.transition}: {told.title} – {told.summary}" for told in self.report.told]
        lines += [f"{name} failed: {why}" for name, why in self.failures.items()]
        lines += [f"{destination} is stopped: {why}" for destination, why in self.sent.stopped.items()]
        lines += [f"message {message} cannot be delivered: {why}" for message, why in self.sent.dead]
        lines += [
            f"message {message} may or may not have arrived; it is not sent again" for message in self.sent.possibly
        ]
        lines.append(
            f"{len(self.report.checked)} rules checked, {len(self.report.told)} changes, "
            f"{self.sent.sent} messages sent, {self.sent.waiting} waiting."
        )
        return "\n".join(lines)


class TroubleLog:
    """Logs what is in trouble, and that it is well again: each once, however often it is tried.

    A reason that several share, such as a refused token, is told once. `trouble` and `well` are the sentences, with
    {name} and {why}.
    """

    def __init__(self, trouble: str, well: str) -> None:
        self._sentences = trouble, well
        self._known: dict[str, str] = {}

    def tell(self, trouble: Mapping[str, str], well: Collection[str]) -> None:
        """Logs what changed: what is in trouble and why, and who showed that it is well."""
        told, again = self._sentences
        for name, why in trouble.items():
            if why not in self._known.values():
                log.error("%s", told.format(name=name, why=why))
            self._known[name] = why
        for name in sorted(set(well) - trouble.keys()):
            if self._known.pop(name, None) is not None:
                log.warning("%s", again.format(name=name))


def stop_log() -> TroubleLog:
    """Of destinations that take no messages."""
    return TroubleLog("{why}", "{name} takes messages again.")


def failure_log() -> TroubleLog:
    """Of rules that cannot be evaluated, and of days that cannot be judged."""
    return TroubleLog("{name} failed; what it had open stays as it is: {why}", "{name} works again.")


def check_and_deliver(context: Context, now: datetime, since: datetime | None = None) -> Alerting:
    """Judges new days, evaluates, records and sends. Raises StoreError.

    `since` is the time of the check before: rules that are not due again are left alone. None asks all of them and
    sends what a failure has put off too: a person asked for it, or everything was just loaded.
    """
    unjudged = _judge_new_days(context, now)
    every = {source.name: source.every for source in context.sources}
    report = alerts.check(
        context.store,
        context.settings,
        now,
        source_every=every,
        slos=context.reference.slos,
        rules=watched(context.settings),
        since=since,
        routing=context.routing,
    )
    sent = alerts.deliver(context.store, context.settings, now, routing=context.routing, retry_now=since is None)
    return Alerting(report, sent, unjudged)


def _judge_new_days(context: Context, now: datetime) -> str:
    """Why that failed, empty when it did not: days that cannot be judged must not silence budgets and incidents."""
    try:
        detected = detect_if_new(context.store, context.settings, now)
    except Exception as error:
        log.debug("New days were not judged", exc_info=True)
        return reason(error)
    if detected:
        log.info("%s", detected.sentence())
    return ""


def _of_rules(named: Mapping[str, str]) -> dict[str, str]:
    return {f"The rule {rule}": why for rule, why in named.items()}


def deliver_waiting(context: Context, now: datetime) -> alerts.Sent:
    """Sends what waits for another try. Raises StoreError."""
    return alerts.deliver(context.store, context.settings, now, routing=context.routing)
