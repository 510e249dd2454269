"""Text in Slack's messages that stays text: nothing that is inserted can mention, link or format."""

import re
from typing import Any

ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""All that Slack asks to escape, https://docs.slack.dev/messaging/formatting-message-text."""

LOOK_ALIKES = {"*": "∗", "~": "∼", "`": "ˋ", "_": "＿", ":": "꞉", ">": "›"}
"""Slack has no escape for the signs that format, so where one would it is replaced by a sign that looks like it."""

_SPACES = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")
_DIRECTIONS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Invisible signs; some turn the reading direction of what follows."""
_FORMATS = re.compile(
    r"[*~`]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # within a word it formats nothing, and names stay as they can be copied
    r"|^>"
    r"|:(?!\d\d?:)(?=[^\s:/]{1,100}:)"  # :name: is an emoji, 08:26:10 is none
)


def escaped(text: str, longest: int) -> str:
    """One line for a `plain_text` object, of at most `longest` characters. A cut never falls into an escape sequence.

    Never empty, since Slack refuses that.
    """
    line = _SPACES.sub(" ", _DIRECTIONS.sub("", text)).strip()
    safe = [ESCAPES.get(sign, sign) for sign in line or "–"]
    if sum(map(len, safe)) <= longest:
        return "".join(safe)
    kept: list[str] = []
    room = longest - 1
    for sign in safe:
        room -= len(sign)
        if room < 0:
            break
        kept.append(sign)
    return "".join(kept).rstrip(" _") + "…"  # an underscore that ends a word would format


def inert(text: str, longest: int) -> str:
    """The same for mrkdwn: signs that would format are replaced by look-alikes."""
    line = _SPACES.sub(" ", _DIRECTIONS.sub("", text)).strip()
    return escaped(_FORMATS.sub(lambda found: LOOK_ALIKES[found[0]], line), longest)


def unlinked(text: str, longest: int) -> str:
    """The same for text outside of blocks, which cannot be told to make no links."""
    return inert(text.replace("://", f"{LOOK_ALIKES[':']}//"), longest)


def mrkdwn(text: str) -> dict[str, Any]:
    """A text object; `verbatim` keeps Slack from making links and mentions out of what looks like them."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, longest: int) -> dict[str, Any]:
    """A text object without any formatting."""
    return {"type": "plain_text", "text": escaped(text, longest), "emoji": False}


def link(url: str, label: str, longest: int = 200) -> str:
    """A link to an address of ours."""
    address = "".join(_IN_URL.get(sign, sign) for sign in url)
    return f"<{address}|{inert(label, longest)}>"


_IN_URL = {"<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "&": "&amp;"}
