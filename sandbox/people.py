"""What the company asks its own people and the users of its AI work, and how many work there, as files it exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sandbox.catalog import TEAMS
from sandbox.company import Company
from sandbox.timeline import month_start

ENGAGEMENT_COLUMNS = ("submitted_at", "group", "recommend", "member", "comment")
STAKEHOLDER_COLUMNS = ("submitted_at", "department", "satisfaction", "person", "invited")
HEADCOUNT_COLUMNS = ("as_of", "department", "role_family", "fte", "is_ai_role", "voluntary_leavers")

HISTORY_MONTHS = 14
FIRST_DAY, LAST_DAY = 6, 15
"""A survey is open on these days of a quarter's second month."""

_SIZES = {"customer-care": 14, "discovery": 16, "trust": 11, "back-office": 8, "workplace": 4}
"""People of each team at the beginning; the last is too small to be shown."""
_MOOD = {"customer-care": 8.4, "discovery": 8.8, "trust": 8.1, "back-office": 7.4, "workplace": 8.0}
_STAKEHOLDERS = {"Sales": (24, 7.9), "Operations": (31, 7.4), "Finance": (12, 7.7), "Legal": (3, 6.5)}
"""Department → people who were asked, and what they answered at first."""
_GAIN_PER_WAVE = 0.12
_LEAVING = 0.011
"""Of a team's people, the share that leaves of its own wish in an ordinary month."""
_JOINING = 0.6
"""Where a post became free or the team grows, the chance that somebody begins in the month."""


@dataclass(frozen=True)
class _Wave:
    number: int
    month: date


def history_start(company: Company) -> date:
    """The first day of the first month that the files tell of."""
    return month_start(company.anchor, -HISTORY_MONTHS)


def engagement_rows(company: Company, end: date) -> Iterator[tuple[object, ...]]:
    """In the order of ENGAGEMENT_COLUMNS: one answer a person and wave; one person each wave answers twice."""
    for wave in _waves(company, end):
        for team in TEAMS:
            for person in range(_SIZES[team.key]):
                draw = Random(f"{company.seed}/engagement/{wave.month}/{team.key}/{person}")
                if draw.random() < 0.86:
                    score = _score(draw, _MOOD[team.key] + 0.5 * _GAIN_PER_WAVE * wave.number)
                    who = f"{team.key}-{person:02}"
                    yield (_submitted(draw, wave), team.name, score, who, "Could meet less" if score < 7 else "")
                    if team.key == "discovery" and person == wave.number:
                        again = _submitted(draw, wave, days_later=LAST_DAY - FIRST_DAY + 1)
                        yield (again, team.name, max(0, score - 1), who, "")


def stakeholder_rows(company: Company, end: date) -> Iterator[tuple[object, ...]]:
    """In the order of STAKEHOLDER_COLUMNS: those who use what the AI teams make, a little happier each quarter."""
    for wave in _waves(company, end):
        for department, (people, mood) in _STAKEHOLDERS.items():
            for person in range(people):
                draw = Random(f"{company.seed}/stakeholder/{wave.month}/{department}/{person}")
                if draw.random() < 0.72:
                    score = _score(draw, mood + _GAIN_PER_WAVE * wave.number)
                    yield (_submitted(draw, wave), department, score, f"{department}-{person:02}", people)


def headcount_rows(company: Company, end: date) -> Iterator[tuple[object, ...]]:
    """In the order of HEADCOUNT_COLUMNS: each month's last day, posts of each team and who left since the last one."""
    sizes = dict(_SIZES)
    months = 0
    while (following := month_start(history_start(company), months + 1)) <= end:
        as_of = following - timedelta(days=1)
        for team in TEAMS:
            draw = Random(f"{company.seed}/headcount/{as_of}/{team.key}")
            left = sum(draw.random() < _LEAVING for _ in range(sizes[team.key]))
            wanted = _SIZES[team.key] + months // 6
            joined = int(sizes[team.key] - left < wanted and draw.random() < _JOINING)
            sizes[team.key] += joined - left
            yield (as_of.isoformat(), team.name, "engineering", sizes[team.key] - 1, "true", left)
            yield (as_of.isoformat(), team.name, "product", 1, "true", 0)
        months += 1


def _waves(company: Company, end: date) -> Iterator[_Wave]:
    """The surveys whose last day has passed; each is in the second month of a quarter."""
    start = history_start(company)
    months = (month_start(start, offset) for offset in range(HISTORY_MONTHS + 13))
    second = (month for month in months if month.month % 3 == 2)
    for number, month in enumerate(second):
        if month + timedelta(days=LAST_DAY + 1) <= end:
            yield _Wave(number, month)


def _submitted(draw: Random, wave: _Wave, days_later: int = 0) -> str:
    day = wave.month + timedelta(days=min(draw.randint(FIRST_DAY, LAST_DAY) - 1 + days_later, LAST_DAY))
    moment = datetime.combine(day, time(draw.randint(8, 16), draw.randint(0, 59)), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _score(draw: Random, mood: float) -> int:
    return min(10, max(0, round(draw.gauss(mood, 1.5))))
