"""What a sink is and is handed, and its errors, named by what the outbox must do. A sink is one file in `sinks/`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from alerts.notice import Notice
from alerts.quiet import QuietHours
from config.settings import Settings

Action = Literal["post", "update", "reply"]
"""Tell the alert anew, change what was told, or answer it in its thread."""


class SinkError(Exception):
    """A message that was not accepted. `code` is the sink's own word for it, for the ledger."""

    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(sentence or code)
        self.code = code


class RetriableError(SinkError):
    """It was surely not delivered, and a later attempt may work.

    `retry_after` is how many seconds the other side asks to wait, when it does. `everything` says that no other
    message would get through now either. `remaining` are the recipients that still lack it, None for all.
    """

    def __init__(
        self, code: str, *, retry_after: float | None = None, everything: bool = True, remaining: str | None = None
    ) -> None:
        super().__init__(code)
        self.retry_after = retry_after
        self.everything = everything
        self.remaining = remaining


class UnansweredError(SinkError):
    """It went out, and no answer came: it may have been delivered or not."""


class RefusedError(SinkError):
    """This message will never be accepted; others may."""


class SinkConfigError(SinkError):
    """Nothing gets through here until a person acts; the text is one sentence that says what to do."""


class GoneError(SinkError):
    """The message to update or answer no longer exists; post anew."""


class CannotLookError(SinkError):
    """Whether a message is there cannot be seen, by lack of a right or because there is too much to look through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message as a sink gets it. `message_id` is its own, and the same when it is sent again.

    `root` is what the sink gave as the place where the alert is told, None before that. `remaining` are the
    recipients who lack it, None for all of the destination's.
    """

    message_id: str
    notice: Notice
    created_at: datetime
    root: str | None = None
    remaining: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message is out. `root` is where its alert is told from now on; `refused` says who will never get it."""

    root: str
    refused: str | None = None


class Sink(Protocol):
    """One destination, ready for messages. All methods raise SinkError."""

    def send(self, action: Action, letter: Letter) -> Receipt:
        """Does it; `update` and `reply` only with a root, and only where the kind says that it can."""

    def check(self) -> str:
        """Tries it with at most one cheap call that posts nothing; says how far that went."""


@runtime_checkable
class Finder(Protocol):
    """A sink that can look whether a message arrived."""

    def find(self, action: Action, letter: Letter) -> Receipt | None:
        """What `send` would have answered, None when it surely did not arrive. Raises CannotLookError, SinkError."""


class Options(BaseModel):
    """The keys of one kind's `[to.<name>]`; an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Timer:
    """How a sink waits; tests bring their own. Both in seconds."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]


MAX_PER_DAY = 30
"""More alerts in a day than one in twenty minutes of a long working day are read by nobody, as is what comes after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkKind:
    """One kind of sink. `options` are the keys of its `[to.<name>]`, `target` says in a word where that is, without
    secrets; `connect` makes it ready without a call and raises SinkConfigError.

    It `updates` what was told, and has `threads`, or not; it `tracks` problems where each stays open until it is told
    that it is over. A `repeatable` action does no harm when it is done twice. `delivers` is false where an answer means
    that the message was taken, not that anybody can see it. One that gets `every_transition` is told nothing in short.
    `max_per_day` is what it takes in a day unless its destination says otherwise; None: all.
    """

    name: str
    options: type[Options]
    target: Callable[[Any], str]
    connect: Callable[[Any, Settings, Timer], Sink]
    updates: bool = False
    threads: bool = False
    tracks: bool = False
    repeatable: frozenset[Action] = frozenset()
    delivers: bool = True
    every_transition: bool = False
    max_per_day: int | None = MAX_PER_DAY


@dataclass(frozen=True, slots=True)
class Destination:
    """One `[to.<name>]` of routes.toml. In its `quiet` hours only pages are told; beyond `max_per_day` alerts in a day
    of the organisation, what is no page is told in one digest."""

    name: str
    kind: SinkKind
    options: Any
    quiet: QuietHours | None = None
    max_per_day: int | None = None

    @property
    def target(self) -> str:
        """Where that is, without secrets."""
        return self.kind.target(self.options)

    def connect(self, settings: Settings, timer: Timer) -> Sink:
        """The sink, ready. Raises SinkConfigError."""
        return self.kind.connect(self.options, settings, timer)
