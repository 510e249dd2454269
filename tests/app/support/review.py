"""What leadership reviews in the small company: 14 months of releases, evaluations, defects, people, by arithmetic."""

from datetime import datetime, timedelta

from store.tables import (
    Defect,
    Evaluation,
    EvidenceRequest,
    Experiment,
    Measurement,
    Opening,
    Release,
    SafetyHour,
    Spec,
)
from tests.app.support.company import FEATURES

MONTHS = 14
DAYS = MONTHS * 30
EVERY_DAYS = 21
OUTCOMES = ("won", "lost", "inconclusive", "aborted")


def specs(now: datetime) -> list[Spec]:
    """One per release; every seventh waits for its release."""
    return [
        Spec(
            source="jira_specs",
            spec_id=f"AI-{number}",
            created_at=at - timedelta(days=40),
            status="Approved",
            feature=feature,
            approved_at=None if number % 11 == 0 else at - timedelta(days=12 + number % 9 + (DAYS - age) // -40),
        )
        for number, (feature, _, at, age) in enumerate(_releases(now))
    ]


def releases(now: datetime) -> list[Release]:
    """One every three weeks and feature; every ninth is reverted three days later, every thirteenth failed."""
    made = []
    for number, (feature, version, at, _) in enumerate(_releases(now)):
        failed = number % 13 == 5
        made.append(
            Release(
                source="github_releases",
                release_id=f"d{number}",
                created_at=at - timedelta(hours=1),
                kind=("prompt", "model", "feature")[number % 3],
                status="failed" if failed else "released",
                version=version,
                feature=feature,
                released_at=None if failed else at,
                spec_id=None if number % 7 == 0 else f"AI-{number}",
                approved_at=at - timedelta(hours=2),
                approval_count=1,
            )
        )
        if number % 9 == 4 and not failed and at + timedelta(days=3) < now:
            made.append(
                Release(
                    source="github_releases",
                    release_id=f"r{number}",
                    created_at=at + timedelta(days=3),
                    kind=made[-1].kind,
                    status="released",
                    version=f"{version}-revert",
                    feature=feature,
                    released_at=at + timedelta(days=3),
                    reverts=f"d{number}",
                )
            )
    return made


def evaluations(now: datetime) -> list[Evaluation]:
    """Both suites of most versions, a day before the release; scores rise slowly."""
    made = []
    for number, (feature, version, at, age) in enumerate(_releases(now)):
        if number % 10 == 0:
            continue
        for kind in ("automated", "regression"):
            score = 0.8 + 0.1 * (DAYS - age) / DAYS
            made.append(
                Evaluation(
                    source="mlflow",
                    evaluation_id=f"{version}-{kind}",
                    evaluated_at=at - timedelta(days=1),
                    kind=kind,
                    task=feature,
                    metric="faithfulness",
                    value=score,
                    score=score,
                    score_stddev=0.2,
                    sample_count=200,
                    passed=True,
                    evaluator="judge-a",
                    evaluator_version="1",
                    feature=feature,
                    version=version,
                )
            )
    return made


def experiments(now: datetime) -> list[Experiment]:
    """Two a month; the newest ones run."""
    return [
        Experiment(
            source="launchdarkly",
            experiment_id=f"x{number}",
            created_at=now - timedelta(days=age + 2),
            status="running" if age < 20 else "stopped",
            feature=FEATURES[number % len(FEATURES)].feature,
            started_at=now - timedelta(days=age),
            ended_at=None if age < 20 else now - timedelta(days=age - 14),
            decided_at=None if age < 20 or number % 4 == 3 else now - timedelta(days=age - 15),
            outcome=None if age < 20 else OUTCOMES[number % 4],
            passed_gate=number % 3 != 0,
            iteration_count=1 + number % 2,
            is_ai=True,
        )
        for number, age in enumerate(range(DAYS, 0, -15))
    ]


def defects(now: datetime) -> list[Defect]:
    """A few a month, fewer each month; some found by ourselves, some twice, some none."""
    return [
        Defect(
            source="jira_defects",
            defect_id=f"BUG-{number}",
            reported_at=now - timedelta(days=age),
            status="open" if age < 12 else ("declined" if number % 9 == 0 else "resolved"),
            severity="high",
            reported_by="internal" if number % 4 == 0 else "customer",
            ai_related=True,
            feature=FEATURES[number % len(FEATURES)].feature,
            resolved_at=None if age < 12 else now - timedelta(days=age - 9),
            root_id=f"BUG-{number - 1}" if number % 10 == 7 else None,
        )
        for number, age in enumerate(age for age in range(DAYS, 0, -6) if age % 4 or age > DAYS // 2)
    ]


def evidence(now: datetime) -> list[EvidenceRequest]:
    """One a month; the last is waiting."""
    return [
        EvidenceRequest(
            source="jira_evidence",
            request_id=f"AUD-{number}",
            requested_at=now - timedelta(days=age),
            delivered_at=None if age < 5 else now - timedelta(days=age - (12 if number % 6 == 2 else 4)),
            is_complete=True,
            framework="ISO 42001",
        )
        for number, age in enumerate(range(DAYS - 17, 0, -30))
    ]


def measurements(now: datetime) -> list[Measurement]:
    """A survey a quarter, people by the month."""
    made = []
    for quarter, age in enumerate(range(DAYS - 20, 0, -91)):
        at = now - timedelta(days=age)
        made += [
            Measurement(
                source="surveys",
                metric="engagement_enps",
                period_start=at,
                period_end=at + timedelta(days=7),
                answer_count=40,
                invited_count=48,
                promoter_count=16 + 2 * quarter,
                detractor_count=8,
            ),
            Measurement(
                source="surveys",
                metric="stakeholder_satisfaction",
                period_start=at,
                period_end=at + timedelta(days=7),
                value=7.9 + 0.1 * quarter,
                answer_count=30,
                invited_count=40,
                stddev=1.1,
                promoter_count=12,
                detractor_count=4,
            ),
            Measurement(
                source="controls",
                metric="controls_fresh",
                period_start=at,
                period_end=at + timedelta(days=90),
                numerator=18.0,
                denominator=20.0,
            ),
        ]
    for age in range(DAYS - 10, 0, -30):
        at = now - timedelta(days=age)
        for metric, value in (("headcount", 48.0), ("voluntary_leavers", float(age % 90 < 30))):
            made.append(
                Measurement(
                    source="people", metric=metric, period_start=at, period_end=at + timedelta(days=30), value=value
                )
            )
    return made


def openings(now: datetime) -> list[Opening]:
    """One position a month; the last two are open."""
    return [
        Opening(
            source="openings",
            opening_id=f"o{number}",
            opened_at=now - timedelta(days=age),
            status="open" if age < 70 else "filled",
            is_ai_role=True,
            offer_accepted_at=None if age < 70 else now - timedelta(days=age - 55 - number % 20),
        )
        for number, age in enumerate(range(DAYS, 0, -25))
    ]


def safety(now: datetime) -> list[SafetyHour]:
    """One row a day and feature of tier critical."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        SafetyHour(
            source="safety_csv",
            hour=midnight - timedelta(days=age),
            feature=feature.feature,
            policy="any",
            checked_count=20_000,
            violation_count=4 + age % 3,
            blocked_count=3 + age % 3,
            leaked_count=1,
        )
        for age in range(1, 120)
        for feature in FEATURES
        if feature.tier == "critical"
    ]


def _releases(now: datetime) -> list[tuple[str, str, datetime, int]]:
    """(feature, version, when, days ago), oldest first."""
    found = []
    for place, feature in enumerate(FEATURES[:6]):
        for version, age in enumerate(range(DAYS - place * 3, 0, -EVERY_DAYS), start=1):
            found.append((feature.feature, f"{feature.feature}-v{version}", now - timedelta(days=age), age))
    return sorted(found, key=lambda one: one[2])
