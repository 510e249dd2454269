"""Microsoft Teams, by a workflow "when a webhook request is received": one adaptive card a transition.

The workflow runs after it has answered: a message is accepted, and nobody says whether it was posted.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from alerts.message import headline
from alerts.notice import Item, Notice
from alerts.post import post, refusal, secret_url
from alerts.sink import Action, Letter, Options, Receipt, Sink, SinkKind, Timer
from alerts.wording import moment
from config.secrets import SecretReference
from config.settings import Settings

CARD_BYTES = 27_000
"""Teams refuses messages of more than about 28 KB; the envelope needs some of it."""
SENTENCE_CHARACTERS = 4_000
VALUE_CHARACTERS = 500
MOST_ITEMS = 30
MOST_REASONS = 8
URL_CHARACTERS = 2_000
"""Ours; together they stay below the limit whatever they hold."""
SECONDS_BETWEEN_CALLS = 1.0
"""Webhooks were throttled above 4 requests a second; workflows have the limits of their plan."""

Block = dict[str, Any]


class TeamsOptions(Options):
    """`url` is a reference to the workflow's URL, which holds its signature and so is a secret."""

    url: SecretReference


class TeamsSink:
    """One workflow."""

    def __init__(self, reference: str, timer: Timer) -> None:
        self._reference = reference
        self._url = secret_url(reference)
        self._timer = timer
        self._free_at = 0.0

    def send(self, action: Action, letter: Letter) -> Receipt:
        """A new card, whatever the action."""
        del action
        wait = self._free_at - self._timer.clock()
        if wait > 0:
            self._timer.sleep(wait)
        self._free_at = self._timer.clock() + SECONDS_BETWEEN_CALLS
        answer = post(self._url, orjson.dumps(envelope(letter.notice)))
        if not answer.ok:
            raise refusal(answer, self._reference)
        return Receipt(letter.message_id)

    def check(self) -> str:
        """Nothing can be tried without a message."""
        return "has a URL; whether its workflow works shows with the first message."


def envelope(notice: Notice) -> Block:
    """The message with its card; the last alerts of a digest, facts and reasons go where it would be more than Teams
    takes."""
    items = list(notice.items[:MOST_ITEMS])
    facts = [*notice.fields, ("Since", moment(notice.since))]
    reasons = [*notice.why, *notice.happened][:MOST_REASONS]
    while len(orjson.dumps(_envelope(notice, facts, reasons, items))) > CARD_BYTES:
        if items:
            items.pop()
        elif facts:
            facts.pop()
        elif reasons:
            reasons.pop()
        else:
            break
    return _envelope(notice, facts, reasons, items)


def _envelope(notice: Notice, facts: Sequence[tuple[str, str]], reasons: Sequence[str], items: Sequence[Item]) -> Block:
    sentence = _plain(notice.summary, SENTENCE_CHARACTERS)
    card: Block = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "full"},
        "body": [
            _text(_plain(headline(notice), 300), weight="Bolder", size="Medium"),
            _text(f"{notice.lead}: {sentence}" if notice.lead else sentence),
        ],
    }
    if facts:
        told = [
            {"title": _escaped(_plain(label, 100)), "value": _escaped(_plain(value, VALUE_CHARACTERS))}
            for label, value in facts
        ]
        card["body"].append({"type": "FactSet", "facts": told})
    card["body"] += [_text(_plain(reason, VALUE_CHARACTERS)) for reason in reasons]
    card["body"] += [_text(_plain(f"{item.text} {item.link or ''}", VALUE_CHARACTERS)) for item in items]
    if left := len(notice.items) - len(items) + notice.unnamed_count:
        card["body"].append(_text(f"… and {left:,} more"))
    if notice.runbook:
        card["body"].append(_text(f"Runbook: {notice.runbook}", isSubtle=True))
    if notice.link and len(notice.link) <= URL_CHARACTERS:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open in Burnline", "url": notice.link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _text(text: str, **style: Any) -> Block:
    return {"type": "TextBlock", "text": _escaped(text), "wrap": True, **style}


def _escaped(text: str) -> str:
    """Text that a card shows as it is: its Markdown would make links and emphasis of what telemetry says."""
    return "".join(f"\\{sign}" if sign in "\\*_[]`" else sign for sign in text)


def _plain(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def connect(options: TeamsOptions, _settings: Settings, timer: Timer) -> Sink:
    """The workflow, without a call. Raises SinkConfigError."""
    return TeamsSink(options.url, timer)


SINK = SinkKind(name="teams", options=TeamsOptions, target=lambda _: "Teams workflow", connect=connect, delivers=False)
