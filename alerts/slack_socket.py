"""Hears what people press in Slack over Socket Mode: a connection that we open, so nothing of ours is public."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.client import HTTPException
from threading import Event, Lock, Thread
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web import WebClient

from alerts.offers import Act
from alerts.slack_actions import Press, presses
from alerts.slack_client import SDK_LOG, web_client
from config.secrets import SecretError, forget, redact, resolve
from config.settings import Slack

log = logging.getLogger(__name__)

CALL_SECONDS = 20
PING_SECONDS = 5.0
"""How often the SDK looks whether the connection lives, and opens a new one if not."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 5.0, 300.0
CLOSE_SECONDS = 10.0
REMEMBERED = 1000
"""Envelopes that are known again: Slack repeats one within minutes when it saw no answer."""
FAILED = "Burnline could not do that now; try again in a minute."


class SlackSocket:
    """One connection of one app. Give it what a press does, and what to call when something was done."""

    def __init__(
        self,
        settings: Slack,
        app_token: str,
        act: Act,
        changed: Callable[[], None],
        now: Callable[[], datetime],
        *,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._settings = settings
        self._act = act
        self._changed = changed
        self._now = now
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()
        self._stopping = Event()
        self._client = _Client(app_token, settings.base_url, ping_seconds)
        self._client.socket_mode_request_listeners.append(self._hear)
        self._thread = Thread(target=self._connect, name="slack-socket", daemon=True)

    def start(self) -> None:
        """Connects in the background, for as long as it takes; the SDK connects again by itself afterwards."""
        self._thread.start()

    def stop(self, *, wait: bool = False) -> None:
        """Closes the connection; `wait` stays until its threads have ended, some seconds.

        The SDK may wait for ever for a session that it opened while it was being closed; its threads end with ours.
        """
        self._stopping.set()
        closing = Thread(target=self._close, name="slack-socket-close", daemon=True)
        closing.start()
        if wait:
            closing.join(CLOSE_SECONDS)
            self._thread.join(CLOSE_SECONDS)

    def _close(self) -> None:
        for _ in range(2):  # the SDK trips over a socket that the other side closes at the same moment
            with suppress(AttributeError):
                self._client.close()
                return

    def _connect(self) -> None:
        wait = FIRST_WAIT_SECONDS
        while not self._stopping.is_set():
            try:
                self._client.connect()
            except (SlackClientError, SecretError, OSError, HTTPException):  # told by the client, once
                self._stopping.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)
            else:
                return

    def _hear(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """One envelope: acknowledged at once, for Slack waits three seconds, then done."""
        try:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        except (SlackClientError, OSError):
            log.info("An envelope of Slack could not be acknowledged; it will come again.")
        if request.type != "interactive" or not self._is_new(request.envelope_id):
            return
        for press in presses(request.payload):
            self._do(press)

    def _is_new(self, envelope_id: str) -> bool:
        with self._lock:
            if envelope_id in self._seen:
                return False
            self._seen[envelope_id] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
            return True

    def _do(self, press: Press) -> None:
        try:
            answer = self._act(press.alert_id, press.action, press.who, self._now())
            self._changed()
        except Exception as error:  # the person must hear of it, and the SDK would keep it to itself
            log.error("A button of Slack could not be answered: %s", redact(str(error)))  # noqa: TRY400
            log.debug("The press was %s", press, exc_info=True)
            answer = FAILED
        if answer:
            self._answer(press, answer)

    def _answer(self, press: Press, sentence: str) -> None:
        """Only the person who pressed sees it."""
        try:
            bot = web_client(
                resolve(self._settings.bot_token).get_secret_value(), self._settings.base_url, CALL_SECONDS
            )
            bot.chat_postEphemeral(channel=press.channel, user=press.user_id, text=sentence)
        except (SlackClientError, SecretError, OSError, HTTPException) as error:
            log.warning("Nobody could be told in Slack: %s", redact(str(error)))


class _Client(SocketModeClient):
    """Slack's client, which logs nothing of its own and goes by our rules for tokens and proxies."""

    def __init__(self, token_reference: str, base_url: str, ping_seconds: float) -> None:
        self._token_reference = token_reference
        self._trouble: str | None = None
        client: WebClient = web_client(None, base_url, CALL_SECONDS)
        super().__init__("", logger=SDK_LOG, web_client=client, ping_interval=ping_seconds, concurrency=2)
        self.proxy = proxy_for(base_url)

    def issue_new_wss_url(self) -> str:
        """A new address to connect to, with the token as it is now. Raises what the SDK raises."""
        try:
            self.app_token = resolve(self._token_reference).get_secret_value()
            url = super().issue_new_wss_url()
        except SecretError as error:
            self._tell(f"the app token cannot be read: {error}")
            raise
        except SlackApiError as refused:
            forget(self._token_reference)
            self._tell(f"Slack refuses the app token ({refused.response.get('error')}); see {self._token_reference}")
            raise
        except (OSError, HTTPException) as error:
            self._tell(f"Slack does not answer ({type(error).__name__})")
            raise
        if self._trouble:
            log.warning("The buttons in Slack work again.")
            self._trouble = None
        return url

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("The buttons in Slack do nothing: %s.", redact(trouble))
        self._trouble = trouble


def proxy_for(base_url: str) -> str | None:
    """The proxy that HTTPS_PROXY and NO_PROXY give for Slack; the SDK forgets NO_PROXY, and plain ws:// takes none."""
    address = urlsplit(base_url)
    if address.scheme != "https" or proxy_bypass(address.hostname or ""):
        return None
    return getproxies().get("https")


def slack_socket(
    settings: Slack | None, act: Act, changed: Callable[[], None], now: Callable[[], datetime]
) -> SlackSocket | None:
    """The connection of these settings, not started yet; None when no buttons are asked for."""
    if settings is None or settings.app_token is None:
        return None
    return SlackSocket(settings, settings.app_token, act, changed, now)
