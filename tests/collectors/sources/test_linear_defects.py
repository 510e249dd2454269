"""Linear: one GraphQL question page by page, its states, its limit that looks like a bad question."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from collectors.base import Api
from collectors.errors import DataError, RetriableError
from collectors.sources.linear_defects import PATH, SOURCE
from domain.window import Window

WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
LIMITED = {"errors": [{"message": "Rate limit exceeded", "extensions": {"code": "RATELIMITED"}}]}

Collected = Callable[..., list[Any]]


def node(number: int, state: str, **more: Any) -> dict[str, Any]:
    return {
        "identifier": f"CARE-{number}",
        "url": f"https://linear.example/CARE-{number}",
        "priority": 2.0,
        "createdAt": "2026-10-02T09:00:00.000Z",
        "completedAt": None,
        "canceledAt": None,
        "trashed": None,
        "state": {"type": state},
        "team": {"key": "CARE"},
        "labels": {"nodes": [{"name": "ai-defect"}]},
        **more,
    }


def page(*nodes: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    return {"data": {"issues": {"nodes": list(nodes), "pageInfo": {"hasNextPage": bool(after), "endCursor": after}}}}


def test_pages_of_issues_become_defects(vendor: Any, collected: Collected) -> None:
    vendor.says(
        PATH,
        page(node(1, "completed", completedAt="2026-10-03T00:00:00.000Z"), node(2, "started", priority=0), after="c1"),
        page(
            node(3, "canceled", canceledAt="2026-10-04T00:00:00.000Z"),
            node(4, "duplicate"),
            node(5, "triage", trashed=True),
            node(1, "completed"),
        ),
    )
    settings = {"labels": ["ai-defect"], "teams": ["CARE"], "owners": {"care": {"team": "Care"}}}
    found = collected(SOURCE, WINDOW, **settings, ai={"label": ["ai-*"]})
    assert [(row.defect_id, row.status, row.severity, row.resolved_at) for row in found] == [
        ("CARE-1", "resolved", "high", datetime(2026, 10, 3, tzinfo=UTC)),
        ("CARE-2", "open", None, None),
        ("CARE-3", "declined", "high", datetime(2026, 10, 4, tzinfo=UTC)),
        ("CARE-4", "duplicate", "high", None),
    ]
    assert {(row.team, row.matched_by) for row in found} == {("Care", "label")}
    first, second = (body["variables"] for body in vendor.bodies(PATH))
    assert (first["after"], second["after"]) == (None, "c1")
    assert first["filter"] == {
        "createdAt": {"gte": "2026-10-01T00:00:00+00:00", "lt": "2026-10-31T00:00:00+00:00"},
        "labels": {"some": {"name": {"in": ["ai-defect"]}}},
        "team": {"key": {"in": ["CARE"]}},
    }
    assert "title" not in vendor.bodies(PATH)[0]["query"]


def test_a_limit_is_waited_for_although_it_is_a_400(vendor: Any, collected: Collected) -> None:
    vendor.says(PATH, httpx2.Response(400, json=LIMITED), page())
    assert collected(SOURCE, WINDOW) == []
    vendor.says(PATH, httpx2.Response(400, json=LIMITED))
    with pytest.raises(RetriableError, match="HTTP 400: Rate limit exceeded"):
        collected(SOURCE, WINDOW)
    vendor.says(PATH, LIMITED)
    with pytest.raises(RetriableError, match="has used up its limit"):
        collected(SOURCE, WINDOW)


def test_an_error_inside_an_answer_is_no_empty_list(vendor: Any, api_of: Callable[..., Api]) -> None:
    vendor.says(PATH, {"errors": [{"message": "Unknown label"}], "data": None})
    with pytest.raises(DataError, match=r"did not answer the question .Unknown label"):
        SOURCE.check(api_of(SOURCE))


def test_a_cursor_that_comes_twice_is_refused(vendor: Any, collected: Collected) -> None:
    vendor.says(PATH, page(after="c1"))
    with pytest.raises(DataError, match="came twice"):
        collected(SOURCE, WINDOW)


def test_an_issue_in_a_state_nobody_knows_is_set_aside(vendor: Any, api_of: Callable[..., Api]) -> None:
    vendor.says(PATH, page(node(1, "asleep"), node(2, "backlog", priority=9)))
    api = api_of(SOURCE)
    assert list(SOURCE.collect(WINDOW, api)) == []
    assert [one.file_name for one in api.rejected] == ["issue CARE-1", "issue CARE-2"]


@pytest.mark.parametrize(("oauth", "form"), [(False, "sk-admin-abcdef123456"), (True, "Bearer sk-admin-abcdef123456")])
def test_a_personal_key_goes_as_it_is(vendor: Any, api_of: Callable[..., Api], oauth: bool, form: str) -> None:
    vendor.says(PATH, page())
    SOURCE.check(api_of(SOURCE, oauth=oauth))
    assert vendor.asked[0].headers["authorization"] == form
