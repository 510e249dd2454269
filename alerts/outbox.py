"""Sends what the outbox holds: in order per alert, again after failures, at least once.

The intent is written before each call, so two workers never send one message side by side, and a process that
dies in the middle leaves a message that is sent again when its lease ends.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.discovery import sinks as discovered_sinks
from alerts.notice import from_json
from alerts.outbox_rows import UNCONFIRMED, OutboxRows
from alerts.sink import GoneError, RefusedError, RetriableError, Sink, SinkConfigError, SinkKind, Timer
from config.secrets import redact
from config.settings import Settings
from store.engine import Store
from store.tables import Outbox

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
"""Doubling from 5 seconds: a blip costs seconds, and after an outage of hours the first message is soon out."""


@dataclass(slots=True)
class Sent:
    """What one pass did. `dead` are `(title, error code)`; `reached` are the sinks that took a message.

    `stopped` maps a sink to the sentence why nothing goes; who asked for the pass tells it, since every pass finds it
    again until a person acts.
    """

    sent: int = 0
    waiting: int = 0
    dead: list[tuple[str, str]] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    stopped: dict[str, str] = field(default_factory=dict)


def deliver(
    store: Store,
    settings: Settings,
    now: datetime,
    *,
    retry_now: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Sent:
    """Sends every message that is due, sink by sink; nothing it meets at a sink is raised.

    `retry_now` also sends what a failure has put off, for a start or a person at the command line; a rate limit
    holds even then. Raises StoreError when the ledger cannot be written.
    """
    started = clock()
    timer = Timer(clock, sleep)
    sent = Sent()
    rows = OutboxRows(store, lambda: now + timedelta(seconds=clock() - started))
    waiting = rows.pending()
    for name, kind in _sinks_of(waiting).items():
        _Pass(rows, [message for message in waiting if message.sink == name], sent, retry_now=retry_now).run(
            name, kind, settings, timer
        )
    sent.waiting = len(rows.pending())
    return sent


def backoff(attempt_count: int) -> timedelta:
    """How long to wait after that many attempts, the last one included."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(attempt_count - 1, 10)))


def _sinks_of(messages: list[Outbox]) -> Mapping[str, SinkKind | None]:
    known = discovered_sinks()
    return {name: known.get(name) for name in Counter(message.sink for message in messages)}


class _Pass:
    """One pass over the pending messages of one sink, oldest first."""

    def __init__(self, rows: OutboxRows, messages: list[Outbox], sent: Sent, *, retry_now: bool) -> None:
        self._rows = rows
        self._messages = messages
        self._sent = sent
        self._retry_now = retry_now
        self._waiting_alerts: set[str] = set()

    def run(self, name: str, kind: SinkKind | None, settings: Settings, timer: Timer) -> None:
        """Sends until all is sent or the sink stops."""
        due = [message for message in self._messages if self._is_due(message)]
        if not due:
            return
        if kind is None:
            self._stop(name, f"There is no sink {name!r} any more; its messages wait.")
            return
        try:
            sink = kind.connect(settings, timer)
            for message in self._messages:
                self._try(sink, message)
        except SinkConfigError as error:
            self._stop(name, str(error))
        except RetriableError as error:
            log.warning("%s takes no messages now (%s); they wait.", name, redact(error.code))

    def _is_due(self, message: Outbox) -> bool:
        """Later messages of an alert wait for its earlier ones, so the first that is not due holds the rest."""
        if message.alert_id in self._waiting_alerts:
            return False
        if self._rows.is_due(message, retry_now=self._retry_now):
            return True
        self._waiting_alerts.add(message.alert_id)
        return False

    def _try(self, sink: Sink, message: Outbox) -> None:
        """One message. Raises SinkConfigError and RetriableError when the whole sink must stop."""
        if not self._is_due(message):
            return
        if not self._rows.claim(message):
            self._waiting_alerts.add(message.alert_id)
            return
        if message.error_code == UNCONFIRMED:
            log.warning("A message for %s may have gone out before the last stop; it is sent again.", message.sink)
        try:
            external_id = self._deliver(sink, message)
        except RefusedError as error:
            self._rows.bury(message, error.code)
            self._sent.dead.append((from_json(message.payload).title, error.code))
            log.error(  # noqa: TRY400  the code says it all, a traceback nothing
                "%s refuses a message for %s (%s); fix the target in burnline.toml. It is kept as dead.",
                message.sink,
                message.target,
                error.code,
            )
        except RetriableError as error:
            wait = timedelta(seconds=error.retry_after) if error.retry_after else backoff(message.attempt_count)
            self._rows.put_off(message, error.code, wait, whole_sink=error.whole_sink)
            self._waiting_alerts.add(message.alert_id)
            if error.whole_sink:
                raise
        except SinkConfigError as error:
            self._rows.put_off(message, error.code, backoff(message.attempt_count), whole_sink=True)
            raise
        except Exception as error:  # a message nobody can render must not hold back the other alerts
            self._rows.put_off(message, type(error).__name__, backoff(message.attempt_count), whole_sink=False)
            self._waiting_alerts.add(message.alert_id)
            log.error("A message for %s cannot be sent: %s", message.sink, redact(repr(error)))  # noqa: TRY400
            log.debug("Message %s", message.message_id, exc_info=True)
        else:
            self._rows.mark_sent(message, external_id)
            self._sent.sent += 1
            self._sent.reached.add(message.sink)

    def _deliver(self, sink: Sink, message: Outbox) -> str:
        """Does what the message asks for; the id of the alert's root message afterwards.

        A root that is missing, or gone, is posted anew: it says all that an update or an answer would.
        """
        notice = from_json(message.payload)
        root = self._rows.root_of(message.alert_id)
        if message.action == "post" or root is None:
            return sink.post(message.target, notice)
        try:
            if message.action == "update":
                sink.update(root, notice)
            else:
                sink.reply(root, notice)
        except GoneError:
            return sink.post(message.target, notice)
        return root

    def _stop(self, name: str, sentence: str) -> None:
        self._sent.stopped[name] = redact(sentence)
