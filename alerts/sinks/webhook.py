"""Any HTTP endpoint: signed JSON with an idempotency key for each transition."""

import hashlib
import hmac
import time
from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

import orjson
from pydantic import Field

from alerts.addresses import public_address
from alerts.notice import Notice
from alerts.post import post, read_secret, refusal
from alerts.sink import Action, Letter, Options, Receipt, Sink, SinkConfigError, SinkKind, Timer
from config.secrets import SecretReference
from config.settings import Settings

PORTS = {"https": 443, "http": 80}


class WebhookOptions(Options):
    """`url` and `secrets` are references; of two secrets each signs, so that one can be renewed without a gap.

    `allow_private` lets the host be in your own network.
    """

    url: SecretReference
    secrets: Annotated[tuple[SecretReference, ...], Field(min_length=1, max_length=2)]
    allow_private: bool = False


class WebhookSink:
    """One endpoint. The root is the idempotency key of the alert's first message."""

    def __init__(self, options: WebhookOptions) -> None:
        self._options = options
        self._url = read_secret(options.url, "URL")
        self._secrets = [read_secret(reference, "secret of the signature") for reference in options.secrets]
        parts = urlsplit(self._url)
        if parts.scheme not in PORTS or not parts.hostname or not self._url.isascii():
            raise SinkConfigError(
                "bad_url", f"What stands in {options.url} is not a web address; put the whole URL there."
            )
        if parts.scheme == "http" and not options.allow_private:
            raise SinkConfigError(
                "not_https", f"The URL in {options.url} must begin with https://, or others read along."
            )

    def send(self, action: Action, letter: Letter) -> Receipt:
        """One POST for each transition; a repeated one has the same key."""
        body = orjson.dumps(payload(action, letter))
        url, headers, sni = self._target()
        headers |= {
            "X-Signature": signature(body, int(time.time()), self._secrets),
            "Idempotency-Key": letter.message_id,
        }
        answer = post(url, body, headers, sni=sni, trust_env=False)
        if answer.ok:
            return Receipt(letter.root or letter.message_id)
        raise refusal(answer, self._options.url)

    def check(self) -> str:
        """Looks the host up; nothing else can be tried without a message."""
        self._target()
        return "has a URL whose host may be called; whether it takes messages shows with the first one."

    def _target(self) -> tuple[str, dict[str, str], str | None]:
        """The URL with its host as the address that was looked at, the header that names the host, and its name for
        TLS."""
        if self._options.allow_private:
            return self._url, {}, None
        parts = urlsplit(self._url)
        host = parts.hostname or ""
        address = public_address(host, parts.port or PORTS[parts.scheme])
        at = f"[{address}]" if ":" in address else address
        netloc = at if parts.port is None else f"{at}:{parts.port}"
        return urlunsplit(parts._replace(netloc=netloc)), {"Host": parts.netloc.rpartition("@")[2]}, host


def payload(action: Action, letter: Letter) -> dict[str, Any]:
    """What the endpoint reads. `message_id` is the idempotency key, `alert` names the problem across messages."""
    notice: Notice = letter.notice
    return {
        "message_id": letter.message_id,
        "first_message_id": letter.root or letter.message_id,
        "is_first": action == "post",
        "alert": notice.fingerprint,
        "transition": notice.transition,
        "severity": notice.severity,
        "is_open": notice.is_open,
        "title": notice.title,
        "lead": notice.lead or None,
        "summary": notice.summary,
        "fields": [{"label": label, "value": value} for label, value in notice.fields],
        "why": notice.why,
        "happened": notice.happened,
        "alerts": [{"title": item.text, "link": item.link} for item in notice.items],
        "more_alerts": notice.unnamed_count,
        "opened_at": notice.since,
        "decided_at": letter.created_at,
        "runbook": notice.runbook or None,
        "link": notice.link,
    }


def signature(body: bytes, at: int, secrets: list[str]) -> str:
    """`t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over `t.body`, one `v1` for each secret."""
    signed = f"{at}.".encode() + body
    return ",".join(
        [f"t={at}", *(f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" for secret in secrets)]
    )


def connect(options: WebhookOptions, _settings: Settings, _timer: Timer) -> Sink:
    """The endpoint, without a call. Raises SinkConfigError."""
    return WebhookSink(options)


SINK = SinkKind(
    name="webhook",
    options=WebhookOptions,
    target=lambda _: "webhook",
    connect=connect,
    updates=True,
    repeatable=frozenset({"post", "update"}),
    every_transition=True,
    max_per_day=None,
)
