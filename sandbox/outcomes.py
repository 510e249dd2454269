"""What the company's AI work led to, as its own systems count it: tickets resolved, documents processed.

Counted from the model's requests, so a retry loop makes requests and costs but no documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sandbox.catalog import FRONTIER, PRODUCTION, SONNET
from sandbox.company import Company
from sandbox.events import event_factor
from sandbox.streams import Stream
from sandbox.timeline import HOURS_PER_DAY, day_of, epoch_day
from sandbox.traffic import FloatArray, stream_key, uniform

OUTCOME_COLUMNS = ("date", "feature", "result", "plan", "closed", "accepted", "safe", "good")
"""In the company's own words: `plan` is the customer's, `closed` counts tickets or documents."""


@dataclass(frozen=True)
class OutcomeCount:
    """Grain: day × feature × plan; in the order of OUTCOME_COLUMNS."""

    day: date
    feature: str
    result: str
    plan: str | None
    """None: nobody can tell."""
    closed: int
    accepted: int
    safe: int | None
    """None: nobody checks."""
    good: int
    """Accepted, and safe where that is checked."""


@dataclass(frozen=True)
class _Kind:
    feature: str
    result: str
    model: str
    """Whose calls do the work; other models of the feature only help."""
    calls_per_outcome: float
    plans: tuple[tuple[str | None, float, float], ...]
    """Plan, its share of the outcomes, the share of these that is accepted."""
    safe_ratio: float | None


_KINDS = (
    _Kind(
        "support-assistant",
        "ticket resolved",
        SONNET,
        7.5,
        (("basic", 0.62, 0.83), ("plus", 0.30, 0.88), ("business", 0.08, 0.92)),
        0.996,
    ),
    _Kind("invoice-reader", "document processed", FRONTIER, 1.6, ((None, 1.0, 0.94),), None),
)


def outcome_counts(company: Company, start: date, end: date) -> list[OutcomeCount]:
    """Every outcome of the whole UTC days [start, end), in order of feature, plan and day."""
    return [
        row
        for kind in _KINDS
        for plan, share, accepted in kind.plans
        for row in _of_plan(company, kind, (plan, share, accepted), start, end)
    ]


def _of_plan(
    company: Company, kind: _Kind, plan: tuple[str | None, float, float], start: date, end: date
) -> list[OutcomeCount]:
    name, share, accepted_ratio = plan
    key = stream_key(company.seed, f"outcome/{kind.feature}/{name}")
    days = np.arange(epoch_day(start), epoch_day(end), dtype=np.int64)
    wobble = 0.94 + 0.12 * uniform(key, 1, days)
    closed = np.floor(_wanted_calls(company, kind, days[0], days.size) / kind.calls_per_outcome * share * wobble)
    accepted = np.floor(closed * accepted_ratio * (0.98 + 0.04 * uniform(key, 2, days)))
    safe = closed if kind.safe_ratio is None else closed - np.ceil(closed * (1.0 - kind.safe_ratio))
    good = accepted - np.floor(accepted * (closed - safe) / np.maximum(closed, 1.0))
    return [
        OutcomeCount(
            day_of(int(day)),
            kind.feature,
            kind.result,
            name,
            int(closed[number]),
            int(accepted[number]),
            None if kind.safe_ratio is None else int(safe[number]),
            int(good[number]),
        )
        for number, day in enumerate(days)
    ]


def _wanted_calls(company: Company, kind: _Kind, first_day: int, days: int) -> FloatArray:
    """Calls per day without those that an event repeated."""
    total = np.zeros(days)
    for stream in company.streams:
        if (stream.feature, stream.model, stream.environment) == (kind.feature, kind.model, PRODUCTION):
            total += _wanted(company, stream, first_day, days)
    return total


def _wanted(company: Company, stream: Stream, first_day: int, days: int) -> FloatArray:
    first, last = first_day * HOURS_PER_DAY, (first_day + days) * HOURS_PER_DAY
    hours = np.arange(first, last, dtype=np.int64)
    requests = company.final_counts(first, last)[0, stream.index]
    repeated = event_factor(stream, epoch_day(company.anchor), hours / HOURS_PER_DAY, hours % HOURS_PER_DAY)
    return np.asarray((requests / repeated).reshape(days, HOURS_PER_DAY).sum(axis=1))
