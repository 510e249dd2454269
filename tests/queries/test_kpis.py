"""The KPIs of a week: what SQL counts is what Python counts, and one bad row leaves all others right."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from config.reference.kpis import KpiChoice
from domain.incident.period import period_clocks
from domain.kpi.definition import Stage
from domain.kpi.reading import Status, Verdict
from domain.kpi.target import parse_target
from domain.window import Window
from queries import kpi_closing, kpis
from queries.catalog import QueryError
from queries.coverage import FactsState
from queries.incident_clocks import incidents_of
from queries.kpi_closing import close_week
from queries.kpi_definitions import chosen
from queries.kpis import Filters, Period, Review, Row
from queries.runner import Result, run
from store.engine import Store, open_store
from store.errors import StoreError
from store.migrate import upgrade
from tests.app.support import review as facts
from tests.app.support.seed import seed

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"duckdb:///{tmp_path_factory.mktemp('kpis')}/store.duckdb")
    upgrade(opened)
    seed(opened, NOW)
    yield opened
    opened.close()


def asking(store: Store) -> kpis.Ask:
    return lambda name, **given: run(store, name, **given)


def week_of(store: Store) -> Period:
    return next(week for week in reversed(kpis.periods_to(asking(store), NOW)["week"]) if week.end <= NOW)


def reviewed(store: Store, filters: Filters | None = None, *choices: KpiChoice) -> Review:
    return kpis.review(asking(store), chosen(choices), week_of(store), "USD", filters)


def row_of(found: Review, key: str) -> Row:
    return next(row for row in found.rows if row.kpi.key == key)


def span(row: Row) -> tuple[datetime, datetime]:
    assert row.period is not None
    return row.period.start, row.period.end


def test_there_are_18_kpis_leading_first_and_finance_last(store: Store) -> None:
    rows = reviewed(store).rows
    assert sorted(row.kpi.number for row in rows) == list(range(1, 19))
    assert [row.kpi.stage for row in rows] == sorted((row.kpi.stage for row in rows), key=list(Stage).index)


def test_lead_time_is_the_median_of_what_was_released_and_approved(store: Store) -> None:
    row = row_of(reviewed(store), "feature_lead_time")
    start, end = span(row)
    approved = {one.spec_id: one.approved_at for one in facts.specs(NOW)}
    first: dict[str, datetime] = {}
    for one in facts.releases(NOW):
        key = one.spec_id or one.release_id
        if one.released_at is not None:
            first[key] = min(one.released_at, first.get(key, one.released_at))
    days = [
        (at - approved_at) / timedelta(days=1)
        for key, at in first.items()
        if start <= at < end and (approved_at := approved.get(key)) is not None
    ]
    assert row.reading.point.value == pytest.approx(median(days))
    assert row.reading.point.sample_count == len(days)


def test_only_an_evaluation_of_the_very_version_before_its_release_counts(store: Store) -> None:
    row = row_of(reviewed(store), "evaluation_coverage")
    start, end = span(row)
    ran: dict[tuple[str | None, str | None], set[str]] = {}
    for one in facts.evaluations(NOW):
        ran.setdefault((one.feature, one.version), set()).add(one.kind)
    releases = [one for one in facts.releases(NOW) if one.released_at and start <= one.released_at < end]
    covered = [one for one in releases if ran.get((one.feature, one.version)) == {"automated", "regression"}]
    assert (row.reading.point.numerator, row.reading.point.denominator) == (len(covered), len(releases))


def test_what_was_reverted_within_seven_days_is_a_rollback(store: Store) -> None:
    row = row_of(reviewed(store), "rollback_rate")
    releases = {one.release_id: one for one in facts.releases(NOW)}
    reverted = {one.reverts for one in releases.values() if one.reverts}
    for period, told in zip(row.periods, row.points, strict=True):
        out = [o for o in releases.values() if o.released_at and period.start <= o.released_at < period.end]
        taken_back = [one for one in out if one.release_id in reverted]
        assert (told.numerator, told.denominator) == (len(taken_back), len(out) or None)


def test_detecting_and_restoring_take_as_long_as_the_page_of_incidents_says(store: Store) -> None:
    found = reviewed(store)
    every = asking(store)("incident/clocks", start=NOW - timedelta(days=400), end=NOW)
    incidents = incidents_of(every.rows())
    for key, clock in (("mttd", "detect"), ("mttr", "restore")):
        row = row_of(found, key)
        for period, told in zip(row.periods, row.points, strict=True):
            clocks = getattr(period_clocks(incidents, Window(period.start, period.end), NOW), clock)
            expected = None if clocks.mean_seconds is None else clocks.mean_seconds / 60
            assert told.value == (None if expected is None else pytest.approx(expected)), (key, period.name)


def test_customers_defects_leave_out_repeats_and_what_was_none(store: Store) -> None:
    row = row_of(reviewed(store), "customer_defects")
    for period, told in zip(row.periods, row.points, strict=True):
        counted = [
            one
            for one in facts.defects(NOW)
            if period.start <= one.reported_at < period.end
            and one.reported_by == "customer"
            and one.root_id is None
            and one.status in ("open", "resolved")
        ]
        assert told.value == len(counted)


def test_evidence_is_due_five_working_days_after_the_day_of_the_request(store: Store) -> None:
    row = row_of(reviewed(store), "evidence_readiness")
    start, end = span(row)

    def due(at: datetime) -> datetime:
        day, left = at.replace(hour=0, minute=0, second=0, microsecond=0), 5
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        return day + timedelta(days=1)

    of_period = [one for one in facts.evidence(NOW) if start < due(one.requested_at) <= end]
    met = [one for one in of_period if one.delivered_at and one.delivered_at < due(one.requested_at)]
    assert (row.reading.point.numerator, row.reading.point.denominator) == (len(met), len(of_period))


def test_counts_of_segments_add_up_to_the_whole(store: Store) -> None:
    found = reviewed(store)
    for key in ("customer_defects", "incident_rate", "experiment_velocity", "rollback_rate", "evaluation_coverage"):
        row = row_of(found, key)
        assert row.period is not None
        for segment in kpis.segments_of(row.kpi):
            parts = kpis.ask_series(
                asking(store), row.kpi, segment, row.period.start, found.week.end, found.coverage, "USD", Filters()
            ).rows()
            of_period = [one for one in parts if one["period_start"] == row.period.start.replace(tzinfo=None)]
            assert sum(one["numerator"] or 0 for one in of_period) == row.reading.point.numerator


def test_a_query_that_fails_spoils_its_own_row_only(store: Store) -> None:
    fine = reviewed(store)

    def broken(name: str, **given: Any) -> Result:
        if name == "kpi/rollback_rate":
            raise QueryError("kpi/rollback_rate gave nonsense")
        return run(store, name, **given)

    found = kpis.review(broken, chosen(), week_of(store), "USD")
    bad = row_of(found, "rollback_rate")
    assert (bad.verdict.status, bad.problem) == (
        Status.NO_DATA,
        "its query failed: kpi/rollback_rate gave nonsense",
    )
    others = [(row.kpi.key, row.verdict, row.reading.point) for row in found.rows if row is not bad]
    assert others == [
        (row.kpi.key, row.verdict, row.reading.point) for row in fine.rows if row.kpi.key != "rollback_rate"
    ]


def test_a_filter_that_a_kpi_does_not_know_is_said(store: Store) -> None:
    found = reviewed(store, Filters(feature=("code-review",)))
    assert row_of(found, "team_health").problem == "it is not known by feature"
    assert row_of(found, "customer_defects").problem == ""


def test_the_operators_targets_count_and_what_is_off_is_not_reviewed(store: Store) -> None:
    choices = [
        KpiChoice("rollback_rate", owner="Ines", targets={"": parse_target("<= 50%")}),
        KpiChoice("hiring", off=True),
        KpiChoice("mttd", problem="kpis.toml: 'fast' is not a target"),
    ]
    found = reviewed(store, None, *choices)
    rollback = row_of(found, "rollback_rate")
    assert (rollback.kpi.owner, rollback.verdict.status is Status.MISSED) == ("Ines", False)
    assert "hiring" not in {row.kpi.key for row in found.rows}
    assert row_of(found, "mttd").verdict.status is Status.NOT_ENOUGH


def test_a_store_without_a_calendar_has_no_week(tmp_path: Path) -> None:
    empty = open_store(f"duckdb:///{tmp_path}/empty.duckdb")
    upgrade(empty)
    assert kpis.periods_to(asking(empty), NOW)["week"] == []
    empty.close()


def test_a_closed_week_stays_as_it_was(store: Store) -> None:
    week = week_of(store)
    assert close_week(store, chosen(), week, "USD", NOW)
    assert not close_week(store, chosen(), week, "USD", NOW + timedelta(days=1))
    kept = run(store, "kpi/snapshots", start=week.start_on, end=week.end_on, scope_type="all").rows()
    now = {row.kpi.key: row for row in reviewed(store).rows}
    assert {one["kpi"]: (one["value"], one["status"]) for one in kept} == {
        key: (row.reading.point.value, row.verdict.status) for key, row in now.items()
    }
    with pytest.raises(ValueError, match="is not over before"):
        close_week(store, chosen(), week, "USD", week.end - timedelta(hours=1))


def test_a_moments_trouble_of_the_store_is_not_put_on_record(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    week = [one for one in kpis.periods_to(asking(store), NOW)["week"] if one.end <= NOW][-2]
    failing: dict[str, Exception] = {"all": StoreError("The store does not answer"), "team": QueryError("is broken")}

    def answer(asked: Store, name: str, **given: Any) -> Result:
        if name == "kpi/mttr" and given["segment"] in failing:
            raise failing[given["segment"]]
        return run(asked, name, **given)

    monkeypatch.setattr(kpi_closing, "run", answer)
    with pytest.raises(StoreError, match="does not answer"):
        close_week(store, chosen(), week, "USD", NOW)
    assert run(store, "kpi/snapshots", start=week.start_on, end=week.end_on, scope_type="all").row_count == 0
    del failing["all"]
    assert close_week(store, chosen(), week, "USD", NOW)
    by_scope = {
        scope: {
            row["kpi"]
            for row in run(store, "kpi/snapshots", start=week.start_on, end=week.end_on, scope_type=scope).rows()
        }
        for scope in ("all", "tier", "team")
    }
    assert ("mttr" in by_scope["all"], "mttr" in by_scope["tier"], "mttr" in by_scope["team"]) == (True, True, False)
    assert "mttd" in by_scope["team"]


def test_the_state_of_facts_is_that_of_their_worst_source(store: Store) -> None:
    until = week_of(store).end
    row = {"fact": "release", "first_at": NOW.replace(tzinfo=None), "reads_files": False, "is_configured": True}

    def of(**sources: tuple[datetime | None, str]) -> FactsState:
        rows = [
            {**row, "source": name, "watermark_at": at, "last_status": status} for name, (at, status) in sources.items()
        ]
        return kpis.coverage_of(rows, until).facts(["release"]).state

    on_time, late = until.replace(tzinfo=None), until.replace(tzinfo=None) - timedelta(days=3)
    assert of(a=(on_time, "ok")) is FactsState.FRESH
    assert of(a=(on_time, "ok"), b=(late, "ok")) is FactsState.LATE
    assert of(a=(on_time, "ok"), b=(late, "failed")) is FactsState.FAILED
    assert of(a=(on_time, "failed")) is FactsState.FRESH
    assert of(a=(None, "ok")) is FactsState.LATE
    assert of() is FactsState.NONE


def test_a_row_is_on_track_only_since_its_worst_tier_is(store: Store) -> None:
    row = row_of(reviewed(store), "mttd")
    met, missed = Status.MET, Status.MISSED
    over_all = replace(row.reading, statuses=[met] * 4, verdict=Verdict(met, ""))
    critical = replace(row.reading, statuses=[met, missed, met, met], verdict=Verdict(met, ""))
    assert replace(row, reading=over_all, tiers={"critical": critical}).streak == 2
    late = replace(over_all, statuses=[met, met, met, missed], verdict=Verdict(missed, ""))
    early = replace(critical, statuses=[met, missed, missed, met])
    assert replace(row, reading=late, tiers={"critical": early}).streak == 3
