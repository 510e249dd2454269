"""What Slack is sent: readable, inside its limits, and nothing in it can mention or link."""

import re
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts import message
from alerts.notice import Notice, base_url, from_json
from config.settings import Server, Settings
from sandbox.slack_blocks import check_blocks
from tests.alerts.support import NOW

NOTICE = Notice(
    fingerprint="f",
    transition="opened",
    severity="ticket",
    is_open=True,
    title="Team Workplace is heading over its November budget",
    lead="",
    summary="Team Workplace has spent 81% of its November budget.",
    fields=(("Spent", "$8,123 of $10,000"), ("Owner", "Lucía Farrow")),
    since=NOW,
    runbook="docs/runbooks/budget_threshold.md",
    link="http://127.0.0.1:8501/spend?by=feature&team=Workplace",
)
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["<!channel>", "<!here|x>", "<@U123>", "<https://evil.example|ok>", "&lt;!channel&gt;", "a\nb", "‮"]
    ),
    st.text(alphabet="<>&!@|", min_size=1, max_size=6000),
)


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [t for key, item in value.items() if key != "url" for t in texts(item)]
    if isinstance(value, list):
        return [t for item in value for t in texts(item)]
    return [value] if isinstance(value, str) else []


def test_an_alert_reads_as_header_sentence_numbers_runbook_and_button() -> None:
    header, sentence, numbers, context, actions = message.root_blocks(NOTICE)
    assert header["text"]["text"] == "🟠 Ticket: Team Workplace is heading over its November budget"
    assert sentence["text"]["text"] == NOTICE.summary
    assert [field["text"] for field in numbers["fields"]] == [
        "*Spent*\n$8,123 of $10,000",
        "*Owner*\nLucía Farrow",
        "*Since*\n<!date^1795335960^{date_short_pretty} {time}|22 Nov 2026 08:26 UTC>",
    ]
    assert context["elements"][0]["text"] == "Runbook: docs/runbooks/budget_threshold.md"
    assert actions["elements"][0]["url"] == NOTICE.link
    assert message.root_text(NOTICE).startswith("🟠 Ticket: Team Workplace is heading over its November budget. Team")


def test_a_resolved_alert_says_so_in_its_header_and_thread() -> None:
    resolved = replace(NOTICE, transition="resolved", is_open=False, lead="Resolved after 2 hours")
    assert message.headline(resolved).startswith("✅ Resolved: ")
    assert message.reply_blocks(resolved)[0]["text"]["text"].startswith("*Resolved after 2 hours.* Team Workplace")
    assert message.reply_text(resolved).startswith("Resolved after 2 hours: Team Workplace")


@given(title=HOSTILE, summary=HOSTILE, label=HOSTILE, value=HOSTILE, lead=HOSTILE, runbook=HOSTILE)
def test_inserted_text_never_mentions_links_or_breaks_slacks_limits(
    title: str, summary: str, label: str, value: str, lead: str, runbook: str
) -> None:
    notice = replace(NOTICE, title=title, summary=summary, fields=((label, value),) * 12, lead=lead, runbook=runbook)
    for blocks, text in (
        (message.root_blocks(notice), message.root_text(notice)),
        (message.reply_blocks(notice), message.reply_text(notice)),
    ):
        check_blocks(blocks)
        assert text
        assert len(text) <= message.TEXT_CHARACTERS
        for said in [*texts(blocks), text]:
            ours = re.sub(r"<!date\^\d+\^[^<>]*>", "", said)
            assert "<" not in ours
            assert ">" not in ours
            assert re.sub(r"&(amp|lt|gt);", "", ours).count("&") == 0


@given(st.text(alphabet="a<>& ", max_size=200), st.integers(5, 60))
def test_a_cut_never_falls_into_an_escape_sequence_and_keeps_the_beginning(text: str, longest: int) -> None:
    cut = message.escaped(text, longest)
    assert len(cut) <= longest
    plain = cut.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    line = " ".join(text.split()) or "–"
    assert plain == line or (plain.endswith("…") and line.startswith(plain[:-1]))


@given(title=st.text(), summary=st.text(), fields=st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_a_notice_survives_the_outbox(title: str, summary: str, fields: list[tuple[str, str]]) -> None:
    notice = replace(NOTICE, title=title, summary=summary, fields=tuple(fields))
    assert from_json(notice.to_json()) == notice


def test_links_go_to_the_public_address_when_there_is_one() -> None:
    assert base_url(Settings()) == "http://127.0.0.1:8501"
    assert base_url(Settings(server=Server(public_url="https://burnline.example/"))) == "https://burnline.example"
    assert base_url(Settings(server=Server(host="::1"))) == "http://[::1]:8501"
