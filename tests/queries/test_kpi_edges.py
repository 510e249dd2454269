"""KPIs of a few facts made by hand, where an edge decides what is counted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.settings import Organization
from domain.kpi.reading import Status, Verdict
from queries import kpis
from queries.kpi_definitions import shipped
from queries.kpis import Filters, Row
from queries.runner import run
from store import source_health
from store.calendar import sync_calendar
from store.engine import Store
from store.tables import AttributedUsageDay, CollectorRun, Experiment, Feature, Incident, Measurement, SourceState
from tests.app.support.seed import insert

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)


def row_of(
    store: Store,
    key: str,
    filters: Filters | None = None,
    zone: str = "UTC",
    now: datetime = NOW,
    fiscal_year_start: int = 1,
) -> Row:
    sync_calendar(store, Organization(timezone=zone, fiscal_year_start=fiscal_year_start), (), now.date())

    def ask(name: str, **given: Any) -> Any:
        return run(store, name, **given)

    week = next(one for one in reversed(kpis.periods_to(ask, now)["week"]) if one.end <= now)
    return kpis.review(ask, [shipped()[key]], week, "USD", filters).rows[0]


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


def measured(metric: str, team: str | None, first: date, months: int, **values: Any) -> Measurement:
    last = first.year * 12 + first.month - 1 + months
    return Measurement(
        source="hr",
        metric=metric,
        period_start=midnight(first),
        period_end=midnight(date(last // 12, last % 12 + 1, 1)),
        group_name=team,
        team=team,
        **values,
    )


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def people(*teams: tuple[str | None, int]) -> list[Measurement]:
    """A year of months to September: 1% of each team leaves each month; in July 50% promote and 20% detract."""
    months = [date(2025 + (8 + n) // 12, (8 + n) % 12 + 1, 1) for n in range(1, 13)]
    found = [measured("headcount", team, month, 1, value=size) for month in months for team, size in teams]
    found += [
        measured("voluntary_leavers", team, month, 1, value=size / 100) for month in months for team, size in teams
    ]
    for team, size in teams:
        counts = {"answer_count": size, "promoter_count": size // 2, "detractor_count": size // 5}
        found.append(measured("engagement_enps", team, date(2026, 7, 1), 3, value=30, **counts))
        found.append(measured("stakeholder_satisfaction", team, date(2026, 7, 1), 3, value=8, **counts))
    return found


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


def test_no_incidents_of_no_feature_are_no_data(duckdb_store: Store) -> None:
    store = duckdb_store
    watched(store, datetime(2026, 10, 7, tzinfo=UTC), NOW)
    insert(store, Feature, [Feature(feature="s", name="S", team="find", tier="critical", owner="A", status="live")])
    row = row_of(store, "incident_rate", Filters(tier=("critical",), team=("find",)))
    assert (row.reading.point.value, row.verdict.status) == (0.0, Status.MET)
    row = row_of(store, "incident_rate", Filters(tier=("internal",), team=("find",)))
    assert (row.problem, row.verdict.status) == ("no feature is in this filter", Status.NO_DATA)


def test_weeks_after_a_source_stopped_are_unknown_and_not_0(duckdb_store: Store) -> None:
    store = duckdb_store
    insert(store, AttributedUsageDay, usage(date(2026, 9, 1), 80))
    insert(store, Incident, [incident("1", datetime(2026, 9, 1, tzinfo=UTC))])
    watched(store, datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC))
    row = row_of(store, "incident_rate")
    assert [one.value for one in row.points][-3:] == [0.0, None, None]
    assert row.verdict.status is Status.NO_DATA


@pytest.mark.parametrize(
    ("fiscal_year_start", "in_quarter"),
    [
        (1, [1, 1, 1, 1, 1, 3, 3, 3, 3]),  # a quarter begins on 1 Oct, a Thursday
        (2, [1, 3, 3, 3, 3, 1, 1, 1, 1]),  # on 1 Nov, a Sunday
    ],
)
def test_sev1_of_the_quarter_are_those_of_the_fiscal_quarter_that_holds_the_last_day_of_the_week(
    duckdb_store: Store, fiscal_year_start: int, in_quarter: list[int]
) -> None:
    store = duckdb_store
    watched(store, datetime(2026, 6, 1, tzinfo=UTC), NOW)
    days = [date(2026, 8, 3), date(2026, 9, 30), date(2026, 10, 4), date(2026, 10, 28), date(2026, 11, 1)]
    insert(store, Incident, [incident(f"{day}", midnight(day)) for day in days])
    insert(store, Incident, [incident("grave", midnight(days[-1]), severity="sev2")])
    row = row_of(store, "incident_rate", fiscal_year_start=fiscal_year_start)
    beside = {one.start_on: told.beside or {} for one, told in zip(row.periods, row.points, strict=True)}
    weeks = [date(2026, 9, 21) + timedelta(weeks=n) for n in range(9)]
    assert [beside[week]["sev1_in_quarter_count"] for week in weeks] == in_quarter
    missed = Verdict(Status.MISSED, "sev1 in quarter 3 is not < 2")
    assert row.verdict == (missed if fiscal_year_start == 1 else Verdict(Status.MET, "falling"))


def test_incidents_that_nobody_classified_stand_beside_the_0(duckdb_store: Store) -> None:
    store = duckdb_store
    watched(store, datetime(2026, 9, 1, tzinfo=UTC), NOW)
    at = datetime(2026, 11, 18, tzinfo=UTC)
    told = [
        incident("1", at, ai_related=None),
        incident("2", at, severity=None),
        incident("3", at, severity=None, ai_related=None),
        incident("4", at, severity="sev3", ai_related=None),
        incident("5", at, ai_related=False),
        incident("6", at, ai_related=None, status="declined"),
        incident("7", at, severity=None, ai_related=False),
    ]
    insert(store, Incident, told)
    point = row_of(store, "incident_rate").reading.point
    beside = point.beside or {}
    assert (point.value, beside["unclassified_count"], beside["sev1_in_quarter_count"]) == (0.0, 3, 0)


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


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("teams", [(), ("a", "b")])
def test_people_are_added_up_once(duckdb_store: Store, zone: str, whole: bool, teams: tuple[str, ...]) -> None:
    insert(duckdb_store, Measurement, people(("a", 40), ("b", 60), *([(None, 100)] if whole else [])))
    for key, value, error in (
        ("team_health", 30, "standard_error"),
        ("stakeholder_satisfaction", 8, "nps_standard_error"),
    ):
        point = row_of(duckdb_store, key, Filters(team=teams), zone).reading.point
        beside = point.beside or {}
        assert (point.value, point.sample_count, round(beside[error], 2)) == (value, 100, 7.81)
        if key == "team_health":
            assert round(beside["attrition_ratio"], 9) == 0.12


def test_leavers_of_half_a_year_are_not_those_of_a_year(duckdb_store: Store) -> None:
    half = [one for one in people((None, 100)) if one.period_start >= datetime(2026, 4, 1, tzinfo=UTC)]
    insert(duckdb_store, Measurement, half)
    assert (row_of(duckdb_store, "team_health").reading.point.beside or {})["attrition_ratio"] is None
