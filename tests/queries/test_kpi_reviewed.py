"""KPIs where a review of their queries found an edge: facts without an end, years of 366 days, groups that say less."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import sqrt
from typing import Any

import pytest

from config.settings import Organization
from domain.kpi.reading import Status
from queries import kpis
from queries.coverage import coverage_of
from queries.kpis import Filters
from queries.runner import run
from store.calendar import sync_calendar
from store.engine import Store
from store.tables import (
    AttributedCostDay,
    AttributedUsageDay,
    Budget,
    Defect,
    Evaluation,
    EvidenceRequest,
    Feature,
    Incident,
    Measurement,
    Opening,
    ScopeCostDay,
)
from tests.app.support.seed import insert
from tests.queries.test_kpi_edges import NOW, incident, measured, row_of, usage
from tests.queries.test_kpi_semantics import beside, cost

AT = datetime(2026, 8, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def feature(key: str, team: str, tier: str = "critical") -> Feature:
    return Feature(feature=key, name=key, team=team, tier=tier, owner="Ann", status="live")


def test_what_is_over_nobody_says_since_when_is_not_open(duckdb_store: Store) -> None:
    incidents = [
        incident("over", AT, impact_started_at=AT),
        incident("open", AT, status="open"),
        incident("closed later", AT, resolved_at=AT + 80 * DAY),
    ]
    insert(duckdb_store, Incident, incidents)
    assert [beside(one).get("open_count") for one in row_of(duckdb_store, "mttr").points[-3:]] == [2, 2, 1]
    defects = [
        Defect(source="t", defect_id=f"{n}", reported_at=AT, status=status, reported_by="customer", root_id=root)
        for n, (status, root) in enumerate([("resolved", None), ("open", "1"), ("open", "0")])
    ]
    insert(duckdb_store, Defect, defects)
    points = row_of(duckdb_store, "customer_defects").points[-3:]
    assert [(one.value, beside(one).get("open_count")) for one in points] == [(2.0, 1), (0.0, 1), (0.0, 1)]
    openings = [Opening(source="h", opening_id=status, opened_at=AT, status=status) for status in ("filled", "open")]
    insert(duckdb_store, Opening, openings)
    assert beside(row_of(duckdb_store, "hiring").reading.point)["open_count"] == 1


def test_evidence_that_is_delivered_after_the_end_is_not_delivered_yet(duckdb_store: Store) -> None:
    day = datetime(2026, 9, 24, 9, tzinfo=UTC)  # a Thursday: due on 1 Oct, in the next quarter
    one = EvidenceRequest(
        source="j", request_id="1", requested_at=day, delivered_at=day + 7 * DAY + DAY / 8, is_complete=True
    )
    insert(duckdb_store, EvidenceRequest, [one])
    sync_calendar(duckdb_store, Organization(), (), NOW.date())

    def told(until: datetime) -> list[tuple[Any, Any]]:
        given = {"cadence": "quarter", "segment": "all", "start": AT - 60 * DAY, "end": NOW, "until": until}
        rows = run(duckdb_store, "kpi/evidence_readiness", **given).rows()
        return [(row["numerator"], row["waiting_count"]) for row in rows]

    begun = datetime(2026, 10, 1, tzinfo=UTC)
    assert told(begun) == []
    assert told(begun + DAY / 4) == [(None, 1)]
    assert told(begun + DAY) == [(1.0, 0)]


def evaluation(name: str, at: datetime, score: float, team: str | None = None) -> Evaluation:
    return Evaluation(
        source="m", evaluation_id=name, evaluated_at=at, kind="automated", task="t", metric="m", score=score,
        feature="chat", team=team,
    )  # fmt: skip


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_a_year_before_is_the_same_period_of_the_calendar_also_after_a_leap_day(duckdb_store: Store, zone: str) -> None:
    leap_day = datetime(2024, 2, 29, 12, tzinfo=UTC)
    told = [
        evaluation("feb", leap_day, 0.5, "old"),
        evaluation("mar", datetime(2024, 3, 20, tzinfo=UTC), 0.7, "old"),
        evaluation("feb25", datetime(2025, 2, 20, tzinfo=UTC), 0.6, "new"),
        evaluation("mar25", datetime(2025, 3, 20, tzinfo=UTC), 0.9, "new"),
    ]
    insert(duckdb_store, Evaluation, told)
    row = row_of(duckdb_store, "quality_score", zone=zone, now=datetime(2025, 4, 8, tzinfo=UTC))
    assert [one.value for one in row.points[-2:]] == [pytest.approx(10), pytest.approx(20)]

    def ask(name: str, **given: Any) -> Any:
        return run(duckdb_store, name, **given)

    assert row.period is not None
    known = coverage_of(ask(kpis.COVERAGE).rows(), row.period.end)
    teams = kpis.ask_series(ask, row.kpi, "team", row.period.start, row.period.end, known, "USD", Filters()).rows()
    assert [(one["segment"], one["sample_count"]) for one in teams] == [("new", 1)]


def test_the_interval_of_a_mean_knows_that_groups_differ_and_what_is_unknown(duckdb_store: Store) -> None:
    def of(team: str, value: float, stddev: float | None, invited: int | None) -> Measurement:
        counts = {"answer_count": 50, "promoter_count": 20, "detractor_count": 10}
        return measured(
            "stakeholder_satisfaction", team, date(2026, 7, 1), 3, value=value, stddev=stddev, invited_count=invited,
            **counts,
        )  # fmt: skip

    insert(duckdb_store, Measurement, [of("a", 6, 1.0, 100), of("b", 10, 1.0, None)])
    point = row_of(duckdb_store, "stakeholder_satisfaction").reading.point
    assert (point.value, beside(point)["response_ratio"]) == (8.0, 0.5)
    assert point.high is not None
    assert point.high - 8 == pytest.approx(1.96 * sqrt(5) / sqrt(100), rel=0.02)
    insert(duckdb_store, Measurement, [of("c", 8, None, None)])
    assert row_of(duckdb_store, "stakeholder_satisfaction").reading.point.high is None


def test_a_group_that_tells_no_promoters_is_in_no_engagement(duckdb_store: Store) -> None:
    first = date(2026, 7, 1)
    told: list[dict[str, Any]] = [
        {"answer_count": 50, "invited_count": 100, "promoter_count": 30, "detractor_count": 10},
        {"answer_count": 50, "invited_count": 50, "value": 10},
        {"answer_count": 50, "promoter_count": 50},
    ]
    groups = [measured("engagement_enps", f"team {n}", first, 3, **one) for n, one in enumerate(told)]
    insert(duckdb_store, Measurement, groups)
    point = row_of(duckdb_store, "team_health").reading.point
    assert (point.value, point.sample_count, beside(point)["response_ratio"]) == (40.0, 50, 100 / 150)


def test_costs_in_another_currency_leave_their_requests_out_until_there_is_a_rate(duckdb_store: Store) -> None:
    first = date(2026, 10, 1)
    costs: list[AttributedCostDay] = []
    totals: list[ScopeCostDay] = []
    requests: list[AttributedUsageDay] = []
    for provider, currency in (("openai", "USD"), ("mistral", "EUR")):
        one = cost(first, "chat", 10)
        one.provider, one.currency, one.billing_currency, one.request_cost = provider, currency, currency, Decimal(10)
        costs.append(one)
        total = {"billed_cost": Decimal(10), "effective_cost": Decimal(10)}
        totals.append(ScopeCostDay(day=first, scope_type="provider", scope=provider, currency=currency, **total))
        (used,) = usage(first, 1)
        used.provider, used.costed_request_count = provider, 1000
        requests.append(used)
    for row, rows in ((AttributedCostDay, costs), (ScopeCostDay, totals), (AttributedUsageDay, requests)):
        insert(duckdb_store, row, rows)
    point = row_of(duckdb_store, "unit_cost").reading.point
    assert (point.value, point.denominator) == (10.0, 1000)


def test_a_budget_of_a_feature_is_narrowed_by_its_team(duckdb_store: Store) -> None:
    insert(duckdb_store, Feature, [feature("chat", "Care"), feature("search", "Discovery")])
    budgets = [
        Budget(
            scope_type="feature", scope=name, period="month", period_start=date(2026, 11, 1),
            period_end=date(2026, 12, 1), amount=Decimal(3000), currency="USD", position=place,
        )
        for place, name in enumerate(("chat", "search"))
    ]  # fmt: skip
    insert(duckdb_store, Budget, budgets)
    for team, status in (("Care", True), ("Discovery", False)):
        row = row_of(duckdb_store, "budget_variance", Filters(team=(team,), feature=("chat",)))
        assert (row.verdict.status is not Status.NO_DATA) is status


@pytest.mark.parametrize("fiscal_year_start", [2, 4])
def test_quarters_of_any_fiscal_year_hold_the_same_answers_as_their_months(
    duckdb_store: Store, fiscal_year_start: int
) -> None:
    days = [date(2025, 9, 1) + n * 17 * DAY for n in range(26)]
    insert(duckdb_store, Defect, [
        Defect(source="t", defect_id=f"{n}", reported_at=datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC),
               status="open", reported_by="customer")
        for n, day in enumerate(days)
    ])  # fmt: skip
    organization = Organization(timezone="Asia/Kolkata", fiscal_year_start=fiscal_year_start)
    sync_calendar(duckdb_store, organization, (), NOW.date())
    given = {"start": datetime(2025, 6, 1, tzinfo=UTC), "end": NOW, "until": NOW, "segment": "all"}
    counts = {
        cadence: {
            one["period_start"]: one["numerator"]
            for one in run(duckdb_store, "kpi/customer_defects", cadence=cadence, **given).rows()
        }
        for cadence in ("month", "quarter")
    }
    quarters = run(duckdb_store, "kpi/periods", start=given["start"], end=NOW).rows()
    for quarter in (one for one in quarters if one["cadence"] == "quarter"):
        months = [n for at, n in counts["month"].items() if quarter["start_at"] <= at < quarter["end_at"]]
        assert sum(months) == counts["quarter"].get(quarter["start_at"], 0), quarter["name"]
    assert sum(counts["month"].values()) == sum(day < date(2026, 11, 24) for day in days)


def test_nothing_is_lost_where_nobody_owns_it(duckdb_store: Store) -> None:
    insert(duckdb_store, Feature, [feature("chat", "Care")])
    told = [incident("1", AT, feature="chat"), incident("2", AT, feature="gone"), incident("3", AT, team="Care")]
    insert(duckdb_store, Incident, told)
    sync_calendar(duckdb_store, Organization(), (), NOW.date())
    given = {"cadence": "month", "start": AT - 30 * DAY, "end": NOW, "until": NOW}
    found = {
        segment: {
            one["segment"]: one["numerator"]
            for one in run(duckdb_store, "kpi/incident_rate", segment=segment, **given).rows()
            if one["numerator"]
        }
        for segment in ("all", "tier", "team", "feature")
    }
    assert found == {
        "all": {"": 3},
        "tier": {"critical": 1, None: 2},
        "team": {"Care": 2, None: 1},
        "feature": {"chat": 1, "gone": 1, None: 1},
    }
