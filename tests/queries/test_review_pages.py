"""Questions of the pages quality, delivery, people and catalogue, against what Python makes of the same facts."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from math import sqrt
from statistics import median
from typing import Any

import pytest

from queries.runner import Result, run
from store.engine import Store, open_store
from store.migrate import upgrade
from store.tables import Defect, Evaluation, Release, SafetyHour, SloObjective
from tests.app.support import company, review
from tests.app.support.seed import insert, seed
from tests.queries.test_header_contract import NOW

YEAR = {"start": NOW - timedelta(days=365), "end": NOW}
UNTIL = {**YEAR, "until": NOW}
NOBODY = "not-declared"

Ask = Callable[..., Result]


def at(days: float) -> Any:
    return NOW - timedelta(days=days)


def evaluation(name: str, days: float, score: float | None, **values: Any) -> Evaluation:
    given = {"sample_count": 100, "score_stddev": 0.1, "evaluator": "judge-b", "passed": True, **values}
    return Evaluation(
        source="mlflow", evaluation_id=name, evaluated_at=at(days), kind="automated", task="routing", metric="accuracy",
        score=score, **given,
    )  # fmt: skip


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    store: Store = open_store(f"duckdb:///{tmp_path_factory.mktemp('review') / 'store.duckdb'}")
    upgrade(store)
    seed(store, NOW)
    insert(
        store,
        Evaluation,
        [
            evaluation("e1", 5, 0.8, sample_count=100),
            evaluation("e2", 4, 0.9, sample_count=300, passed=False),
            evaluation("e3", 5 + 365, 0.7),
            evaluation("e4", 5, 0.5, evaluator="judge-c", score_stddev=None),
            evaluation("e5", 5, None, evaluator="judge-d", passed=None),
        ],
    )
    insert(
        store,
        SafetyHour,
        [
            SafetyHour(
                source="guard", hour=at(3).replace(minute=0), feature="call-notes", policy=policy, checked_count=1000,
                violation_count=5, blocked_count=None, leaked_count=leaked,
            )
            for policy, leaked in (("any", None), ("privacy", 2))
        ],
    )  # fmt: skip
    insert(store, Release, [shipped("n1", 2, feature=NOBODY, kind="code"), shipped("n2", 400, feature=NOBODY)])
    insert(store, SloObjective, [objective("slo-x", service="Call notes")])
    yield partial(run, store)
    store.close()


def shipped(name: str, days: float, **values: Any) -> Release:
    given = {"feature": "call-notes", "kind": "model", "version": name, **values}
    return Release(source="ci", release_id=name, created_at=at(days), status="released", released_at=at(days), **given)


def objective(slo: str, service: str) -> SloObjective:
    return SloObjective(
        slo=slo, slo_name=slo, display_name=slo, service=service, owner="", tier="standard", kind="availability",
        origin="requests", target=Decimal("0.99"), threshold_seconds=None, method="Occurrences", windows="30d",
        digest="",
    )  # fmt: skip


def test_scores_of_two_evaluators_are_never_mixed_and_weighed_by_their_answers(ask: Ask) -> None:
    rows = [row for row in ask("quality/scores", **UNTIL).rows() if row["task"] == "routing"]
    found = {row["evaluator"]: row for row in rows if row["period_name"] == "2026-11"}
    mixed = found["judge-b"]
    mean = (0.8 * 100 + 0.9 * 300) / 400
    assert mixed["score"] == pytest.approx(mean)
    square = (100 * (0.01 + 0.8**2) + 300 * (0.01 + 0.9**2)) / 400
    assert mixed["stddev"] == pytest.approx(sqrt(square - mean**2))
    assert (mixed["sample_count"], mixed["run_count"], mixed["failed_count"]) == (400, 2, 1)
    assert mixed["score_year_before"] == pytest.approx(0.7)
    assert (found["judge-c"]["score"], found["judge-c"]["stddev"]) == (0.5, None), "no spread is known"
    assert (found["judge-d"]["score"], found["judge-d"]["judged_count"]) == (None, 0)


def test_an_evaluation_that_failed_is_listed(ask: Ask) -> None:
    (row,) = ask("quality/failed_runs", **YEAR).rows()
    assert (row["task"], row["score"], row["evaluator"]) == ("routing", 0.9, "judge-b")


def test_what_is_not_known_to_have_leaked_is_in_no_denominator(ask: Ask) -> None:
    rows = ask("quality/safety_by_item", start=at(28), end=NOW, feature=["call-notes"]).rows()
    found = {row["policy"]: row for row in rows}
    assert (found["any"]["checked_count"], found["any"]["leaked_count"]) == (1000, None)
    assert found["any"]["leaked_checked_count"] is None
    assert (found["privacy"]["leaked_count"], found["privacy"]["leaked_checked_count"]) == (2, 1000)


def test_the_weeks_of_safety_count_the_policy_any_alone(ask: Ask) -> None:
    weeks = ask("quality/safety_by_week", start=at(70), end=NOW, until=NOW).rows()
    first = weeks[0]["week_on"]
    facts = [row for row in review.safety(NOW) if row.hour.date() >= first]
    assert sum(row["checked_count"] for row in weeks) == sum(row.checked_count for row in facts) + 1000
    assert sum(row["leaked_count"] for row in weeks) == sum(row.leaked_count or 0 for row in facts)
    assert all(row["is_whole"] for row in weeks), "today is a Monday, and nothing was checked yet"
    early = ask("quality/safety_by_week", start=at(70), end=NOW, until=at(9)).rows()
    assert [row["is_whole"] for row in early] == [True] * (len(early) - 1) + [False]


def test_both_sides_of_a_release_end_at_its_neighbours(ask: Ask) -> None:
    changes = sorted(
        (r.released_at, r.version) for r in review.releases(NOW)
        if r.feature == "shopping-guide" and r.kind in ("model", "prompt") and r.status == "released" and r.released_at
    )  # fmt: skip
    facts = [row for row in review.safety(NOW) if row.feature == "shopping-guide"]
    rows = ask("quality/around_releases", **UNTIL, feature=["shopping-guide"]).rows()
    assert rows
    for row in rows:
        place = [version for _, version in changes].index(row["version"])
        moment = changes[place][0]
        assert moment is not None
        low = max([moment - timedelta(days=14), *(before for before, _ in changes[:place] if before)])
        high = min([moment + timedelta(days=14), *(after for after, _ in changes[place + 1 :] if after)])
        before = [one.violation_count for one in facts if low <= one.hour < moment]
        after = [one.violation_count for one in facts if moment <= one.hour < high]
        assert (row["before_violation_count"], row["after_violation_count"]) == (sum(before), sum(after))


def test_open_defects_of_any_time_stand_beside_those_of_the_period(ask: Ask) -> None:
    rows = ask("quality/defects", start=at(5), end=NOW, now=NOW).rows()
    facts: list[Defect] = [
        one for one in review.defects(NOW)
        if one.reported_by == "customer" and one.root_id is None and one.status in ("open", "resolved")
    ]  # fmt: skip
    expected = {one.defect_id for one in facts if one.status == "open" or one.reported_at >= at(5)}
    assert {row["defect_id"] for row in rows} == expected
    assert [row["open_days"] for row in rows] == sorted((row["open_days"] for row in rows), reverse=True)


def test_the_dots_of_lead_time_have_the_median_of_the_review(ask: Ask) -> None:
    months = ask("kpi/feature_lead_time", cadence="month", segment="all", **UNTIL).rows()
    dots = defaultdict(list)
    for row in ask("delivery/lead_times", **YEAR).rows():
        if row["days"] is not None:
            dots[row["released_at"].strftime("%Y-%m")].append(row["days"])
    whole = [row for row in months if row["numerator"] is not None][1:]
    assert whole
    for row in whole:
        found = dots[row["period_start"].strftime("%Y-%m")]
        assert (median(found), len(found)) == (pytest.approx(row["numerator"]), row["sample_count"])


def test_what_was_taken_back_is_what_the_rollback_rate_counts(ask: Ask) -> None:
    months = ask("kpi/rollback_rate", cadence="month", segment="all", **UNTIL).rows()
    start = {**UNTIL, "start": months[0]["period_start"].replace(tzinfo=NOW.tzinfo)}
    endings = [row["ending"] for row in ask("delivery/taken_back", **start).rows()]
    back = endings.count("reverted") + endings.count("older version")
    assert back == sum(row["numerator"] or 0 for row in months) > 0
    assert endings.count("failed") == sum(row["failed_count"] for row in months) > 0


def test_releases_without_an_evaluation_are_those_that_its_coverage_lacks(ask: Ask) -> None:
    months = ask("kpi/evaluation_coverage", cadence="month", segment="all", **UNTIL).rows()
    start = months[0]["period_start"].replace(tzinfo=NOW.tzinfo)
    listed = ask("delivery/unevaluated", start=start, end=NOW).rows()
    assert len(listed) == sum(row["denominator"] - row["numerator"] for row in months) > 0


def test_a_specification_waits_until_it_is_in_production(ask: Ask) -> None:
    out = {r.spec_id for r in review.releases(NOW) if r.released_at is not None}
    approved = {s.spec_id: s.approved_at for s in review.specs(NOW) if s.approved_at is not None}
    rows = ask("delivery/waiting_specs", now=NOW).rows()
    assert {row["spec_id"] for row in rows} == set(approved) - out
    longest = rows[0]
    assert longest["waiting_days"] == pytest.approx((NOW - approved[longest["spec_id"]]) / timedelta(days=1))


def test_running_experiments_are_listed_however_old_and_the_others_by_their_end(ask: Ask) -> None:
    rows = ask("delivery/experiments", start=at(40), end=NOW, now=NOW).rows()
    facts = {one.experiment_id: one for one in review.experiments(NOW)}
    running = [row["experiment_id"] for row in rows if row["state"] == "running"]
    assert set(running) == {key for key, one in facts.items() if one.ended_at is None}
    over = {row["experiment_id"]: row["state"] for row in rows if row["state"] != "running"}
    ended = {key: one.outcome for key, one in facts.items() if (e := one.decided_at or one.ended_at) and e >= at(40)}
    assert over == ended


def test_the_catalogue_says_what_each_feature_has(ask: Ask) -> None:
    end = NOW.date()
    given = {"start": end - timedelta(days=28), "end": end, "currency": "USD", "today": end}
    rows = ask("catalogue/features", evaluated_since=at(90), **given).rows()
    assert {row["feature"] for row in rows} == {one.feature for one in company.FEATURES}
    costs = [row["cost"] or 0 for row in rows]
    assert costs == sorted(costs, reverse=True)
    found = {row["feature"]: row for row in rows}
    billed = company.books(end)
    expected = sum(
        one.billed_cost for one in billed.costs
        if one.project_id == "proj_call-notes" and given["start"] <= one.day < end and one.billing_currency == "USD"
    )  # fmt: skip
    assert found["call-notes"]["cost"] == expected
    assert (found["call-notes"]["slo_count"], found["product-copy"]["slo_count"]) == (1, 0)
    assert found["support-assistant"]["open_incident_count"] == 1
    assert found["voice-replies"]["evaluation_count"] == 0 < found["semantic-search"]["evaluation_count"]


def test_what_nobody_declared_is_found(ask: Ask) -> None:
    end = NOW.date()
    (row,) = ask("catalogue/undeclared", start=end - timedelta(days=28), end=end, currency="USD").rows()
    assert (row["feature"], row["release_count"], row["cost"]) == (NOBODY, 2, None)


def test_open_positions_are_asked_by_team_and_by_age(ask: Ask) -> None:
    rows = ask("people/open_positions", now=NOW).rows()
    facts = [one for one in review.openings(NOW) if one.status == "open"]
    assert {row["opening_id"] for row in rows} == {one.opening_id for one in facts}
    assert rows[0]["open_days"] == max((NOW - one.opened_at) / timedelta(days=1) for one in facts)
    assert not ask("people/open_positions", now=NOW, team=["Discovery"]).row_count


def test_events_are_the_gravest_of_each_feature_with_a_count_of_all(ask: Ask) -> None:
    rows = ask("ops/events", start=at(365), end=NOW, most=3).rows()
    by_owner = defaultdict(list)
    for row in rows:
        by_owner[row["kind"], row["feature"], row["team"], row["provider"]].append(row)
    assert max(map(len, by_owner.values())) == 3
    out = [
        r for r in review.releases(NOW) if r.released_at and r.feature == "semantic-search" and r.released_at > at(365)
    ]
    assert by_owner["release", "semantic-search", "Discovery", None][0]["of_count"] == len(out)
    incidents = {row["title"]: row["gravity"] for row in rows if row["kind"] == "incident" and row["provider"] is None}
    assert incidents["sev1 Incident 7"] < incidents["sev2 Incident 4"]
    assert not {"sev2 Incident 5", "sev1 Incident 6"} & incidents.keys(), "merged and declined ones are none"
    assert {row["title"] for row in rows if row["provider"]} == {"Elevated error rates"}
