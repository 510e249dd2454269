"""Rules over incidents: ours that last, providers' that touch us, postmortems that are late. On a real store."""

from datetime import timedelta
from typing import Any

import pytest

from alerts.base import Finding, Rule, Situation
from alerts.rules import incident_overdue, postmortem_overdue, provider_incident
from config.settings import Settings
from queries.runner import run
from store.engine import Store
from store.tables import Incident, IncidentSpan, RequestHour
from tests.alerts.support import NOW, insert

HOUR = timedelta(hours=1)
HOUR_NOW = NOW.replace(minute=0)


def examine(store: Store, rule: Rule) -> list[Finding]:
    return rule.examine(lambda name, **params: run(store, name, **params), Situation(NOW, Settings()))


def add(store: Store, name: str, *, age: timedelta, lasted: timedelta | None = None, **changes: Any) -> None:
    """An incident that began so long ago; open when nothing says how long it lasted."""
    started = NOW - age
    ended = started + lasted if lasted else None
    told: dict[str, Any] = {
        "source": "pager",
        "incident_id": name,
        "number": name.removeprefix("i"),
        "title": f"Trouble {name}",
        "status": "resolved" if ended else "open",
        "severity": "sev2",
        "declared_at": started,
        "impact_started_at": started,
        "resolved_at": ended,
        "team": "Care",
    }
    told |= changes
    insert(store, Incident, [Incident(**told)])
    span = IncidentSpan(
        source=told["source"], incident_id=name, declared_at=started, started_at=started, ended_at=ended
    )
    insert(store, IncidentSpan, [span])


def test_an_open_incident_alerts_from_the_mean_of_its_severity_on_and_again_at_each_multiple(
    duckdb_store: Store,
) -> None:
    for name, hours in (("i1", 1), ("i2", 2), ("i3", 3)):
        add(duckdb_store, name, age=timedelta(days=9), lasted=hours * HOUR)
    add(duckdb_store, "i4", age=5 * HOUR)
    add(duckdb_store, "i5", age=HOUR)
    add(duckdb_store, "i6", age=50 * HOUR, severity="sev3")
    found = {one.facts["incident"]: one for one in examine(duckdb_store, incident_overdue.RULE)}
    assert found.keys() == {"i4", "i5"}
    assert (found["i4"].state, found["i4"].level, found["i4"].severity) == ("firing", 2, "ticket")
    assert found["i4"].summary == "Trouble i4 is open for 5 hours; 2 hours is the mean of 3 sev2 in 90 days."
    assert found["i4"].owner == "Care"
    assert found["i5"].state == "pending"


def test_without_a_history_four_hours_are_long_and_a_sev1_pages(duckdb_store: Store) -> None:
    add(duckdb_store, "i1", age=5 * HOUR, severity="sev1")
    (finding,) = examine(duckdb_store, incident_overdue.RULE)
    assert (finding.state, finding.severity) == ("firing", "page")
    assert "too few sev1 are on record for a usual time, so 4 hours counts" in finding.summary


def test_a_late_postmortem_alerts_until_it_is_published(duckdb_store: Store) -> None:
    due = {"postmortem_due_at": NOW - timedelta(days=8)}
    add(duckdb_store, "i1", age=timedelta(days=12), lasted=HOUR, **due)
    add(duckdb_store, "i2", age=timedelta(days=12), lasted=HOUR, **due, postmortem_published_at=NOW - HOUR)
    add(duckdb_store, "i3", age=timedelta(days=1), lasted=HOUR, postmortem_due_at=NOW + timedelta(days=2))
    found = {one.facts["incident"]: one for one in examine(duckdb_store, postmortem_overdue.RULE)}
    assert {name: one.state for name, one in found.items()} == {"i1": "firing", "i2": "over", "i3": "over"}
    assert found["i1"].level == 2
    assert "its postmortem was due 8 days ago and none is published" in found["i1"].summary


def traffic(store: Store, failed: int, requests: int = 100) -> None:
    """A week with one failure in a hundred requests an hour, then this hour."""
    hours = [(HOUR_NOW - n * HOUR, 100, 1) for n in range(3, 168)] + [(HOUR_NOW, requests, failed)]
    rows = [
        RequestHour(
            hour=hour,
            source="gateway",
            service="chat",
            provider="openai",
            model="gpt-4.1",
            attribution_key="k1",
            request_count=count,
            throttled_count=0,
            rejected_count=0,
            failed_count=bad,
        )
        for hour, count, bad in hours
    ]
    insert(store, RequestHour, rows)


@pytest.mark.parametrize(("failed", "severity"), [(3, "info"), (9, "info"), (20, "ticket")])
def test_a_providers_incident_is_graver_when_our_requests_fail_too(
    duckdb_store: Store, failed: int, severity: str
) -> None:
    traffic(duckdb_store, failed)
    add(duckdb_store, "s1", age=2 * HOUR, source="status", provider="openai", title="Elevated errors", components="API")
    add(duckdb_store, "s2", age=2 * HOUR, source="status", provider="anthropic")
    (finding,) = examine(duckdb_store, provider_incident.RULE)
    assert (finding.state, finding.severity) == ("firing", severity)
    assert finding.title == "OpenAI: Elevated errors"
    assert f"Of our 100 requests in the last 2 hours {failed}% failed; 1% is usual." in finding.summary
    assert finding.scope == {"provider": "openai"}


def test_an_incident_that_the_provider_closes_is_over(duckdb_store: Store) -> None:
    traffic(duckdb_store, 1)
    add(duckdb_store, "s1", age=3 * HOUR, lasted=HOUR, source="status", provider="openai", title="Elevated errors")
    (finding,) = examine(duckdb_store, provider_incident.RULE)
    assert finding.state == "over"
    assert finding.summary.startswith("OpenAI says that it is over, after 1 hour.")
