"""Slack's own client, as every part of ours uses it."""

import logging

from slack_sdk import WebClient

SDK_LOG = logging.getLogger(f"{__name__}.sdk")
SDK_LOG.addHandler(logging.NullHandler())
SDK_LOG.propagate = False
SDK_LOG.setLevel(logging.CRITICAL)
"""The SDK logs requests, addresses with tickets in them too; what matters is told by us, redacted."""


def web_client(token: str | None, base_url: str, seconds: float) -> WebClient:
    """A client that waits at most so long for an answer, and leaves trying again to its caller."""
    client = WebClient(token, base_url=base_url, timeout=int(seconds), retry_handlers=[], logger=SDK_LOG)
    client.proxy = None  # urllib then follows HTTPS_PROXY and NO_PROXY itself; the SDK forgets NO_PROXY
    return client
