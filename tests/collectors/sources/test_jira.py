"""Jira: specifications, defects and evidence from bounded searches and the changes of status."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from collectors.base import Api
from collectors.errors import DataError
from collectors.refusals import RefusedError
from collectors.sources.jira_defects import SOURCE as DEFECTS
from collectors.sources.jira_evidence import SOURCE as EVIDENCE
from collectors.sources.jira_specs import SOURCE as SPECS
from config.settings import explain
from domain.window import Window
from store.tables import Defect, EvidenceRequest, Spec

WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
SEARCH, CHANGES, STATUSES = "/rest/api/3/search/jql", "/rest/api/3/changelog/bulkfetch", "/rest/api/3/status"
SITE: dict[str, Any] = {"base_url": "https://acme.atlassian.net", "projects": ["AI"]}
APPROVED = {**SITE, "approved_statuses": ["approved"], "owners": {"chat": {"feature": "assistant", "team": "Care"}}}
CATEGORIES = {"To Do": "new", "Approved": "indeterminate", "Doing": "indeterminate", "Done": "done", "Closed": "done"}
IDS = {name: str(place) for place, name in enumerate(CATEGORIES, 1)}

Collected = Callable[..., list[Any]]


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def issue(number: int, created: str, name: str, /, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(1000 + number),
        "key": f"AI-{number}",
        "fields": {
            "created": f"2026-{created}.000+0000",
            "status": {"name": name, "statusCategory": {"key": CATEGORIES[name]}},
            "labels": [],
            "components": [{"name": "chat"}],
            "issuetype": {"name": "Story"},
            "priority": {"name": "Highest"},
            "resolution": None,
            "resolutiondate": None,
            **fields,
        },
    }


def log(number: int, *moves: tuple[Any, str, str]) -> dict[str, Any]:
    histories = [
        {
            "id": str(place),
            "created": moment,
            "items": [
                {"fieldId": "status", "from": IDS[old], "fromString": old, "to": IDS[new], "toString": new},
            ],
        }
        for place, (moment, old, new) in enumerate(moves)
    ]
    return {"issueId": str(1000 + number), "changeHistories": histories}


def told(vendor: Any, issues: list[Any], *logs: dict[str, Any]) -> None:
    vendor.says(SEARCH, {"issues": issues, "isLast": True})
    vendor.says(CHANGES, {"issueChangeLogs": list(logs)})
    vendor.says(STATUSES, [{"id": IDS[n], "name": n, "statusCategory": {"key": c}} for n, c in CATEGORIES.items()])


def test_a_specification_is_approved_when_it_first_came_into_such_a_status(vendor: Any, collected: Collected) -> None:
    milliseconds = int(at(4, 9).timestamp() * 1000)
    moves = [
        (milliseconds, "To Do", "Approved"),
        ("2026-10-05T09:00:00.000+0000", "Approved", "To Do"),
        ("2026-10-06T09:00:00.000+0000", "To Do", "Approved"),
        ("2026-10-20T11:00:00.000+0200", "Approved", "Done"),
        ("2026-10-21T09:00:00.000+0000", "Done", "Closed"),
    ]
    told(vendor, [issue(42, "10-02T09:00:00", "Closed")], log(42, *moves))
    assert collected(SPECS, WINDOW, **APPROVED) == [
        Spec(
            source="jira_specs",
            spec_id="AI-42",
            created_at=at(2, 9),
            status="Closed",
            feature="assistant",
            team="Care",
            approved_at=at(4, 9),
            done_at=at(20, 9),
            url="https://acme.atlassian.net/browse/AI-42",
        )
    ]


def test_a_specification_that_was_never_approved_has_no_date_and_one_born_approved_has_its_first(
    vendor: Any, collected: Collected
) -> None:
    issues = [
        issue(1, "10-02T09:00:00", "Doing"),
        issue(2, "10-03T00:00:00", "Approved"),
        issue(3, "10-04T00:00:00", "Done", resolutiondate="2026-10-08T00:00:00.000+0000"),
    ]
    told(vendor, issues, log(1, ("2026-10-03T00:00:00.000+0000", "To Do", "Doing")))
    found = collected(SPECS, WINDOW, **APPROVED)
    assert [(row.approved_at, row.done_at) for row in found] == [(None, None), (at(3), None), (None, at(8))]


def test_a_specification_that_was_given_up_says_so_whatever_jira_calls_its_end(
    vendor: Any, collected: Collected
) -> None:
    ends = ["Won't Do", "Duplicate", "Fixed", None]
    issues = [
        issue(number, "10-02T09:00:00", "Done", resolution=end and {"name": end}) for number, end in enumerate(ends, 1)
    ]
    told(vendor, [*issues, issue(5, "10-02T09:00:00", "Doing", resolution={"name": "Declined"})])
    found = collected(SPECS, WINDOW, **APPROVED)
    assert [row.status for row in found] == ["declined", "declined", "Done", "Done", "Doing"]


def test_a_search_is_bounded_a_day_wider_than_the_window_and_read_to_its_last_page(
    vendor: Any, collected: Collected
) -> None:
    told(vendor, [])
    first, last = issue(1, "09-30T23:59:59", "To Do"), issue(3, "10-31T00:00:00", "To Do")
    vendor.says(
        SEARCH,
        {"issues": [first, issue(2, "10-01T00:00:00", "To Do")], "nextPageToken": "a", "isLast": True},
        {"issues": [], "nextPageToken": "b"},
        {"issues": [issue(2, "10-01T00:00:00", "To Do"), last]},
    )
    rows = collected(SPECS, WINDOW, **APPROVED, jql="labels = ai OR labels = ml")
    assert [row.spec_id for row in rows] == ["AI-2"]
    bodies = vendor.bodies(SEARCH)
    assert bodies[0]["jql"] == (
        'project in ("AI") AND (labels = ai OR labels = ml) AND created >= "2026/09/30 00:00" '
        'AND created < "2026/11/01 00:01" ORDER BY created ASC, key ASC'
    )
    assert "summary" not in bodies[0]["fields"]
    assert [body.get("nextPageToken") for body in bodies] == [None, "a", "b"]
    assert vendor.bodies(CHANGES)[0]["issueIdsOrKeys"] == ["1002"]


def test_a_defect_is_resolved_at_its_last_end_and_counts_how_often_it_came_back(
    vendor: Any, collected: Collected
) -> None:
    labels = {"labels": ["ai-hallucination", "Customer"], "resolution": {"name": "Fixed"}}
    issues = [
        issue(1, "10-02T09:00:00", "Done", **labels),
        issue(2, "10-02T09:00:00", "Done", resolution={"name": "Duplicate"}, priority=None),
        issue(3, "10-02T09:00:00", "Done", resolution={"name": "Won't Do"}),
        issue(4, "10-02T09:00:00", "Doing"),
    ]
    first = log(1, ("2026-10-03T00:00:00.000+0000", "To Do", "Done"), ("2026-10-04T00:00:00.000+0000", "Done", "Doing"))
    told(vendor, issues)
    vendor.says(
        CHANGES,
        {"issueChangeLogs": [first], "nextPageToken": "x"},
        {"issueChangeLogs": [log(1, ("2026-10-05T00:00:00.000+0000", "Doing", "Done"))], "nextPageToken": None},
    )
    rules = {"ai": {"made-up": ["ai-*"]}, "customer": ["customer"], "severities": {"ai-*": "high"}}
    found = collected(DEFECTS, WINDOW, **SITE, **rules)
    assert found[0] == Defect(
        source="jira_defects",
        defect_id="AI-1",
        reported_at=at(2, 9),
        status="resolved",
        severity="high",
        reported_by="customer",
        ai_related=True,
        matched_by="made-up",
        resolved_at=at(5),
        reopened_count=1,
        url="https://acme.atlassian.net/browse/AI-1",
    )
    assert [(row.status, row.severity, row.ai_related) for row in found[1:]] == [
        ("duplicate", None, None),
        ("declined", "critical", None),
        ("open", "critical", None),
    ]


def test_evidence_is_delivered_when_done_and_complete_by_its_resolution(vendor: Any, collected: Collected) -> None:
    done = [("2026-10-06T00:00:00.000+0000", "To Do", "Done")]
    issues = [
        issue(number, "10-02T09:00:00", "Done", resolution=resolution and {"name": resolution}, labels=["eu-ai-act"])
        for number, resolution in enumerate(["Delivered", "Incomplete", "Fixed", None], 1)
    ]
    told(vendor, [*issues, issue(5, "10-03T00:00:00", "Doing")], *(log(number, *done) for number in range(1, 5)))
    found = collected(EVIDENCE, WINDOW, **SITE, frameworks={"eu-*": "EU AI Act"})
    assert found[0] == EvidenceRequest(
        source="jira_evidence",
        request_id="AI-1",
        requested_at=at(2, 9),
        delivered_at=at(6),
        is_complete=True,
        framework="EU AI Act",
        url="https://acme.atlassian.net/browse/AI-1",
    )
    assert [(row.delivered_at, row.is_complete) for row in found[1:]] == [
        (at(6), False),
        (at(6), None),
        (at(6), None),
        (None, None),
    ]


def test_an_issue_that_cannot_be_read_is_set_aside_and_the_others_go_on(
    vendor: Any, api_of: Callable[..., Api]
) -> None:
    told(
        vendor,
        [
            {**issue(1, "10-02T09:00:00", "To Do"), "fields": {"created": "02/Oct/26"}},
            issue(2, "10-02T09:00:00", "To Do", status={}),
            issue(3, "10-02T09:00:00", "To Do", labels=[1]),
            issue(4, "10-02T09:00:00", "To Do"),
        ],
    )
    api = api_of(SPECS, **APPROVED)
    assert [row.spec_id for row in SPECS.collect(WINDOW, api)] == ["AI-4"]
    assert [(one.file_name, one.reason.partition(": ")[2]) for one in api.rejected] == [
        ("issue AI-1", "created is '02/Oct/26' where a time with its offset from UTC belongs"),
        ("issue AI-2", "the field name is missing where text belongs"),
        ("issue AI-3", "labels hold what is no text"),
    ]


def test_a_token_that_comes_twice_is_refused(vendor: Any, collected: Collected) -> None:
    vendor.says(SEARCH, {"issues": [], "nextPageToken": "a"})
    with pytest.raises(DataError, match="came twice"):
        collected(SPECS, WINDOW, **APPROVED)


def test_a_refusal_is_told_in_jiras_words(vendor: Any, api_of: Callable[..., Api]) -> None:
    refused = {"errorMessages": ["The value 'AI' does not exist for the field 'project'."], "errors": {}}
    vendor.says(SEARCH, httpx2.Response(400, json=refused))
    with pytest.raises(RefusedError, match="The value 'AI' does not exist"):
        SPECS.check(api_of(SPECS, **APPROVED))


def test_a_condition_with_an_order_and_a_key_that_is_none_are_named() -> None:
    for changed, sentence in (({"jql": "a = b Order  By c"}, "without ORDER BY"), ({"projects": ['A"']}, "projects.0")):
        with pytest.raises(ValidationError) as caught:
            SPECS.settings.model_validate({"api_key": "env:DEMO_KEY", **APPROVED, **changed})
        assert sentence in explain(caught.value)


def test_an_oauth_token_goes_as_bearer_and_knows_no_page(
    vendor: Any, api_of: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_KEY", "me@example.com:token-1234")
    cloud = "https://api.atlassian.com/ex/jira/11"
    vendor.says(f"/ex/jira/11{SEARCH}", {"issues": []})
    api = api_of(SPECS, **{**APPROVED, "base_url": cloud, "auth": "bearer"})
    SPECS.check(api)
    assert vendor.asked[0].headers["authorization"].startswith("Bearer ")
    assert api.settings.url_of("AI-1") is None
    vendor.says(SEARCH, {"issues": []})
    SPECS.check(api_of(SPECS, **APPROVED))
    assert vendor.asked[1].headers["authorization"] == "Basic bWVAZXhhbXBsZS5jb206dG9rZW4tMTIzNA=="
