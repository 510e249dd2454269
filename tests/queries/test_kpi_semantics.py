"""What is undated, given up or told by the week: how the KPIs count it, by a few facts made by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.kpi.reading import Point
from queries.runner import run
from store.engine import Store
from store.tables import AttributedCostDay, Experiment, Outcome, Release, Spec
from tests.app.support.seed import insert
from tests.queries.test_kpi_edges import NOW, row_of, usage

OCTOBER = datetime(2026, 10, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def beside(point: Point) -> dict[str, Any]:
    return dict(point.beside or {})


def spec(key: str, status: str, done_at: datetime | None = None) -> Spec:
    approved_at = OCTOBER - 60 * DAY
    return Spec(
        source="s", spec_id=key, created_at=approved_at, status=status, approved_at=approved_at, done_at=done_at
    )


def release(key: str, at: datetime, version: str | None = None, **values: Any) -> Release:
    given = {"kind": "model", "status": "released", "service": "chat", **values}
    return Release(source="s", release_id=key, created_at=at, released_at=at, version=version or key, **given)


def test_a_specification_that_was_given_up_waits_until_then_and_no_longer(duckdb_store: Store) -> None:
    specs = [
        spec("waits", "Approved"),
        spec("done", "Done", OCTOBER),
        spec("given up", "declined", OCTOBER),
        spec("given up, nobody says when", "Cancelled"),
    ]
    insert(duckdb_store, Spec, specs)
    insert(duckdb_store, Release, [release("r", OCTOBER)])
    points = row_of(duckdb_store, "feature_lead_time").points
    assert [beside(point)["unreleased_count"] for point in points[-3:]] == [3, 3, 2]
    waiting = run(duckdb_store, "delivery/waiting_specs", now=NOW).rows()
    assert {one["spec_id"] for one in waiting} == {"waits", "done"}


def test_a_release_that_is_said_to_be_reverted_but_not_when_counts_and_is_told(duckdb_store: Store) -> None:
    releases = [
        release("a", OCTOBER, status="reverted"),
        release("b", OCTOBER + DAY, status="reverted"),
        release("c", OCTOBER + 2 * DAY, status="reverted"),
        release("d", OCTOBER + 3 * DAY),
        release("undo b", OCTOBER + 8 * DAY, reverts="b", kind="code"),
        release("undo c", OCTOBER + 10 * DAY, reverts="c", kind="code"),
    ]
    insert(duckdb_store, Release, releases)
    point = row_of(duckdb_store, "rollback_rate").reading.point
    assert (point.numerator, point.denominator, beside(point)["undated_count"]) == (2, 6, 1)
    span = {"start": OCTOBER - DAY, "end": NOW, "until": NOW}
    told = {one["version"]: one["hours_after"] for one in run(duckdb_store, "delivery/taken_back", **span).rows()}
    assert told == {"a": None, "b": 7 * 24}


def test_releases_of_nobody_knows_what_are_not_compared_by_version(duckdb_store: Store) -> None:
    releases = [
        release("1", OCTOBER - 9 * DAY, "1.0", service=None),
        release("2", OCTOBER, "2.0", service=None),
        release("3", OCTOBER + DAY, "1.0", service=None),
        release("4", OCTOBER - 9 * DAY, "1.0"),
        release("5", OCTOBER, "2.0"),
        release("6", OCTOBER + DAY, "1.0"),
    ]
    insert(duckdb_store, Release, releases)
    point = row_of(duckdb_store, "rollback_rate").reading.point
    assert (point.numerator, point.denominator) == (1, 4)


def test_an_experiment_that_has_stopped_nobody_says_when_does_not_run_for_ever(duckdb_store: Store) -> None:
    at = OCTOBER - 35 * DAY
    told = [
        Experiment(source="x", experiment_id="stopped", created_at=at, status="stopped", outcome="won"),
        Experiment(source="x", experiment_id="archived", created_at=OCTOBER, status="archived"),
        Experiment(source="x", experiment_id="running", created_at=at, status="running", started_at=at),
    ]
    insert(duckdb_store, Experiment, told)
    points = [beside(point) for point in row_of(duckdb_store, "experiment_velocity").points[-3:]]
    assert [(one["running_count"], one["undated_count"]) for one in points] == [(1, 1), (1, 0), (1, 1)]
    listed = run(duckdb_store, "delivery/experiments", start=OCTOBER - DAY, end=NOW, now=NOW).rows()
    assert [(one["experiment_id"], one["state"]) for one in listed] == [("running", "running")]


def cost(day: date, feature: str, amount: int) -> AttributedCostDay:
    return AttributedCostDay(
        day=day, provider="openai", account_id="a", project_id=None, api_key_id=None, service="chat", model="gpt",
        token_type=None, feature=feature, team="find", environment="production", cost_center=None, currency="USD",
        billing_currency="USD", allocation=None, billed_cost=Decimal(amount), effective_cost=Decimal(amount),
        request_cost=None, token_cost=None,
    )  # fmt: skip


def test_outcomes_told_by_the_week_cost_what_those_told_by_the_day_do(duckdb_store: Store) -> None:
    first = date(2026, 10, 1)
    insert(duckdb_store, AttributedCostDay, [cost(first + n * DAY, name, 10) for n in range(31) for name in ("a", "b")])
    weekly = [
        Outcome(source="o", day=first + n * DAY, feature="a", outcome="o", outcome_count=9, accepted_count=7)
        for n in range(0, 28, 7)
    ]
    insert(duckdb_store, Outcome, weekly)
    insert(duckdb_store, type(usage(first, 1)[0]), usage(first, 31))
    told = beside(row_of(duckdb_store, "unit_cost").reading.point)
    assert (told["accepted_count"], told["cost_per_outcome"]) == (28, 310 / 28)


def test_a_feature_whose_outcomes_began_within_the_month_is_left_out_of_it_and_counted(duckdb_store: Store) -> None:
    first = date(2026, 10, 1)
    insert(duckdb_store, AttributedCostDay, [cost(first + n * DAY, name, 10) for n in range(31) for name in ("a", "b")])
    told = [
        Outcome(source="o", day=day, feature=name, outcome="o", outcome_count=9, accepted_count=31)
        for name, day in (("a", first), ("b", first + 20 * DAY))
    ]
    insert(duckdb_store, Outcome, told)
    insert(duckdb_store, type(usage(first, 1)[0]), usage(first, 31))
    row = row_of(duckdb_store, "unit_cost")
    found = beside(row.reading.point)
    assert (found["accepted_count"], found["cost_per_outcome"]) == (31, 10)
    assert [(one.reason, one.count) for one in row.set_aside] == [
        ("a feature whose outcomes began within the period", 1)
    ]
