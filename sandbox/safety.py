"""What the company's guardrails and reviewers found, hour by hour: rare, but for one evening of a jailbreak."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from sandbox.catalog import PRODUCTION
from sandbox.company import Company
from sandbox.timeline import HOURS_PER_DAY, epoch_day
from sandbox.traffic import FloatArray, IntArray, stream_key, uniform

SAFETY_COLUMNS = ("time", "app", "guardrail", "checked", "confirmed", "stopped", "reached_user")
JAILBREAK_DAYS_BEFORE = 3
JAILBREAK_FEATURE = "support-assistant"
_JAILBREAK_HOURS = range(17, 23)
_JAILBREAK_FACTOR = 25.0
_RATIOS = {"support-assistant": 0.0006, "shopping-guide": 0.0004, "semantic-search": 0.0001}
"""Feature → the share of interactions that break a policy on an ordinary day."""
_LEAKED = 0.06
"""Of these, the share that reached somebody."""
GUARDRAIL = "any"


@dataclass(frozen=True)
class SafetyCount:
    """Grain: hour × feature; in the order of SAFETY_COLUMNS."""

    time: datetime
    app: str
    guardrail: str
    checked: int
    confirmed: int
    stopped: int
    reached_user: int


def safety_counts(company: Company, start: date, end: date) -> list[SafetyCount]:
    """Every hour of the whole UTC days [start, end) with interactions, by feature and hour."""
    return [row for feature in _RATIOS for row in _of_feature(company, feature, start, end)]


def _of_feature(company: Company, feature: str, start: date, end: date) -> list[SafetyCount]:
    first, last = epoch_day(start) * HOURS_PER_DAY, epoch_day(end) * HOURS_PER_DAY
    checked = _interactions(company, feature, first, last)
    hours = np.arange(first, last, dtype=np.int64)
    expected = checked * _RATIOS[feature] * _factor(company, feature, hours)
    chance = uniform(stream_key(company.seed, f"safety/{feature}"), 1, hours)
    confirmed = np.minimum(np.floor(expected + chance), checked).astype(np.int64)
    leak = uniform(stream_key(company.seed, f"safety/{feature}"), 2, hours)
    leaked = np.floor(confirmed * _LEAKED + leak).astype(np.int64)
    leaked = np.minimum(leaked, confirmed)
    midnight = datetime(1970, 1, 1, tzinfo=UTC)
    return [
        SafetyCount(
            midnight + timedelta(hours=int(hour)),
            feature,
            GUARDRAIL,
            int(checked[n]),
            int(confirmed[n]),
            int(confirmed[n] - leaked[n]),
            int(leaked[n]),
        )
        for n, hour in enumerate(hours)
        if checked[n]
    ]


def _interactions(company: Company, feature: str, first: int, last: int) -> IntArray:
    counts = company.final_counts(first, last)[0]
    chosen = [s.index for s in company.streams if s.feature == feature and s.environment == PRODUCTION]
    return np.asarray(counts[chosen].sum(axis=0), dtype=np.int64)


def _factor(company: Company, feature: str, hours: IntArray) -> FloatArray:
    factor = np.ones(hours.size)
    if feature == JAILBREAK_FEATURE:
        day = epoch_day(company.anchor) - JAILBREAK_DAYS_BEFORE
        inside = (hours // HOURS_PER_DAY == day) & np.isin(hours % HOURS_PER_DAY, list(_JAILBREAK_HOURS))
        factor[inside] = _JAILBREAK_FACTOR
    return factor
