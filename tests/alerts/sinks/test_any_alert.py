"""Whatever telemetry says, each sink gets a message within its limits, and the text is nothing but text."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from alerts.notice import Item, Notice
from alerts.sink import Letter
from alerts.sinks import email, pagerduty, teams, webhook

AT = datetime(2026, 11, 22, 8, 26, tzinfo=UTC)
SIGNS = [
    "[ok](https://evil.example)",
    "**b**",
    "_i_",
    "`c`",
    "\r\nBcc: eve@example.com",
    "\x00",
    "\u2028",
    "‮",
    "😀",
    "漢字",
]
TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*SIGNS, " ", "a"]), max_size=8).map("".join),
    st.text(alphabet="[]()*_`\\:/ a漢😀", min_size=1, max_size=40).map(lambda text: text * 200),
)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=9).map(tuple)
LINES = st.lists(TEXT, max_size=10).map(tuple)
ITEMS = st.lists(st.builds(Item, TEXT, st.none() | st.just("https://x/" + "y" * 3000)), max_size=40).map(tuple)
LETTERS = st.builds(
    Notice,
    fingerprint=TEXT,
    transition=st.sampled_from(["opened", "worsened", "resolved"]),
    severity=st.sampled_from(["page", "ticket", "info"]),
    is_open=st.booleans(),
    title=TEXT,
    lead=st.sampled_from(["", "Worse"]),
    summary=TEXT,
    fields=PAIRS,
    since=st.just(AT),
    runbook=st.just("docs/runbooks/cost_anomaly.md"),
    link=st.none() | st.just("https://x/" + "y" * 3000),
    why=LINES,
    happened=LINES,
    items=ITEMS,
    unnamed_count=st.integers(0, 5000),
).map(lambda notice: Letter(message_id="m1", notice=notice, created_at=AT, root=None, remaining=None))

BARE_MARKDOWN = re.compile(r"(?<!\\)(?:\\\\)*[*_\[\]`]")
"""A sign of Markdown that no backslash makes a plain one."""


@given(LETTERS)
def test_a_card_is_small_enough_and_draws_no_markdown_of_others(letter: Letter) -> None:
    made = teams.envelope(letter.notice)
    assert len(orjson.dumps(made)) <= teams.CARD_BYTES
    body = made["attachments"][0]["content"]["body"]
    texts = [block["text"] for block in body if "text" in block]
    texts += [value for block in body for fact in block.get("facts", ()) for value in (fact["title"], fact["value"])]
    assert [text for text in texts if BARE_MARKDOWN.search(text)] == []


@given(LETTERS)
def test_a_mail_has_our_headers_only_and_can_be_read_again(letter: Letter) -> None:
    mail = email.compose("post", letter, "burnline@example.com", ("ana@example.com",))
    read = message_from_bytes(mail.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert {name.lower() for name in read.keys()} <= {  # noqa: SIM118  a mail is no dict
        *("subject", "from", "to", "date", "message-id", "auto-submitted"),
        *("mime-version", "content-type", "content-transfer-encoding"),
    }
    assert read["To"] == "ana@example.com"
    assert len(mail["Subject"]) <= email.SUBJECT_CHARACTERS


@given(LETTERS)
def test_an_event_stays_within_what_pagerduty_takes(letter: Letter) -> None:
    made: dict[str, Any] = pagerduty.event(letter.notice)
    assert len(orjson.dumps(made)) <= 512 * 1024
    if made["event_action"] == "trigger":
        assert len(made["payload"]["summary"]) <= pagerduty.SUMMARY_CHARACTERS


@given(LETTERS)
def test_a_webhook_reads_back_what_was_said(letter: Letter) -> None:
    read = orjson.loads(orjson.dumps(webhook.payload("post", letter)))
    assert (read["title"], read["summary"]) == (letter.notice.title, letter.notice.summary)
    assert [(one["label"], one["value"]) for one in read["fields"]] == [*letter.notice.fields]
