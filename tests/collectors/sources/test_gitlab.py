"""GitLab: deployments as releases, issues as defects; jobs that are missing, cancelled ones, offsets."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from collectors.base import Api
from collectors.sources.gitlab_issues import SOURCE as ISSUES
from collectors.sources.gitlab_releases import SOURCE as RELEASES
from domain.window import Window

WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
DEPLOYMENTS, ISSUE_PATH = "/api/v4/projects/acme/assistant/deployments", "/api/v4/projects/acme/assistant/issues"
PROJECT = {"projects": ["acme/assistant"]}

Collected = Callable[..., list[Any]]


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def deployment(number: int, state: str, created: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "status": state,
        "created_at": created,
        "updated_at": "2026-10-20T12:00:00.000Z",
        "ref": f"AI-{number}-x",
        "sha": "ab",
        "deployable": {"finished_at": "2026-10-20T13:00:00.000+02:00", "web_url": "https://gitlab.example/job"},
        **more,
    }


def test_deployments_are_released_when_their_job_ended(vendor: Any, collected: Collected) -> None:
    vendor.says(
        DEPLOYMENTS,
        [
            deployment(6, "success", "2026-10-20T10:00:00Z"),
            deployment(5, "success", "2026-10-19T10:00:00Z", deployable=None),
            deployment(4, "failed", "2026-10-18T10:00:00Z"),
            deployment(3, "canceled", "2026-10-17T10:00:00Z"),
            deployment(2, "blocked", "2026-10-16T10:00:00Z"),
            deployment(1, "success", "2026-09-01T10:00:00Z"),
        ],
    )
    found = collected(RELEASES, WINDOW, **PROJECT, kinds={"acme/*": "model"}, version="ref")
    assert [(row.release_id, row.status, row.released_at) for row in found] == [
        ("acme/assistant#6", "released", at(20, 11)),
        ("acme/assistant#5", "released", at(20, 12)),
        ("acme/assistant#4", "failed", None),
        ("acme/assistant#2", "pending", None),
    ]
    assert (found[0].spec_id, found[0].kind, found[0].version) == ("AI-6", "model", "AI-6-x")
    assert found[0].url == "https://gitlab.example/job"
    assert vendor.asked[0].url.raw_path.startswith(b"/api/v4/projects/acme%2Fassistant/deployments?")
    assert vendor.asked[0].headers["private-token"]


def test_a_deployment_that_cannot_be_read_is_set_aside(vendor: Any, api_of: Callable[..., Api]) -> None:
    timeless = deployment(6, "success", "2026-10-20T10:00:00Z", deployable=None, updated_at=None)
    vendor.says(DEPLOYMENTS, [timeless, deployment(5, "dancing", "2026-10-20T10:00:00Z")])
    api = api_of(RELEASES, **PROJECT)
    assert list(RELEASES.collect(WINDOW, api)) == []
    reasons = [one.reason.partition(": ")[2] for one in api.rejected]
    assert reasons[0] == "deployment 6 succeeded, but neither its job nor itself says when"
    assert reasons[1].startswith("the status 'dancing' is none of created, ")


def test_issues_are_defects_with_the_severity_of_incidents(vendor: Any, collected: Collected) -> None:
    issue = {
        "iid": 7,
        "created_at": "2026-10-02T00:30:00+02:00",
        "state": "closed",
        "closed_at": "2026-10-03T00:00:00Z",
        "labels": ["ai", "customer"],
        "issue_type": "incident",
        "severity": "CRITICAL",
        "web_url": "https://gitlab.example/7",
    }
    duplicate = issue | {"iid": 8, "labels": ["duplicate"], "severity": "UNKNOWN"}
    vendor.says(ISSUE_PATH, [issue, duplicate, issue | {"iid": 9, "created_at": "2026-11-01T00:00:00Z"}])
    first, second = collected(
        ISSUES, WINDOW, **PROJECT, labels=["ai"], customer=["customer"], ai={"type": ["incident"]}
    )
    assert (first.defect_id, first.severity) == ("acme/assistant#7", "critical")
    assert first.reported_at == datetime(2026, 10, 1, 22, 30, tzinfo=UTC)
    assert (first.status, first.resolved_at, first.reported_by, first.matched_by) == (
        "resolved",
        at(3),
        "customer",
        "type",
    )
    assert (second.status, second.severity, second.reported_by) == ("duplicate", None, None)
    query = dict(vendor.queries(ISSUE_PATH)[0])
    assert (query["created_after"], query["created_before"]) == ("2026-09-30T23:59:59Z", "2026-10-31T00:00:01Z")
    assert query["labels"] == "ai"
