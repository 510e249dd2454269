"""Evaluates the rules and sends what is due, for the scheduler and the command line."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import alerts
from alerts.detection.evaluate import detect_if_new
from alerts.watched import watched
from burnline.context import Context

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alerting:
    """What the rules found and what was sent."""

    report: alerts.Report
    sent: alerts.Sent

    @property
    def failed(self) -> bool:
        """True when a rule could not be evaluated or a message could not be delivered."""
        return bool(self.report.failed or self.sent.dead or self.sent.stopped)

    def as_dict(self) -> dict[str, Any]:
        """For a script to read."""
        return {
            "rules": list(self.report.checked),
            "changes": [asdict(told) for told in self.report.told],
            "failed_rules": dict(self.report.failed),
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
        lines += [f"the rule {rule} failed: {why}" for rule, why in self.report.failed.items()]
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


class StopLog:
    """Logs that a destination has stopped, and that it takes messages again: each once, however often it is tried.

    A reason that several share, such as a refused token, is told once.
    """

    def __init__(self) -> None:
        self._stopped: dict[str, str] = {}

    def tell(self, sent: alerts.Sent) -> None:
        """Logs what this pass changed."""
        for destination, why in sent.stopped.items():
            if why not in self._stopped.values():
                log.error("%s", why)
            self._stopped[destination] = why
        for destination in (sent.reached - sent.stopped.keys()) & self._stopped.keys():
            del self._stopped[destination]
            log.warning("%s takes messages again.", destination)


def check_and_deliver(context: Context, now: datetime, since: datetime | None = None) -> Alerting:
    """Judges new days, evaluates, records and sends. Raises StoreError.

    `since` is the time of the check before: rules that are not due again are left alone. None asks all of them and
    sends what a failure has put off too: a person asked for it, or everything was just loaded.
    """
    detected = detect_if_new(context.store, context.settings, now)
    if detected:
        log.info("%s", detected.sentence())
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
    return Alerting(report, sent)


def deliver_waiting(context: Context, now: datetime) -> alerts.Sent:
    """Sends what waits for another try. Raises StoreError."""
    return alerts.deliver(context.store, context.settings, now, routing=context.routing)
