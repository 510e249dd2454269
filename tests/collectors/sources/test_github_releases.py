"""GitHub deployments: what a release is, what failed, what takes which back; pages, limits and refusals."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from collectors.base import Api
from collectors.errors import DataError
from collectors.refusals import RefusedError
from collectors.sources.github_releases import SOURCE
from config.settings import explain
from domain.window import Window
from store.tables import Release

WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
REPO = "acme/assistant"
PATH = f"/repos/{REPO}/deployments"
SETTINGS: dict[str, Any] = {
    "repositories": [REPO],
    "kinds": {"prompts/*": "prompt", "*": "feature"},
    "owners": {"*/billing/*": {"feature": "billing"}, "ACME/*": {"feature": "assistant", "team": "Care"}},
    "revert_pattern": "^revert/",
    "fix_pattern": "^hotfix/",
}

Collected = Callable[..., list[Any]]


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def deployment(number: int, created: str, ref: str, sha: str = "", **more: Any) -> dict[str, Any]:
    return {"id": number, "ref": ref, "sha": sha or f"{number:040x}", "created_at": created, "description": "", **more}


def status(state: str, created: str) -> dict[str, Any]:
    return {"state": state, "created_at": created, "log_url": f"https://github.example/log/{state}"}


def told(vendor: Any, *deployments: dict[str, Any], **statuses: list[dict[str, Any]]) -> None:
    vendor.says(PATH, list(deployments))
    for name, states in statuses.items():
        vendor.says(f"{PATH}/{name.removeprefix('of_')}/statuses", states)


def test_a_release_holds_what_github_tells(vendor: Any, collected: Collected) -> None:
    told(
        vendor,
        deployment(7, "2026-10-09T10:00:00+02:00", "feature/AI-42-tone"),
        of_7=[
            status("inactive", "2026-10-20T00:00:00Z"),
            status("success", "2026-10-12T00:00:00Z"),
            status("success", "2026-10-09T09:00:00Z"),
            status("pending", "2026-10-09T08:01:00Z"),
        ],
    )
    assert collected(SOURCE, WINDOW, **SETTINGS) == [
        Release(
            source="github_releases",
            release_id=f"{REPO}#7",
            created_at=at(9, 8),
            kind="feature",
            status="released",
            version=f"{7:040x}",
            feature="assistant",
            team="Care",
            service=REPO,
            released_at=at(9, 9),
            spec_id="AI-42",
            url="https://github.example/log/success",
        )
    ]
    assert dict(vendor.queries(PATH)[0]) == {"environment": "production", "per_page": "100"}
    assert vendor.asked[0].headers["x-github-api-version"] == "2022-11-28"


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["failure", "in_progress"], "failed"),
        (["inactive", "error"], "failed"),
        (["in_progress", "failure"], "pending"),
        (["queued"], "pending"),
        ([], "pending"),
    ],
)
def test_what_never_succeeded_is_failed_or_pending(
    vendor: Any, collected: Collected, states: list[str], expected: str
) -> None:
    ages = [status(state, f"2026-10-09T1{9 - place}:00:00Z") for place, state in enumerate(states)]
    told(vendor, deployment(7, "2026-10-09T08:00:00Z", "main"), of_7=ages)
    (one,) = collected(SOURCE, WINDOW, **SETTINGS)
    assert (one.status, one.released_at, one.spec_id) == (expected, None, None)


def test_a_revert_and_a_fix_name_the_release_before_them_even_one_before_the_window(
    vendor: Any, collected: Collected
) -> None:
    done = [status("success", "2026-10-09T09:00:00Z")]
    told(
        vendor,
        deployment(9, "2026-10-03T00:00:00Z", "hotfix/AI-9"),
        deployment(8, "2026-10-02T00:00:00Z", "revert/AI-7"),
        deployment(7, "2026-10-01T12:00:00Z", "feature/billing/AI-8"),
        deployment(6, "2026-10-01T00:00:00Z", "feature/AI-6"),
        deployment(5, "2026-09-30T00:00:00Z", "feature/AI-5"),
        deployment(4, "2026-09-01T00:00:00Z", "feature/AI-4"),
        of_9=done, of_8=done, of_7=done, of_6=[status("failure", "2026-10-01T01:00:00Z")], of_5=done,
    )  # fmt: skip
    found = {row.release_id.rpartition("#")[2]: row for row in collected(SOURCE, WINDOW, **SETTINGS)}
    assert found.keys() == {"9", "8", "7", "6"}
    assert (found["8"].reverts, found["8"].fixes) == (f"{REPO}#5", None)
    assert (found["9"].reverts, found["9"].fixes) == (None, f"{REPO}#8")
    (late,) = collected(SOURCE, Window(at(3), WINDOW.end), **SETTINGS)
    assert (late.release_id, late.fixes) == (f"{REPO}#9", f"{REPO}#8"), "whatever the window is"
    assert (found["7"].feature, found["7"].team) == ("billing", None)


def test_what_is_older_than_a_week_is_not_taken_back(vendor: Any, collected: Collected) -> None:
    done = [status("success", "2026-10-09T09:00:00Z")]
    older, newer = deployment(1, "2026-10-01T00:00:00Z", "a"), deployment(2, "2026-10-08T00:00:01Z", "revert/a")
    told(vendor, newer, older, of_1=done, of_2=done)
    assert [row.reverts for row in collected(SOURCE, WINDOW, **SETTINGS)] == [None, None]


def test_pages_are_read_until_they_are_older_than_the_window_and_a_shifted_row_counts_once(
    vendor: Any, collected: Collected
) -> None:
    link = {"Link": f'<https://api.github.com{PATH}?environment=production&page=2>; rel="next"'}
    newer, twice = deployment(9, "2026-11-02T00:00:00Z", "a"), deployment(8, "2026-10-02T00:00:00Z", "b")
    old = deployment(1, "2026-09-01T00:00:00Z", "z")
    vendor.says(
        PATH,
        httpx2.Response(200, json=[newer, twice], headers=link),
        httpx2.Response(200, json=[twice, old], headers={"Link": link["Link"].replace("page=2", "page=3")}),
    )
    vendor.says(f"{PATH}/8/statuses", [])
    assert [row.release_id for row in collected(SOURCE, WINDOW, **SETTINGS)] == [f"{REPO}#8"]
    assert len(vendor.queries(PATH)) == 2
    assert vendor.queries(f"{PATH}/9/statuses") == [], "what is not in the window costs no request"


def test_a_list_without_end_is_refused(vendor: Any, collected: Collected) -> None:
    link = {"Link": f'<https://api.github.com{PATH}?page=2>; rel="next"'}
    vendor.says(PATH, httpx2.Response(200, json=[], headers=link))
    with pytest.raises(DataError, match="the list has no end"):
        collected(SOURCE, WINDOW, **SETTINGS)


def test_a_row_that_cannot_be_read_is_set_aside_and_named(vendor: Any, api_of: Callable[..., Api]) -> None:
    bad = deployment(8, "yesterday", "a")
    told(vendor, bad, deployment(7, "2026-10-09T08:00:00Z", "main"), of_7=[])
    api = api_of(SOURCE, **SETTINGS)
    assert [row.release_id for row in SOURCE.collect(WINDOW, api)] == [f"{REPO}#7"]
    (one,) = api.rejected
    assert one.file_name == f"{REPO} deployment 8"
    assert one.reason.endswith("created_at is 'yesterday' where a time with its offset from UTC belongs")


def test_a_secondary_limit_is_waited_for_and_no_missing_right(
    vendor: Any, collected: Collected, fake_time: Any
) -> None:
    limited = httpx2.Response(403, json={"message": "You have exceeded a secondary rate limit."})
    vendor.says(PATH, limited, httpx2.Response(200, json=[]))
    assert collected(SOURCE, WINDOW, **SETTINGS) == []
    assert fake_time.slept[0] == 60.0


def test_a_repository_the_token_may_not_see_is_told(vendor: Any, api_of: Callable[..., Api]) -> None:
    vendor.says(PATH, httpx2.Response(404, json={"message": "Not Found"}))
    with pytest.raises(RefusedError, match=r"has no /repos/acme/assistant/deployments .HTTP 404: Not Found"):
        SOURCE.check(api_of(SOURCE, **SETTINGS))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"revert_pattern": "("}, "revert_pattern: '(' is no regular expression"),
        ({"kinds": {"*": "firmware"}}, "kinds.*"),
        ({"repositories": ["assistant"]}, "repositories.0"),
        ({"repositories": []}, "repositories"),
    ],
)
def test_a_bad_setting_is_named(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SOURCE.settings.model_validate({"api_key": "env:DEMO_KEY", **SETTINGS, **changed})
    assert sentence in explain(caught.value)
