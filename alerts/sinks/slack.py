"""Slack, as a bot: one message per alert, edited in place, with its transitions in the thread."""

import logging
import re
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from alerts import message, message_details, slack_files
from alerts.actions import OFFERED
from alerts.notice import Notice
from alerts.sink import GoneError, RefusedError, RetriableError, Sink, SinkConfigError, SinkError, SinkKind, Timer
from alerts.slack_client import web_client
from config.secrets import SecretError, forget, resolve
from config.settings import Settings

SECONDS_BETWEEN_CALLS = 1.0
"""chat.postMessage allows one message a second and channel; chat.update about as many."""

CALL_SECONDS = 20
"""Longer than Slack takes on a bad day; the outbox tries again anyway."""

BUSY = {"ratelimited", "rate_limited", "service_unavailable", "request_timeout"}
BROKEN = {"internal_error", "fatal_error"}
"""Slack failed on this message; others may get through."""
UNUSABLE_TOKEN = {
    "not_authed",
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "ekm_access_denied",
    "restricted_action",
}
GONE = {"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"}
BAD_BLOCKS = {
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
    "only_one_table_allowed",
}
"""Slack does not like the form: the same without the picture, or else as plain text, gets through."""

PICTURE_SECONDS = 2.0
"""Slack looks at an upload before it can be shown, and calls blocks that name it invalid until then."""

log = logging.getLogger(__name__)


class SlackSink:
    """One bot in one workspace. Ids are `channel:ts`, both as Slack gave them. Buttons need an app token."""

    def __init__(
        self,
        client: WebClient,
        files: WebClient,
        token_reference: str,
        timer: Timer,
        app_token_reference: str | None = None,
    ) -> None:
        self._client = client
        self._files = files
        self._token_reference = token_reference
        self._timer = timer
        self._app_token_reference = app_token_reference
        self._offers = OFFERED if app_token_reference else ()
        self._free_at: dict[str, float] = {}

    def post(self, target: str, notice: Notice) -> str:
        """A new message in the channel, and its details in the thread; `channel:ts`."""
        answer = self._call_with_picture(
            self._client.chat_postMessage,
            target,
            notice,
            metadata={"event_type": "burnline_alert", "event_payload": {"fingerprint": notice.fingerprint}},
            unfurl_links=False,
            unfurl_media=False,
        )
        channel, ts = str(answer["channel"]), str(answer["ts"])
        self._add_details(channel, ts, notice)
        return f"{channel}:{ts}"

    def update(self, message_id: str, notice: Notice) -> None:
        """Edits the message in place."""
        channel, _, ts = message_id.partition(":")
        self._call_with_picture(self._client.chat_update, channel, notice, ts=ts)

    def reply(self, message_id: str, notice: Notice) -> None:
        """An answer in the message's thread."""
        channel, _, ts = message_id.partition(":")
        self._say_in_thread(channel, ts, message.reply_text(notice), message.reply_blocks(notice))

    def check(self) -> None:
        """Asks who the token belongs to, and with buttons also for the address they would be heard at."""
        try:
            self._client.auth_test()
            if self._app_token_reference:
                self._check_buttons(self._app_token_reference)
        except SlackApiError as refused:
            raise self._told(refused) from None
        except (OSError, HTTPException) as error:
            raise RetriableError(f"Slack does not answer ({type(error).__name__})") from None

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

    def _add_details(self, channel: str, ts: str, notice: Notice) -> None:
        """The alert is out by now: were an error told, all of it would be sent again."""
        blocks = message_details.details_blocks(notice)
        if not blocks:
            return
        try:
            self._say_in_thread(channel, ts, message_details.details_text(notice), blocks)
        except SinkError as error:
            log.warning("An alert went to Slack without its details (%s).", error.code)

    def _say_in_thread(self, channel: str, ts: str, text: str, blocks: list[message.Block]) -> None:
        options = {"thread_ts": ts, "unfurl_links": False, "unfurl_media": False}
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
                return self._paced(method, channel=channel, text=text, blocks=blocks, **options)
            except SlackApiError as refused:
                if refused.response.get("error") not in BAD_BLOCKS:
                    raise self._told(refused) from None
        if picture:
            slack_files.forget_picture(picture)
            log.warning("Slack does not show the picture of an alert; the alert goes without it.")
        return self._call(method, channel, text, message.root_blocks(notice, None, self._offers), **options)

    def _call(
        self, method: Callable[..., SlackResponse], channel: str, text: str, blocks: list[message.Block], **options: Any
    ) -> SlackResponse:
        """One call at the channel's pace; without the blocks when Slack refuses their form. Raises SinkError."""
        try:
            return self._paced(method, channel=channel, text=text, blocks=blocks, **options)
        except SlackApiError as refused:
            if refused.response.get("error") not in BAD_BLOCKS:
                raise self._told(refused) from None
        try:
            return self._paced(method, channel=channel, text=text, **options)
        except SlackApiError as refused:
            raise self._told(refused) from None

    def _paced(self, method: Callable[..., SlackResponse], *, channel: str, **arguments: Any) -> SlackResponse:
        wait = self._free_at.get(channel, 0.0) - self._timer.clock()
        if wait > 0:
            self._timer.sleep(wait)
        self._free_at[channel] = self._timer.clock() + SECONDS_BETWEEN_CALLS
        try:
            return method(channel=channel, parse="none", **arguments)
        except (OSError, HTTPException) as error:  # URLError and timeouts are OSErrors
            raise RetriableError(f"unreachable ({type(error).__name__})") from None
        except SlackRequestError:
            raise SinkConfigError(
                "bad_base_url",
                f"[slack] base_url {self._client.base_url!r} is not an address; remove it for Slack's own.",
            ) from None

    def _told(self, refused: SlackApiError) -> SinkError:
        response = refused.response
        code = str(response.get("error"))
        if response.status_code == 429 or code in BUSY:
            return RetriableError("ratelimited", retry_after=_retry_after(response))
        if response.status_code >= 500:
            return RetriableError(f"http_{response.status_code}")
        if code in BROKEN:
            return RetriableError(code, whole_sink=False)
        if code in UNUSABLE_TOKEN:
            forget(self._token_reference)
            return SinkConfigError(code, self._advice(code, response))
        if code in GONE:
            return GoneError(code)
        if not re.fullmatch(r"[a-z_]+", code):
            return RetriableError(f"not_slack_http_{response.status_code}")
        return RefusedError(code)

    def _advice(self, code: str, response: SlackResponse) -> str:
        if code == "missing_scope":
            needed = response.get("needed") or "chat:write"
            return f"The Slack app lacks the scope {needed}; add it, install the app again, and alerts go on."
        return (
            f"Slack refuses the bot token ({code}); put a valid one where [slack] bot_token points "
            f"({self._token_reference}). Alerts wait until then."
        )


def _retry_after(response: SlackResponse) -> float | None:
    """Seconds of the Retry-After header, which Slack gives as a whole number."""
    value = next((v for name, v in response.headers.items() if name.lower() == "retry-after"), None)
    text = str(value[0] if isinstance(value, list) else value)
    return float(text) if text.isascii() and text.isdigit() else None


def target(settings: Settings) -> str | None:
    """The channel of [slack], None without that section."""
    return settings.slack.channel if settings.slack else None


def connect(settings: Settings, timer: Timer) -> Sink:
    """A client for the workspace of the settings; no call is made. Raises SinkConfigError."""
    if settings.slack is None:
        raise SinkConfigError("not_configured", "burnline.toml has no [slack] section; messages for Slack wait.")
    token = _token(settings.slack.bot_token, "bot")
    client, files = (
        web_client(token, settings.slack.base_url, seconds) for seconds in (CALL_SECONDS, slack_files.CALL_SECONDS)
    )
    return SlackSink(client, files, settings.slack.bot_token, timer, settings.slack.app_token)


def _token(reference: str, kind: str) -> str:
    try:
        return resolve(reference).get_secret_value()
    except SecretError as error:
        raise SinkConfigError("no_token", f"The Slack {kind} token cannot be read: {error}") from None


SINK = SinkKind("slack", target=target, connect=connect)
