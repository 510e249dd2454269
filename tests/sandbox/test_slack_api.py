"""The Slack sandbox, used through Slack's own client over the wire format it sends."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company import Company
from sandbox.faults import Faults
from sandbox.keys import EXPIRED_SLACK_TOKEN, SLACK_TOKEN
from sandbox.server import create_app
from sandbox.slack_store import AI_ALERTS_CHANNEL, FINOPS_CHANNEL

NOW = datetime(2026, 11, 20, 10, 17, 5, tzinfo=UTC)
HEADERS = {"Authorization": f"Bearer {SLACK_TOKEN}"}


def _call(client: TestClient, method: str, **arguments: Any) -> dict[str, Any]:
    answer = client.post(f"/slack/api/{method}", json=arguments, headers=HEADERS)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def _post(client: TestClient, **arguments: Any) -> dict[str, Any]:
    return _call(client, "chat.postMessage", **{"channel": AI_ALERTS_CHANNEL, "text": "hello"} | arguments)


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def _mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def _button(**fields: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": [{"type": "button", "text": _plain("Open"), **fields}]}


def _chart(points: int = 2, *, title: str = "Cost") -> dict[str, Any]:
    labels = [f"day {number}" for number in range(points)]
    data = [{"label": label, "value": number} for number, label in enumerate(labels)]
    chart = {
        "type": "line",
        "series": [{"name": "USD", "data": data}],
        "axis_config": {"categories": labels, "x_label": "UTC", "y_label": "USD"},
    }
    return {"type": "data_visualization", "title": title, "chart": chart}


def test_a_message_is_posted_with_a_text_id(client: TestClient) -> None:
    first, second = _post(client), _post(client)
    assert first["ok"]
    assert first["channel"] == AI_ALERTS_CHANNEL
    assert first["ts"] == "1795169825.000001"
    assert second["ts"] != first["ts"]
    assert first["message"]["text"] == "hello"


def test_a_channel_may_be_named_when_posting_but_not_when_updating(client: TestClient) -> None:
    posted = _post(client, channel="#finops")
    assert posted["channel"] == FINOPS_CHANNEL
    update = _call(client, "chat.update", channel="#finops", ts=posted["ts"], text="new")
    assert update["error"] == "channel_not_found"


def test_a_form_with_blocks_as_json_text_is_understood(client: TestClient) -> None:
    blocks = [{"type": "section", "text": _mrkdwn("*hi*")}]
    form = {"channel": AI_ALERTS_CHANNEL, "text": "hi", "blocks": json.dumps(blocks), "token": SLACK_TOKEN}
    body = client.post("/slack/api/chat.postMessage", data=form).json()
    assert body["ok"]
    assert body["message"]["blocks"] == blocks


def test_an_update_replaces_the_message_and_marks_it_edited(client: TestClient) -> None:
    ts = _post(client)["ts"]
    body = _call(client, "chat.update", channel=AI_ALERTS_CHANNEL, ts=ts, text="resolved")
    assert (body["ok"], body["ts"], body["text"]) == (True, ts, "resolved")
    messages = client.get("/slack/messages.json").json()["messages"]
    assert [message["text"] for message in messages] == ["resolved"]
    assert messages[0]["edited"]["user"]


def test_a_reply_needs_a_parent_that_is_not_itself_a_reply(client: TestClient) -> None:
    root = _post(client)["ts"]
    reply = _post(client, thread_ts=root)
    assert reply["message"]["thread_ts"] == root
    assert _post(client, thread_ts=reply["ts"])["error"] == "message_not_found"
    assert _post(client, thread_ts="1.000001")["error"] == "message_not_found"
    assert _post(client, thread_ts=root, channel=FINOPS_CHANNEL)["error"] == "message_not_found"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": AI_ALERTS_CHANNEL}, "no_text"),
        ("chat.postMessage", {"channel": AI_ALERTS_CHANNEL, "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": AI_ALERTS_CHANNEL, "text": "x", "blocks": [1]}, "invalid_blocks_format"),
        ("chat.update", {"channel": AI_ALERTS_CHANNEL, "ts": "1.1", "text": "x"}, "message_not_found"),
        ("conversations.info", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("chat.telepathy", {}, "unknown_method"),
    ],
)
def test_a_refusal_is_http_200_with_an_error_code(
    client: TestClient, method: str, arguments: dict[str, Any], error: str
) -> None:
    body = _call(client, method, **arguments)
    assert (body["ok"], body["error"]) == (False, error)


@pytest.mark.parametrize(
    ("authorization", "error"),
    [(None, "not_authed"), ("Bearer wrong", "invalid_auth"), (f"Bearer {EXPIRED_SLACK_TOKEN}", "token_expired")],
)
def test_a_missing_or_wrong_token_is_refused(client: TestClient, authorization: str | None, error: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    assert client.post("/slack/api/auth.test", headers=headers).json() == {"ok": False, "error": error}


def test_the_bot_knows_itself_and_its_channels(client: TestClient) -> None:
    assert _call(client, "auth.test")["user"] == "burnline"
    listed = _call(client, "conversations.list")["channels"]
    assert {channel["id"]: channel["name"] for channel in listed} == {
        AI_ALERTS_CHANNEL: "ai-alerts",
        FINOPS_CHANNEL: "finops",
    }
    query = f"/slack/api/conversations.info?channel={FINOPS_CHANNEL}"
    assert client.get(query, headers=HEADERS).json()["channel"]["name"] == "finops"


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([{"type": "divider"}] * 50, id="fifty blocks"),
        pytest.param([{"type": "header", "text": _plain("x" * 150)}], id="header of 150"),
        pytest.param([{"type": "section", "text": _mrkdwn("x" * 3000)}], id="section of 3000"),
        pytest.param([{"type": "section", "fields": [_mrkdwn("x" * 1000)] * 10}], id="ten fields"),
        pytest.param([_button(url="https://x.example/" + "y" * 2900)], id="long link"),
        pytest.param([_chart(20)], id="chart of 20"),
        pytest.param([{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}], id="table"),
    ],
)
def test_blocks_within_the_limits_are_accepted(client: TestClient, blocks: list[dict[str, Any]]) -> None:
    assert _post(client, blocks=blocks)["ok"]


@pytest.mark.parametrize(
    ("blocks", "pointer"),
    [
        pytest.param([{"type": "divider"}] * 51, "/blocks", id="51 blocks"),
        pytest.param([{"type": "header", "text": _plain("x" * 151)}], "/blocks/0/text/text", id="header of 151"),
        pytest.param([{"type": "header", "text": _mrkdwn("x")}], "/blocks/0/text/type", id="mrkdwn header"),
        pytest.param([{"type": "section", "text": _mrkdwn("")}], "/blocks/0/text/text", id="empty section"),
        pytest.param([{"type": "section", "text": _mrkdwn("x" * 3001)}], "/blocks/0/text/text", id="section of 3001"),
        pytest.param([{"type": "section"}], "/blocks/0", id="section of nothing"),
        pytest.param([{"type": "section", "fields": [_mrkdwn("x")] * 11}], "/blocks/0/fields", id="eleven fields"),
        pytest.param(
            [{"type": "section", "fields": [_mrkdwn("x" * 2001)]}], "/blocks/0/fields/0/text", id="field of 2001"
        ),
        pytest.param([{"type": "context", "elements": [_mrkdwn("x")] * 11}], "/blocks/0/elements", id="context of 11"),
        pytest.param(
            [{"type": "actions", "elements": _button()["elements"] * 26}], "/blocks/0/elements", id="26 buttons"
        ),
        pytest.param([_button(text=_plain("x" * 76))], "/blocks/0/elements/0/text/text", id="button text of 76"),
        pytest.param([_button(value="x" * 2001)], "/blocks/0/elements/0/value", id="button value of 2001"),
        pytest.param([_button(url="x" * 3001)], "/blocks/0/elements/0/url", id="button url of 3001"),
        pytest.param([{"type": "divider", "block_id": "x" * 256}], "/blocks/0/block_id", id="block id of 256"),
        pytest.param([{"type": "divider", "block_id": "a"}] * 2, "/blocks", id="block id twice"),
        pytest.param(
            [{"type": "image", "image_url": "https://x.example", "alt_text": "x" * 2001}],
            "/blocks/0/alt_text",
            id="alt text of 2001",
        ),
        pytest.param([{"type": "markdown", "text": "x" * 12_001}], "/blocks/0/text", id="markdown of 12001"),
        pytest.param([{"type": "alert", "text": _mrkdwn("x")}], "/blocks/0/type", id="alert is for modals"),
        pytest.param([{"type": "table", "rows": [["x"]] * 101}], "/blocks/0/rows", id="table of 101 rows"),
        pytest.param([_chart(21)], "/blocks/0/chart/axis_config/categories", id="chart of 21"),
        pytest.param([_chart(title="x" * 51)], "/blocks/0/title", id="chart title of 51"),
        pytest.param([_chart()] * 3, "/blocks", id="three charts"),
    ],
)
def test_blocks_over_a_limit_are_refused_with_the_pointer(
    client: TestClient, blocks: list[dict[str, Any]], pointer: str
) -> None:
    body = _post(client, blocks=blocks)
    assert (body["ok"], body["error"]) == (False, "invalid_blocks")
    assert any(f"[json-pointer:{pointer}]" in message for message in body["response_metadata"]["messages"])
    assert client.get("/slack/messages.json").json()["messages"] == []


def test_blocks_too_long_together_and_two_tables_have_their_own_errors(client: TestClient) -> None:
    long = [{"type": "section", "text": _mrkdwn("x" * 2800)}] * 5
    assert _post(client, blocks=long)["error"] == "msg_blocks_too_long"
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    assert _post(client, blocks=[table, table])["error"] == "only_one_table_allowed"


def test_announced_rate_limits_are_used_up(client: TestClient, faults: Faults) -> None:
    faults.slack_rate_limit_next = 1
    assert _call(client, "auth.test")["ok"], "limits are by method, and this one posts nothing"
    answer = client.post("/slack/api/chat.postMessage", headers=HEADERS)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert answer.json() == {"ok": False, "error": "ratelimited"}
    assert _post(client)["ok"]


def test_slack_can_be_down(client: TestClient, faults: Faults) -> None:
    faults.slack_down = True
    assert client.post("/slack/api/auth.test", headers=HEADERS).status_code == 503


def test_messages_survive_a_restart(company: Company, tmp_path: Path) -> None:
    first = TestClient(create_app(company, lambda: NOW, Faults.none(), tmp_path))
    root = _post(first, text="opened")["ts"]
    _post(first, text="reply", thread_ts=root)
    second = TestClient(create_app(company, lambda: NOW, Faults.none(), tmp_path))
    assert second.get("/slack/messages.json").json() == first.get("/slack/messages.json").json()
    assert _call(second, "chat.update", channel=AI_ALERTS_CHANNEL, ts=root, text="resolved")["ok"]
    assert _post(second)["ts"] not in {root}
    assert [path.name for path in tmp_path.iterdir()] == ["slack.json"]


def test_ids_stay_unique_after_a_restart_at_the_same_moment(company: Company, tmp_path: Path) -> None:
    ids = []
    for _ in range(3):
        app = TestClient(create_app(company, lambda: NOW, Faults.none(), tmp_path))
        ids.append(_post(app)["ts"])
    assert len(set(ids)) == 3


def test_the_page_shows_blocks_threads_and_edits(client: TestClient) -> None:
    blocks = [
        {"type": "header", "text": _plain("SEV2 latency :rotating_light:")},
        {"type": "section", "fields": [_mrkdwn("*Service*\nsupport-bot"), _mrkdwn("*p95*\n4.8 s")]},
        {"type": "divider"},
        {"type": "context", "elements": [_mrkdwn("<https://dash.example/i/42|details> `p95`")]},
        _button(url="https://dash.example/i/42"),
        _chart(),
    ]
    root = _post(client, blocks=blocks)["ts"]
    _post(client, text="still firing", thread_ts=root)
    _call(client, "chat.update", channel=AI_ALERTS_CHANNEL, ts=root, text="x", blocks=blocks)
    page = client.get("/slack").text
    for part in (
        "<h3>SEV2 latency 🚨</h3>",
        "<strong>Service</strong><br>support-bot",
        "<hr>",
        '<a href="https://dash.example/i/42" rel="noopener noreferrer">details</a>',
        "<code>p95</code>",
        '<a class="button " href="https://dash.example/i/42"',
        "(edited)",
        "1 reply",
        "still firing",
        "Fri 20 Nov 2026, 10:17 UTC",
        "line chart",
        "<tr><td>day 1</td><td>1</td></tr>",
        "1 message, newest first",
    ):
        assert part in page
    assert "<script" not in page
    assert 'content="width=device-width' in page
    assert "prefers-color-scheme" in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<javascript:alert(1)|click>",
        '<https://x.example/"onmouseover="alert(1)|click>',
        "*<b>bold*",
        "`<img src=x>`",
    ],
)
def test_text_from_outside_never_becomes_markup(client: TestClient, text: str) -> None:
    _post(client, text=text)
    _post(client, text="x", blocks=[{"type": "header", "text": _plain(text)}])
    _post(client, text="x", blocks=[_button(url=text)])
    page = client.get("/slack").text.replace("<b>burnline</b>", "")
    for forbidden in ("<script", "<img", 'href="javascript', '"onmouseover="', "<b>"):
        assert forbidden not in page


def test_each_channel_has_its_own_page(client: TestClient) -> None:
    _post(client, channel=FINOPS_CHANNEL, text="digest of the day")
    assert "digest of the day" in client.get(f"/slack?channel={FINOPS_CHANNEL}").text
    assert "No messages yet" in client.get("/slack").text
    assert client.get("/slack?channel=C0NOWHERE").status_code == 404
