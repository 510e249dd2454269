"""What Slack is sent: readable, inside its limits, and nothing in it can mention, link or format."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import message, message_details
from alerts.acknowledged import Acknowledged
from alerts.charts import daily
from alerts.mrkdwn import escaped, inert
from alerts.notice import Notice, base_url, from_json
from alerts.offers import OFFERED
from config.settings import Server, Settings
from sandbox.slack_blocks import check_blocks
from sandbox.slack_mrkdwn import mrkdwn_to_html, plain_to_html
from tests.alerts.support import NOW, START

CHART = daily("Team Workplace", "USD", [(START, 1), (START + timedelta(days=1), None)], limit=10)
NOTICE = Notice(
    fingerprint="f",
    alert_id="a" * 32,
    transition="opened",
    severity="ticket",
    is_open=True,
    title="Team Workplace is heading over its November budget",
    lead="",
    summary="Team Workplace has spent 81% of its November budget.",
    fields=(("Impact", "$1,204, 12% of the budget"), ("Spent", "$8,123 of $10,000"), ("Owner", "Lucía Farrow")),
    since=NOW,
    runbook="docs/runbooks/budget_threshold.md",
    link="http://127.0.0.1:8501/spend?by=feature&team=Workplace",
    why=("Longer answers cost +$390.", "More requests cost +$900."),
    happened=("Launch on 20 Nov 2026: Summaries.",),
    details=(("Budget", "10,000"), ("Lines", 'a = "1"\nb = "2"')),
    parts=(("Research desk", "62%"),),
    queries=("cost/budget_status",),
    chart=CHART,
)
LIMITS = {"header": 150, "text": 3000, "fields": 10, "field": 2000, "label": 75, "value": 2000, "url": 3000}
"""Of https://docs.slack.dev/reference/block-kit, beside 50 blocks and 12,000 characters in all."""
SIGNS = ["<!channel>", "<!here|x>", "@channel", "<@U123>", "<https://evil.example|ok>", "&lt;!channel&gt;", "a\nb", "‮"]
SIGNS += [
    "https://evil.example/a_b",
    "*bold*",
    "_soft_",
    "~gone~",
    "`code`",
    "```block```",
    "> quote",
    ":fire:",
    "$x^2$",
]
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from([*SIGNS, " ", "a"]), min_size=1, max_size=6).map("".join),
    st.text(alphabet="<>&!@|*_~`:/ a", min_size=1, max_size=60).map(lambda text: text * 100),
)
PAIRS = st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=4).map(lambda pairs: tuple(pairs * 20)[:50])
LINES = st.lists(HOSTILE, max_size=4).map(lambda lines: tuple(lines * 20))


def text_objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every text object below."""
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text"):
            yield value
        for item in value.values():
            yield from text_objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from text_objects(item)


def characters(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(characters, value.values()))
    return sum(map(characters, value)) if isinstance(value, list) else len(value) if isinstance(value, str) else 0


def check_limits(blocks: list[dict[str, Any]]) -> None:
    check_blocks(blocks)
    assert len(blocks) <= 50
    assert characters(blocks) <= 12_000
    for block in blocks:
        for field in block.get("fields", []):
            assert len(field["text"]) <= LIMITS["field"]
        assert len(block.get("fields", [])) <= LIMITS["fields"]
        for button in block["elements"] if block["type"] == "actions" else []:
            assert len(button["text"]["text"]) <= LIMITS["label"]
            assert len(button.get("value", "")) <= LIMITS["value"]
            assert len(button.get("url", "")) <= LIMITS["url"]
        longest = LIMITS["header"] if block["type"] == "header" else LIMITS["text"]
        assert all(len(told["text"]) <= longest for told in text_objects(block))


OURS = re.compile(
    r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>]*>"
    r"|<https://docs\.example/[^|<>]*\|[^<>]*>"
    r"|^\*(Why|Then also|In numbers|Made of)\*$",
    re.MULTILINE,
)
LABEL = re.compile(r"\A\*([^*]*)\*\n|\A\*([^*]*)\.\* ")


def check_inert(text: str) -> None:
    """Beyond our own dates, links, titles and labels nothing is left that Slack reads as more than text."""
    said = LABEL.sub(lambda label: f"{label[1] or label[2]}\n", OURS.sub("", text))
    shown = mrkdwn_to_html(said)
    assert re.sub(r"<br>", "", shown).count("<") == 0, (text, shown)
    assert not re.search(r"[<>`*~]", said), text
    assert not re.search(r"(^|\n)\s*&gt;", said), text
    assert not re.search(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", said), text
    assert re.sub(r"&(amp|lt|gt);", "", said).count("&") == 0


def test_an_alert_says_what_how_much_since_when_why_what_else_who_and_where() -> None:
    blocks = message.root_blocks(NOTICE, "F0PICTURE", OFFERED)
    header, sentence, image, numbers, why, also, context, actions = blocks
    assert header["text"]["text"] == "🟠 Ticket: Team Workplace is heading over its November budget"
    assert sentence["text"]["text"] == NOTICE.summary
    assert image["slack_file"] == {"id": "F0PICTURE"}
    assert image["alt_text"].startswith("Team Workplace. Measured from 01 Nov 2026")
    assert [field["text"] for field in numbers["fields"]] == [
        "*Impact*\n$1,204, 12% of the budget",
        "*Spent*\n$8,123 of $10,000",
        "*Owner*\nLucía Farrow",
        "*Since*\n<!date^1795335960^{date_short_pretty} {time}|22 Nov 2026 08:26 UTC>",
    ]
    assert why["text"]["text"] == "*Why*\n• Longer answers cost +$390.\n• More requests cost +$900."
    assert also["text"]["text"] == "*Then also*\n• Launch on 20 Nov 2026: Summaries."
    assert context["elements"][0]["text"] == "Runbook: docs/runbooks/budget_threshold.md"
    opens, takes, *_ = actions["elements"]
    assert opens["url"] == NOTICE.link
    assert (takes["action_id"], takes["value"]) == ("acknowledge", NOTICE.alert_id)
    assert message.root_text(NOTICE).startswith("🟠 Ticket: Team Workplace is heading over its November budget. Team")


def test_the_runbook_is_a_link_where_docs_are_served() -> None:
    served = replace(NOTICE, runbook_url="https://docs.example/b?a=1&b=|<>")
    told = message.root_blocks(served)[-2]["elements"][0]["text"]
    assert told == "<https://docs.example/b?a=1&amp;b=%7C%3C%3E|Runbook: budget_threshold>"


def test_an_alert_that_is_taken_names_who_and_offers_it_no_more() -> None:
    taken = replace(NOTICE, acknowledged=Acknowledged("<@U1> *x*", NOW))
    *_, context, actions = message.root_blocks(taken, None, OFFERED)
    assert context["elements"][0]["text"] == "👀 Acknowledged by &lt;@U1&gt; ∗x∗ on 22 Nov 2026 08:26 UTC"
    assert [button["text"]["text"] for button in actions["elements"]] == [
        "Open in Burnline",
        "Not useful",
        "Snooze 1 day",
    ]


def test_a_resolved_alert_says_so_in_its_header_and_thread_and_has_no_buttons_left() -> None:
    resolved = replace(NOTICE, transition="resolved", is_open=False, lead="Resolved after 2 hours")
    assert message.headline(resolved).startswith("✅ Resolved: ")
    assert message.reply_blocks(resolved)[0]["text"]["text"].startswith("*Resolved after 2 hours.* Team Workplace")
    assert message.reply_text(resolved).startswith("Resolved after 2 hours: Team Workplace")
    buttons = message.root_blocks(resolved, None, OFFERED)[-1]["elements"]
    assert [button["action_id"] for button in buttons] == ["open"]


def test_the_thread_begins_with_the_exact_values_what_it_is_made_of_and_what_was_asked() -> None:
    exactly, made_of, asked = message_details.details_blocks(NOTICE)
    assert exactly["text"]["text"] == '*In numbers*\nBudget: 10,000\nLines: a = "1"\nb = "2"'
    assert made_of["text"]["text"] == "*Made of*\n• Research desk: 62%"
    assert asked["elements"][0]["text"] == "Asked: cost/budget_status (python -m burnline query NAME)"
    assert message_details.details_blocks(replace(NOTICE, details=(), parts=(), queries=())) == []


@settings(max_examples=60, deadline=None)
@given(one=HOSTILE, other=HOSTILE, pairs=PAIRS, lines=LINES)
def test_inserted_text_never_mentions_links_formats_or_breaks_slacks_limits(
    one: str, other: str, pairs: tuple[tuple[str, str], ...], lines: tuple[str, ...]
) -> None:
    notice = replace(
        NOTICE,
        title=one,
        summary=other,
        lead=other,
        runbook=one,
        link=f"https://burnline.example/{'x' * len(one)}",
        runbook_url="https://docs.example/x" if len(one) % 2 else None,
        fields=pairs,
        why=lines,
        happened=lines,
        details=pairs,
        parts=pairs,
        queries=lines,
        acknowledged=Acknowledged(other, NOW) if len(other) % 2 else None,
        chart=replace(CHART, title=one, unit=other, limit_label=one),
    )
    for text in (message.root_text(notice), message.reply_text(notice), message_details.details_text(notice)):
        assert 0 < len(text) <= message.TEXT_CHARACTERS
        check_inert(text)
        assert "://" not in text
    messages = (
        message.root_blocks(notice, "F0", OFFERED),
        message.reply_blocks(notice),
        message_details.details_blocks(notice),
    )
    for blocks in messages:
        check_limits(blocks)
        for told in text_objects(blocks):
            if told["type"] == "plain_text":
                assert told["emoji"] is False
                assert "<" not in plain_to_html(told["text"])
                continue
            assert told["verbatim"] is True
            check_inert(told["text"])


def test_every_version_of_a_message_has_block_ids_of_its_own() -> None:
    first, second = ([block["block_id"] for block in message.root_blocks(NOTICE)] for _ in range(2))
    assert len({*first, *second}) == len(first) + len(second)
    assert max(map(len, first)) <= 255


def test_names_can_be_copied_as_they_are_and_times_are_no_emoji() -> None:
    for name in ("proj_abc_1", "input_tokens = 2", "08:26:10", "a-b.c/d", "[[price]]", "https://a.example:1/b:c"):
        assert inert(name, 100) == name
    assert inert(":fire: at 08:26", 100) == "꞉fire: at 08:26"


@given(st.text(alphabet="a<>& ", max_size=200), st.integers(5, 60))
def test_a_cut_never_falls_into_an_escape_sequence_and_keeps_the_beginning(text: str, longest: int) -> None:
    cut = escaped(text, longest)
    assert len(cut) <= longest
    plain = cut.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    line = " ".join(text.split()) or "–"
    assert plain == line or (plain.endswith("…") and line.startswith(plain[:-1]))


@given(title=st.text(), summary=st.text(), fields=st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_a_notice_survives_the_outbox(title: str, summary: str, fields: list[tuple[str, str]]) -> None:
    notice = replace(NOTICE, title=title, summary=summary, fields=tuple(fields), acknowledged=Acknowledged(title, NOW))
    assert from_json(notice.to_json()) == notice


def test_a_message_that_an_earlier_version_left_waiting_is_read() -> None:
    old = (
        '{"fingerprint":"f","transition":"opened","severity":"info","is_open":true,"title":"t","lead":"","summary":"s",'
        '"fields":[["a","b"]],"since":"2026-11-22T08:26:00+00:00","runbook":"","link":null}'
    )
    assert from_json(old).fields == (("a", "b"),)
    assert message.root_blocks(from_json(old), None, OFFERED)[-1]["type"] == "section", "nothing to press"


def test_links_go_to_the_public_address_when_there_is_one() -> None:
    assert base_url(Settings()) == "http://127.0.0.1:8501"
    assert base_url(Settings(server=Server(public_url="https://burnline.example/"))) == "https://burnline.example"
    assert base_url(Settings(server=Server(host="::1"))) == "http://[::1]:8501"


def test_a_cut_within_a_name_leaves_no_underscore_that_would_format() -> None:
    assert inert("a_a_a_a", 5) == "a_a…"
    check_inert(inert("a_" * 50, 20))
