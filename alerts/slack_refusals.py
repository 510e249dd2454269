"""What Slack's error codes mean for the outbox."""

import re
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from alerts.sink import GoneError, RefusedError, RetriableError, SinkConfigError, SinkError
from config.secrets import forget

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
NO_RIGHT = {"missing_scope", "restricted_action"}
"""A good token that may not do this."""
NO_CHANNEL = {"channel_not_found", "not_in_channel", "is_archived"}
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


@dataclass(frozen=True, slots=True)
class Refusals:
    """Those of one bot, whose token is at `token_reference`, in one channel."""

    token_reference: str
    channel: str

    def told(self, refused: SlackApiError, channel: str) -> SinkError:
        """What a refusal means for the outbox; `channel` is where the call went."""
        response = refused.response
        code = str(response.get("error"))
        if response.status_code == 429 or code in BUSY:
            return RetriableError("ratelimited", retry_after=_retry_after(response))
        if response.status_code >= 500:
            return RetriableError(f"http_{response.status_code}")
        if code in BROKEN:
            return RetriableError(code, everything=False)
        if code in UNUSABLE_TOKEN:
            forget(self.token_reference)
            return SinkConfigError(code, self._advice(code, response))
        if code in GONE:
            return GoneError(code)
        if code in NO_CHANNEL:
            return self.no_channel(code, channel)
        if not re.fullmatch(r"[a-z_]+", code):
            return RetriableError(f"not_slack_http_{response.status_code}")
        return RefusedError(code)

    def no_channel(self, code: str, channel: str) -> SinkError:
        """The channel does not exist, is archived, or is closed to the bot."""
        if channel != self.channel:  # where the alert was told before the settings named another channel
            return GoneError(code)
        return SinkConfigError(
            code,
            f"Slack has no channel {channel} for this bot ({code}): correct the channel, or invite the bot to it. "
            "Messages for it wait until then.",
        )

    def _advice(self, code: str, response: SlackResponse) -> str:
        if code == "missing_scope":
            needed = response.get("needed") or "chat:write"
            return f"The Slack app lacks the scope {needed}; add it, install the app again, and alerts go on."
        return (
            f"Slack refuses the bot token ({code}); put a valid one where [slack] bot_token points "
            f"({self.token_reference}). Alerts wait until then."
        )


def _retry_after(response: SlackResponse) -> float | None:
    """Seconds of the Retry-After header, which Slack gives as a whole number."""
    value = next((v for name, v in response.headers.items() if name.lower() == "retry-after"), None)
    text = str(value[0] if isinstance(value, list) else value)
    return float(text) if text.isascii() and text.isdigit() else None
