"""What a person answers to an alert: it was expected, or not worth the time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from alerts.detection.metrics import METRICS
from config.settings import SettingsError
from store.anomalies import add_feedback
from store.engine import Store
from store.tables import AnomalyFeedback


@dataclass(frozen=True, slots=True)
class Answer:
    """`last_day` None: the day the incident began. `factor` is how many times as much as usual was expected."""

    verdict: str
    last_day: date | None = None
    factor: Decimal | None = None
    note: str | None = None


def answer(store: Store, fingerprint: str, given: Answer, now: datetime) -> AnomalyFeedback:
    """Puts an answer on record; the next evaluation goes by it. Raises SettingsError, StoreError."""
    row = feedback_of(fingerprint, given, now)
    with store.write() as connection:
        add_feedback(connection, row)
    return row


def is_anomaly(fingerprint: str) -> bool:
    """Whether detection can learn from an answer to this alert."""
    return fingerprint.startswith("anomaly:")


def feedback_of(fingerprint: str, given: Answer, now: datetime) -> AnomalyFeedback:
    """The answer as it is kept. Raises SettingsError for another alert's fingerprint, and for days before it began."""
    metric, scope_type, scope, started_on = _parts(fingerprint)
    last_day = given.last_day or started_on
    if last_day < started_on:
        raise SettingsError(f"{last_day} lies before the incident, which began on {started_on}.")
    return AnomalyFeedback(
        feedback_id=uuid4().hex,
        given_at=now,
        metric=metric,
        scope_type=scope_type,
        scope=scope,
        verdict=given.verdict,
        start_on=started_on,
        end_on=last_day + timedelta(days=1),
        factor=given.factor,
        note=given.note,
    )


def _parts(fingerprint: str) -> tuple[str, str, str, date]:
    """Of `anomaly:metric:scope type:scope:day`; the scope itself may hold colons."""
    try:
        kind, metric, scope_type, rest = fingerprint.split(":", 3)
        scope, _, day = rest.rpartition(":")
        started_on = date.fromisoformat(day)
    except ValueError:
        kind, metric, started_on = "", "", date.min
    if kind != "anomaly" or metric not in METRICS:
        raise SettingsError(
            f"{fingerprint!r} is no anomaly alert; write its fingerprint, such as "
            "anomaly:cost:feature:search:2026-11-20 (python -m burnline query ops/open_alerts lists them)."
        )
    return metric, scope_type, scope, started_on
