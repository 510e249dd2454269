"""What the company delivered, and GitHub and Jira as the sandbox plays them: pages, limits, what is not told yet."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company import Company
from sandbox.delivery import HISTORY_DAYS, company_delivery
from sandbox.delivery_tickets import OVERDUE_DAYS_BEFORE, company_defects, company_requests
from sandbox.faults import Faults
from sandbox.keys import TOKEN_GITHUB, USER_AND_TOKEN_JIRA
from sandbox.server import create_app
from tests.sandbox.conftest import ANCHOR, NOW

GITHUB = {"Authorization": f"Bearer {TOKEN_GITHUB}"}
JIRA = {"Authorization": "Basic " + base64.b64encode(USER_AND_TOKEN_JIRA.encode()).decode()}
DEPLOYMENTS = "/github/repos/larkfield/assistants/deployments"
JQL = 'project in ("LARK") AND created >= "{}" AND created < "{}" ORDER BY created ASC, key ASC'
WIDE = JQL.format("2025/01/01 00:00", "2027/01/01 00:00")


def search(client: TestClient, **body: Any) -> Any:
    return client.post("/jira/rest/api/3/search/jql", json=body, headers=JIRA).json()


@pytest.mark.parametrize(("seed", "anchor"), [(7, ANCHOR), (7, date(2026, 11, 23)), (1, ANCHOR), (2, ANCHOR)])
def test_every_year_has_what_a_review_is_about(seed: int, anchor: date) -> None:
    delivery = company_delivery(seed, anchor)
    releases = delivery.releases
    assert [one.created_at for one in releases] == sorted(one.created_at for one in releases)
    assert len({one.number for one in releases}) == len(releases)
    assert any(not one.succeeds for one in releases)
    assert any(one.spec is None for one in releases)
    assert any(one.approved_at is None for one in delivery.specs)
    assert any(one.fixes for one in releases)
    by_number = {one.number: one for one in releases}
    taken_back = [one for one in releases if one.reverts]
    assert taken_back
    for one in taken_back:
        bad = by_number[one.reverts or 0]
        assert bad.sha != one.sha
        assert timedelta() < one.created_at - bad.finished_at < timedelta(days=7)
        assert one.sha in {other.sha for other in releases if other.created_at < bad.created_at}
    start = datetime.combine(anchor, datetime.min.time(), UTC) - timedelta(days=HISTORY_DAYS)
    months = {(one.done_at - start).days // 30 for one in delivery.specs}
    assert set(range(1, 14)) <= months, "each month has its releases"
    assert {one.labels[1] for one in company_defects(seed, anchor)} == {"customer", "internal"}
    open_for_good = [one for one in company_requests(seed, anchor) if one.ended_at is None]
    assert [(anchor - one.created_at.date()).days for one in open_for_good] == [OVERDUE_DAYS_BEFORE, 2]


def test_deployments_come_newest_first_and_pages_are_linked(client: TestClient) -> None:
    first = client.get(DEPLOYMENTS, params={"per_page": 20, "environment": "production"}, headers=GITHUB)
    created = [one["created_at"] for one in first.json()]
    assert created == sorted(created, reverse=True)
    assert created[0] <= NOW.isoformat()
    following = first.links["next"]["url"]
    assert following.startswith(f"http://testserver{DEPLOYMENTS}?")
    second = client.get(following, headers=GITHUB).json()
    assert len(second) == 20
    assert second[0]["created_at"] <= created[-1]
    assert client.get(DEPLOYMENTS, params={"environment": "staging"}, headers=GITHUB).json() == []


def test_a_later_success_makes_a_deployment_inactive(client: TestClient) -> None:
    rows = client.get(DEPLOYMENTS, params={"per_page": 100}, headers=GITHUB).json()
    states = [
        [one["state"] for one in client.get(f"{DEPLOYMENTS}/{row['id']}/statuses", headers=GITHUB).json()]
        for row in rows[:30]
    ]
    assert ["inactive", "success", "in_progress"] in states
    assert all(told[-1] == "in_progress" for told in states)


def test_github_refuses_in_its_own_words(client: TestClient, faults: Faults) -> None:
    assert client.get(DEPLOYMENTS).json()["message"] == "Bad credentials"
    assert client.get("/github/repos/larkfield/other/deployments", headers=GITHUB).status_code == 404
    assert client.get(f"{DEPLOYMENTS}/1/statuses", headers=GITHUB).status_code == 404
    assert client.get(DEPLOYMENTS, params={"page": "last"}, headers=GITHUB).status_code == 422
    faults.github_rate_limit_next = 1
    limited = client.get(DEPLOYMENTS, headers=GITHUB)
    assert (limited.status_code, limited.headers["retry-after"]) == (403, "1")
    faults.repeated_cursor = True
    assert client.get(DEPLOYMENTS, params={"page": 2}, headers=GITHUB).links["next"]["url"].endswith("page=2")
    faults.malformed_page = True
    assert isinstance(client.get(DEPLOYMENTS, headers=GITHUB).json(), dict)


def test_a_search_gives_the_fields_asked_for_and_tokens_to_go_on(client: TestClient) -> None:
    first = search(client, jql=WIDE, fields=["created", "status"], maxResults=50)
    assert set(first["issues"][0]["fields"]) == {"created", "status"}
    keys = [one["key"] for one in first["issues"]]
    while token := first.get("nextPageToken"):
        first = search(client, jql=WIDE, maxResults=50, nextPageToken=token)
        keys += [one["key"] for one in first["issues"]]
    known = [one.key for one in company_delivery(7, ANCHOR).specs if one.created_at <= NOW]
    assert keys == known
    assert "fields" not in first["issues"][0]


def test_times_of_a_search_are_in_the_users_zone(client: TestClient) -> None:
    spec = company_delivery(7, ANCHOR).specs[0]
    local = spec.created_at + timedelta(hours=2)
    span = [f"{moment:%Y/%m/%d %H:%M}" for moment in (local, local + timedelta(minutes=1))]
    before = [f"{moment:%Y/%m/%d %H:%M}" for moment in (spec.created_at, spec.created_at + timedelta(minutes=1))]
    assert search(client, jql=JQL.format(*span))["issues"][0]["key"] == spec.key
    assert search(client, jql=JQL.format(*before))["issues"] == []


def test_what_has_not_happened_is_not_told(company: Company) -> None:
    spec = next(one for one in company_delivery(7, ANCHOR).specs if one.approved_at)
    assert spec.approved_at
    early = TestClient(create_app(company, lambda: spec.approved_at, Faults.none()))
    (issue,) = [
        one for one in search(early, jql=WIDE, fields=["status", "resolution"])["issues"] if one["key"] == spec.key
    ]
    assert (issue["fields"]["status"]["name"], issue["fields"]["resolution"]) == ("Approved", None)
    body = {"issueIdsOrKeys": [issue["id"]], "fieldIds": ["status"]}
    (log,) = early.post("/jira/rest/api/3/changelog/bulkfetch", json=body, headers=JIRA).json()["issueChangeLogs"]
    assert [one["items"][0]["toString"] for one in log["changeHistories"]] == ["Approved"]


def test_jira_refuses_in_its_own_words(client: TestClient, faults: Faults) -> None:
    assert search(client, jql="ORDER BY created")["errorMessages"][0].startswith("Unbounded JQL")
    assert search(client, jql=WIDE, nextPageToken="other")["errorMessages"] == [
        "The provided next page token is invalid."
    ]
    assert client.get("/jira/rest/api/3/status").status_code == 401
    empty = client.post("/jira/rest/api/3/changelog/bulkfetch", json={"issueIdsOrKeys": []}, headers=JIRA)
    assert empty.status_code == 400
    faults.rate_limit_rate = 1.0
    limited = client.get("/jira/rest/api/3/status", headers=JIRA)
    assert (limited.status_code, limited.headers["ratelimit-reason"]) == (429, "jira-burst-based")
    faults.rate_limit_rate, faults.repeated_cursor = 0, True
    assert search(client, jql=WIDE, nextPageToken=search(client, jql=WIDE)["nextPageToken"])["nextPageToken"]
    faults.malformed_page = True
    assert search(client, jql=WIDE) == {}
