"""Rows of everything that a pack of evidence is made from, in October 2025 and around it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from store import source_health
from store.bulk import insert_rows
from store.engine import Store
from store.schema import to_batch
from store.tables import (
    Alert,
    AlertEvent,
    AlertSilence,
    AuditEvent,
    CollectorRun,
    Evaluation,
    EvidenceRequest,
    Feature,
    Incident,
    IncidentAction,
    IncidentSpan,
    KpiAction,
    KpiSnapshot,
    QueryText,
    Release,
    Restatement,
    SafetyHour,
    SliHour,
    SloObjective,
    Spec,
)

AT = datetime(2025, 10, 15, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rows() -> list[tuple[type, list[Any]]]:
    """By table; texts whose order depends on the language, floats that do not end, moments with fractions."""
    return [
        (Feature, [_feature("chat", "Care", "critical"), _feature("Search", "Über", "standard")]),
        (
            Spec,
            [Spec(source="jira", spec_id="AI-1", created_at=AT - 9 * DAY, feature="chat", approved_at=AT - 8 * DAY)],
        ),
        (
            Release,
            [
                _release("r1", AT, "v1", "chat"),
                _release("R2", AT, "v2", "Search"),
                _release("r3", AT + DAY, "v1", None, team="Care"),
                _release("late", AT + 40 * DAY, "v9", "chat"),
            ],
        ),
        (
            Evaluation,
            [
                _evaluation("e1", "automated", "v1", 0.1 + 0.2),
                _evaluation("e2", "regression", "v1", 1 / 3),
                _evaluation("E3", "automated", "v2", None),
            ],
        ),
        (SloObjective, [_objective("chat-availability", "chat", "0.999"), _objective("idle", "Search", "0.9")]),
        (SliHour, [_hour("chat-availability", 997), _hour("chat-availability", 1000), _hour("gone", 1)]),
        (
            Incident,
            [
                _incident("i1", AT, postmortem_due_at=AT + 4 * DAY),
                _incident("I2", AT - 60 * DAY, status="open", resolved_at=None),
                _incident("i3", AT - 60 * DAY, resolved_at=AT - 59 * DAY),
                _incident("i4", AT, provider="openai"),
            ],
        ),
        (
            IncidentSpan,
            [
                IncidentSpan(
                    source="pd",
                    incident_id="i1",
                    declared_at=AT,
                    started_at=AT - HOUR + timedelta(microseconds=900_001),
                    ended_at=AT + HOUR,
                )
            ],
        ),
        (IncidentAction, [_action("a1", "i1", date(2025, 10, 20)), _action("A2", "nobody's", None)]),
        (SafetyHour, [_safety("chat", 3), _safety("chat", 4, leaked_count=None), _safety("Search", 7)]),
        (
            CollectorRun,
            [
                _run("run1", AT),
                _run("run2", AT + HOUR, status="failed", error_message="refused (401), “try again”\nlater"),
                _run("run0", AT - 90 * DAY),
            ],
        ),
        (
            Restatement,
            [
                Restatement(
                    run_id="run1",
                    restated_at=AT,
                    source="bills",
                    table_name="charge",
                    day=date(2025, 10, 1),
                    measure="billed_cost",
                    before_value=Decimal("1.500000000001"),
                    after_value=None,
                )
            ],
        ),
        (KpiSnapshot, [_snapshot("all", ""), _snapshot("feature", "chat"), _snapshot("team", "Über")]),
        (
            KpiAction,
            [_promise("p1", AT - 90 * DAY, AT - 60 * DAY), _promise("P2", AT - 90 * DAY, AT), _promise("p3", AT, None)],
        ),
        (QueryText, [QueryText(sha256="ab" * 32, name="kpi/mttr", text="select\n  1", first_used_at=AT)]),
        (
            EvidenceRequest,
            [
                EvidenceRequest(
                    source="jira", request_id="GRC-1", requested_at=AT, feature="chat", framework="ISO 42001"
                )
            ],
        ),
        (AuditEvent, [_act("Ana", AT), _act("ben", AT), _act("Ana", AT + 60 * DAY)]),
        (Alert, [_alert()]),
        (AlertEvent, [_event("acknowledged", "Ana"), _event("opened", None)]),
        (
            AlertSilence,
            [
                AlertSilence(
                    silence_id="s1",
                    kind="mute",
                    starts_at=AT,
                    ends_at=AT + DAY,
                    reason="moving house",
                    created_by="Ben",
                    created_at=AT,
                    team="Care",
                )
            ],
        ),
    ]


def fill(store: Store, *, reverse: bool = False) -> None:
    """Puts them into a migrated store, in their order or the other way round."""
    with store.write() as connection:
        for table, listed in reversed(rows()) if reverse else rows():
            insert_rows(connection, table, to_batch(table, listed[::-1] if reverse else listed))
        source_health.refresh(connection)


def _feature(key: str, team: str, tier: str) -> Feature:
    return Feature(feature=key, name=key, team=team, tier=tier, owner="Ana", status="live")


def _release(key: str, at: datetime, version: str, feature: str | None, team: str | None = None) -> Release:
    return Release(
        source="github",
        release_id=key,
        created_at=at - HOUR,
        kind="model",
        status="released",
        version=version,
        feature=feature,
        team=team,
        released_at=at,
        spec_id="AI-1",
        approved_at=at - HOUR,
        approval_count=2,
    )


def _evaluation(key: str, kind: str, version: str, score: float | None) -> Evaluation:
    return Evaluation(
        source="mlflow",
        evaluation_id=key,
        evaluated_at=AT - DAY,
        kind=kind,
        task="answers",
        metric="faithfulness",
        score=score,
        passed=score is not None,
        feature="chat" if version == "v1" else "Search",
        version=version,
    )


def _objective(key: str, service: str, target: str) -> SloObjective:
    return SloObjective(
        slo=key,
        slo_name=key,
        display_name=key,
        service=service,
        owner="Care",
        tier="critical",
        kind="availability",
        origin="burnline",
        target=Decimal(target),
        threshold_seconds=None,
        method="occurrences",
        windows="28d",
        digest="d",
    )


def _hour(slo: str, good_count: int) -> SliHour:
    return SliHour(hour=AT, slo=slo, source="s", good_count=good_count, total_count=1000, excluded_count=0)


def _incident(key: str, at: datetime, **more: Any) -> Incident:
    told = {"status": "resolved", "resolved_at": at + HOUR, **more}
    return Incident(
        source="pd",
        incident_id=key,
        title="Answers are slow, “very”",
        severity="sev1",
        feature="chat",
        declared_at=at,
        impact_started_at=at - HOUR,
        detected_at=at - timedelta(milliseconds=1),
        acknowledged_at=at - HOUR,
        **told,
    )


def _action(key: str, incident: str, due_on: date | None) -> IncidentAction:
    return IncidentAction(
        source="jira", action_id=key, incident_id=incident, created_at=AT, title="Mend", state="open", due_on=due_on
    )


def _safety(feature: str, count: int, leaked_count: int | None = 1) -> SafetyHour:
    return SafetyHour(
        source="guard",
        hour=AT,
        feature=feature,
        policy="any",
        checked_count=1_000,
        violation_count=count,
        blocked_count=count,
        leaked_count=leaked_count,
    )


def _run(key: str, at: datetime, status: str = "ok", error_message: str | None = None) -> CollectorRun:
    return CollectorRun(
        run_id=key,
        source="bills",
        kind="refresh",
        started_at=at,
        status=status,
        window_start_at=at - DAY,
        window_end_at=at,
        finished_at=at + timedelta(seconds=5),
        watermark_at=at if status == "ok" else None,
        row_count=10,
        error_message=error_message,
    )


def _snapshot(scope_type: str, scope: str) -> KpiSnapshot:
    return KpiSnapshot(
        week_start=date(2025, 10, 13),
        kpi="mttr",
        scope_type=scope_type,
        scope=scope,
        cadence="month",
        period_start=datetime(2025, 9, 1, tzinfo=UTC),
        period_end=datetime(2025, 10, 1, tzinfo=UTC),
        status="met",
        facts_state="known",
        closed_at=AT + 10 * DAY,
        query_sha256="ab" * 32,
        value=2 / 3,
        beside='{"a": 1}',
    )


def _promise(key: str, at: datetime, closed_at: datetime | None) -> KpiAction:
    return KpiAction(
        action_id=key,
        kpi="mttr",
        week_start=at.date(),
        owner="Ben",
        text="Mend",
        due_on=date(2025, 10, 20),
        status="open" if closed_at is None else "done",
        created_by="Ana",
        created_at=at,
        closed_at=closed_at,
        closed_by=None if closed_at is None else "Über",
    )


def _act(actor: str, at: datetime) -> AuditEvent:
    return AuditEvent(event_id=f"{actor}{at:%m}", occurred_at=at, actor=actor, action="commented", subject="kpi/mttr")


def _alert() -> Alert:
    return Alert(
        alert_id="al1",
        fingerprint="f",
        rule="slo_burn",
        severity="page",
        status="acknowledged",
        title="It burns",
        summary="fast",
        owner="Care",
        page_path=None,
        level=1,
        impact_cost=None,
        currency=None,
        opened_at=AT - HOUR,
        updated_at=AT,
    )


def _event(transition: str, actor: str | None) -> AlertEvent:
    return AlertEvent(
        event_id=transition,
        alert_id="al1",
        fingerprint="f",
        occurred_at=AT,
        transition=transition,
        facts="{}",
        actor=actor,
    )
