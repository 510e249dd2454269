"""Writes the small company, its ledgers and its alerts into a store."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from config.settings import Organization
from domain.slo.counting import countings
from domain.slo.definition import Kind
from domain.window import Window, floor_day
from store import (
    attributed,
    bill_day,
    declared_slos,
    latency_bucket,
    model_usage_day,
    request_day,
    source_health,
    telemetry,
)
from store.bulk import insert_rows
from store.calendar import sync_calendar
from store.cost_snapshots import take_cost_snapshot
from store.engine import Store
from store.schema import column_names, table, to_batch
from store.tables import (
    Alert,
    AlertDelivery,
    AlertEvent,
    AlertRequest,
    AlertSilence,
    Annotation,
    Attribution,
    BillDay,
    Budget,
    Charge,
    CollectorRun,
    CostDay,
    Defect,
    Evaluation,
    EvidenceRequest,
    Experiment,
    Feature,
    Incident,
    IncidentAction,
    IncidentSpan,
    InferenceRequest,
    LatencyDay,
    Measurement,
    ModelUsageDay,
    Opening,
    Outbox,
    Outcome,
    Price,
    PricedUsageDay,
    Quarantine,
    Release,
    RequestDay,
    Restatement,
    RulePast,
    SafetyHour,
    SourceState,
    Spec,
    UsageDay,
)
from tests.app.support import alerts as alert_rows
from tests.app.support import company, incidents, outcomes, prices, review
from tests.support.slos import indicator, slo

ORGANIZATION_BUDGET = Decimal(20000)
TEAM_BUDGET = Decimal(3000)
SOURCES = ("openai_costs", "openai_usage", "anthropic_costs", "anthropic_usage", "focus_files", "gateway_log")
RECORD_DAYS_AGO = 3
"""When closed weeks were last put on record; the weeks that closed since are not."""
FAILURE = "anthropic_usage: the admin key was refused (401). Make a new one and set ANTHROPIC_ADMIN_KEY."


def seed(store: Store, now: datetime) -> company.Books:
    """Fills a migrated store; the rows it wrote, to compute from."""
    books = company.books(now.date())
    insert(store, CostDay, books.costs)
    insert(store, Charge, [charge(cost) for cost in books.costs])
    insert(store, UsageDay, books.usage)
    insert(store, PricedUsageDay, prices.priced_usage(books.usage, now.date()))
    insert(store, Price, prices.price_list(now.date()))
    insert(store, Feature, company.FEATURES)
    insert(store, Attribution, company.attribution())
    with store.write() as connection:
        attributed.rebuild(connection)
    insert(store, Budget, budgets(now.date()))
    insert(store, CollectorRun, runs(now))
    insert(store, SourceState, source_states(now))
    insert(store, Alert, [*alerts(now), *alert_rows.alerts(now)])
    insert(store, AlertEvent, alert_rows.events(now))
    insert(store, AlertDelivery, alert_rows.deliveries(now))
    insert(store, Outbox, alert_rows.messages(now))
    insert(store, AlertSilence, alert_rows.silences(now))
    insert(store, AlertRequest, alert_rows.requests(now))
    insert(store, RulePast, alert_rows.rule_pasts(now))
    insert(store, Annotation, annotations(now))
    insert(store, Quarantine, quarantined())
    insert(store, Restatement, restatements(now))
    insert(store, Outcome, outcomes.outcomes(now.date()))
    insert(store, InferenceRequest, outcomes.requests(now))
    insert(store, Incident, incidents.incidents(now))
    insert(store, IncidentSpan, incidents.spans(now))
    insert(store, IncidentAction, incidents.actions(now))
    for row, rows in (
        (Spec, review.specs(now)),
        (Release, review.releases(now)),
        (Evaluation, review.evaluations(now)),
        (Experiment, review.experiments(now)),
        (Defect, review.defects(now)),
        (EvidenceRequest, review.evidence(now)),
        (Measurement, review.measurements(now)),
        (Opening, review.openings(now)),
        (SafetyHour, review.safety(now)),
    ):
        insert(store, row, rows)
    sync_calendar(store, Organization(), (), now.date())
    with store.write() as connection:
        for row, rollup in ((BillDay, bill_day), (ModelUsageDay, model_usage_day), (RequestDay, request_day)):
            connection.execute(sa.insert(table(row)).from_select(list(column_names(row)), rollup.rows(sa.true())))
    seed_promises(store, now)
    with store.write() as connection:
        for measure in latency_bucket.MEASURES:
            made = latency_bucket.by_day(sa.true(), "request_log", measure)
            connection.execute(sa.insert(table(LatencyDay)).from_select(list(column_names(LatencyDay)), made))
    take_cost_snapshot(store, now - timedelta(days=RECORD_DAYS_AGO))
    return books


def charge(cost: CostDay) -> Charge:
    """The one charge that a day's cost is the sum of."""
    start = datetime.combine(cost.day, datetime.min.time(), UTC)
    month = start.replace(day=1)
    return Charge(
        source=cost.source,
        provider=cost.provider,
        billing_account_id=cost.account_id,
        billing_currency=cost.billing_currency,
        billing_period_start=month,
        billing_period_end=(month + timedelta(days=32)).replace(day=1),
        charge_period_start=start,
        charge_period_end=start + timedelta(days=1),
        charge_category="Usage",
        invoice_issuer_name=cost.provider,
        service_provider_name=cost.provider,
        service_category="AI and Machine Learning",
        service_name=cost.service,
        billed_cost=cost.billed_cost,
        effective_cost=cost.effective_cost,
        attribution_key=cost.attribution_key,
        focus_version="1.4",
        model=cost.model,
        sub_account_id=cost.project_id,
        token_type=cost.token_type,
    )


def insert(store: Store, row: type, rows: Sequence[Any]) -> None:
    """One batch in one transaction."""
    with store.write() as connection:
        insert_rows(connection, row, to_batch(row, rows))
        if row is CollectorRun:
            source_health.refresh(connection)


def seed_promises(store: Store, now: datetime) -> None:
    """Counts the requests for two objectives: failures miss the first, the second is kept by half."""
    slos = (
        slo("slo-availability", indicator()),
        slo("slo-latency", indicator(Kind.LATENCY, threshold_seconds=Decimal(2)), target="0.5"),
    )
    days = Window(floor_day(now - timedelta(days=outcomes.LOG_DAYS + 1)), floor_day(now) + timedelta(days=1))
    with store.write() as connection:
        telemetry.roll_up(connection, "request_log", days, list(countings(slos)))
        declared_slos.sync(connection, slos)


def budgets(today: date) -> list[Budget]:
    """This month: one for the organisation, one for a team."""
    start = today.replace(day=1)
    end = (start + timedelta(days=32)).replace(day=1)
    scopes = [("organization", "", ORGANIZATION_BUDGET), ("team", "Discovery", TEAM_BUDGET)]
    return [
        Budget(
            scope_type=kind,
            scope=scope,
            period="month",
            period_start=start,
            period_end=end,
            amount=amount,
            currency="USD",
        )
        for kind, scope, amount in scopes
    ]


def runs(now: datetime) -> list[CollectorRun]:
    """A backfill and hourly runs per source; the last three of one source failed."""
    made = []
    for number, source in enumerate(SOURCES):
        made.append(_run(source, "backfill", now - timedelta(days=20), 120 * 24, row_count=48_000 + 900 * number))
        for hours in range(30, 0, -1):
            began = now - timedelta(hours=hours, minutes=3 * number)
            failed = source == "anthropic_usage" and hours <= 3
            made.append(_run(source, "scheduled", began, 168, row_count=310 + hours, failed=failed))
    next(r for r in reversed(made) if r.source == "focus_files").quarantined_count = 2
    return made


def source_states(now: datetime) -> list[SourceState]:
    """The worker runs one source an hour; it has registered nothing of the others."""
    return [
        SourceState(
            source="openai_costs",
            kind="openai_costs",
            title="OpenAI costs",
            role="billing",
            every_seconds=3600,
            next_run_at=now + timedelta(minutes=40),
        )
    ]


def _run(source: str, kind: str, began: datetime, hours: int, *, row_count: int, failed: bool = False) -> CollectorRun:
    return CollectorRun(
        run_id=f"{source}-{kind}-{began:%Y%m%d%H%M}",
        source=source,
        kind=kind,
        started_at=began,
        status="failed" if failed else "ok",
        window_start_at=began - timedelta(hours=hours),
        window_end_at=began,
        finished_at=began + timedelta(seconds=41),
        watermark_at=None if failed else began,
        row_count=None if failed else row_count,
        quarantined_count=0,
        request_count=12,
        retry_count=2 if failed else 0,
        error_kind="fatal" if failed else None,
        error_message=FAILURE if failed else None,
    )


def alerts(now: datetime) -> list[Alert]:
    """Two that are open, one that is over."""
    return [
        _alert("budget-discovery", "ticket", "open", "Discovery spent 80% of its November budget", now, 19),
        _alert("source-stale", "page", "open", "anthropic_usage has failed three times", now, 2),
        _alert("budget-old", "info", "resolved", "Workplace Tools spent 50% of its budget", now, 90),
    ]


def _alert(name: str, severity: str, status: str, title: str, now: datetime, hours: int) -> Alert:
    opened = now - timedelta(hours=hours)
    return Alert(
        alert_id=name,
        fingerprint=name,
        rule="source_stale" if name == "source-stale" else "budget_threshold",
        severity=severity,
        status=status,
        title=title,
        summary=f"{title}.",
        owner="finops@larkfield.example",
        page_path="sources" if name == "source-stale" else "spend?by=feature&team=Discovery",
        level=1,
        impact_cost=None,
        currency=None,
        opened_at=opened,
        updated_at=opened,
        resolved_at=now if status == "resolved" else None,
    )


def annotations(now: datetime) -> list[Annotation]:
    """A launch, a price change and a routing change."""
    return [
        Annotation(
            occurred_at=now - timedelta(days=company.LAUNCH_DAYS_AGO - 1),
            kind="launch",
            title="Shopping guide goes live",
            feature="shopping-guide",
        ),
        Annotation(occurred_at=now - timedelta(days=17), kind="price change", title="gpt-5.4 input 20% cheaper"),
        Annotation(occurred_at=now - timedelta(days=12), kind="incident", title="Fraud review retried in a loop"),
    ]


def quarantined() -> list[Quarantine]:
    """Two refused rows of one file."""
    return [
        Quarantine(
            run_id="unknown",
            source="focus_files",
            file_name="november.csv",
            row_number=number,
            reason=reason,
        )
        for number, reason in ((17, "BilledCost 'n/a' is not a number"), (204, "ChargePeriodStart is empty"))
    ]


def restatements(now: datetime) -> list[Restatement]:
    """One day that was billed late."""
    return [
        Restatement(
            run_id="openai_costs-late",
            restated_at=now - timedelta(hours=5),
            source="openai_costs",
            table_name="charge",
            day=(now - timedelta(days=3)).astimezone(UTC).date(),
            measure="billed_cost USD",
            before_value=Decimal("301.250000"),
            after_value=Decimal("309.417000"),
        )
    ]
