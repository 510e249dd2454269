"""What customers and colleagues found wrong, and what auditors asked for, over the same 14 months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random

from sandbox.catalog import FEATURES
from sandbox.delivery import AHEAD_DAYS, HISTORY_DAYS

DEFECT_PROJECT, EVIDENCE_PROJECT = "BUG", "GRC"
CUSTOMER_LABEL, INTERNAL_LABEL = "customer", "internal"
AI_LABELS = ("ai-answer", "ai-retrieval", "ai-latency")
FRAMEWORKS = {"iso-42001": "ISO/IEC 42001", "eu-ai-act": "EU AI Act", "soc-2": "SOC 2"}
"""Label of a request → framework."""
FIXED, DUPLICATE, DECLINED = "Fixed", "Duplicate", "Won't Do"
DELIVERED, INCOMPLETE = "Delivered", "Incomplete"

_DAYS_BETWEEN_DEFECTS = (4.0, 6.5)
"""A year ago and now."""
_CUSTOMER, _AI, _DUPLICATE, _DECLINED, _REOPENED, _NEVER = 0.6, 0.85, 0.08, 0.06, 0.06, 0.03
_DAYS_BETWEEN_REQUESTS = 14
_LATE, _INCOMPLETE = 0.12, 0.06
OVERDUE_DAYS_BEFORE, FRESH_DAYS_BEFORE = 16, 2
"""Two requests are open whatever the seed: one past due, one not yet due."""


@dataclass(frozen=True)
class Ticket:
    """One defect or request. `ended_at` without an end: open for good; `reopened_at`: it came back once before."""

    key: str
    created_at: datetime
    labels: tuple[str, ...]
    feature: str | None
    priority: str | None
    ended_at: datetime | None
    resolution: str | None
    reopened_at: tuple[datetime, datetime] | None = None
    """Its first end and when it came back."""

    def over_at(self, now: datetime) -> datetime | None:
        """When it last ended, as known at `now`; None while it is open."""
        if self.ended_at is not None and self.ended_at <= now:
            return self.ended_at
        if self.reopened_at and self.reopened_at[0] <= now < self.reopened_at[1]:
            return self.reopened_at[0]
        return None


@cache
def company_defects(seed: int, anchor: date) -> tuple[Ticket, ...]:
    """Oldest first."""
    random = Random(f"{seed}/defects")
    return tuple(_defect(random, number, moment) for number, moment in enumerate(_moments(random, anchor), 1))


def _moments(random: Random, anchor: date) -> Iterator[datetime]:
    begin = datetime.combine(anchor, time(), UTC) - timedelta(days=HISTORY_DAYS)
    day, (then, now) = 0.0, _DAYS_BETWEEN_DEFECTS
    while day < HISTORY_DAYS + AHEAD_DAYS:
        yield begin + timedelta(seconds=int(day * 86_400))
        day += (then + (now - then) * day / HISTORY_DAYS) * (0.4 + 1.2 * random.random())


def _defect(random: Random, number: int, created_at: datetime) -> Ticket:
    is_ai = random.random() < _AI
    kind = random.choice(AI_LABELS) if is_ai else "layout"
    reporter = CUSTOMER_LABEL if random.random() < _CUSTOMER else INTERNAL_LABEL
    draw, days = random.random(), 0.5 + 13 * random.random()
    ended_at = created_at + timedelta(seconds=int(days * 86_400))
    resolution = DUPLICATE if draw < _DUPLICATE else DECLINED if draw < _DUPLICATE + _DECLINED else FIXED
    came_back = (ended_at - timedelta(hours=9), ended_at - timedelta(hours=5)) if draw > 1 - _REOPENED else None
    never = 1 - _REOPENED - _NEVER < draw <= 1 - _REOPENED
    return Ticket(
        key=f"{DEFECT_PROJECT}-{number}",
        created_at=created_at,
        labels=(kind, reporter),
        feature=random.choice(FEATURES).key,
        priority=random.choice(("Highest", "High", "High", "Medium", "Medium", "Low")),
        ended_at=None if never else ended_at,
        resolution=None if never else resolution,
        reopened_at=came_back,
    )


@cache
def company_requests(seed: int, anchor: date) -> tuple[Ticket, ...]:
    """Oldest first."""
    random = Random(f"{seed}/evidence")
    begin = datetime.combine(anchor, time(9), UTC)
    told = [(days - HISTORY_DAYS, True) for days in range(5, HISTORY_DAYS + AHEAD_DAYS, _DAYS_BETWEEN_REQUESTS)]
    told += [(-OVERDUE_DAYS_BEFORE, False), (-FRESH_DAYS_BEFORE, False)]
    return tuple(
        _request(random, number, begin + timedelta(days=day, minutes=random.randrange(400)), is_answered)
        for number, (day, is_answered) in enumerate(sorted(told), 1)
    )


def _request(random: Random, number: int, created_at: datetime, is_answered: bool) -> Ticket:
    late, incomplete = random.random() < _LATE, random.random() < _INCOMPLETE
    days = 9 + 5 * random.random() if late else 1 + 3.5 * random.random()
    ended_at = created_at + timedelta(seconds=int(days * 86_400))
    return Ticket(
        key=f"{EVIDENCE_PROJECT}-{number}",
        created_at=created_at,
        labels=(random.choice(tuple(FRAMEWORKS)),),
        feature=None,
        priority=None,
        ended_at=ended_at if is_answered else None,
        resolution=(INCOMPLETE if incomplete else DELIVERED) if is_answered else None,
    )
