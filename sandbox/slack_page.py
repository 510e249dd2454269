"""The channel page people read: messages with their blocks, threads and edits. No scripts, all text escaped."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sandbox.slack_mrkdwn import mrkdwn_to_html, plain_to_html, safe_link
from sandbox.slack_store import BOT_NAME, CHANNELS, READER_NAME, TEAM_NAME, Message
from sandbox.slack_style import STYLE

PRESS_PATH = "/slack/press"
_SHOWN_THREADS = 100

Block = dict[str, Any]


def channel_page(channel: str, messages: list[Message], *, unheard: bool = False) -> str:
    """The page of one channel, newest message first, replies under their message in order of posting.

    `unheard` says that the button pressed last reached nobody.
    """
    roots = [message for message in messages if message.thread_ts is None][::-1]
    replies: dict[str, list[Message]] = {}
    for message in messages:
        if message.thread_ts:
            replies.setdefault(message.thread_ts, []).append(message)
    tabs = "".join(
        f'<a href="/slack?channel={key}"{" aria-current=page" if key == channel else ""}>#{name}</a>'
        for key, name in CHANNELS.items()
    )
    body = "".join(_thread(root, replies.get(root.ts, [])) for root in roots[:_SHOWN_THREADS])
    noun = "message" if len(roots) == 1 else "messages"
    count = f"{len(roots)} {noun}, newest first" if roots else "No messages yet"
    if len(roots) > _SHOWN_THREADS:
        count = f"The newest {_SHOWN_THREADS} of {len(roots)} messages"
    name = html.escape(CHANNELS[channel])
    warning = f'<p class="warning" role="alert">{BOT_NAME} did not answer. Does it run?</p>' if unheard else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>#{name} · {html.escape(TEAM_NAME)} sandbox</title><style>{STYLE}</style></head><body>"
        f"<header><h1>{html.escape(TEAM_NAME)} <small>Slack sandbox, read by {READER_NAME}</small></h1>"
        f"<nav>{tabs}</nav></header>"
        f"<main><h2>#{name}</h2><p class=count>{count}</p>{warning}{body}</main></body></html>"
    )


def _thread(root: Message, replies: list[Message]) -> str:
    inner = "".join(_message(reply) for reply in replies)
    word = "reply" if len(replies) == 1 else "replies"
    thread = f'<section class="thread"><p class="count">{len(replies)} {word}</p>{inner}</section>'
    return f'<div class="root">{_message(root)}{thread if replies else ""}</div>'


def _message(message: Message) -> str:
    posted = _when(message.ts)
    edited = ""
    if message.edited_ts:
        edited = f' <span class="edited" title="{_when(message.edited_ts)}">(edited)</span>'
    content = "".join(_block(block, message) for block in message.blocks) or _paragraph(mrkdwn_to_html(message.text))
    private = ' <span class="edited">Only visible to you</span>' if message.only_for else ""
    return (
        f'<article id="m{html.escape(message.ts)}"><p class="by"><b>{BOT_NAME}</b> <i>app</i> '
        f"<time>{posted}</time>{edited}{private}</p>{content}</article>"
    )


def _when(ts: str) -> str:
    return datetime.fromtimestamp(int(ts.split(".")[0]), tz=UTC).strftime("%a %d %b %Y, %H:%M UTC")


def _paragraph(inner: str) -> str:
    return f"<p>{inner}</p>"


def _text(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    text = str(value.get("text", ""))
    if value.get("type") != "mrkdwn":
        return plain_to_html(text)
    return mrkdwn_to_html(text, bare_links=value.get("verbatim") is not True)


def _header(block: Block) -> str:
    return f"<h3>{_text(block.get('text'))}</h3>"


def _section(block: Block) -> str:
    text = _paragraph(_text(block["text"])) if "text" in block else ""
    fields = "".join(f"<li>{_text(field)}</li>" for field in block.get("fields", []))
    accessory = _element(block["accessory"]) if "accessory" in block else ""
    return text + (f'<ul class="fields">{fields}</ul>' if fields else "") + accessory


def _context(block: Block) -> str:
    parts = [_element(element) if element.get("type") == "image" else _text(element) for element in block["elements"]]
    return f'<p class="context">{" · ".join(parts)}</p>'


def _actions(block: Block, message: Message) -> str:
    buttons = [_element(one) if "url" in one else _pressed(one, block, message) for one in block["elements"]]
    return f'<div class="actions">{"".join(buttons)}</div>'


def _pressed(button: Block, block: Block, message: Message) -> str:
    """A button as a form of its own: it works without a script."""
    sent = {
        "channel": message.channel,
        "ts": message.ts,
        "block_id": block.get("block_id", ""),
        "action_id": button.get("action_id", ""),
    }
    hidden = "".join(f'<input type="hidden" name="{key}" value="{html.escape(str(sent[key]))}">' for key in sent)
    style = html.escape(str(button.get("style", "")))
    label = _text(button.get("text"))
    return f'<form method="post" action="{PRESS_PATH}">{hidden}<button class="button {style}">{label}</button></form>'


def _element(element: Block) -> str:
    if element.get("type") == "image":
        return _image(element)
    address = safe_link(str(element.get("url", "")))
    style = html.escape(str(element.get("style", "")))
    if address:
        label = _text(element.get("text"))
        return f'<a class="button {style}" href="{address}" rel="noopener noreferrer">{label}</a>'
    return f'<span class="button {style}">{_text(element.get("text"))}</span>'


def _image(block: Block) -> str:
    alt = html.escape(str(block.get("alt_text", "")))
    address = safe_link(str(block.get("image_url", "")))
    if file_id := (block.get("slack_file") or {}).get("id"):
        address = f"/slack/files/{quote(str(file_id))}.png"
    return f'<img src="{address}" alt="{alt}">' if address else f"<span>{alt}</span>"


def _divider(_block: Block) -> str:
    return "<hr>"


def _markdown(block: Block) -> str:
    return _paragraph(plain_to_html(str(block.get("text", ""))))


def _cell(cell: Any) -> str:
    value = cell.get("text", cell.get("value", "")) if isinstance(cell, dict) else cell
    return html.escape(str(value))


def _table(block: Block) -> str:
    rows = [f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in block["rows"]]
    caption = f"<caption>{html.escape(str(block['caption']))}</caption>" if "caption" in block else ""
    return f'<div class="scroll"><table>{caption}{"".join(rows)}</table></div>'


def _chart(block: Block) -> str:
    """Charts are shown as the table of their numbers."""
    chart = block["chart"]
    if chart["type"] == "pie":
        rows = [[segment["label"], segment["value"]] for segment in chart["segments"]]
    else:
        rows = [["", *(series["name"] for series in chart["series"])]]
        for number, category in enumerate(chart["axis_config"]["categories"]):
            rows.append([category, *(series["data"][number]["value"] for series in chart["series"])])
    return _table({"caption": f"{block['title']} ({chart['type']} chart)", "rows": rows})


_RENDERERS: dict[str, Callable[[Block], str]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "image": _image,
    "divider": _divider,
    "markdown": _markdown,
    "table": _table,
    "data_table": _table,
    "data_visualization": _chart,
}


def _block(block: Block, message: Message) -> str:
    kind = str(block.get("type"))
    if kind == "actions":
        return _actions(block, message)
    renderer = _RENDERERS.get(kind)
    return renderer(block) if renderer else f'<p class="context">[{html.escape(kind)} block]</p>'
