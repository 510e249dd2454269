"""What happened to the company, dated relative to the anchor: launch, price change, routing change, spike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from sandbox.catalog import FRONTIER, OPUS, SONNET, STAGING
from sandbox.streams import Stream
from sandbox.timeline import day_of

LAUNCH_FEATURE = "shopping-guide"
ROUTING_FEATURE = "code-review"
SPIKE_FEATURE = "invoice-reader"

LAUNCH_DAYS_BEFORE = 45
PRICE_CHANGE_DAYS_BEFORE = 60
ROUTING_DAYS_BEFORE = 30
_SPIKE_DAYS_BEFORE = 12

_STAGING_LEAD_DAYS = 30
_LAUNCH_RAMP_DAYS = 9.0
_SHARE_KEPT_ON_SONNET = 0.2
_SPIKE_FACTOR = 11.0
_SPIKE_HOURS = (6, 22)


@dataclass(frozen=True)
class Event:
    occurred_at: datetime
    kind: str
    title: str
    feature: str | None


def spike_days_before(anchor: date) -> int:
    """How long before the anchor the spike was: about 12 days, on a weekday, when invoices come in."""
    weekday = (anchor - timedelta(days=_SPIKE_DAYS_BEFORE)).weekday()
    return _SPIKE_DAYS_BEFORE + {5: 1, 6: -1}.get(weekday, 0)


def company_events(anchor: date) -> tuple[Event, ...]:
    """The events an operator would annotate, oldest first."""

    def at(days_before: int, hour: int = 0) -> datetime:
        return datetime.combine(anchor - timedelta(days=days_before), time(hour), tzinfo=UTC)

    return (
        Event(at(PRICE_CHANGE_DAYS_BEFORE), "price_change", f"OpenAI lowers {FRONTIER} by a sixth", None),
        Event(at(LAUNCH_DAYS_BEFORE), "launch", "Shopping guide goes live for all customers", LAUNCH_FEATURE),
        Event(
            at(ROUTING_DAYS_BEFORE), "routing_change", f"Code review moves from {SONNET} to {OPUS}",
            ROUTING_FEATURE,
        ),
        Event(
            at(spike_days_before(anchor), _SPIKE_HOURS[0]), "cost_spike", "Invoice reader retries in a loop",
            SPIKE_FEATURE,
        ),
    )  # fmt: skip


def event_factor(
    stream: Stream, anchor_day: int, days: npt.NDArray[np.float64], hour_of_day: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """What the events multiply a stream's demand by, per hour.

    `days` are days since the epoch with fraction, `hour_of_day` 0–23 in UTC.
    """
    if stream.feature == LAUNCH_FEATURE:
        return _launch(stream, days - anchor_day)
    if stream.feature == ROUTING_FEATURE and stream.environment != STAGING:
        return _routing(stream, days - anchor_day)
    if stream.feature == SPIKE_FEATURE and stream.environment != STAGING and stream.tier == "default":
        in_day = np.floor(days) == anchor_day - spike_days_before(day_of(anchor_day))
        in_hours = (hour_of_day >= _SPIKE_HOURS[0]) & (hour_of_day < _SPIKE_HOURS[1])
        return np.where(in_day & in_hours, _SPIKE_FACTOR, 1.0)
    return np.ones_like(days)


def _launch(stream: Stream, age: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if stream.environment == STAGING:
        return np.where(age >= -LAUNCH_DAYS_BEFORE - _STAGING_LEAD_DAYS, 1.0, 0.0)
    live_days = age + LAUNCH_DAYS_BEFORE
    ramp = 1.0 - 0.85 * np.exp(-np.maximum(live_days, 0.0) / _LAUNCH_RAMP_DAYS)
    return np.where(live_days >= 0, ramp, 0.0)


def _routing(stream: Stream, age: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    routed = age >= -ROUTING_DAYS_BEFORE
    if stream.model == SONNET:
        return np.where(routed, _SHARE_KEPT_ON_SONNET, 1.0)
    if stream.model == OPUS:
        return np.where(routed, 1.0 - _SHARE_KEPT_ON_SONNET, 0.0)
    return np.ones_like(age)
