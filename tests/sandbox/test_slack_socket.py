"""Uploads, Socket Mode and buttons of the Slack sandbox, as far as Slack's client in the alert tests does not show."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from sandbox.keys import SLACK_APP_TOKEN, SLACK_TOKEN
from sandbox.slack_files import PNG
from sandbox.slack_store import AI_ALERTS_CHANNEL

PICTURE = PNG + b"rest"
BUTTON = {"type": "button", "action_id": "acknowledge", "text": {"type": "plain_text", "text": "Take"}, "value": "a1"}


def call(client: TestClient, method: str, token: str = SLACK_TOKEN, **arguments: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    body: dict[str, Any] = client.post(f"/slack/api/{method}", json=arguments, headers=headers).json()
    return body


def post(client: TestClient, *blocks: dict[str, Any]) -> dict[str, Any]:
    return call(client, "chat.postMessage", channel=AI_ALERTS_CHANNEL, text="x", blocks=list(blocks))


def test_a_file_is_shown_only_when_it_is_complete_and_what_was_announced(client: TestClient) -> None:
    place = call(client, "files.getUploadURLExternal", filename="a.png", length=len(PICTURE))
    path, file_id = urlsplit(place["upload_url"]).path, place["file_id"]
    image = {"type": "image", "slack_file": {"id": file_id}, "alt_text": "a"}
    done = {"files": [{"id": file_id, "title": "t"}]}
    assert call(client, "files.completeUploadExternal", **done)["error"] == "file_not_found"
    assert client.post(path, content=b"longer than announced").status_code == 400
    assert client.post(path, content=PICTURE).status_code == 200
    assert "invalid slack file" in post(client, image)["errors"][0]
    assert call(client, "files.completeUploadExternal", **done)["ok"]
    assert post(client, image)["ok"]
    assert client.get(f"/slack/files/{file_id}.png").content == PICTURE
    assert client.get("/slack/files/F0.png").status_code == 404
    assert client.post("/slack/upload/nothing", content=PICTURE).status_code == 404
    assert call(client, "files.getUploadURLExternal", filename="a.png", length=0)["error"] == "invalid_arguments"


def test_only_the_app_token_opens_a_socket_and_only_once(client: TestClient) -> None:
    assert call(client, "apps.connections.open")["error"] == "not_allowed_token_type"
    assert call(client, "auth.test", SLACK_APP_TOKEN)["error"] == "not_allowed_token_type"
    address = urlsplit(call(client, "apps.connections.open", SLACK_APP_TOKEN)["url"])
    assert address.scheme == "ws"
    with client.websocket_connect(f"{address.path}?{address.query}") as socket:
        assert socket.receive_json()["type"] == "hello"
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"{address.path}?{address.query}"):
        pass


def test_a_button_is_looked_up_in_its_message_and_pressed_on_this_page_only(client: TestClient) -> None:
    posted = post(client, {"type": "actions", "block_id": "b1", "elements": [BUTTON]})
    form = {"channel": AI_ALERTS_CHANNEL, "ts": posted["ts"], "block_id": "b1", "action_id": "acknowledge"}
    page = client.get("/slack").text
    assert '<form method="post" action="/slack/press">' in page
    assert 'name="value"' not in page
    assert client.post("/slack/press", data=form | {"action_id": "other"}).status_code == 404
    assert client.post("/slack/press", data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/slack/press", data=form, headers={"Host": "evil.example"}).status_code == 403
    unheard = client.post("/slack/press", data=form, follow_redirects=False)
    assert unheard.headers["location"] == f"/slack?channel={AI_ALERTS_CHANNEL}&unheard=1#m{posted['ts']}"
    assert "did not answer" in client.get(unheard.headers["location"]).text


def test_what_only_one_person_sees_says_so(client: TestClient) -> None:
    call(client, "chat.postEphemeral", channel=AI_ALERTS_CHANNEL, user="U0READER", text="psst")
    assert "Only visible to you" in client.get("/slack").text
    assert call(client, "chat.postEphemeral", channel=AI_ALERTS_CHANNEL, text="x")["error"] == "user_not_in_channel"


def test_addresses_become_links_unless_the_text_is_verbatim(client: TestClient) -> None:
    for verbatim in (False, True):
        text = {"type": "mrkdwn", "text": "see https://evil.example/x", "verbatim": verbatim}
        post(client, {"type": "section", "text": text})
        newest = client.get("/slack").text.split("<article")[1]
        assert ('href="https://evil.example/x"' in newest) is not verbatim
