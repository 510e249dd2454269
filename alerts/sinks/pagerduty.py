"""PagerDuty Events API v2: one PagerDuty alert a problem, by a dedup_key, so that saying it again changes nothing."""

from typing import Annotated, Any

import orjson
from pydantic import Field

from alerts.message import headline
from alerts.notice import Notice
from alerts.post import GONE, Answer, busy, post, read_secret
from alerts.sink import Action, Letter, Options, Receipt, RefusedError, Sink, SinkConfigError, SinkKind, Timer
from config.secrets import SecretReference, forget
from config.settings import Settings
from domain.own_incidents import CLIENT, incident_key

PATH = "/v2/enqueue"
SUMMARY_CHARACTERS = 1024
"""What PagerDuty takes of a summary; a detail is cut there too, or many long ones would be more than an event."""
SEVERITIES = {"page": "critical", "ticket": "warning", "info": "info"}
KEY_CHARACTERS = 32


class PagerDutyOptions(Options):
    """`routing_key` is a reference to an integration key of Events API v2. Europe's accounts have the base_url
    https://events.eu.pagerduty.com."""

    routing_key: SecretReference
    base_url: Annotated[str, Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)(:\d+)?/?$)")] = (
        "https://events.pagerduty.com"
    )


class PagerDutySink:
    """One integration. The root is the dedup_key."""

    def __init__(self, options: PagerDutyOptions) -> None:
        self._options = options
        self._key = read_secret(options.routing_key, "routing key").strip()

    def send(self, action: Action, letter: Letter) -> Receipt:
        """A trigger while the problem is open, an acknowledge when somebody has it, a resolve when it is over."""
        del action
        key = incident_key(letter.notice.fingerprint)
        body = {"routing_key": self._key, "dedup_key": key, **event(letter.notice)}
        answer = post(self._options.base_url.rstrip("/") + PATH, orjson.dumps(body))
        if answer.ok:
            return Receipt(key)
        if _names_the_key(answer):
            raise self._bad_key()
        if answer.status in GONE:
            raise SinkConfigError(
                f"http_{answer.status}",
                f"{self._options.base_url} takes no events (http_{answer.status}); correct base_url, or what stands "
                "between. Messages for it wait until then.",
            )
        raise busy(answer) or RefusedError("invalid_event" if answer.status == 400 else f"http_{answer.status}")

    def check(self) -> str:
        """Events are all that the API takes, so only the form of the key is looked at."""
        if len(self._key) != KEY_CHARACTERS or not self._key.isalnum():
            raise self._bad_key()
        return "has a routing key of the right form; whether PagerDuty takes it shows with the first event."

    def _bad_key(self) -> SinkConfigError:
        forget(self._options.routing_key)
        return SinkConfigError(
            "invalid_routing_key",
            f"PagerDuty has no integration with the key in {self._options.routing_key}; put the integration key of an "
            "Events API v2 integration there. Messages for it wait until then.",
        )


def event(notice: Notice) -> dict[str, Any]:
    """The event of a transition, without the key of its integration and its dedup_key."""
    if not notice.is_open:
        return {"event_action": "resolve"}
    if notice.transition == "acknowledged":
        return {"event_action": "acknowledge"}
    told: dict[str, Any] = {
        "event_action": "trigger",
        "payload": {
            "summary": _cut(f"{notice.title}: {notice.summary}"),
            "severity": SEVERITIES[notice.severity],
            "source": notice.fingerprint,
            "timestamp": notice.since.isoformat(),
            "class": notice.fingerprint.partition(":")[0],
            "custom_details": {
                "headline": headline(notice),
                **{label: _cut(value) for label, value in notice.fields},
                **({"Why": _cut(" ".join(notice.why))} if notice.why else {}),
                **({"What else happened": _cut(" ".join(notice.happened))} if notice.happened else {}),
                **({"Runbook": notice.runbook} if notice.runbook else {}),
            },
        },
        "client": CLIENT,
    }
    if notice.link:
        told |= {"client_url": notice.link, "links": [{"href": notice.link, "text": "Open in Burnline"}]}
    return told


def _names_the_key(answer: Answer) -> bool:
    """True when a 400 is about the integration's key and so about every event."""
    return answer.status == 400 and ("routing_key" in answer.text or "routing key" in answer.text.lower())


def _cut(text: str) -> str:
    return text if len(text) <= SUMMARY_CHARACTERS else text[: SUMMARY_CHARACTERS - 1] + "…"


def connect(options: PagerDutyOptions, _settings: Settings, _timer: Timer) -> Sink:
    """The integration, without a call. Raises SinkConfigError."""
    return PagerDutySink(options)


SINK = SinkKind(
    name="pagerduty",
    options=PagerDutyOptions,
    target=lambda _: "PagerDuty",
    connect=connect,
    tracks=True,
    repeatable=frozenset({"post"}),
    max_per_day=None,
)
