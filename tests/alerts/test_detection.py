"""From stored days to alerts: accidents alert, half-loaded days and plans do not, late data take back."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import check
from alerts.base import Finding, Situation
from alerts.detection.evaluate import Detected, detect, detect_if_new
from alerts.detection.feedback import Answer, answer
from alerts.discovery import rules
from alerts.evaluation import evaluate
from config.settings import Anomalies, Settings, SettingsError
from queries.runner import run
from store.engine import Store, open_store
from store.migrate import upgrade
from store.schema import table
from store.tables import Annotation, AnomalyDay, AnomalyFeedback, AnomalyRun, CollectorRun
from tests.alerts.support import alerts, insert
from tests.support.watched import Watched, declare, known_to

FIRST, DAYS = date(2026, 7, 1), 143
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
"""The last written day is 20 November, a Friday."""
RULES = {name: rule for name, rule in rules().items() if name.endswith("_anomaly")}


@pytest.fixture(scope="module")
def every_day() -> Watched:
    return Watched(FIRST, DAYS)


@pytest.fixture
def watched(every_day: Watched) -> Watched:
    """Days as they usually are; what a test before did to them is undone by the next write."""
    every_day.reset()
    return every_day


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"duckdb:///{tmp_path_factory.mktemp('watched') / 'store.duckdb'}")
    upgrade(opened)
    declare(opened)
    yield opened
    opened.close()


@pytest.fixture
def store(declared: Store) -> Store:
    """Features and owners only."""
    with declared.write() as connection:
        for row in (Annotation, AnomalyDay, AnomalyFeedback, AnomalyRun, CollectorRun):
            connection.execute(sa.delete(table(row)))
    return declared


def judged(store: Store, watched: Watched, settings: Settings | None = None, now: datetime = NOW) -> Detected:
    """Everything written and complete up to midnight, then judged."""
    watched.write(store)
    known_to(store, now)
    return detect(store, settings or Settings(), now)


def live(store: Store, now: datetime = NOW, settings: Settings | None = None) -> dict[str, Finding]:
    """Firing findings by fingerprint without its first word."""
    found = evaluate(store, RULES, Situation(now, settings or Settings()))
    assert found.failed == {}
    return {
        one.fingerprint.removeprefix("anomaly:"): one
        for of_rule in found.findings.values()
        for one in of_rule
        if one.state == "firing"
    }


def alerting(store: Store, metric: str, scope_type: str = "feature") -> set[tuple[str, date]]:
    days = run(store, "anomaly/incident_days", since=FIRST, metrics=(metric,)).rows()
    return {(row["scope"], row["day"]) for row in days if row["is_alerting"] and row["scope_type"] == scope_type}


def test_spike_drop_and_routing_alert_once_each_at_the_highest_level(store: Store, watched: Watched) -> None:
    last = watched.day(-1)
    watched.requests["search"][-1] *= 2.2
    watched.requests["desk"][-1] *= 0.35
    watched.unit_cost["guide"][-3:] *= 1.35
    watched.requests["guide"][-3:] /= 1.15
    found = judged(store, watched)
    assert found.opened_count == found.alerting_count
    firing = live(store)
    assert {name.partition(":")[0] for name in firing} == {"cost", "cost_per_request"}
    whole, support, routed = (
        firing[f"cost:organization::{last}"],
        firing[f"cost:team:Support:{last}"],
        firing[f"cost_per_request:feature:guide:{last - timedelta(days=2)}"],
    )
    assert whole.severity == routed.severity == "ticket"
    assert support.severity == "info"
    assert (whole.owner, whole.scope["feature"], whole.scope["team"]) == ("Owner of search", "search", "Shop")
    assert {f"anomaly:cost:{series}:{last}" for series in ("feature:search", "team:Shop")} <= set(whole.children)
    assert re.search(r"In it: Search \(\+1\d\d%, \d+% of it\)", whole.summary)
    assert whole.impact_cost is not None
    assert whole.impact_cost > 100
    assert whole.why[0].startswith("Cost of the organisation rose by")
    assert routed.why[0].startswith("Cost of Shopping guide")
    assert whole.chart is not None
    assert (whole.chart.unit, whole.chart.points[-1][0].date()) == ("USD", last)
    assert whole.chart.points[-1][1] > 1.3 * whole.chart.expected[-1][1], "the day stands out of what was expected"
    assert not {name for name in firing if ":model:" in name or ":provider:" in name}


def test_a_slow_leak_is_found_by_the_level(store: Store, watched: Watched) -> None:
    for back in range(21):
        watched.requests["desk"][-1 - back] *= 1.016 ** (21 - back)
    judged(store, watched)
    assert {scope for scope, _ in alerting(store, "requests")} == {"desk"}


def test_a_half_loaded_day_is_not_judged(store: Store, watched: Watched) -> None:
    for name in watched.requests:
        watched.requests[name][-1] *= 0.3
    watched.write(store)
    known_to(store, NOW, {"openai_costs": NOW - timedelta(hours=12), "openai_usage": NOW - timedelta(hours=12)})
    detect(store, Settings(), NOW)
    days = run(store, "anomaly/judged_days", metric="cost", scope_type="feature", unit="USD", since=FIRST).rows()
    newest = {scope: max(row["day"] for row in days if row["scope"] == scope) for scope in ("search", "guide", "desk")}
    assert newest == {"search": watched.day(-2), "guide": watched.day(-2), "desk": watched.day(-1)}
    whole = run(store, "anomaly/judged_days", metric="cost", scope_type="organization", unit="USD", since=FIRST).rows()
    assert max(row["day"] for row in whole) == watched.day(-2)
    assert alerting(store, "cost") == {("desk", watched.day(-1))}


def test_late_data_take_an_alert_back_and_the_alert_says_so(store: Store, watched: Watched) -> None:
    usual = watched.requests["desk"].copy()
    watched.requests["desk"][-1] *= 0.2
    judged(store, watched)
    check(store, Settings(), NOW, rules=RULES)
    (alert,) = [one for one in alerts(store) if one.status == "open"]
    assert alert.rule in ("cost_anomaly", "usage_anomaly")
    watched.requests["desk"] = usual
    later = NOW + timedelta(hours=5)
    assert judged(store, watched, now=later).withdrawn_count > 0
    report = check(store, Settings(), later, rules=RULES)
    assert [told.transition for told in report.told] == ["withdrawn"]
    assert "Late data took it back" in report.told[0].summary
    rows = run(store, "anomaly/incident_days", since=FIRST, metrics=("cost",)).rows()
    assert {row["withdrawn_at"] for row in rows if row["incident_on"] == watched.day(-1)} == {
        later.replace(tzinfo=None)
    }


def test_a_night_finds_what_judging_everything_anew_finds(store: Store, watched: Watched) -> None:
    watched.requests["search"][-2] *= 2.5
    watched.unit_cost["guide"][-9:] *= 1.5
    watched.write(store)
    for back in (5, 4, 1, 0):
        known_to(store, NOW - timedelta(days=back))
        detect(store, Settings(), NOW - timedelta(days=back))
    columns = [column for column in table(AnomalyDay).c if column.name not in ("first_scored_at", "scored_at")]
    nightly = _rows(store, columns)
    with store.write() as connection:
        connection.execute(sa.delete(table(AnomalyDay)))
    detect(store, Settings(), NOW)
    anew = _rows(store, columns)
    assert nightly.keys() == anew.keys()
    for key, values in anew.items():
        assert nightly[key] == pytest.approx(values, rel=1e-9, abs=1e-9, nan_ok=True), key


def _rows(store: Store, columns: list[sa.Column[Any]]) -> dict[tuple[Any, ...], list[float]]:
    numbers = ("score", "threshold", "actual", "expected", "error", "shift", "moved", "is_alerting")
    with store.read() as connection:
        rows = connection.execute(sa.select(*columns)).mappings().all()
    return {
        (row["metric"], row["scope_type"], row["scope"], row["day"], row["incident_on"]): [
            float("nan") if row[name] is None else float(row[name]) for name in numbers
        ]
        for row in rows
    }


def test_nothing_new_is_not_judged_again(store: Store, watched: Watched) -> None:
    judged(store, watched)
    assert detect_if_new(store, Settings(), NOW) is None
    assert detect_if_new(store, Settings(anomalies=Anomalies(holidays=(date(2026, 11, 20),))), NOW) is not None
    assert detect_if_new(store, Settings(), NOW + timedelta(days=1)) is not None


def test_a_launch_silences_the_level_of_its_feature_and_no_other(store: Store, watched: Watched) -> None:
    for back in range(21):
        for name in ("desk", "search"):
            watched.requests[name][-1 - back] *= 1.014 ** (21 - back)
    launch = datetime.combine(watched.day(-21), datetime.min.time())
    insert(store, Annotation, [Annotation(occurred_at=launch, kind="launch", title="Desk for all", feature="desk")])
    judged(store, watched)
    assert {scope for scope, _ in alerting(store, "requests")} == {"search"}
    assert {scope for scope, _ in alerting(store, "requests", "team")} == {"Shop"}


def test_a_plan_is_not_judged_and_what_was_found_before_is_withdrawn(store: Store, watched: Watched) -> None:
    for back in (8, 7):
        watched.requests["desk"][-back] *= 3
    judged(store, watched)
    before = alerting(store, "requests") | alerting(store, "requests", "team")
    assert {("desk", watched.day(-8)), ("Support", watched.day(-8))} <= before
    plan = Annotation(
        occurred_at=datetime.combine(watched.day(-8), datetime.min.time()),
        kind="planned",
        title="Campaign",
        feature="desk",
        ended_at=datetime.combine(watched.day(-6), datetime.min.time()),
    )
    insert(store, Annotation, [plan])
    assert detect(store, Settings(), NOW).withdrawn_count > 0
    assert not alerting(store, "requests") | alerting(store, "requests", "team")
    rows = run(store, "anomaly/incident_days", since=FIRST, metrics=("requests",)).rows()
    planned = {row["day"] for row in rows if row["state"] == "planned"}
    assert planned == {watched.day(-8), watched.day(-7)}


def test_a_holiday_is_eased_and_opinions_raise_the_threshold(store: Store, watched: Watched) -> None:
    watched.requests["desk"][-1] *= 0.5
    watched.requests["search"][-1] *= 1.4
    judged(store, watched)
    last = watched.day(-1)
    assert {scope for scope, day in alerting(store, "requests") if day == last} == {"desk", "search"}
    settings = Settings(anomalies=Anomalies(holidays={"DE": (last,)}))
    for _ in range(8):
        answer(store, f"anomaly:requests:feature:search:{last}", Answer("not useful"), NOW)
    detect(store, settings, NOW)
    assert {scope for scope, day in alerting(store, "requests") if day == last} == set()


def test_an_incident_ends_after_three_quiet_days(store: Store, watched: Watched) -> None:
    watched.requests["search"][-4] *= 2.2
    watched.write(store)
    told = []
    for back in (3, 2, 1, 0):
        now = NOW - timedelta(days=back)
        known_to(store, now)
        detect(store, Settings(), now)
        told.append([one.transition for one in check(store, Settings(), now, rules=RULES).told])
    assert told[0] == ["opened"]
    assert "resolved" not in told[1] + told[2]
    assert told[3] == ["resolved"]
    assert "as expected on 3 days" in alerts(store)[0].summary


def test_a_first_run_fills_the_season_and_tells_nobody_of_old_incidents(store: Store, watched: Watched) -> None:
    watched.requests["search"][-30] *= 3
    judged(store, watched)
    assert ("search", watched.day(-30)) in alerting(store, "requests")
    assert live(store) == {}


def test_small_money_is_detected_and_waits(store: Store, watched: Watched) -> None:
    watched.unit_cost["desk"][-1] *= 1.6
    settings = Settings(anomalies=Anomalies(min_impact=100_000))
    judged(store, watched, settings)
    assert ("desk", watched.day(-1)) in alerting(store, "cost")
    assert live(store, settings=settings) == {}
    assert live(store) != {}


def test_an_answer_names_an_alert(store: Store) -> None:
    row = answer(store, "anomaly:cost:model:ft:small:2026-11-20", Answer("expected", date(2026, 11, 22)), NOW)
    assert (row.scope_type, row.scope, row.start_on, row.end_on) == (
        "model", "ft:small", date(2026, 11, 20), date(2026, 11, 23),
    )  # fmt: skip
    for wrong in ("budget:team:Shop:2026-11-01:USD", "anomaly:costs:team:Shop:2026-11-01", "anomaly"):
        with pytest.raises(SettingsError, match="is no anomaly alert"):
            answer(store, wrong, Answer("expected"), NOW)
    with pytest.raises(SettingsError, match="lies before the incident"):
        answer(store, "anomaly:cost:team:Shop:2026-11-20", Answer("expected", date(2026, 11, 19)), NOW)


def test_settings_name_their_metrics() -> None:
    chosen = Settings.model_validate({"anomalies": {"sensitivity": "low", "metrics": {"cost": "high"}}}).anomalies
    assert (chosen.sensitivity_of("cost").factor, chosen.sensitivity_of("requests").factor) == (0.8, 1.2)
    with pytest.raises(ValueError, match="metrics"):
        Settings.model_validate({"anomalies": {"metrics": {"costs": "high"}}})
