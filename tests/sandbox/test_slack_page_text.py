"""mrkdwn as HTML."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack_mrkdwn import mrkdwn_to_html, plain_to_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*bold* and _soft_ and ~gone~", "<strong>bold</strong> and <em>soft</em> and <s>gone</s>"),
        ("a_b_c 2*3*4", "a_b_c 2*3*4"),
        ("one\ntwo", "one<br>two"),
        ("a &amp; b &lt;c&gt;", "a &amp; b &lt;c&gt;"),
        ("&amp;lt;", "&amp;lt;"),
        ("<!here> <@U123> <#C1|ops>", None),
        (
            "<https://x.example/?a=1&amp;b=2|go>",
            '<a href="https://x.example/?a=1&amp;b=2" rel="noopener noreferrer">go</a>',
        ),
        ("<!date^1795336000^{time}|08:26 UTC>", "<time>08:26 UTC</time>"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        (":unknown_emoji:", ":unknown_emoji:"),
    ],
)
def test_mrkdwn_becomes_html(text: str, expected: str | None) -> None:
    shown = mrkdwn_to_html(text)
    if expected is None:
        assert re.sub(r"<[^>]+>", "", shown) == "@here @U123 #ops"
    else:
        assert shown == expected


@given(st.text(alphabet="<>&\"'*_~`|!@#:/ahtps\n", max_size=60))
def test_no_text_can_open_a_tag_that_is_not_ours(text: str) -> None:
    ours = r"</?(strong|em|s|q|br|code|time)>|</?(a|span)( (href|rel|class)=\"[^\"<>]*\")*>"
    for shown in (mrkdwn_to_html(text), plain_to_html(text)):
        assert not re.search(r"[<>]", re.sub(ours, "", shown))


@given(st.text(max_size=60).filter(lambda text: "\n" not in text and ":" not in text and "&" not in text))
def test_plain_text_reads_back_as_it_was(text: str) -> None:
    assert html.unescape(plain_to_html(text)) == text
