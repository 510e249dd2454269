"""incident.io: named timestamps, what came back, what is none; pages and refusals."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from collectors.base import Api
from collectors.errors import DataError
from collectors.refusals import RefusedError
from collectors.sources.incident_io import SOURCE
from config.settings import explain
from domain.window import Window
from store.tables import Incident, IncidentSpan

WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
PATH, UPDATES = "/v2/incidents", "/v2/incident_updates"
NO_UPDATES = {"incident_updates": [], "pagination_meta": {"page_size": 250}}

Collected = Callable[..., list[Any]]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def told(vendor: Any, recorded: Any) -> Any:
    vendor.says(PATH, recorded("incident_io/incidents_first_page"), recorded("incident_io/incidents_last_page"))
    vendor.says(
        UPDATES,
        NO_UPDATES,
        recorded("incident_io/updates_reopened"),
        recorded("incident_io/updates_merged"),
        NO_UPDATES,
    )
    return vendor


def incidents(rows: list[Any]) -> dict[str | None, Incident]:
    return {row.number: row for row in rows if isinstance(row, Incident)}


def test_each_clock_has_its_own_timestamp(told: Any, collected: Collected) -> None:
    one = incidents(collected(SOURCE, WINDOW))["INC-1"]
    assert (one.impact_started_at, one.detected_at, one.declared_at) == (at(2, 10), at(2, 10, 6), at(2, 10, 6))
    assert (one.acknowledged_at, one.mitigated_at, one.resolved_at) == (at(2, 10, 20), at(2, 11), at(2, 12))
    assert (one.status, one.severity, one.postmortem_due_at) == ("resolved", "sev2", at(5, 11))


def test_the_settings_name_other_timestamps_and_fields(told: Any, collected: Collected) -> None:
    rows = collected(
        SOURCE,
        WINDOW,
        timestamps={"mitigated_at": ("Resolved",), "detected_at": ("Identified",)},
        fields={"ai_related": "AI related", "team": "Affected team"},
        severities={"Major": "sev3"},
    )
    one = incidents(rows)["INC-1"]
    assert (one.mitigated_at, one.detected_at) == (at(2, 12), at(2, 10, 20))
    assert (one.ai_related, one.team, one.severity) == (True, "AI Platform", "sev3")
    assert incidents(rows)["INC-3"].ai_related is False


def test_a_reopened_incident_has_a_span_for_each_time_it_hurt(told: Any, collected: Collected) -> None:
    rows = collected(SOURCE, WINDOW)
    third = incidents(rows)["INC-3"]
    assert third.resolved_at == at(3, 15, 30)
    assert [(r.started_at, r.ended_at) for r in rows if isinstance(r, IncidentSpan) and "3" in r.incident_id[-1]] == [
        (at(3, 8, 50), at(3, 10)),
        (at(3, 15), at(3, 15, 30)),
    ]


def test_declined_and_merged_ones_are_kept_and_told_apart(told: Any, collected: Collected) -> None:
    found = incidents(collected(SOURCE, WINDOW))
    assert found["INC-2"].status == "declined"
    assert (found["INC-4"].status, found["INC-4"].merged_into) == ("merged", found["INC-3"].incident_id)
    assert (found["INC-5"].status, found["INC-5"].severity, found["INC-5"].impact_started_at) == ("open", None, None)


def test_pages_go_on_until_no_cursor_is_named(told: Any, collected: Collected) -> None:
    collected(SOURCE, WINDOW)
    first, second = (dict(query) for query in told.queries(PATH))
    assert first["created_at[date_range]"] == "2026-09-30~2026-11-01"
    assert (first["page_size"], "after" in first) == ("250", False)
    assert second["after"] == "01INC000000000000000000002"


def test_a_cursor_that_comes_twice_is_refused(vendor: Any, recorded: Any, collected: Collected) -> None:
    page = recorded("incident_io/incidents_first_page")
    vendor.says(PATH, page)
    vendor.says(UPDATES, NO_UPDATES)
    with pytest.raises(DataError, match="came twice"):
        collected(SOURCE, WINDOW)


def test_a_category_nobody_knows_is_an_error_and_no_guess(told: Any, recorded: Any, collected: Collected) -> None:
    page = recorded("incident_io/incidents_last_page")
    page["incidents"][0]["incident_status"]["category"] = "asleep"
    told.says(PATH, page)
    with pytest.raises(DataError, match="'asleep' is none of triage"):
        collected(SOURCE, WINDOW)


def test_a_refused_key_is_told(vendor: Any, recorded: Any, api_of: Callable[..., Api]) -> None:
    vendor.says(PATH, httpx2.Response(401, json=recorded("incident_io/error_401")))
    with pytest.raises(RefusedError, match="the API key was refused"):
        SOURCE.check(api_of(SOURCE))


@pytest.mark.parametrize("setting", ["timestamps", "fields"])
def test_a_clock_or_column_that_is_none_is_named(setting: str) -> None:
    value: Any = {"surprise": ["x"] if setting == "timestamps" else "x"}
    with pytest.raises(ValidationError) as caught:
        SOURCE.settings.model_validate({"api_key": "env:DEMO_KEY", setting: value})
    assert "'surprise' is none of" in explain(caught.value)
