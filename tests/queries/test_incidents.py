"""Questions about incidents: the same clocks, ages and debts as the domain's, and what overlaps what."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from domain.incident.postmortem import postmortem_state
from domain.window import Window
from queries.incident_clocks import incident_clocks, incidents_of
from queries.runner import Result, run
from store.engine import Store, open_store
from store.migrate import upgrade
from tests.app.support.seed import seed
from tests.queries.test_header_contract import NOW

PERIOD = Window(NOW - timedelta(days=28), NOW)
ALL = {"team": [], "feature": []}

Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    store: Store = open_store(f"duckdb:///{tmp_path_factory.mktemp('incidents') / 'store.duckdb'}")
    upgrade(store)
    seed(store, NOW)
    yield partial(run, store)
    store.close()


def by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["incident_id"]: row for row in rows}


def stored(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def test_the_timeline_has_our_own_and_the_providers_side_by_side(ask: Ask) -> None:
    rows = ask("incident/timeline", start=PERIOD.start, end=PERIOD.end, **ALL).rows()
    assert {row["incident_id"] for row in rows} == {"Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "a1", "o1", "o2"}
    assert [row["declared_at"] for row in rows] == sorted((row["declared_at"] for row in rows), reverse=True)
    found = by_id(rows)
    assert (found["Q2"]["span_count"], found["Q3"]["span_count"]) == (2, 0)
    assert found["Q1"]["over_at"] == stored(NOW - timedelta(days=20, hours=-1))
    assert (found["Q4"]["over_at"], found["o1"]["over_at"]) == (None, None)
    assert (found["Q4"]["team"], found["Q4"]["tier"]) == ("Customer Care", "critical")
    assert found["Q5"]["merged_into"] == "Q1"


def test_an_incident_is_on_the_timeline_of_every_period_it_hurt_in(ask: Ask) -> None:
    during = Window(NOW - timedelta(days=9.5), NOW - timedelta(days=9.2))
    rows = ask("incident/timeline", start=during.start, end=during.end, **ALL).rows()
    assert [row["incident_id"] for row in rows] == ["Q2"]
    assert [r["incident_id"] for r in ask("incident/timeline", start=NOW, end=NOW + timedelta(1), **ALL).rows()] == [
        "o1",
        "Q4",
    ]


def test_a_filter_by_team_leaves_our_own_only(ask: Ask) -> None:
    rows = ask("incident/timeline", start=PERIOD.start, end=PERIOD.end, team=["Back Office"], feature=[]).rows()
    assert [row["incident_id"] for row in rows] == ["Q2"]


def test_the_clocks_of_a_period_are_the_domains(ask: Ask) -> None:
    clocks = incident_clocks(ask, PERIOD, NOW).clocks
    assert (clocks.declared_count, clocks.restored_count, clocks.open.count) == (5, 4, 1)
    assert (clocks.restore.count, clocks.restore.of_count) == (3, 4)
    hours = [2, 4, 1]
    assert clocks.restore.mean_seconds == pytest.approx(sum(hours) / 3 * 3600)
    assert clocks.restore.median_seconds == 2 * 3600
    assert (clocks.detect.count, clocks.detect.of_count) == (4, 5)
    assert (clocks.acknowledge.count, clocks.acknowledge.of_count) == (4, 5)
    assert clocks.open.is_flattered


def test_clocks_can_be_of_one_severity_or_team(ask: Ask) -> None:
    assert incident_clocks(ask, PERIOD, NOW, severity=["sev1"]).clocks.restored_count == 2
    assert incident_clocks(ask, PERIOD, NOW, team=["Back Office"]).clocks.restore.mean_seconds == 4 * 3600


def test_an_incident_restored_in_the_period_is_asked_for_however_early_it_was_declared(ask: Ask) -> None:
    late = Window(NOW - timedelta(days=9, hours=2), NOW - timedelta(days=8, hours=12))
    clocks = incident_clocks(ask, late, NOW).clocks
    assert (clocks.declared_count, clocks.restored_count, clocks.restore.mean_seconds) == (0, 1, 4 * 3600)


def test_the_age_of_the_open_ones_is_the_domains(ask: Ask) -> None:
    rows = ask("incident/open", now=NOW, **ALL).rows()
    (row,) = rows
    (expected,) = incident_clocks(ask, PERIOD, NOW).clocks.open.incidents
    assert (row["age_seconds"], row["is_since_start"]) == (expected.age_seconds, expected.is_since_start)
    assert row["age_seconds"] == 49 * 3600


def test_providers_incidents_that_overlap_a_window_are_found(ask: Ask) -> None:
    def overlapping(start: float, end: float, provider: list[str] | None = None) -> list[str]:
        days = (NOW - timedelta(days=start), NOW - timedelta(days=end))
        rows = ask("incident/provider_incidents", start=days[0], end=days[1], provider=provider or []).rows()
        return [row["incident_id"] for row in rows]

    assert overlapping(28, 0) == ["a1", "o2", "o1"]
    assert overlapping(28, 0, ["openai"]) == ["o2", "o1"]
    assert overlapping(20, 19.9) == ["a1"]
    assert overlapping(19.8, 19.7) == []
    assert overlapping(0.1, 0) == ["o1"]


def test_an_end_that_a_page_never_told_is_its_last_update(ask: Ask) -> None:
    rows = ask("incident/provider_incidents", start=PERIOD.start, end=PERIOD.end, provider=[]).rows()
    ends = {row["incident_id"]: row["span_ended_at"] for row in rows}
    assert (ends["o2"], ends["o1"]) == (stored(NOW - timedelta(days=11.5)), None)


def test_remediation_items_say_whether_they_are_late(ask: Ask) -> None:
    rows = ask("incident/actions", today=NOW.date(), owner=[], state=[]).rows()
    assert [(row["action_id"], row["due_state"]) for row in rows] == [
        ("1", "overdue"),
        ("6", "due"),
        ("2", "due"),
        ("3", "undated"),
        ("4", "done"),
        ("5", "dropped"),
    ]
    found = {row["action_id"]: row for row in rows}
    assert (found["1"]["incident_title"], found["2"]["incident_title"]) == ("Incident 1", "Incident 2")
    assert (found["6"]["incident_title"], found["6"]["incident_id"]) == (None, "nobody knows")
    late = ask("incident/actions", today=NOW.date(), owner=["Ines Okafor"], state=["overdue"]).rows()
    assert [row["action_id"] for row in late] == ["1"]


@pytest.mark.parametrize("days_later", [0, 3, 9])
def test_the_state_of_a_postmortem_is_the_domains(ask: Ask, days_later: int) -> None:
    now = NOW + timedelta(days=days_later)
    rows = ask("incident/postmortems", since=PERIOD.start, now=now, team=[]).rows()
    clocks = incident_clocks(ask, PERIOD, now).result
    expected = {one.key[1]: postmortem_state(one, now) for one in incidents_of(clocks.rows())}
    assert {row["incident_id"]: row["state"] for row in rows} == {key: s for key, s in expected.items() if s}


def test_late_postmortems_stand_first(ask: Ask) -> None:
    rows = ask("incident/postmortems", since=PERIOD.start, now=NOW, team=[]).rows()
    assert [(row["incident_id"], row["state"]) for row in rows] == [
        ("Q2", "overdue"),
        ("Q7", "due"),
        ("Q1", "published"),
    ]
