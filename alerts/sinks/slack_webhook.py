"""A Slack incoming webhook: each transition as a message of its own, in the one channel that the URL stands for."""

import orjson

from alerts import message
from alerts.notice import Notice
from alerts.post import Answer, post, refusal, secret_url
from alerts.sink import Action, Letter, Options, Receipt, Sink, SinkKind, Timer
from config.secrets import SecretReference
from config.settings import Settings

BAD_FORM = ("invalid_payload", "invalid_blocks", "invalid_blocks_format", "too_many_attachments", "msg_too_long")
"""The same as plain text gets through."""


class SlackWebhookOptions(Options):
    """`url` is a reference to the webhook's URL, which is a secret."""

    url: SecretReference


class SlackWebhookSink:
    """One webhook. It gives no id back, so nothing is edited or answered."""

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self._url = secret_url(reference)

    def send(self, action: Action, letter: Letter) -> Receipt:
        """A new message, whatever the action."""
        del action
        answer = self._post(letter.notice, with_blocks=True)
        if answer.status == 400 and answer.text.strip() in BAD_FORM:
            answer = self._post(letter.notice, with_blocks=False)
        if not answer.ok:
            word = answer.text.strip()
            raise refusal(answer, self._reference, word if word.isidentifier() and len(word) < 50 else None)
        return Receipt(letter.message_id)

    def check(self) -> str:
        """Nothing can be tried without a message."""
        return "has a URL; whether Slack takes it shows with the first message."

    def _post(self, notice: Notice, *, with_blocks: bool) -> Answer:
        said = message.root_text(notice)
        body = {"text": said, "blocks": message.root_blocks(notice)} if with_blocks else {"text": said}
        return post(self._url, orjson.dumps(body))


def connect(options: SlackWebhookOptions, _settings: Settings, _timer: Timer) -> Sink:
    """The webhook, without a call. Raises SinkConfigError."""
    return SlackWebhookSink(options.url)


SINK = SinkKind(name="slack_webhook", options=SlackWebhookOptions, target=lambda _: "Slack webhook", connect=connect)
