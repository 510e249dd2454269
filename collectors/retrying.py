"""When to ask again: busy or broken servers, with full jitter, never longer than the collection may take."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

FULL_JITTER = wait_random_exponential(multiplier=1, max=60)
"""A random part of 1, 2, 4 … 60 s, so that clients that failed together do not come back together."""


class BusyError(Exception):
    """One call that may work later. `retry_after` is how many seconds the server asks to wait, when it does."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or an HTTP date. None when absent or unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


SECONDARY_LIMIT_SECONDS = 60.0
"""What GitHub asks to wait at least where a limit names no time."""

EPOCH_MILLISECOND_DIGITS = 13
"""LaunchDarkly counts milliseconds where others count seconds; until 2286 these have ten digits."""


LIMIT_WORDS = ((400, b'"RATELIMITED"'), (403, b"secondary rate limit"))
"""(status, what the body says): Linear's GraphQL and GitHub name a limit in the body of what looks like a refusal."""


def is_limit(status: int, headers: Mapping[str, str], body: bytes = b"") -> bool:
    """True for a 403 or 400 that says "too many" and not "no right" or "bad question".

    GitHub counts down to 0, or says when to come back; others only name the limit.
    """
    counted = status == 403 and (headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers)
    return counted or any(status == of and word in body for of, word in LIMIT_WORDS)


def wait_seconds(headers: Mapping[str, str], now: datetime, status: int = 429) -> float | None:
    """How long a server that is busy asks to wait; None when it does not say, and 60 s where a 403 is a limit."""
    told = headers.get("retry-after") or headers.get("ratelimit-reset")
    if told is not None:
        return retry_after_seconds(told, now)
    reset = headers.get("x-ratelimit-reset", "")
    if reset.isdigit() and len(reset) >= EPOCH_MILLISECOND_DIGITS:
        return max(1.0, int(reset) / 1000 - now.timestamp())
    if headers.get("x-ratelimit-remaining") == "0":
        return max(1.0, int(reset) - now.timestamp()) if reset.isdigit() else SECONDARY_LIMIT_SECONDS
    return SECONDARY_LIMIT_SECONDS if status == 403 else None


def retrying(
    *,
    attempts: int,
    deadline: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    on_retry: Callable[[], None],
) -> Retrying:
    """Repeats a call that raises BusyError, and gives up rather than wait beyond `deadline` on `clock`."""

    def is_over(state: RetryCallState) -> bool:
        return state.attempt_number >= attempts or clock() + state.upcoming_sleep >= deadline

    return Retrying(
        retry=retry_if_exception_type(BusyError),
        wait=_wait,
        stop=is_over,
        sleep=sleep,
        before_sleep=lambda _: on_retry(),
        reraise=True,
    )


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, BusyError) and error.retry_after:
        return error.retry_after
    return FULL_JITTER(state)
