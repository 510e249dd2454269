"""Secrets by reference: a setting says where a secret is, the value is read when it is used and never written.

References: `env:NAME`, `file:PATH`, `vault:mount/path#key` (KV v2 of the server in VAULT_ADDR). Values that were
read are remembered, so that `redact` and `RedactingFilter` can take them out of logs and messages.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from config.secret_readers import SecretError, read_env, read_file, read_vault
from config.secret_reference import SecretReference, check_reference

__all__ = [
    "SECRETS",
    "RedactingFilter",
    "SecretError",
    "SecretReference",
    "Secrets",
    "forget",
    "redact",
    "resolve",
]

TTL_SECONDS = 300.0
"""A rotated secret is in use after five minutes at the latest; a refused one is read again at once."""

SHORTEST_REDACTED = 8
"""Shorter values are words of ordinary text; taking them out would make messages unreadable."""

REDACTED = "[redacted]"

_READERS: dict[str, Callable[[str], str]] = {"env": read_env, "file": read_file, "vault": read_vault}
"""One per scheme of `config.secret_reference.SCHEMES`."""


class Secrets:
    """Resolves references and remembers the values, to spare the vault and to know what to redact."""

    def __init__(self, ttl_seconds: float = TTL_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._ttl_seconds = ttl_seconds
        self._clock = clock
        self._lock = threading.RLock()
        self._cache: dict[str, tuple[float, SecretStr]] = {}
        self._known: tuple[str, ...] = ()

    def resolve(self, reference: str) -> SecretStr:
        """The secret a reference names, at most five minutes old. Raises SecretError."""
        with self._lock:
            cached = self._cache.get(reference)
            if cached and self._clock() < cached[0]:
                return cached[1]
            value = _read(reference)
            self.remember(value)
            self._cache[reference] = (self._clock() + self._ttl_seconds, SecretStr(value))
            return self._cache[reference][1]

    def forget(self, reference: str) -> None:
        """The next `resolve` reads the value anew; the old value stays redacted."""
        with self._lock:
            self._cache.pop(reference, None)

    def redact(self, text: str) -> str:
        """`text` without any secret that was resolved so far."""
        for value in self._known:
            if value in text:
                text = text.replace(value, REDACTED)
        return text

    def remember(self, value: str) -> None:
        """From now on `value` is redacted, such as a token that a secret was exchanged for."""
        if len(value) < SHORTEST_REDACTED or value in self._known:
            return
        spellings = {*self._known, value, quote(value, safe=""), repr(value)[1:-1]}
        self._known = tuple(sorted(spellings, key=len, reverse=True))


def _read(reference: str) -> str:
    try:
        check_reference(reference)
    except ValueError as error:
        sentence = str(error)
        raise SecretError(f"a secret {sentence}" if sentence.startswith("must") else sentence) from None
    scheme, _, place = reference.partition(":")
    return _READERS[scheme](place)


class RedactingFilter(logging.Filter):
    """Takes resolved secrets out of a record: message, arguments, exception, stack and extras.

    Belongs on handlers: a filter of a logger does not see the records of its children.
    """

    def __init__(self, secrets: Secrets | None = None) -> None:
        super().__init__()
        self._redact = (secrets or SECRETS).redact

    def filter(self, record: logging.LogRecord) -> bool:
        """Scrubs the record in place; never drops it."""
        if record.exc_info:
            self._scrub_exception(record)
        for name, value in list(record.__dict__.items()):
            if isinstance(value, str):
                setattr(record, name, self._redact(value))
        record.msg = self._scrubbed(record.msg)
        if isinstance(record.args, Mapping):
            record.args = {name: self._scrubbed(value) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(self._scrubbed(value) for value in record.args)
        self._scrub_assembled(record)
        return True

    def _scrubbed(self, value: Any) -> Any:
        """The value itself, unless its text holds a secret: then that text, redacted."""
        if value is None or isinstance(value, (bool, int, float)):
            return value
        text = str(value)
        redacted = self._redact(text)
        return value if redacted == text else redacted

    def _scrub_exception(self, record: logging.LogRecord) -> None:
        assert record.exc_info is not None
        text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        redacted = self._redact(text)
        if redacted != text:
            record.exc_text = redacted
            record.exc_info = None

    def _scrub_assembled(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):
            return
        redacted = self._redact(text)
        if redacted != text:
            record.msg, record.args = redacted, ()


SECRETS = Secrets()
"""The secrets of this process."""


def resolve(reference: str) -> SecretStr:
    """The secret a reference names, at most five minutes old. Raises SecretError."""
    return SECRETS.resolve(reference)


def forget(reference: str) -> None:
    """The next `resolve` of this reference reads the value anew."""
    SECRETS.forget(reference)


def redact(text: str) -> str:
    """`text` without any secret this process resolved so far."""
    return SECRETS.redact(text)
