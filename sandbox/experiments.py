"""The experiments the company runs on its customers: what was tried, when, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from random import Random

HISTORY_DAYS = 430
_DAYS_AFTER = 60
FEATURES = ("support-assistant", "semantic-search", "shopping-guide", "product-copy", "fraud-review", "voice-replies")
"""Those that are experimented with."""
SHOP = "shop"
"""Experiments with the shop itself have nothing to do with AI."""

WON, LOST, INCONCLUSIVE, ABORTED = "won", "lost", "inconclusive", "aborted"
_OUTCOMES = ((0.45, WON), (0.72, LOST), (0.90, INCONCLUSIVE), (1.0, ABORTED))
"""The share of the draws up to which each is taken."""


@dataclass(frozen=True)
class CompanyExperiment:
    """One experiment as it will have been; `spans` are its iterations, none for one that was given up before."""

    experiment_id: str
    key: str
    subject: str
    """A feature's key, or SHOP."""
    created_at: datetime
    spans: tuple[tuple[datetime, datetime], ...]
    archived_at: datetime | None
    outcome: str


def company_experiments(seed: int, anchor: date) -> tuple[CompanyExperiment, ...]:
    """Every experiment, oldest first; on each subject a new one about every five weeks."""
    random = Random(f"{seed}/experiments")
    found = []
    for subject in (*FEATURES, SHOP):
        days_before, number = HISTORY_DAYS - random.randrange(25), 1
        while days_before > -_DAYS_AFTER:
            created_at = datetime.combine(anchor - timedelta(days=days_before), time(9, 30), tzinfo=UTC)
            found.append(_experiment(random, f"{subject}-x{number}", subject, created_at))
            days_before, number = days_before - random.randrange(28, 45), number + 1
    return tuple(sorted(found, key=lambda one: (one.created_at, one.key)))


def _experiment(random: Random, key: str, subject: str, created_at: datetime) -> CompanyExperiment:
    draw = random.random()
    outcome = next(word for share, word in _OUTCOMES if draw <= share)
    spans: list[tuple[datetime, datetime]] = []
    begin = created_at + timedelta(days=random.randrange(2, 6))
    archived_at = begin + timedelta(days=10) if outcome == ABORTED else None
    for _ in range(0 if outcome == ABORTED else random.choice((1, 1, 1, 2))):
        end = begin + timedelta(days=random.randrange(8, 20), hours=random.randrange(8))
        spans.append((begin, end))
        begin = end + timedelta(days=1)
    name = sha256(key.encode()).hexdigest()[:24]
    return CompanyExperiment(name, key, subject, created_at, tuple(spans), archived_at, outcome)
