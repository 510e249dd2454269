"""Requests of the company's LiteLLM proxy, which a few features go through: an outage, a slow burn, a quiet one.

Every request is a pure function of seed, service, hour and number, as in `sandbox.traffic`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np

from sandbox.catalog import ANTHROPIC, FRONTIER, OPENAI, SMALL, SONNET
from sandbox.incidents import OUTAGE_DAYS_BEFORE
from sandbox.timeline import HOURS_PER_DAY, epoch_day
from sandbox.traffic import IntArray, stream_key, uniform

GATEWAY_DAYS = 35
"""The proxy keeps its log for so long before the anchor."""

OUTAGE_SERVICE = "support-assistant"
_OUTAGE = (time(9, 14), time(11, 32))
_OUTAGE_FAILURES = 0.85
BURN_SERVICE = "semantic-search"
BURN_DAYS_BEFORE = 12
"""Since then one request in a hundred fails: no alarm in an hour, the budget of a month in ten days."""
_BURN_FAILURES = 0.01
QUIET_SERVICE = "research-desk"


@dataclass(frozen=True)
class Service:
    """One feature behind the proxy. `seconds` is the middle duration, `failures` the ordinary share."""

    name: str
    provider: str
    model: str
    daily: float
    seconds: float
    failures: float
    tokens: tuple[int, int]


SERVICES = (
    Service(OUTAGE_SERVICE, ANTHROPIC, SONNET, 880, 2.2, 0.0012, (3600, 340)),
    Service(BURN_SERVICE, OPENAI, SMALL, 560, 0.6, 0.0004, (1400, 60)),
    Service("shopping-guide", ANTHROPIC, SONNET, 220, 3.1, 0.0015, (5200, 520)),
    Service(QUIET_SERVICE, OPENAI, FRONTIER, 22, 6.5, 0.002, (9000, 1100)),
)


@dataclass(frozen=True)
class GatewayRequest:
    """One request as the proxy logged it. `status_code` is None for an answer."""

    request_id: str
    service: Service
    started_at: datetime
    milliseconds: int
    first_token_milliseconds: int | None
    status_code: int | None
    input_tokens: int
    output_tokens: int

    @property
    def ended_at(self) -> datetime:
        """When it was logged."""
        return self.started_at + timedelta(milliseconds=self.milliseconds)


def outage(anchor: date) -> tuple[datetime, datetime]:
    """From when to when the proxy got hardly an answer for the support assistant."""
    day = anchor - timedelta(days=OUTAGE_DAYS_BEFORE)
    start, end = (datetime.combine(day, moment, UTC) for moment in _OUTAGE)
    return start, end


@lru_cache(maxsize=80)
def requests_of(seed: int, anchor: date, day: date) -> tuple[GatewayRequest, ...]:
    """Every request that started on a UTC day, in order of time; none before the proxy's log begins."""
    if day < anchor - timedelta(days=GATEWAY_DAYS):
        return ()
    found = [one for service in SERVICES for one in _of_service(seed, anchor, service, day)]
    return tuple(sorted(found, key=lambda one: (one.started_at, one.request_id)))


def _of_service(seed: int, anchor: date, service: Service, day: date) -> Iterator[GatewayRequest]:
    key = stream_key(seed, f"gateway/{service.name}")
    hours = epoch_day(day) * HOURS_PER_DAY + np.arange(HOURS_PER_DAY, dtype=np.int64)
    shape = 0.35 + np.exp(-(((np.arange(HOURS_PER_DAY) - 14.0) / 5.0) ** 2))
    expected = service.daily * shape / shape.sum()
    counts = np.floor(expected + uniform(key, 1, hours)).astype(np.int64)
    ids: IntArray = np.repeat(hours, counts) * 10_000 + np.arange(counts.sum())
    offsets = (uniform(key, 2, ids) * 3_600_000).astype(np.int64)
    spread = np.exp(0.45 * np.sqrt(-2 * np.log(uniform(key, 3, ids))) * np.cos(2 * np.pi * uniform(key, 4, ids)))
    milliseconds = (service.seconds * 1000 * spread).astype(np.int64) + 20
    first = (0.12 + 0.2 * uniform(key, 5, ids)) * milliseconds
    luck, kind = uniform(key, 6, ids), uniform(key, 7, ids)
    size = 0.6 + 0.8 * uniform(key, 8, ids)
    for place, number in enumerate(ids.tolist()):
        started_at = datetime.fromtimestamp(number // 10_000 * 3600, UTC) + timedelta(milliseconds=int(offsets[place]))
        failed = luck[place] < _failures(service, anchor, started_at)
        status = (429 if kind[place] < 0.25 else 503) if failed else None
        yield GatewayRequest(
            request_id=f"chatcmpl-{service.name}-{number}",
            service=service,
            started_at=started_at,
            milliseconds=int(milliseconds[place]),
            first_token_milliseconds=None if failed else int(first[place]),
            status_code=status,
            input_tokens=0 if failed else int(service.tokens[0] * size[place]),
            output_tokens=0 if failed else int(service.tokens[1] * size[place]),
        )


def _failures(service: Service, anchor: date, moment: datetime) -> float:
    start, end = outage(anchor)
    if service.name == OUTAGE_SERVICE and start <= moment < end:
        return _OUTAGE_FAILURES
    if service.name == BURN_SERVICE and moment.date() >= anchor - timedelta(days=BURN_DAYS_BEFORE):
        return _BURN_FAILURES
    return service.failures
