"""Slack's mrkdwn as HTML. Everything is escaped; only http, https and mailto links become links."""

from __future__ import annotations

import html
import re

_CONTROL = re.compile(r"<([^<>\n]+)>")
_CODE = re.compile(r"(```.+?```|`[^`\n]+`)", re.DOTALL)
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), r"<s>\1</s>"),
    (re.compile(r"^&gt; ?(.*)$", re.MULTILINE), r"<q>\1</q>"),
)
_EMOJI = {
    "red_circle": "🔴",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "large_green_circle": "🟢",
    "large_blue_circle": "🔵",
    "white_check_mark": "✅",
    "rotating_light": "🚨",
    "warning": "⚠️",
    "information_source": "ℹ️",
    "eyes": "👀",
    "bell": "🔔",
    "no_bell": "🔕",
    "chart_with_upwards_trend": "📈",
    "chart_with_downwards_trend": "📉",
    "moneybag": "💰",
    "hourglass": "⌛",
}
_BARE_LINK = re.compile(r"(\bhttps?://[^\s<>|]+)")
_EMOJI_CODE = re.compile(r":([a-z_]+):")
_LINK_SCHEMES = ("https://", "http://", "mailto:")


def plain_to_html(text: str) -> str:
    """A `plain_text` object: escaped, with emoji codes and line breaks."""
    return _emoji(_escape(text)).replace("\n", "<br>")


def mrkdwn_to_html(text: str, *, bare_links: bool = False) -> str:
    """A `mrkdwn` object or a message's text. `bare_links`: addresses become links, as Slack does unless told not to."""
    parts: list[str] = []
    end = 0
    for control in _CONTROL.finditer(text):
        parts += (_plain(text[end : control.start()], bare_links=bare_links), _control(control.group(1)))
        end = control.end()
    parts.append(_plain(text[end:], bare_links=bare_links))
    return "".join(parts)


def _plain(text: str, *, bare_links: bool) -> str:
    if not bare_links:
        return _styled(text)
    return "".join(
        _control(part) if number % 2 else _styled(part) for number, part in enumerate(_BARE_LINK.split(text))
    )


def safe_link(url: str) -> str | None:
    """The address, escaped for an attribute, or None if it must not be followed."""
    return html.escape(url) if url.lower().startswith(_LINK_SCHEMES) else None


def _escape(text: str) -> str:
    """Slack text carries &amp; &lt; &gt; already; escape the rest once, never twice."""
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return html.escape(text)


def _emoji(escaped: str) -> str:
    return _EMOJI_CODE.sub(lambda code: _EMOJI.get(code.group(1), code.group(0)), escaped)


def _styled(text: str) -> str:
    parts = []
    for number, part in enumerate(_CODE.split(text)):
        if number % 2:
            parts.append(f"<code>{_escape(part.strip('`'))}</code>")
            continue
        styled = _emoji(_escape(part))
        for pattern, replacement in _STYLES:
            styled = pattern.sub(replacement, styled)
        parts.append(styled.replace("\n", "<br>"))
    return "".join(parts)


def _control(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return f'<span class="mention">@{_escape(label or target[1:])}</span>'
    if target.startswith("#"):
        return f'<span class="mention">#{_escape(label or target[1:])}</span>'
    if target.startswith("!date^"):
        return f"<time>{_escape(label)}</time>"
    if target.startswith("!"):
        return f'<span class="mention">@{_escape(label or target[1:].split("^")[0])}</span>'
    address = safe_link(target.replace("&amp;", "&"))
    shown = _styled(label) if label else _escape(target)
    return f'<a href="{address}" rel="noopener noreferrer">{shown}</a>' if address else shown
