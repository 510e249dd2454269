"""The one HTTP client of all sources: authenticates, retries, counts, limits, redacts."""

import base64
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
import orjson

from collectors.base import Endpoint
from collectors.bearer import Bearer
from collectors.errors import DataError, FatalError, RetriableError
from collectors.refusals import host_of, refusal, trimmed, vendor_message
from collectors.retrying import BusyError, is_limit, retrying, wait_seconds
from config.secrets import SECRETS, SecretError, Secrets

TOO_MANY_REQUESTS = 429
BROKEN = (httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.ProxyError)
"""What a later attempt may get past: slow, unreachable, or cut off in mid-answer."""


def user_agent() -> str:
    """How Burnline names itself to vendors; `burnline/dev` when it runs from a checkout."""
    try:
        return f"burnline/{version('burnline')}"
    except PackageNotFoundError:
        return "burnline/dev"


@dataclass(frozen=True, slots=True)
class Limits:
    """`collection_seconds` is for all calls of one client together, with their waits; `call_seconds` for a
    silence of the server. 64 MiB is about 150,000 result rows; a longer answer would hold too much memory."""

    collection_seconds: float = 600.0
    call_seconds: float = 60.0
    attempts: int = 6
    response_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx2.Headers
    body: bytes


class HttpClient:
    """Asks for JSON below one endpoint for one collection of one source; implements `Http`.

    429, 5xx, timeouts and broken connections are tried again; 401 and 403 once, and only when the secret has
    changed meanwhile. Redirects are not followed, so a key never reaches another host. `requests` counts calls
    that were sent, `retries` those among them that repeat one.
    """

    def __init__(
        self,
        source: str,
        endpoint: Endpoint,
        *,
        limits: Limits | None = None,
        secrets: Secrets = SECRETS,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.requests = 0
        self.retries = 0
        self._source = source
        self._endpoint = endpoint
        self._limits = limits or Limits()
        self._secrets = secrets
        self._sleep = sleep
        self._clock = clock
        self._now = now
        self._deadline = clock() + self._limits.collection_seconds
        self._not_before = clock()
        self._bearer = Bearer(source, endpoint, secrets, self._exchanged) if endpoint.token else None
        self._client = httpx2.Client(transport=transport, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()

    def get(self, path: str, params: Iterable[tuple[str, str]] = (), *, exact: bool = False) -> Any:
        """The decoded JSON of one GET; `exact` gives Decimal instead of float. Raises CollectorError."""
        return self._decoded(path, self._tried(path, {"params": httpx2.QueryParams(tuple(params))}), exact)

    def ask(self, path: str, form: Iterable[tuple[str, str]]) -> Any:
        """The decoded JSON of one POST of a form that only asks, so it may be repeated. Raises CollectorError."""
        return self._decoded(path, self._tried(path, {"data": dict(form)}), exact=False)

    def ask_json(self, path: str, body: Any) -> Any:
        """The same for a question that is JSON, such as GraphQL. Raises CollectorError."""
        return self._decoded(path, self._tried(path, {"json": body}), exact=False)

    def get_linked(self, path: str, params: Iterable[tuple[str, str]] = ()) -> tuple[Any, str | None]:
        """The decoded JSON of one GET and the path, with its query, that its Link header calls next; None at the end.

        Raises CollectorError, also for a link that leads elsewhere: the key goes to no other host.
        """
        sent = {"params": httpx2.QueryParams(tuple(params))} if "?" not in path else {}
        answer = self._tried(path, sent)
        return self._decoded(path, answer, exact=False), self._next_path(path, answer)

    def _next_path(self, path: str, answer: _Answer) -> str | None:
        found = re.search(r'<([^>]+)>[^,]*;\s*rel="?next"?', answer.headers.get("link", ""))
        if not found:
            return None
        base = self._endpoint.base_url.rstrip("/")
        if not found[1].startswith(f"{base}/"):
            raise DataError(f"{self._where(path)} continues at another address than {base}; check base_url")
        return found[1].removeprefix(base)

    def _tried(self, path: str, sent: dict[str, Any]) -> _Answer:
        policy = retrying(
            attempts=self._limits.attempts,
            deadline=self._deadline,
            clock=self._clock,
            sleep=self._sleep,
            on_retry=self._count_retry,
        )
        try:
            return policy(self._answer, path, sent)
        except BusyError as busy:
            raise RetriableError(self._gave_up(path, busy, policy.statistics["attempt_number"])) from None

    def _answer(self, path: str, sent: dict[str, Any]) -> _Answer:
        key = self._key()
        answer = self._call(path, sent, key)
        if answer.status in (401, 403) and self._endpoint.secret:
            self._secrets.forget(self._endpoint.secret)
            if self._bearer and answer.status == 401:
                self._bearer.forget()
            renewed = self._key()
            if renewed != key:
                self.retries += 1
                answer = self._call(path, sent, renewed)
        return self._good(self._endpoint, path, answer)

    def _good(self, endpoint: Endpoint, path: str, answer: _Answer) -> _Answer:
        """The answer itself. Raises BusyError for one to ask for again, FatalError for a refusal."""
        if 200 <= answer.status < 300:
            return answer
        detail = trimmed(self._secrets.redact(vendor_message(answer.body)))
        limited = answer.status == TOO_MANY_REQUESTS or is_limit(answer.status, answer.headers, answer.body)
        if limited or answer.status >= 500:
            reason = f"HTTP {answer.status}: {detail}" if detail else f"HTTP {answer.status}"
            raise BusyError(reason, wait_seconds(answer.headers, self._now(), answer.status))
        raise refusal(self._source, endpoint, path, answer.status, detail)

    def _exchanged(self, secret: str) -> bytes:
        """What the token's server answers to client_id:client_secret."""
        grant = self._endpoint.token
        assert grant is not None
        form = {"grant_type": "client_credentials", **dict(grant.form)}
        headers = {"Authorization": _filled("Basic {secret_base64}", secret)}
        path = urlsplit(grant.url).path
        answer = self._send(grant.url, path, {"data": form}, headers)
        if answer.status == 401:
            self._secrets.forget(self._endpoint.secret)
        return self._good(replace(self._endpoint, base_url=grant.url), path, answer).body

    def _call(self, path: str, sent: dict[str, Any], key: str) -> _Answer:
        headers = {name: _filled(form, key) for name, form in self._endpoint.headers.items()}
        return self._send(self._endpoint.base_url.rstrip("/") + path, path, sent, headers)

    def _send(self, url: str, path: str, sent: dict[str, Any], given: dict[str, str]) -> _Answer:
        self._pace()
        remaining = self._remaining_seconds()
        headers = {"Accept": "application/json"} | given | {"User-Agent": user_agent()}
        self.requests += 1
        try:
            with self._client.stream(
                "POST" if sent.keys() & {"data", "json"} else "GET",
                url,
                **sent,
                headers=headers,
                timeout=min(self._limits.call_seconds, remaining),
            ) as response:
                return _Answer(response.status_code, response.headers, self._body(path, response))
        except BROKEN as error:
            raise BusyError(self._told(error)) from None
        except httpx2.DecodingError as error:
            raise DataError(f"{self._where(path)} cannot be unpacked ({self._told(error)})") from None
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise FatalError(f"{self._where(path)} cannot be asked ({self._told(error)}); check base_url") from None

    def _body(self, path: str, response: httpx2.Response) -> bytes:
        """Reads in pieces, so that neither a huge nor an endlessly dripping answer goes unnoticed."""
        pieces, size = [], 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > self._limits.response_bytes:
                raise DataError(
                    f"{self._where(path)} is longer than {self._limits.response_bytes:,} bytes; "
                    "ask for less at a time: a smaller page_buckets, or a shorter window"
                )
            self._remaining_seconds()
            pieces.append(piece)
        return b"".join(pieces)

    def _decoded(self, path: str, answer: _Answer, exact: bool) -> Any:
        try:
            return _exact_json(answer.body) if exact else orjson.loads(answer.body)
        except (ValueError, RecursionError):
            kind = answer.headers.get("content-type", "no content type")
            raise DataError(
                f"{self._where(path)} is not JSON ({kind}, {len(answer.body):,} bytes); "
                "check base_url and whether a proxy answered instead"
            ) from None

    def _key(self) -> str:
        """What fills the headers: the secret, or the token that it was exchanged for."""
        secret = self._secret()
        return self._bearer.token(secret, self._now()) if self._bearer else secret

    def _secret(self) -> str:
        if not self._endpoint.secret:
            return ""
        try:
            value = self._secrets.resolve(self._endpoint.secret).get_secret_value()
        except SecretError as error:
            raise FatalError(f"{self._source}: {error}") from None
        if not (value.isascii() and value.isprintable()) or value != value.strip():
            raise FatalError(
                f"{self._source}: the {self._endpoint.credential} in {self._endpoint.secret} holds a space, a line "
                "break or a character that an HTTP header cannot carry; store the bare key"
            )
        return value

    def _pace(self) -> None:
        wait = self._not_before - self._clock()
        if wait > 0:
            self._sleep(wait)
        self._not_before = self._clock() + self._endpoint.min_interval_seconds

    def _remaining_seconds(self) -> float:
        remaining = self._deadline - self._clock()
        if remaining <= 0:
            raise RetriableError(
                f"{self._source}: the collection was stopped after {self._limits.collection_seconds:.0f} s; "
                "the next run tries again, and a shorter window takes less"
            )
        return remaining

    def _count_retry(self) -> None:
        self.retries += 1

    def _gave_up(self, path: str, busy: BusyError, attempts: int) -> str:
        asked = f" and asks to wait {busy.retry_after:.0f} s" if busy.retry_after else ""
        tried = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        return f"{self._where(path)} was not to be had in {tried} ({busy.reason}){asked}; the next run tries again"

    def _where(self, path: str) -> str:
        return f"{self._source}: the answer of {host_of(self._endpoint)} to {path}"

    def _told(self, error: Exception) -> str:
        told = trimmed(self._secrets.redact(str(error)))
        return f"{type(error).__name__}: {told}" if told else type(error).__name__


def _filled(form: str, secret: str) -> str:
    encoded = base64.b64encode(secret.encode()).decode()
    return form.replace("{secret}", secret).replace("{secret_base64}", encoded)


def _exact_json(body: bytes) -> Any:
    return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
