"""PagerDuty as the sandbox plays it: key, ranges, pages, limits, and what is not told yet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company import Company
from sandbox.faults import Faults
from sandbox.incidents import company_incidents
from sandbox.keys import API_KEY_PAGERDUTY
from tests.sandbox.conftest import ANCHOR, NOW

HEADERS = {"Authorization": f"Token token={API_KEY_PAGERDUTY}"}
SPAN = {"since": "2026-07-23T00:00:00Z", "until": "2026-11-20T10:17:05Z"}
KNOWN = [one for one in company_incidents(7, ANCHOR) if one.declared_at <= NOW]


def ask(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(f"/pagerduty/{path}", params=params, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_pages_go_on_by_offset_and_tell_the_total_when_asked(client: TestClient) -> None:
    first = ask(client, "incidents", limit=10, **SPAN)
    assert (first["limit"], first["offset"], first["total"], first["more"]) == (10, 0, None, True)
    last = ask(client, "incidents", limit=10, offset=20, total="true", **SPAN)
    assert (last["total"], last["more"]) == (len(KNOWN), False)
    assert len(ask(client, "incidents", limit=500, **SPAN)["incidents"]) == len(KNOWN)


def test_without_a_range_there_is_the_last_month(client: TestClient) -> None:
    found = ask(client, "incidents", limit=100)["incidents"]
    assert 0 < len(found) < len(KNOWN)
    assert min(one["created_at"] for one in found) > "2026-10-20"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"since": "2026-01-01T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, 2004),
        ({"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, 2004),
        ({**SPAN, "limit": "100", "offset": "9950"}, 2002),
        ({"since": "yesterday"}, 2001),
        ({"limit": "many"}, 2001),
    ],
)
def test_what_the_vendor_refuses_is_refused(client: TestClient, params: dict[str, str], code: int) -> None:
    answer = client.get("/pagerduty/incidents", params=params, headers=HEADERS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize("header", [None, "Token token=wrong", f"Bearer {API_KEY_PAGERDUTY}"])
def test_only_the_key_opens(client: TestClient, header: str | None) -> None:
    answer = client.get("/pagerduty/incidents", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["error"]["message"]) == (401, "Unauthorized")


def test_an_open_incident_has_its_acknowledgements_and_a_resolved_one_lost_them(client: TestClient) -> None:
    found = ask(client, "incidents", limit=100, **SPAN)["incidents"]
    opened = [one for one in found if one["status"] == "acknowledged"]
    assert len(opened) == 2
    assert all(one["acknowledgements"] and not one["resolved_at"] for one in opened)
    assert all(not one["acknowledgements"] for one in found if one["status"] == "resolved")


def test_the_log_of_one_is_that_part_of_the_log_of_all(client: TestClient) -> None:
    reopened = next(one for one in KNOWN if len(one.impact) > 1)
    own = ask(client, f"incidents/{reopened.incident_id}/log_entries", limit=100)["log_entries"]
    kinds = [one["type"].removesuffix("_log_entry") for one in reversed(own)]
    assert [kind for kind in kinds if kind != "notify"] == ["trigger", "acknowledge", "resolve", "trigger", "resolve"]
    every = ask(client, "log_entries", limit=100, since="2026-11-01T00:00:00Z", until=SPAN["until"])["log_entries"]
    assert [one for one in every if one["incident"]["id"] == reopened.incident_id] == own


def test_custom_fields_tell_the_start_where_somebody_wrote_it_down(client: TestClient) -> None:
    starts = {}
    for one in KNOWN:
        fields = ask(client, f"incidents/{one.incident_id}/custom_fields/values")["custom_fields"]
        starts[one.incident_id] = next(field["value"] for field in fields if field["name"] == "impact_started")
    assert [key for key, value in starts.items() if value is None] == [
        one.incident_id for one in KNOWN if not one.start_is_told
    ]
    assert all(
        datetime.fromisoformat(starts[one.incident_id]) == one.impact[0][0] for one in KNOWN if one.start_is_told
    )


def test_what_has_not_happened_is_not_told(company: Company) -> None:
    from sandbox.server import create_app

    early = TestClient(create_app(company, lambda: datetime(2026, 11, 1, 10, tzinfo=UTC), Faults.none()))
    found = ask(early, "incidents", limit=100, since="2026-10-31T00:00:00Z", until="2026-11-20T00:00:00Z")["incidents"]
    outage = {"id": found[0]["id"], "type": "incident_reference"}
    assert [(one["status"], one["resolve_reason"]) for one in found] == [
        ("acknowledged", None),
        ("resolved", {"type": "merge_resolve_reason", "incident": outage}),
    ]
    assert early.get(f"/pagerduty/incidents/{KNOWN[-1].incident_id}/log_entries", headers=HEADERS).status_code == 404


def test_failures_come_in_the_vendors_form(client: TestClient, faults: Faults) -> None:
    faults.rate_limit_rate = 1.0
    answer = client.get("/pagerduty/priorities", headers=HEADERS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, 2020)
    assert (answer.headers["ratelimit-reset"], "retry-after" in answer.headers) == ("1", False)
    faults.rate_limit_rate, faults.malformed_page = 0, True
    assert "more" not in ask(client, "priorities")
    faults.malformed_page, faults.repeated_cursor = False, True
    assert ask(client, "priorities", offset=100)["more"] is True
    faults.key_expired = True
    assert client.get("/pagerduty/priorities", headers=HEADERS).status_code == 401


def test_priorities_are_listed_gravest_first(client: TestClient) -> None:
    found = ask(client, "priorities")["priorities"]
    assert [one["summary"] for one in found] == ["P1", "P2", "P3", "P4"]
    assert sorted((one["order"] for one in found), reverse=True) == [one["order"] for one in found]


def test_an_unknown_address_answers_as_the_vendor_does(client: TestClient) -> None:
    assert client.get("/pagerduty/nothing", headers=HEADERS).json() == {"error": {"message": "Not Found", "code": 2100}}
