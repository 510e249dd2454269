"""Slack, as a bot: one message per alert, edited in place, with its transitions in the thread."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from alerts import message, message_details, slack_files
from alerts.notice import Notice
from alerts.offers import OFFERED
from alerts.sink import (
    Action,
    CannotLookError,
    Letter,
    Options,
    Receipt,
    RetriableError,
    Sink,
    SinkConfigError,
    SinkError,
    SinkKind,
    Timer,
    UnansweredError,
)
from alerts.slack_client import web_client
from alerts.slack_refusals import BAD_BLOCKS, GONE, NO_RIGHT, UNUSABLE_TOKEN, Refusals
from config.secrets import SecretError, resolve
from config.settings import Settings

SECONDS_BETWEEN_CALLS = 1.0
"""chat.postMessage allows one message a second and channel; chat.update about as many."""

CALL_SECONDS = 20
"""Longer than Slack takes on a bad day; the outbox tries again anyway."""

LOOK_BACK = timedelta(minutes=5)
"""How far before the decision a message is looked for: Slack's clock is not ours."""
LOOK_PAGES, LOOK_MESSAGES = 2, 500
"""What is looked through within a lease; where more was said since, nothing is proved."""

PICTURE_SECONDS = 2.0
"""Slack looks at an upload before it can be shown, and calls blocks that name it invalid until then."""

log = logging.getLogger(__name__)


class SlackOptions(Options):
    """`channel` is a channel ID; a name breaks when somebody renames it."""

    channel: str


class SlackSink:
    """One bot in one channel. Roots are `channel:ts`, both as Slack gave them. Buttons need an app token."""

    def __init__(
        self,
        client: WebClient,
        files: WebClient,
        channel: str,
        token_reference: str,
        timer: Timer,
        app_token_reference: str | None = None,
    ) -> None:
        self._client = client
        self._files = files
        self._channel = channel
        self._token_reference = token_reference
        self._refusals = Refusals(token_reference, channel)
        self._timer = timer
        self._app_token_reference = app_token_reference
        self._offers = OFFERED if app_token_reference else ()
        self._free_at: dict[str, float] = {}

    def send(self, action: Action, letter: Letter) -> Receipt:
        """Posts in the channel with the details in the thread, edits the root in place, or answers in its thread."""
        match action:
            case "post":
                answer = self._post(letter)
                channel, ts = str(answer["channel"]), str(answer["ts"])
                self._add_details(channel, ts, letter.notice)
            case "update":
                channel, ts = _place(letter)
                self._call_with_picture(self._client.chat_update, channel, letter.notice, ts=ts)
            case "reply":
                channel, ts = _place(letter)
                text, blocks = message.reply_text(letter.notice), message.reply_blocks(letter.notice)
                self._say_in_thread(channel, ts, text, blocks, metadata=_metadata(letter))
        return Receipt(f"{channel}:{ts}")

    def find(self, action: Action, letter: Letter) -> Receipt | None:
        """Looks for the id in the channel, or in the thread; needs the scope channels:history or groups:history."""
        channel, ts = (self._channel, "") if action == "post" else _place(letter)
        for found in self._said_since(channel, ts, letter):
            payload = (found.get("metadata") or {}).get("event_payload") or {}
            if payload.get("message_id") == letter.message_id:
                return Receipt(f"{channel}:{ts or found['ts']}")
        return None

    def check(self) -> str:
        """Asks who the token belongs to, and after the channel where the bot may."""
        try:
            self._client.auth_test()
            if self._app_token_reference:
                self._check_buttons(self._app_token_reference)
            about = self._client.conversations_info(channel=self._channel)
        except SlackApiError as refused:
            if refused.response.get("error") == "missing_scope":
                return (
                    "answers; without the scope channels:read (groups:read) nobody can tell whether its channel exists."
                )
            raise self._refusals.told(refused, self._channel) from None
        except (OSError, HTTPException) as error:
            raise RetriableError(f"Slack does not answer ({type(error).__name__})") from None
        if about["channel"].get("is_archived"):
            raise self._refusals.no_channel("is_archived", self._channel)
        return "answers, and its channel exists; nothing was posted."

    def _said_since(self, channel: str, ts: str, letter: Letter) -> Iterator[dict[str, Any]]:
        """What was said since the letter was written. Raises CannotLookError."""
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{(letter.created_at - LOOK_BACK).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": LOOK_MESSAGES,
        }
        method = self._client.conversations_replies if ts else self._client.conversations_history
        for _ in range(LOOK_PAGES):
            try:
                page = self._paced(method, ts=ts, **asked) if ts else self._paced(method, **asked)
            except SlackApiError as refused:
                code = str(refused.response.get("error"))
                if code in GONE:
                    return
                told = self._refusals.told(refused, channel)
                if isinstance(told, RetriableError) or code in UNUSABLE_TOKEN - NO_RIGHT:
                    raise told from None
                raise CannotLookError(code) from None
            yield from page.get("messages") or ()
            asked["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not asked["cursor"]:
                return
        raise CannotLookError("too_many_messages")

    def _check_buttons(self, reference: str) -> None:
        try:
            self._client.apps_connections_open(app_token=_token(reference, "app"))
        except SlackApiError as refused:
            code = str(refused.response.get("error"))
            raise SinkConfigError(
                code,
                f"Slack refuses the app token ({code}); put one with the scope connections:write where [slack] "
                f"app_token points ({reference}), or remove app_token to do without buttons.",
            ) from None

    def _post(self, letter: Letter) -> SlackResponse:
        return self._call_with_picture(
            self._client.chat_postMessage,
            self._channel,
            letter.notice,
            metadata=_metadata(letter),
            unfurl_links=False,
            unfurl_media=False,
        )

    def _add_details(self, channel: str, ts: str, notice: Notice) -> None:
        """The alert is out by now: were an error told, all of it would be sent again."""
        blocks = message_details.details_blocks(notice)
        if not blocks:
            return
        try:
            self._say_in_thread(channel, ts, message_details.details_text(notice), blocks)
        except SinkError as error:
            log.warning("An alert went to Slack without its details (%s).", error.code)

    def _say_in_thread(self, channel: str, ts: str, text: str, blocks: list[message.Block], **options: Any) -> None:
        options |= {"thread_ts": ts, "unfurl_links": False, "unfurl_media": False}
        self._call(self._client.chat_postMessage, channel, text, blocks, **options)

    def _call_with_picture(
        self, method: Callable[..., SlackResponse], channel: str, notice: Notice, **options: Any
    ) -> SlackResponse:
        """One call with the chart of the notice; without it when Slack does not show it. Raises SinkError."""
        text = message.root_text(notice)
        picture = slack_files.file_of(self._files, notice.chart, self._token_reference) if notice.chart else None
        for seconds in (0.0, PICTURE_SECONDS) if picture else ():
            if seconds:
                self._timer.sleep(seconds)
            blocks = message.root_blocks(notice, picture, self._offers)
            try:
                return self._paced(method, channel=channel, text=text, blocks=blocks, parse="none", **options)
            except SlackApiError as refused:
                if refused.response.get("error") not in BAD_BLOCKS:
                    raise self._refusals.told(refused, channel) from None
        if picture:
            slack_files.forget_picture(picture)
            log.warning("Slack does not show the picture of an alert; the alert goes without it.")
        return self._call(method, channel, text, message.root_blocks(notice, None, self._offers), **options)

    def _call(
        self, method: Callable[..., SlackResponse], channel: str, text: str, blocks: list[message.Block], **options: Any
    ) -> SlackResponse:
        """One call at the channel's pace; without the blocks when Slack refuses their form. Raises SinkError."""
        try:
            return self._paced(method, channel=channel, text=text, blocks=blocks, parse="none", **options)
        except SlackApiError as refused:
            if refused.response.get("error") not in BAD_BLOCKS:
                raise self._refusals.told(refused, channel) from None
        try:
            return self._paced(method, channel=channel, text=text, parse="none", **options)
        except SlackApiError as refused:
            raise self._refusals.told(refused, channel) from None

    def _paced(self, method: Callable[..., SlackResponse], *, channel: str, **arguments: Any) -> SlackResponse:
        wait = self._free_at.get(channel, 0.0) - self._timer.clock()
        if wait > 0:
            self._timer.sleep(wait)
        self._free_at[channel] = self._timer.clock() + SECONDS_BETWEEN_CALLS
        try:
            return method(channel=channel, **arguments)
        except URLError as error:  # urllib raises it before the request is whole, everything else after
            raise RetriableError(f"unreachable ({type(error).__name__})") from None
        except (OSError, HTTPException) as error:
            raise UnansweredError(f"no answer ({type(error).__name__})") from None
        except SlackRequestError:
            raise SinkConfigError(
                "bad_base_url",
                f"[slack] base_url {self._client.base_url!r} is not an address; remove it for Slack's own.",
            ) from None


def _metadata(letter: Letter) -> dict[str, Any]:
    """What a message is found by when nobody knows whether it arrived."""
    told = {"fingerprint": letter.notice.fingerprint, "message_id": letter.message_id}
    return {"event_type": "burnline_alert", "event_payload": told}


def _place(letter: Letter) -> tuple[str, str]:
    channel, _, ts = (letter.root or "").partition(":")
    return channel, ts


def connect(options: SlackOptions, settings: Settings, timer: Timer) -> Sink:
    """A client for the workspace of the settings; no call is made. Raises SinkConfigError."""
    if settings.slack is None:
        raise SinkConfigError("not_configured", "burnline.toml has no [slack] section; messages for Slack wait.")
    token = _token(settings.slack.bot_token, "bot")
    client, files = (
        web_client(token, settings.slack.base_url, seconds) for seconds in (CALL_SECONDS, slack_files.CALL_SECONDS)
    )
    return SlackSink(client, files, options.channel, settings.slack.bot_token, timer, settings.slack.app_token)


def _token(reference: str, kind: str) -> str:
    try:
        return resolve(reference).get_secret_value()
    except SecretError as error:
        raise SinkConfigError("no_token", f"The Slack {kind} token cannot be read: {error}") from None


SINK = SinkKind(
    name="slack",
    options=SlackOptions,
    target=lambda options: options.channel,
    connect=connect,
    updates=True,
    threads=True,
    repeatable=frozenset({"update"}),
)
