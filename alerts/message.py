"""A notice as Slack's Block Kit, every inserted value escaped and cut to Slack's limits."""

import re
from typing import Any

from alerts.base import Severity
from alerts.notice import Notice
from alerts.wording import moment

HEADER_CHARACTERS = 150
FIELDS = 10
URL_CHARACTERS = 3000
TEXT_CHARACTERS = 4000
"""Slack's own limits, by https://docs.slack.dev/reference/block-kit/blocks; `text` is cut where it advises."""

SENTENCE_CHARACTERS = 1500
VALUE_CHARACTERS = 300
LIST_CHARACTERS = 2800
"""Ours are tighter, for all blocks together must stay under about 13,200 characters (slackapi/bolt-js#2509)."""

SIGNS: dict[Severity, tuple[str, str]] = {
    "page": ("🚨", "Page"),
    "ticket": ("🟠", "Ticket"),
    "info": ("🔵", "Info"),
}
RESOLVED = ("✅", "Resolved")
ENDINGS = {"withdrawn": ("↩️", "Withdrawn"), "grouped": ("⤴️", "In another alert")}

Block = dict[str, Any]


def escaped(text: str, longest: int) -> str:
    """One line of text that Slack shows as it is: no mention, link or line break, at most `longest` characters.

    The cut never falls into an escape sequence.
    """
    line = re.sub(r"[\s\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()
    safe = [_ESCAPES.get(sign, sign) for sign in line or "–"]  # Slack refuses empty text
    if sum(map(len, safe)) <= longest:
        return "".join(safe)
    kept: list[str] = []
    room = longest - 1
    for sign in safe:
        room -= len(sign)
        if room < 0:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + "…"


_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def root_text(notice: Notice) -> str:
    """What notifications and screen readers say of the alert."""
    return escaped(f"{headline(notice)}. {notice.summary}", TEXT_CHARACTERS)


def root_blocks(notice: Notice) -> list[Block]:
    """The alert itself: header, one sentence, the numbers, where to go on."""
    blocks: list[Block] = [
        {"type": "header", "text": _plain(headline(notice), HEADER_CHARACTERS)},
        {"type": "section", "text": _mrkdwn(escaped(notice.summary, SENTENCE_CHARACTERS))},
        {"type": "section", "fields": _fields(notice)},
        *_items(notice),
    ]
    if notice.runbook:
        blocks.append({"type": "context", "elements": [_mrkdwn(f"Runbook: {escaped(notice.runbook, 255)}")]})
    if notice.link and len(notice.link) <= URL_CHARACTERS:
        button = {"type": "button", "text": _plain("Open in Burnline", 75), "url": notice.link}
        blocks.append({"type": "actions", "elements": [button]})
    return blocks


def _items(notice: Notice) -> list[Block]:
    """A digest's alerts, a line each; what does not fit is counted."""
    lines: list[str] = []
    for item in notice.items:
        text = escaped(item.text, VALUE_CHARACTERS)
        line = f"• <{item.link}|{text}>" if item.link and not set(item.link) & set("<>|") else f"• {text}"
        if sum(map(len, lines)) + len(lines) + len(line) > LIST_CHARACTERS:
            lines.append(f"… and {len(notice.items) - len(lines):,} more")
            break
        lines.append(line)
    return [{"type": "section", "text": _mrkdwn("\n".join(lines))}] if lines else []


def reply_text(notice: Notice) -> str:
    """The thread's answer without blocks: what changed, and the sentence."""
    return escaped(f"{notice.lead}: {notice.summary}", TEXT_CHARACTERS)


def reply_blocks(notice: Notice) -> list[Block]:
    """The thread's answer as one paragraph; the sentence holds the numbers as they were then."""
    said = f"*{escaped(notice.lead, 200)}.* {escaped(notice.summary, SENTENCE_CHARACTERS)}"
    return [{"type": "section", "text": _mrkdwn(said)}]


def headline(notice: Notice) -> str:
    """Sign, word and title, still unescaped; a word beside the sign, for colour alone tells nobody enough."""
    sign, word = SIGNS[notice.severity] if notice.is_open else ENDINGS.get(notice.transition, RESOLVED)
    return f"{sign} {word}: {notice.title}"


def _fields(notice: Notice) -> list[Block]:
    since = f"<!date^{int(notice.since.timestamp())}^{{date_short_pretty}} {{time}}|{moment(notice.since)}>"
    fields = [_field(label, _value(value)) for label, value in notice.fields[: FIELDS - 1]]
    return [*fields, _field("Since", since)]


def _value(text: str) -> str:
    """Lines that are meant to be copied stay lines; what is too long becomes one and is cut."""
    lines = [escaped(line, VALUE_CHARACTERS) for line in text.split("\n")]
    kept = "\n".join(lines)
    return kept if len(kept) <= VALUE_CHARACTERS else escaped(text, VALUE_CHARACTERS)


def _field(label: str, value: str) -> Block:
    return _mrkdwn(f"*{escaped(label, 100)}*\n{value}")


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def _plain(text: str, longest: int) -> Block:
    return {"type": "plain_text", "text": escaped(text, longest), "emoji": False}
