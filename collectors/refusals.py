"""What a server's refusal means for the runner, in one sentence a person can act on."""

import re
from typing import Any
from urllib.parse import urlsplit

import orjson

from collectors.base import Endpoint
from collectors.errors import FatalError

LONGEST_MESSAGE = 300
"""Vendors' sentences are shorter; a longer text is a page or a dump and helps nobody in a log line."""


class RefusedError(FatalError):
    """A request the server will not answer. `detail` is the vendor's own sentence, redacted."""

    def __init__(self, sentence: str, status: int, detail: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.detail = detail


def host_of(endpoint: Endpoint) -> str:
    """The host (and port) of an endpoint, without user, path or query."""
    return urlsplit(endpoint.base_url).netloc.rpartition("@")[2]


def vendor_message(body: bytes) -> str:
    """The sentence inside an error body of any known envelope, else its text; '' for an empty or HTML body."""
    try:
        told = _sentence(orjson.loads(body))
    except orjson.JSONDecodeError:
        told = body[: 10 * LONGEST_MESSAGE].decode("utf-8", "replace")
        if told.lstrip().startswith("<"):
            return ""
    return re.sub(r"\s+", " ", told).strip()


def _sentence(envelope: Any) -> str:
    if not isinstance(envelope, dict):
        return ""
    several = envelope.get("errorMessages") or envelope.get("errors")
    if isinstance(several, list) and several:
        return _sentence({"error": several[0]})
    error = envelope.get("error", envelope)
    if error is envelope and isinstance(told := envelope.get("errors"), list):
        return " ".join(line for line in told if isinstance(line, str))
    if isinstance(error, dict):
        error = error.get("message") or error.get("detail")
    elif isinstance(error, list):  # Langfuse lists what is wrong there and says it beside
        error = envelope.get("message")
    return error if isinstance(error, str) else ""


def trimmed(text: str) -> str:
    """At most 300 characters; call it after redaction, or half a secret may stay."""
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


def refusal(source: str, endpoint: Endpoint, path: str, status: int, detail: str) -> RefusedError:
    """The error for a status that no retry can change (3xx and 4xx except 429)."""
    said = f"HTTP {status}: {detail}" if detail else f"HTTP {status}"
    key = endpoint.credential
    if status == 401:
        sentence = f"the {key} was refused ({said}); create a new {key} and update {endpoint.secret}"
    elif status == 403:
        sentence = (
            f"the {key} has no right to read {path} ({said}); give it that right, "
            f"or put another {key} into {endpoint.secret}"
        )
    elif status == 404:
        sentence = f"{host_of(endpoint)} has no {path} ({said}); check base_url and the account"
    elif status < 400:
        sentence = f"{host_of(endpoint)} redirects {path} ({said}), which is not followed; check base_url"
    else:
        sentence = f"{host_of(endpoint)} refused {path} ({said}); change the settings of this source accordingly"
    return RefusedError(f"{source}: {sentence}", status, detail)
