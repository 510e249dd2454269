"""ServiceNow: text for everything, times without zone, columns of one's own; short pages and refusals."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from collectors.base import Api
from collectors.errors import DataError
from collectors.refusals import RefusedError
from collectors.sources.servicenow import PATH, SOURCE
from domain.window import Window
from store.tables import Incident, IncidentSpan

WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
INSTANCE = {"base_url": "https://demo.service-now.example.com"}
OWN = {"fields": {"impact_started_at": "u_impact_start", "acknowledged_at": "u_acknowledged"}}

Collected = Callable[..., list[Any]]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def told(vendor: Any, recorded: Any) -> Any:
    pages = ("incidents_first_page", "incidents_last_page", "empty_page")
    vendor.says(PATH, *(recorded(f"servicenow/{page}") for page in pages))
    return vendor


def test_an_incident_holds_what_the_table_says(told: Any, collected: Collected) -> None:
    one = collected(SOURCE, WINDOW, **INSTANCE, **OWN)[0]
    assert one == Incident(
        source="servicenow",
        incident_id=f"{1:032x}",
        number="INC0012345",
        title="Assistant returns errors",
        status="resolved",
        severity="sev2",
        severity_from="priority",
        service="5f1a0000000000000000000000000001",
        kind="software",
        cause="Solution provided",
        impact_started_at=at(2, 9, 55),
        declared_at=at(2, 10, 5),
        detected_at=at(2, 10, 5),
        acknowledged_at=at(2, 10, 11),
        resolved_at=at(2, 11, 40),
        updated_at=at(2, 11, 40),
        postmortem_due_at=at(5, 11, 40),
    )


def test_empty_text_is_unknown_and_columns_that_are_not_named_are_not_guessed(told: Any, collected: Collected) -> None:
    rows = collected(SOURCE, WINDOW, **INSTANCE)
    assert {(row.impact_started_at, row.acknowledged_at) for row in rows if isinstance(row, Incident)} == {(None, None)}
    assert [row for row in rows if isinstance(row, IncidentSpan)] == []


def test_states_become_open_resolved_and_declined(told: Any, collected: Collected) -> None:
    rows = collected(SOURCE, WINDOW, **INSTANCE)
    assert [row.status for row in rows] == ["resolved", "open", "declined"]


def test_a_short_page_is_not_the_last(told: Any, collected: Collected) -> None:
    assert len(collected(SOURCE, WINDOW, **INSTANCE, filter="category=software")) == 3
    queries = [dict(query) for query in told.queries(PATH)]
    assert [query["sysparm_offset"] for query in queries] == ["0", "1000", "2000"]
    assert queries[0]["sysparm_query"] == (
        "opened_at>=2026-10-01 00:00:00^opened_at<2026-10-31 00:00:01^category=software^ORDERBYopened_at^ORDERBYsys_id"
    )
    assert queries[0]["sysparm_display_value"] == "false"


@pytest.mark.parametrize("value", ["02.10.2026 10:05", "2026-10-02T10:05:00Z"])
def test_times_in_a_users_own_form_are_refused(vendor: Any, recorded: Any, collected: Collected, value: str) -> None:
    page = recorded("servicenow/incidents_last_page")
    page["result"][0]["opened_at"] = value
    vendor.says(PATH, page)
    with pytest.raises(DataError, match="opened_at is"):
        collected(SOURCE, WINDOW, **INSTANCE)


def test_a_column_the_key_may_not_read_is_told(vendor: Any, recorded: Any, collected: Collected) -> None:
    page = recorded("servicenow/incidents_last_page")
    del page["result"][0]["opened_at"]
    vendor.says(PATH, page)
    with pytest.raises(DataError, match="has no opened_at; check that the key may read that column"):
        collected(SOURCE, WINDOW, **INSTANCE)


def test_a_refusal_is_told_in_the_servers_words(vendor: Any, recorded: Any, api_of: Callable[..., Api]) -> None:
    vendor.says(PATH, httpx2.Response(401, json=recorded("servicenow/error_401")))
    with pytest.raises(RefusedError, match="User Not Authenticated"):
        SOURCE.check(api_of(SOURCE, **INSTANCE))


def test_user_and_password_go_encoded(told: Any, api_of: Callable[..., Api], monkeypatch: pytest.MonkeyPatch) -> None:
    api = api_of(SOURCE, **INSTANCE, auth="basic")
    monkeypatch.setenv("DEMO_KEY", "reader:open sesame".replace(" ", "-"))
    SOURCE.check(api)
    assert told.asked[0].headers["authorization"] == "Basic cmVhZGVyOm9wZW4tc2VzYW1l"
