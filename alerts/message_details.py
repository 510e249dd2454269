"""What the thread of an alert says once, when it opens: the exact values, what it is made of, what was asked."""

from alerts.message import Block, bullets, numbered, section, values
from alerts.mrkdwn import inert, mrkdwn, unlinked
from alerts.notice import Notice

DETAILS_CHARACTERS = 2800
"""A section takes 3,000, with its heading."""
MOST_DETAILS = 30


def details_text(notice: Notice) -> str:
    """The same without blocks."""
    return unlinked(f"Details of: {notice.title}", 300)


def details_blocks(notice: Notice) -> list[Block]:
    """Empty where there is nothing beyond the alert itself."""
    blocks = []
    if notice.details:
        blocks.append(section(f"*In numbers*\n{_lines(notice)}"))
    if notice.parts:
        shares = [f"{name}: {share}" for name, share in notice.parts]
        blocks.append(section(f"*Made of*\n{bullets(shares, DETAILS_CHARACTERS)}"))
    if notice.queries:
        asked = f"Asked: {', '.join(notice.queries)} (python -m burnline query NAME)"
        blocks.append({"type": "context", "elements": [mrkdwn(inert(asked, 1000))]})
    return numbered(blocks)


def _lines(notice: Notice) -> str:
    room, kept = DETAILS_CHARACTERS, []
    for label, value in notice.details[:MOST_DETAILS]:
        line = f"{inert(label, 75)}: {values(value, 600)}"
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    left = len(notice.details) - len(kept)
    return "\n".join([*kept, *([f"… and {left:,} more"] if left else [])])
