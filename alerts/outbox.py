"""Sends what the outbox holds: in order per alert and destination, again after failures, never knowingly twice.

The intent is written before each call, so two workers never send one message side by side. When a process dies in the
middle, or no answer comes, nobody knows whether the message arrived: it is sent again where that does no harm, looked
for where the sink can look, and else marked as possibly sent and left alone.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.allowance import within_allowance
from alerts.condense import UNCONFIRMED
from alerts.configured import SLACK, routing_of
from alerts.holding import held_back, in_short
from alerts.notice import from_json
from alerts.outbox_rows import LEASE, LONGEST_ASKED, NO_DESTINATION, UNANSWERED, OutboxRows
from alerts.routing import Routing
from alerts.sink import (
    Action,
    CannotLookError,
    Destination,
    Finder,
    GoneError,
    Letter,
    Receipt,
    RefusedError,
    RetriableError,
    Sink,
    SinkConfigError,
    SinkError,
    Timer,
    UnansweredError,
)
from config.loader import Routes
from config.secrets import redact
from config.settings import Settings
from store.engine import Store
from store.tables import Outbox

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
"""Doubling from 5 seconds: a blip costs seconds, and after an outage of hours the first message is soon out."""

GIVEN_UP_AFTER = timedelta(days=1)
"""A destination that was taken out by mistake is back by then; one that is gone for good gets nothing more."""


@dataclass(slots=True)
class Sent:
    """What one pass did. `dead` are `(title, error code)`; `possibly` are the titles of messages that may or may not
    have arrived; `reached` are the destinations that took a message.

    `stopped` maps a destination to the sentence why nothing goes; who asked for the pass tells it, since every pass
    finds it again until a person acts.
    """

    sent: int = 0
    waiting: int = 0
    dead: list[tuple[str, str]] = field(default_factory=list)
    possibly: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    stopped: dict[str, str] = field(default_factory=dict)


def deliver(
    store: Store,
    settings: Settings,
    now: datetime,
    *,
    routing: Routing | None = None,
    retry_now: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Sent:
    """Sends every message that is due, destination by destination; nothing it meets there is raised.

    `routing` says where the destinations are, None: the channel of [slack] is the only one. `retry_now` also sends
    what a failure has put off, for a start or a person at the command line; a rate limit holds even then. Raises
    StoreError when the ledger cannot be written.
    """
    started = clock()
    places = (routing or routing_of(Routes(), settings)[0]).destinations
    sent = Sent()
    rows = OutboxRows(store, lambda: now + timedelta(seconds=clock() - started))
    waiting = rows.pending()
    for name in dict.fromkeys(message.destination for message in waiting):
        messages = [message for message in waiting if message.destination == name]
        if name in places:
            shortened = in_short(rows, places[name], messages, now)
            held = held_back(places[name], shortened, now)
            if not held:
                shortened = within_allowance(store, rows, places[name], shortened, settings, now)
            _Pass(rows, shortened, sent, held, retry_now=retry_now).run(places[name], settings, Timer(clock, sleep))
        else:
            _Pass(rows, messages, sent, set(), retry_now=retry_now).give_up(name, now - GIVEN_UP_AFTER)
    sent.waiting = len(rows.pending())
    return sent


def backoff(attempt_count: int) -> timedelta:
    """How long to wait after that many attempts, the last one included."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(attempt_count - 1, 10)))


class _StillUnsureError(Exception):
    """Whether a message arrived could not be looked up now, for a reason that may pass."""

    def __init__(self, reason: SinkError) -> None:
        super().__init__(reason.code)
        self.reason = reason


class _Pass:
    """One pass over the pending messages of one destination, oldest first; alerts of `held` wait."""

    def __init__(
        self, rows: OutboxRows, messages: list[Outbox], sent: Sent, held: set[str], *, retry_now: bool
    ) -> None:
        self._rows = rows
        self._messages = messages
        self._sent = sent
        self._retry_now = retry_now
        self._waiting_alerts = held

    def run(self, destination: Destination, settings: Settings, timer: Timer) -> None:
        """Sends until all is sent or the destination stops."""
        due = [message for message in self._messages if self._is_due(message)]
        if not due:
            return
        try:
            sink = destination.connect(settings, timer)
            if any(message.error_code == UNANSWERED for message in due):
                self._probe(sink, due[0])
            for message in self._messages:
                self._try(destination, sink, message)
        except SinkConfigError as error:
            self._stop(destination.name, str(error))
        except (RetriableError, UnansweredError) as error:
            log.warning("%s takes no messages now (%s); they wait.", destination.name, redact(error.code))

    def give_up(self, name: str, before: datetime) -> None:
        """Nothing can be sent to a destination that nobody declares."""
        for message in self._messages:
            if message.created_at < before:
                self._bury(message, NO_DESTINATION)
        lacking = f"routes.toml has no usable [to.{name}]" if name != SLACK else "burnline.toml has no [slack] section"
        self._stop(name, f"{lacking} any more; messages for it wait a day and are then given up.")

    def _is_due(self, message: Outbox) -> bool:
        """Later messages of an alert wait for its earlier ones, so the first that is not due holds the rest."""
        if message.alert_id in self._waiting_alerts:
            return False
        if self._rows.is_due(message, retry_now=self._retry_now):
            return True
        self._waiting_alerts.add(message.alert_id)
        return False

    def _probe(self, sink: Sink, first: Outbox) -> None:
        """Where a message was swallowed, no second one is risked before the destination answers again."""
        try:
            sink.check()
        except (RetriableError, UnansweredError) as error:
            unsure = first.error_code == UNCONFIRMED  # and stays so, or it would be sent again
            code = UNCONFIRMED if unsure else UNANSWERED
            self._rows.put_off(first, code, backoff(first.attempt_count + 1), everything=True)
            raise RetriableError(error.code) from None

    def _try(self, destination: Destination, sink: Sink, message: Outbox) -> None:
        """One message. Raises SinkConfigError, RetriableError, UnansweredError when the destination must stop."""
        if not self._is_due(message):
            return
        if not self._rows.claim(message):
            self._waiting_alerts.add(message.alert_id)
            return
        try:
            receipt = self._deliver(destination, sink, message)
        except RefusedError as error:
            self._refused(message, error.code)
        except CannotLookError:
            self._possibly(message)
        except _StillUnsureError as error:
            self._put_off(message, UNCONFIRMED, backoff(message.attempt_count), everything=True)
            raise error.reason from None
        except UnansweredError:
            self._unanswered(destination, sink, message)
            raise
        except RetriableError as error:
            wait = (
                min(LONGEST_ASKED.total_seconds(), error.retry_after or 0)
                or backoff(message.attempt_count).total_seconds()
            )
            self._put_off(
                message, error.code, timedelta(seconds=wait), everything=error.everything, remaining=error.remaining
            )
            if error.everything:
                raise
        except SinkConfigError as error:
            self._put_off(message, error.code, backoff(message.attempt_count), everything=True)
            raise
        except Exception as error:  # a message nobody can render must not hold back the other alerts
            self._put_off(message, type(error).__name__, backoff(message.attempt_count), everything=False)
            log.error("A message for %s cannot be sent: %s", message.destination, redact(repr(error)))  # noqa: TRY400
            log.debug("Message %s", message.message_id, exc_info=True)
        else:
            self._rows.mark_sent(message, destination, receipt)
            self._sent.sent += 1
            self._sent.reached.add(message.destination)
            if receipt.refused:
                self._sent.dead.append((from_json(message.payload).title, receipt.refused))

    def _deliver(self, destination: Destination, sink: Sink, message: Outbox) -> Receipt:
        """Does what the message asks for, unless its last attempt did it already.

        A root that is missing, or gone, is posted anew: it says all that an update or an answer would.
        """
        kind = destination.kind
        letter = Letter(
            message_id=message.message_id,
            notice=from_json(message.payload),
            created_at=message.created_at,
            root=self._rows.root_of(message, kind.name),
            remaining=message.remaining,
        )
        action = _action(message.action, letter.root)
        if message.error_code == UNCONFIRMED and action not in kind.repeatable:
            found = _found(sink, action, letter)
            if found:
                return found
        try:
            return sink.send(action, letter)
        except GoneError:
            self._rows.forget_root(message)  # so that a death during the next line is not taken for a repeatable update
            return sink.send("post", replace(letter, root=None))

    def _unanswered(self, destination: Destination, sink: Sink, message: Outbox) -> None:
        """It went out and nobody said that it came."""
        action = _action(message.action, self._rows.root_of(message, destination.kind.name))
        if action in destination.kind.repeatable:
            self._put_off(message, UNANSWERED, backoff(message.attempt_count), everything=True)
        elif isinstance(sink, Finder):
            self._put_off(message, UNCONFIRMED, backoff(message.attempt_count), everything=True)
        else:
            self._rows.put_off(message, UNCONFIRMED, LEASE, everything=True)
            self._possibly(message)

    def _possibly(self, message: Outbox) -> None:
        title = from_json(message.payload).title
        self._rows.mark_possibly_sent(message)
        self._sent.possibly.append(title)
        log.warning("Whether %s was told of %r is not known; it is not told again.", message.destination, title)

    def _refused(self, message: Outbox, code: str) -> None:
        if not self._rows.is_known_refusal(message, code):
            log.error("%s (%s) refuses a message: %s. It is kept as dead.", message.destination, message.target, code)
        self._bury(message, code)

    def _bury(self, message: Outbox, code: str) -> None:
        self._rows.bury(message, code)
        self._sent.dead.append((from_json(message.payload).title, code))

    def _put_off(
        self, message: Outbox, code: str, wait: timedelta, *, everything: bool, remaining: str | None = None
    ) -> None:
        self._rows.put_off(message, code, wait, everything=everything, remaining=remaining)
        self._waiting_alerts.add(message.alert_id)

    def _stop(self, name: str, sentence: str) -> None:
        self._sent.stopped[name] = redact(sentence)


def _action(wanted: str, root: str | None) -> Action:
    match wanted:
        case "update" | "reply" if root is not None:
            return wanted
        case _:
            return "post"


def _found(sink: Sink, action: Action, letter: Letter) -> Receipt | None:
    """What became of a message whose sender died, None when it surely was not sent. Raises CannotLookError."""
    if not isinstance(sink, Finder):
        raise CannotLookError(UNCONFIRMED)
    try:
        return sink.find(action, letter)
    except (RetriableError, UnansweredError, SinkConfigError) as error:
        raise _StillUnsureError(error) from None
