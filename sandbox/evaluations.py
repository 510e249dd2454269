"""What the company evaluates before it releases, and what judges and people think of its answers afterwards.

Quality rises slowly, but for one feature that went through a dip. Nearly every version is evaluated a day before its
release, once by an automated suite and once by the regression suite.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from random import Random

from sandbox.delivery import company_delivery

HISTORY_DAYS = 430
"""Answers are scored from that many days before the anchor on; the first release is a little later."""
_DAYS_AFTER = 63
"""The company goes on after the anchor."""

AUTOMATED, REGRESSION = "automated", "regression"
METRIC = "task_success/mean"
VARIANCE = "task_success/variance"
ITEMS = "items"
JUDGE, JUDGE_VERSION = "answer-judge", "2"

DIP_FEATURE = "invoice-reader"
_DIP_DAYS = range(60, 130)
"""Days before the anchor in which its quality was lower."""
_DIP = 0.09
_RISE = 0.08
"""How much better answers get over the whole history."""
_ONLY_AUTOMATED, _OLDER_VERSION = 0.05, 0.10
"""Shares of the releases, added up, whose regression suite did not run, or ran on the version before."""

SCORED_FEATURE = "support-assistant"
"""The one whose answers are scored in production."""
HELPFULNESS, RESOLVED = "helpfulness", "resolved"
SCALE = (1, 5)
"""Of the helpfulness."""


@dataclass(frozen=True)
class EvaluationRun:
    """One run of one suite over one version; `quality` is the mean of its items on 0 to 1."""

    run_id: str
    feature: str
    version: str
    suite: str
    ended_at: datetime
    quality: float
    variance: float
    item_count: int
    passed: bool


@dataclass(frozen=True)
class AnswerScore:
    """One score of one answer in production: a number by a judge, or yes or no by a person."""

    score_id: str
    trace_id: str
    name: str
    value: float | bool
    at: datetime


def evaluation_runs(seed: int, anchor: date) -> tuple[EvaluationRun, ...]:
    """Every run, oldest first: of what was to be released, a day before, by the commit that went out."""
    random = Random(f"{seed}/evaluations")
    runs: list[EvaluationRun] = []
    before: dict[str, str] = {}
    for one in company_delivery(seed, anchor).releases:
        if not one.succeeds or one.reverts:
            continue
        at = one.finished_at.replace(minute=0, second=0) - timedelta(days=1)
        draw = random.random()
        is_older = _ONLY_AUTOMATED <= draw < _OLDER_VERSION and one.feature in before
        version = before[one.feature] if is_older else one.sha
        days_before = (anchor - at.date()).days
        runs.append(_run(random, one.feature, version, AUTOMATED, at, days_before))
        if draw >= _ONLY_AUTOMATED:
            runs.append(_run(random, one.feature, version, REGRESSION, at + timedelta(minutes=50), days_before))
        before[one.feature] = one.sha
    return tuple(sorted(runs, key=lambda run: run.ended_at))


def answer_scores(seed: int, anchor: date) -> tuple[AnswerScore, ...]:
    """Every score, oldest first: once a week a judge looks at eight answers and a person at four."""
    random = Random(f"{seed}/scores")
    found: list[AnswerScore] = []
    for week, days_before in enumerate(range(HISTORY_DAYS, -_DAYS_AFTER, -7)):
        quality = _quality(random, SCORED_FEATURE, days_before)
        for number in range(8):
            at = _noon(anchor, days_before) + timedelta(minutes=number)
            trace = _id(seed, f"trace/{week}/{number}")
            helpful = min(SCALE[1], max(SCALE[0], round(1 + 4 * quality + random.gauss(0, 0.6))))
            found.append(AnswerScore(_id(seed, f"h/{week}/{number}"), trace, HELPFULNESS, float(helpful), at))
            if number < 4:
                resolved = random.random() < quality
                found.append(AnswerScore(_id(seed, f"r/{week}/{number}"), trace, RESOLVED, resolved, at))
    return tuple(found)


def _run(random: Random, feature: str, version: str, suite: str, at: datetime, days_before: int) -> EvaluationRun:
    quality = _quality(random, feature, days_before)
    return EvaluationRun(
        run_id=sha256(f"{feature}/{version}/{suite}/{at}".encode()).hexdigest()[:32],
        feature=feature,
        version=version,
        suite=suite,
        ended_at=at,
        quality=quality,
        variance=round(0.6 * quality * (1 - quality), 6),
        item_count=random.randrange(200, 400, 20),
        passed=quality >= 0.7,
    )


def _quality(random: Random, feature: str, days_before: int) -> float:
    base = 0.74 + 0.12 * Random(feature).random()
    dip = _DIP if feature == DIP_FEATURE and days_before in _DIP_DAYS else 0.0
    return round(base + _RISE * (1 - days_before / HISTORY_DAYS) - dip + random.gauss(0, 0.008), 4)


def _noon(anchor: date, days_before: int) -> datetime:
    return datetime.combine(anchor - timedelta(days=days_before), time(12), tzinfo=UTC)


def _id(seed: int, name: str) -> str:
    return sha256(f"{seed}/{name}".encode()).hexdigest()[:24]
