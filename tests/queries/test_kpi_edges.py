"""KPIs of a few facts made by hand, where an edge decides what is counted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from config.settings import Organization
from domain.kpi.reading import Status
from queries import kpis
from queries.kpis import Filters, Row
from queries.runner import run
from store import source_health
from store.calendar import sync_calendar
from store.engine import Store
from store.tables import AttributedUsageDay, CollectorRun, Experiment, Incident, SourceState
from tests.app.support.seed import insert

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)


def row_of(store: Store, key: str, filters: Filters | None = None, zone: str = "UTC", now: datetime = NOW) -> Row:
    sync_calendar(store, Organization(timezone=zone), (), now.date())

    def ask(name: str, **given: Any) -> Any:
        return run(store, name, **given)

    week = next(one for one in reversed(kpis.periods_to(ask, now)["week"]) if one.end <= now)
    return kpis.review(ask, [kpis.shipped()[key]], week, "USD", filters).rows[0]


def usage(first: date, days: int) -> list[AttributedUsageDay]:
    return [
        AttributedUsageDay(
            day=first + timedelta(days=n), provider="openai", account_id="a", project_id=None, api_key_id=None,
            service="chat", model="gpt", feature="search", team="find", environment="production", cost_center=None,
            uncached_input_tokens=None, cache_read_input_tokens=None, cache_write_input_tokens=None,
            output_tokens=None, total_tokens=None, request_count=1000, costed_tokens=None,
            costed_request_count=None, estimated_cost=None, unpriced_tokens=0,
        )
        for n in range(days)
    ]  # fmt: skip


def incident(name: str, at: datetime, **values: Any) -> Incident:
    given = {"source": "pager", "status": "resolved", "severity": "sev1", "ai_related": True, **values}
    return Incident(incident_id=name, title=name, declared_at=at, **given)


def watched(store: Store, first: datetime, watermark_at: datetime) -> None:
    state = SourceState(source="pager", kind="pagerduty", title="Pager", role="incidents", every_seconds=60)
    state.writes = "incident"
    insert(store, SourceState, [state])
    runs = [
        CollectorRun(
            run_id=f"r{n}", source="pager", kind="refresh", started_at=at, finished_at=at, status="ok",
            window_start_at=at, window_end_at=at, watermark_at=at,
        )
        for n, at in enumerate((first, watermark_at))
    ]  # fmt: skip
    insert(store, CollectorRun, runs)
    with store.write() as connection:
        source_health.refresh(connection)


def test_usage_alone_does_not_say_that_there_were_no_incidents(duckdb_store: Store) -> None:
    store = duckdb_store
    insert(store, AttributedUsageDay, usage(date(2026, 9, 1), 80))
    row = row_of(store, "incident_rate")
    assert (row.reading.point.value, row.verdict.status) == (None, Status.NO_DATA)


def test_a_week_without_incidents_is_0_once_their_source_is_connected(duckdb_store: Store) -> None:
    store = duckdb_store
    insert(store, AttributedUsageDay, usage(date(2026, 9, 1), 80))
    watched(store, datetime(2026, 10, 7, tzinfo=UTC), NOW)
    row = row_of(store, "incident_rate")
    assert [one.value for one in row.points] == [None] * 6 + [0.0] * 7
    assert row.verdict.status is Status.MET


def test_weeks_after_a_source_stopped_are_unknown_and_not_0(duckdb_store: Store) -> None:
    store = duckdb_store
    insert(store, AttributedUsageDay, usage(date(2026, 9, 1), 80))
    insert(store, Incident, [incident("1", datetime(2026, 9, 1, tzinfo=UTC))])
    watched(store, datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC))
    row = row_of(store, "incident_rate")
    assert [one.value for one in row.points][-3:] == [0.0, None, None]
    assert row.verdict.status is Status.NO_DATA


def test_sunday_is_in_its_week_where_it_ends_before_it_does_in_utc(duckdb_store: Store) -> None:
    store = duckdb_store
    insert(store, AttributedUsageDay, usage(date(2026, 9, 1), 83))
    watched(store, datetime(2026, 9, 1, tzinfo=UTC), NOW)
    insert(store, Incident, [incident("1", datetime(2026, 11, 22, 22, 59, tzinfo=UTC))])
    beside = row_of(store, "incident_rate", zone="Europe/Berlin").reading.point.beside or {}
    assert round(beside["per_1m_requests"], 6) == round(1_000_000 / 7000, 6)


def test_an_experiment_without_a_start_counts_when_it_is_decided(duckdb_store: Store) -> None:
    store = duckdb_store
    at = datetime(2026, 10, 5, tzinfo=UTC)
    one = Experiment(source="x", experiment_id="1", created_at=at, status="stopped", decided_at=at, outcome="won")
    insert(store, Experiment, [one])
    assert row_of(store, "experiment_velocity").reading.point.value == 1
