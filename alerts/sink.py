"""What a sink is, and its errors, named by what the outbox must do. A sink is one file in `sinks/`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from alerts.notice import Notice
from config.settings import Settings


class SinkError(Exception):
    """A message that was not accepted. `code` is the sink's own word for it, for the ledger."""

    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(sentence or code)
        self.code = code


class RetriableError(SinkError):
    """A later attempt may work. `retry_after` is how many seconds the other side asks to wait, when it does.

    `whole_sink` says that no other message would get through now either.
    """

    def __init__(self, code: str, *, retry_after: float | None = None, whole_sink: bool = True) -> None:
        super().__init__(code)
        self.retry_after = retry_after
        self.whole_sink = whole_sink


class RefusedError(SinkError):
    """This message will never be accepted; others may."""


class SinkConfigError(SinkError):
    """Nothing gets through until a person acts; the text is one sentence that says what to do."""


class GoneError(SinkError):
    """The message to update or answer no longer exists; post anew."""


class Sink(Protocol):
    """A place for messages. All methods raise SinkError; ids are opaque text that the outbox keeps."""

    def post(self, target: str, notice: Notice) -> str:
        """A new message at the target; its id."""

    def update(self, message_id: str, notice: Notice) -> None:
        """The message with that id now says this."""

    def reply(self, message_id: str, notice: Notice) -> None:
        """An answer in the thread of that message."""

    def check(self) -> None:
        """One cheap call that posts nothing."""


@dataclass(frozen=True, slots=True)
class Timer:
    """How a sink waits; tests bring their own. Both in seconds."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class SinkKind:
    """One kind of sink. `target` is where its messages go by these settings, None when it is not configured.

    `connect` raises SinkConfigError when the settings or secrets do not suffice.
    """

    name: str
    target: Callable[[Settings], str | None]
    connect: Callable[[Settings, Timer], Sink]
