"""A notice as Slack's Block Kit, every inserted value inert and cut to Slack's limits."""

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from alerts.base import Severity
from alerts.mrkdwn import escaped, inert, link, mrkdwn, plain, unlinked
from alerts.notice import ACKNOWLEDGED, Notice
from alerts.offers import Offer
from alerts.wording import moment

HEADER_CHARACTERS = 150
FIELDS = 10
BUTTON_CHARACTERS = 75
TEXT_CHARACTERS = 4000
"""Slack's own limits, by https://docs.slack.dev/reference/block-kit/blocks; `text` is cut where it advises."""

SENTENCE_CHARACTERS = 1500
LABEL_CHARACTERS = 75
VALUE_CHARACTERS = 250
LIST_CHARACTERS = 1500
ITEMS_CHARACTERS = 2800
LINE_CHARACTERS = 400
URL_CHARACTERS = 1500
ALT_CHARACTERS = 600
"""Ours are tighter, for all blocks together must stay under about 13,200 characters (slackapi/bolt-js#2509)."""

SIGNS: dict[Severity, tuple[str, str]] = {
    "page": ("🚨", "Page"),
    "ticket": ("🟠", "Ticket"),
    "info": ("🔵", "Info"),
}
RESOLVED = ("✅", "Resolved")
ENDINGS = {"withdrawn": ("↩️", "Withdrawn"), "grouped": ("⤴️", "In another alert")}

DIGEST = "digest"
"""A message of a week, which is no problem: it has no severity and no beginning."""

Block = dict[str, Any]


def root_text(notice: Notice) -> str:
    """What notifications and screen readers say of the alert."""
    return unlinked(f"{headline(notice)}. {notice.summary}", TEXT_CHARACTERS)


def root_blocks(notice: Notice, picture: str | None = None, offers: Sequence[Offer] = ()) -> list[Block]:
    """The alert itself: what, how much, since when, why, what else happened, who owns it and where to go on.

    `picture` is the id of an uploaded file; `offers` become buttons while the alert is open.
    """
    blocks = [
        {"type": "header", "text": plain(headline(notice), HEADER_CHARACTERS)},
        section(inert(notice.summary, SENTENCE_CHARACTERS)),
        *_picture(notice, picture),
        {"type": "section", "fields": _fields(notice)},
        *_items(notice),
        *_listed("Why", notice.why),
        *_listed("Then also", notice.happened),
        *_context(notice),
        *_buttons(notice, offers),
    ]
    return numbered(blocks)


def reply_text(notice: Notice) -> str:
    """The thread's answer without blocks: what changed, and the sentence."""
    return unlinked(f"{notice.lead}: {notice.summary}", TEXT_CHARACTERS)


def reply_blocks(notice: Notice) -> list[Block]:
    """The thread's answer as one paragraph; the sentence holds the numbers as they were then."""
    said = f"*{inert(notice.lead, 200)}.* {inert(notice.summary, SENTENCE_CHARACTERS)}"
    return numbered([section(said)])


def headline(notice: Notice) -> str:
    """Sign, word and title, still unescaped; a word beside the sign, for colour alone tells nobody enough."""
    if notice.transition == DIGEST:
        return f"🗓️ {notice.title}"
    sign, word = SIGNS[notice.severity] if notice.is_open else ENDINGS.get(notice.transition, RESOLVED)
    return f"{sign} {word}: {notice.title}"


def section(text: str) -> Block:
    """A paragraph of finished mrkdwn."""
    return {"type": "section", "text": mrkdwn(text)}


def numbered(blocks: list[Block]) -> list[Block]:
    """The blocks with ids that no earlier version of the message had, as Slack asks for on updates."""
    version = token_hex(4)
    return [{**block, "block_id": f"{version}-{number}"} for number, block in enumerate(blocks)]


def values(text: str, longest: int = VALUE_CHARACTERS) -> str:
    """Lines that are meant to be copied stay lines; what is too long becomes one and is cut."""
    kept = "\n".join(inert(line, longest) for line in text.split("\n"))
    return kept if len(kept) <= longest else inert(text, longest)


def bullets(lines: Sequence[str], longest: int) -> str:
    """One line each; what does not fit is counted."""
    room, kept = longest - 40, []
    for line in lines:
        told = f"• {inert(line, LINE_CHARACTERS)}"
        if len(told) + 1 > room:
            break
        room -= len(told) + 1
        kept.append(told)
    left = len(lines) - len(kept)
    return "\n".join([*kept, *([f"… and {left:,} more"] if left else [])])


def _picture(notice: Notice, picture: str | None) -> list[Block]:
    if picture is None or notice.chart is None:
        return []
    return [{"type": "image", "slack_file": {"id": picture}, "alt_text": escaped(notice.chart.words, ALT_CHARACTERS)}]


def _fields(notice: Notice) -> list[Block]:
    since = f"<!date^{int(notice.since.timestamp())}^{{date_short_pretty}} {{time}}|{moment(notice.since)}>"
    shown = [field for field in notice.fields if field[0] != ACKNOWLEDGED]  # a line of its own says so
    fields = [_field(label, values(value)) for label, value in shown[: FIELDS - 1]]
    return fields if notice.transition == DIGEST else [*fields, _field("Since", since)]


def _field(label: str, value: str) -> Block:
    return mrkdwn(f"*{inert(label, LABEL_CHARACTERS)}*\n{value}")


def _listed(title: str, lines: Sequence[str]) -> list[Block]:
    return [section(f"*{title}*\n{bullets(lines, LIST_CHARACTERS)}")] if lines else []


def _items(notice: Notice) -> list[Block]:
    """A digest's alerts, a line each; what does not fit is counted."""
    lines: list[str] = []
    for number, item in enumerate(notice.items):
        text = inert(item.text, LINE_CHARACTERS)
        is_plain = item.link and not set(item.link) & set("<>|")
        line = f"• {link(item.link, item.text)}" if item.link and is_plain else f"• {text}"
        if sum(map(len, lines)) + len(lines) + len(line) > ITEMS_CHARACTERS:
            left = len(notice.items) - number + notice.unnamed_count
            break
        lines.append(line)
    else:
        left = notice.unnamed_count
    if left:
        lines.append(f"… and {left:,} more")
    return [section("\n".join(lines))] if lines else []


def _context(notice: Notice) -> list[Block]:
    told = []
    if (taken := notice.acknowledged) and notice.is_open:
        told.append(f"👀 Acknowledged by {inert(taken.by, 100)} on {moment(taken.at)}")
    if notice.runbook:
        name = notice.runbook.rpartition("/")[2].removesuffix(".md")
        url = notice.runbook_url if notice.runbook_url and len(notice.runbook_url) <= 500 else None
        told.append(link(url, f"Runbook: {name}") if url else f"Runbook: {inert(notice.runbook, 255)}")
    return [{"type": "context", "elements": [mrkdwn(text) for text in told]}] if told else []


def _buttons(notice: Notice, offers: Sequence[Offer]) -> list[Block]:
    buttons: list[Block] = []
    if notice.link and len(notice.link) <= URL_CHARACTERS:
        opens = plain("Open in Burnline", BUTTON_CHARACTERS)
        buttons.append({"type": "button", "action_id": "open", "text": opens, "url": notice.link})
    if notice.is_open and notice.alert_id:
        buttons += [
            {
                "type": "button",
                "action_id": offer.action,
                "text": plain(offer.label, BUTTON_CHARACTERS),
                "value": notice.alert_id,
            }
            for offer in offers
            if offer.fits(notice)
        ]
    return [{"type": "actions", "elements": buttons}] if buttons else []
