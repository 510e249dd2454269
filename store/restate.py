"""What changed in days that were already complete: before and after, by day and measure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.incident.words import UNCOUNTED
from store.bulk import insert_rows
from store.schema import table, to_batch
from store.tables import (
    Charge,
    CollectorRun,
    Defect,
    Evaluation,
    EvidenceRequest,
    Experiment,
    Incident,
    IncidentAction,
    InferenceRequest,
    LatencyHour,
    Measurement,
    Opening,
    Outcome,
    Release,
    Restatement,
    SafetyHour,
    SliHour,
    Spec,
    TokenUsage,
)

Totals = dict[tuple[date, str], Decimal]
"""(UTC day, measure) → total; a measure names its unit."""

ANY_POLICY = "any"
"""The rows that count each interaction once."""
_MOMENT = {
    Outcome: "day",
    SafetyHour: "hour",
    Incident: "declared_at",
    IncidentAction: "created_at",
    Spec: "created_at",
    Release: "created_at",
    Evaluation: "evaluated_at",
    Experiment: "created_at",
    Defect: "reported_at",
    Measurement: "period_start",
    Opening: "opened_at",
    EvidenceRequest: "requested_at",
    SliHour: "hour",
    LatencyHour: "hour",
}
_COUNTED_AS = {
    IncidentAction: "actions",
    Spec: "specifications",
    Release: "releases",
    Evaluation: "evaluation results",
    Experiment: "experiments",
    Defect: "defects",
    Measurement: "measurements",
    Opening: "openings",
    EvidenceRequest: "evidence requests",
}


def totals(connection: Connection, row: type, slice_: sa.ColumnElement[bool]) -> Totals:
    """Totals of a slice by day, in the measures that its readers would notice."""
    columns = table(row).c
    found: Totals = {}
    if row is Charge:
        day = sa.cast(columns.charge_period_start, sa.Date)
        query = sa.select(day, columns.billing_currency, sa.func.sum(sa.cast(columns.billed_cost, sa.Numeric(38, 12))))
        for on, currency, cost in connection.execute(query.where(slice_).group_by(day, columns.billing_currency)):
            found[on, f"billed_cost {currency}"] = Decimal(cost)
        return found
    day = sa.cast(columns[_MOMENT.get(row, "started_at")], sa.Date)
    for record in connection.execute(sa.select(day, *_measures(row)).where(slice_).group_by(day)).mappings():
        values: dict[str, Any] = dict(record)
        on = next(value for value in values.values() if isinstance(value, date))
        for measure, value in values.items():
            if value is not None and not isinstance(value, date):
                found[on, measure] = Decimal(value)
    return found


def _measures(row: type) -> list[sa.ColumnElement[Any]]:
    columns = table(row).c
    if row is Outcome:
        return [
            sa.func.sum(columns.outcome_count).label("outcomes"),
            sa.func.sum(columns.good_count).label("good outcomes"),
        ]
    if row is SafetyHour:
        once = columns.policy == ANY_POLICY
        return [
            sa.func.sum(sa.case((once, columns.checked_count))).label("checked interactions"),
            sa.func.sum(sa.case((once, columns.violation_count))).label("safety violations"),
        ]
    if row is SliHour:
        return [
            sa.func.sum(columns.good_count).label("good events"),
            sa.func.sum(columns.total_count).label("counted events"),
        ]
    if row is LatencyHour:
        return [sa.func.sum(columns.request_count).label("timed requests")]
    if row is Incident:
        counted = sa.case((columns.status.in_(UNCOUNTED), 0), else_=1)
        return [sa.func.sum(counted).label("incidents")]
    if row in _COUNTED_AS:
        return [sa.func.count().label(_COUNTED_AS[row])]
    if row is InferenceRequest:
        return [
            sa.func.sum(columns.input_tokens).label("input_tokens"),
            sa.func.sum(columns.output_tokens).label("output_tokens"),
            sa.func.count().label("requests"),
        ]
    assert row is TokenUsage
    inputs = [columns[name] for name in columns.keys() if name.endswith("_input_tokens")]  # noqa: SIM118
    total = sum((sa.func.coalesce(column, 0) for column in inputs[1:]), sa.func.coalesce(inputs[0], 0))
    return [
        sa.func.sum(total).label("input_tokens"),
        sa.func.sum(columns.output_tokens).label("output_tokens"),
        sa.func.sum(columns.request_count).label("requests"),
    ]


def record(
    connection: Connection,
    row: type,
    run: CollectorRun,
    *,
    before: Mapping[tuple[date, str], Decimal],
    after: Mapping[tuple[date, str], Decimal],
    by_period: bool,
    now: datetime,
) -> int:
    """Writes one restatement per changed measure of a day that an earlier run had loaded whole; the days."""
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    if by_period:  # a delivery of another account of the same source covers the same days
        changed = [key for key in changed if key in before]
    covered = _covered_days(connection, run.source, {day for day, _ in changed})
    rows = [
        Restatement(
            run_id=run.run_id,
            restated_at=now,
            source=run.source,
            table_name=table(row).name,
            day=day,
            measure=measure,
            before_value=before.get((day, measure)),
            after_value=after.get((day, measure)),
        )
        for day, measure in sorted(changed)
        if day in covered
    ]
    insert_rows(connection, Restatement, to_batch(Restatement, rows))
    return len({r.day for r in rows})


def _covered_days(connection: Connection, source: str, days: set[date]) -> set[date]:
    if not days:
        return set()
    runs = table(CollectorRun).c
    first = datetime.combine(min(days), datetime.min.time())
    spans = connection.execute(
        sa.select(runs.window_start_at, runs.watermark_at).where(
            runs.source == source, runs.status == "ok", runs.watermark_at > first
        )
    ).all()
    return {
        day
        for day in days
        if any(
            start <= datetime.combine(day, datetime.min.time())
            and datetime.combine(day, datetime.min.time()) + timedelta(days=1) <= end
            for start, end in spans
        )
    }
