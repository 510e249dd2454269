"""One HTTP POST of a sink: short timeouts, no redirects, and an error that says whether it may have arrived."""

import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urlsplit

import httpx2

from alerts.sink import RefusedError, RetriableError, SinkConfigError, SinkError, UnansweredError
from config.secrets import SecretError, forget, resolve

CALL_SECONDS = 10.0
"""For the connection, and for each silence of the other side."""
ANSWER_SECONDS = 30.0
"""For a whole answer: one that drips must end within the lease of its message."""
ANSWER_BYTES = 65_536
"""Answers are a word or a small JSON; what is longer is somebody's page."""

NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError, httpx2.WriteError)
"""The request was not whole when these came, so nobody can have acted on it."""
GONE = {401, 403, 404, 410, *range(300, 400)}
"""The address itself is refused, nobody's any more or elsewhere; no message will get through, and none is sent on."""


class _HostOnly(logging.Filter):
    """Keeps the paths of what is posted to out of the client's own log: the URL of a webhook is a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Scrubs the record in place; never drops it."""
        match record.args:
            case ("POST", httpx2.URL() as url, *others):
                record.args = ("POST", f"{url.scheme}://{url.host}/…", *others)
        return True


logging.getLogger("httpx2").addFilter(_HostOnly())


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `text` is cut."""

    status: int
    headers: httpx2.Headers
    text: str

    @property
    def ok(self) -> bool:
        """True for 2xx."""
        return 200 <= self.status < 300


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    sni: str | None = None,
    trust_env: bool = True,
) -> Answer:
    """The answer to one POST of JSON, whatever its status. `sni` is the name on the certificate, where the URL holds
    an address. Raises RetriableError when it surely was not sent, UnansweredError, SinkConfigError.
    """
    sent = {"Content-Type": "application/json", "User-Agent": "burnline", **(headers or {})}
    extensions = {"sni_hostname": sni} if sni else {}
    began = time.monotonic()
    try:
        with (
            httpx2.Client(timeout=CALL_SECONDS, verify=_tls(), trust_env=trust_env, follow_redirects=False) as client,
            client.stream("POST", url, content=body, headers=sent, extensions=extensions) as response,
        ):
            pieces = b""
            for piece in response.iter_bytes():
                pieces += piece
                if len(pieces) > ANSWER_BYTES or time.monotonic() - began > ANSWER_SECONDS:
                    break
            return Answer(response.status_code, response.headers, pieces[:ANSWER_BYTES].decode("utf-8", "replace"))
    except NOT_SENT as error:
        raise RetriableError(f"unreachable ({type(error).__name__})") from None
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError):
        raise SinkConfigError("bad_url", "The URL is not a web address; correct the secret that holds it.") from None
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        raise UnansweredError(f"no answer ({type(error).__name__})") from None


@cache
def _tls() -> ssl.SSLContext:
    """Reading the machine's certificates takes longer than a call."""
    return httpx2.create_ssl_context()


def busy(answer: Answer, code: str | None = None) -> RetriableError | None:
    """The error for an answer that asks to come again, None for any other. `code` is the other side's own word."""
    wait = retry_after(answer.headers.get("retry-after"))
    if answer.status == 429:
        return RetriableError("ratelimited", retry_after=wait)
    if answer.status == 408 or answer.status >= 500:
        return RetriableError(code or f"http_{answer.status}", retry_after=wait)
    return None


def refusal(answer: Answer, secret: str, code: str | None = None) -> SinkError:
    """What an answer that is no 2xx means where the URL is the only credential; `secret` is its reference."""
    told = code or f"http_{answer.status}"
    if answer.status in GONE:
        forget(secret)
        return SinkConfigError(
            told,
            f"The address in {secret} is refused ({told}); put a valid one there. Messages for it wait until then.",
        )
    return busy(answer, code) or RefusedError(told)


def retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header, given as seconds or as an HTTP date; None for anything else."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def read_secret(reference: str, what: str) -> str:
    """A secret's value. Raises SinkConfigError."""
    try:
        return resolve(reference).get_secret_value()
    except SecretError as error:
        raise SinkConfigError("no_secret", f"The {what} cannot be read: {error}") from None


def secret_url(reference: str) -> str:
    """A URL that is a secret. Raises SinkConfigError when it is none, or would send itself readable over a network."""
    url = read_secret(reference, "URL")
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or not url.isascii() or url != url.strip():
        raise SinkConfigError("bad_url", f"What stands in {reference} is not a web address; put the whole URL there.")
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SinkConfigError("not_https", f"The URL in {reference} must begin with https://, or others can read it.")
    return url
