"""GitHub issues: created in the window whenever they changed, without pull requests, by labels."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from collectors.base import Api
from collectors.sources.github_issues import SOURCE
from domain.window import Window
from store.tables import Defect

WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
PATH = "/repos/acme/assistant/issues"
SETTINGS: dict[str, Any] = {
    "repositories": ["acme/assistant"],
    "labels": ["bug", "ai"],
    "ai": {"hallucination": ["hallucination*"], "tone": ["tone"]},
    "customer": ["from:customer"],
    "reported_by": "internal",
    "severities": {"sev-1": "critical"},
    "owners": {"area:chat": {"feature": "chat", "ai_related": True}},
}


def issue(number: int, created: str, *labels: str, **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "created_at": created,
        "state": "open",
        "state_reason": None,
        "closed_at": None,
        "title": "Never kept",
        "labels": [{"name": label} for label in labels],
        "html_url": f"https://github.example/{number}",
        **more,
    }


def test_an_issue_becomes_a_defect_without_its_words(vendor: Any, collected: Callable[..., list[Any]]) -> None:
    closed = {"state": "closed", "state_reason": "completed", "closed_at": "2026-10-05T09:00:00Z"}
    vendor.says(PATH, [issue(4, "2026-10-02T09:00:00Z", "Hallucination-refund", "from:customer", "sev-1", **closed)])
    (found,) = collected(SOURCE, WINDOW, **SETTINGS)
    assert found == Defect(
        source="github_issues",
        defect_id="acme/assistant#4",
        reported_at=datetime(2026, 10, 2, 9, tzinfo=UTC),
        status="resolved",
        severity="critical",
        reported_by="customer",
        ai_related=True,
        matched_by="hallucination",
        resolved_at=datetime(2026, 10, 5, 9, tzinfo=UTC),
        url="https://github.example/4",
    )
    assert dict(vendor.queries(PATH)[0]) == {
        "labels": "bug,ai",
        "state": "all",
        "since": "2026-10-01T00:00:00Z",
        "sort": "created",
        "direction": "asc",
        "per_page": "100",
    }


def test_duplicates_and_declined_ones_are_told_apart_and_pull_requests_are_none(
    vendor: Any, collected: Callable[..., list[Any]]
) -> None:
    closed = {"state": "closed", "closed_at": "2026-10-05T09:00:00Z"}
    vendor.says(
        PATH,
        [
            issue(1, "2026-09-30T23:59:59Z"),
            issue(2, "2026-10-01T00:00:00Z", "area:chat"),
            issue(3, "2026-10-02T00:00:00Z", pull_request={"url": "x"}),
            issue(4, "2026-10-03T00:00:00Z", **closed, state_reason="duplicate"),
            issue(5, "2026-10-03T00:00:00Z", "Duplicate"),
            issue(6, "2026-10-03T00:00:00Z", **closed, state_reason="not_planned"),
            issue(7, "2026-10-31T00:00:00Z"),
        ],
    )
    found = collected(SOURCE, WINDOW, **SETTINGS)
    assert [(row.defect_id[-1], row.status, row.reported_by, row.ai_related) for row in found] == [
        ("2", "open", "internal", True),
        ("4", "duplicate", "internal", None),
        ("5", "duplicate", "internal", None),
        ("6", "declined", "internal", None),
    ]
    assert (found[0].feature, found[0].severity, found[0].matched_by) == ("chat", None, None)


def test_an_issue_without_its_labels_is_set_aside(vendor: Any, api_of: Callable[..., Api]) -> None:
    vendor.says(PATH, [issue(4, "2026-10-02T09:00:00Z") | {"labels": None}])
    api = api_of(SOURCE, **SETTINGS)
    assert list(SOURCE.collect(WINDOW, api)) == []
    assert [(one.file_name, one.reason) for one in api.rejected] == [
        ("acme/assistant issue 4", f"github_issues {PATH}: labels is None where a list belongs")
    ]
