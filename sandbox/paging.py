"""Opaque page cursors: where the next page starts, where the report ends, and for which query."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

_PREFIX = "page_"
REPEATED_CURSOR = "page_AAAArepeated"
"""What every page names while the `repeated_cursor` fault is on; it leads back to the first page."""


@dataclass(frozen=True)
class Span:
    """The buckets of one page: [start, start + count × width) in epoch seconds, within a report up to end."""

    start: int
    count: int
    width: int
    end: int

    @property
    def next_start(self) -> int:
        """Where the following page begins."""
        return self.start + self.count * self.width

    @property
    def has_more(self) -> bool:
        """Whether the report goes on after this page."""
        return self.next_start < self.end


def query_digest(items: Iterable[tuple[str, str]]) -> str:
    """A short hash of every parameter but the page: a cursor belongs to one query."""
    text = "&".join(f"{key}={value}" for key, value in sorted(items) if key != "page")
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def encode_cursor(span: Span, digest: str) -> str:
    """The `next_page` of a page."""
    raw = f"{span.next_start}:{span.end}:{digest}".encode()
    return _PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(cursor: str, digest: str) -> tuple[int, int]:
    """(start, end) of the page in epoch seconds; ValueError for a cursor of another query or of no query."""
    body = cursor.removeprefix(_PREFIX)
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True).decode()
        start, end, owner = raw.split(":")
        position = int(start), int(end)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ValueError("Invalid page cursor.") from None
    if not cursor.startswith(_PREFIX) or owner != digest:
        raise ValueError("The page cursor belongs to a different query; repeat the same parameters.")
    return position


def page_span(start: int, end: int, width: int, limit: int) -> Span:
    """At most `limit` buckets from `start` (aligned), of a report that ends at `end` (aligned or not)."""
    remaining = max(0, -(-(end - start) // width))
    return Span(start, min(limit, remaining), width, end)
