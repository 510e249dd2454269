"""Experiments of LaunchDarkly and GrowthBook: what was won, lost, left open or never begun, and whose it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from collectors.base import Api
from collectors.errors import DataError
from collectors.refusals import RefusedError
from collectors.sources.growthbook import SOURCE as GROWTHBOOK
from collectors.sources.launchdarkly import SOURCE as LAUNCHDARKLY
from domain.window import Window
from store.tables import Experiment
from tests.collectors.conftest import NOW, FakeTime, Vendor

LIST = "/api/v2/projects/shop/environments/production/experiments"
PHASED = "/api/v1/experiments"
WINDOW = Window(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
TREATMENTS = [{"_id": "t1", "name": "now", "baseline": True}, {"_id": "t2", "name": "new", "baseline": False}]

Made = Callable[..., Api]


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def ms(month: int, day: int) -> int:
    return int(at(month, day).timestamp() * 1000)


def iteration(status: str = "stopped", **more: Any) -> dict[str, Any]:
    times = {"createdAt": ms(9, 2)}
    times |= {"startedAt": ms(9, 10)} if status != "not_started" else {}
    times |= {"endedAt": ms(9, 20)} if status == "stopped" else {}
    return {"_id": "it", "status": status, **times, "treatments": TREATMENTS, "winningReason": "private", **more}


def experiment(key: str, current: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    item = {"_id": f"id-{key}", "key": key, "name": key, "_creationDate": ms(9, 2), "tags": []}
    return item | ({"currentIteration": current} if current else {}) | more


def page(*items: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    links = {"next": {"href": following}} if following else {}
    return {"items": list(items), "total_count": len(items), "_links": links}


def flagged(vendor: Vendor, api_of: Made, *pages: dict[str, Any], **settings: Any) -> dict[str, Experiment]:
    vendor.says(LIST, *pages)
    rows = list(LAUNCHDARKLY.collect(WINDOW, api_of(LAUNCHDARKLY, project="shop", **settings)))
    assert len({row.experiment_id for row in rows}) == len(rows)
    return {row.experiment_id.removeprefix("id-"): row for row in rows}


def test_an_experiment_whose_winner_is_not_the_baseline_is_won(vendor: Vendor, api_of: Made) -> None:
    before = iteration(createdAt=ms(9, 1), startedAt=ms(9, 3), endedAt=ms(9, 9))
    item = experiment("prompt-v3", iteration(winningTreatmentId="t2"), previousIterations=[before], tags=["ai"])
    owner = {"experiments": {"prompt-*": {"feature": "assistant", "team": "Care"}}, "ai_tags": ["ai"]}
    assert flagged(vendor, api_of, page(item), **owner)["prompt-v3"] == Experiment(
        source="launchdarkly",
        experiment_id="id-prompt-v3",
        created_at=at(9, 2),
        status="stopped",
        feature="assistant",
        team="Care",
        started_at=at(9, 3),
        ended_at=at(9, 20),
        decided_at=at(9, 20),
        outcome="won",
        iteration_count=2,
        is_ai=True,
    )


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param(experiment("x", iteration(winningTreatmentId="t1")), ("stopped", "lost", True), id="baseline"),
        pytest.param(experiment("x", iteration()), ("stopped", "inconclusive", True), id="no winner"),
        pytest.param(
            experiment("x", iteration(winningTreatmentId="t9")), ("stopped", None, False), id="unknown winner"
        ),
        pytest.param(experiment("x", iteration("running")), ("running", None, False), id="running"),
        pytest.param(experiment("x", iteration("not_started")), ("draft", None, False), id="not begun"),
        pytest.param(experiment("x", None), ("draft", None, False), id="no iteration"),
        pytest.param(
            experiment("x", iteration("not_started"), archivedDate=ms(9, 30)),
            ("archived", "aborted", True),
            id="aborted",
        ),
        pytest.param(
            experiment("x", iteration(winningTreatmentId="t2"), archivedDate=ms(9, 30)),
            ("archived", "won", True),
            id="archived after",
        ),
    ],
)
def test_what_its_latest_iteration_says_decides(
    vendor: Vendor, api_of: Made, item: dict[str, Any], expected: tuple[str, str | None, bool]
) -> None:
    row = flagged(vendor, api_of, page(item))["x"]
    assert (row.status, row.outcome, row.decided_at is not None) == expected


def test_what_never_began_is_aborted_unless_the_settings_say_otherwise(vendor: Vendor, api_of: Made) -> None:
    item = experiment("x", iteration("not_started"), archivedDate=ms(9, 30))
    row = flagged(vendor, api_of, page(item), unstarted_is_aborted=False)["x"]
    assert (row.outcome, row.decided_at, row.iteration_count) == (None, None, 0)


def test_pages_go_on_where_each_says_and_the_window_chooses(vendor: Vendor, api_of: Made) -> None:
    old = experiment("old", iteration(), _creationDate=ms(8, 1))
    following = f"{LIST}?limit=20&offset=20&lifecycleState=active%2Carchived"
    rows = flagged(
        vendor, api_of, page(experiment("a", iteration()), following=following), page(experiment("a", iteration()), old)
    )
    assert rows.keys() == {"a"}
    first, second = (dict(query) for query in vendor.queries(LIST))
    assert first == {
        "limit": "20",
        "offset": "0",
        "expand": "previousIterations,draftIteration,treatments",
        "lifecycleState": "active,archived",
    }
    assert second == {"limit": "20", "offset": "20", "lifecycleState": "active,archived"}


@pytest.mark.parametrize("following", ["https://elsewhere.example.com/api", f"{LIST}?offset=20"])
def test_a_list_that_leads_elsewhere_or_round_in_a_circle_is_refused(
    vendor: Vendor, api_of: Made, following: str
) -> None:
    with pytest.raises(DataError, match="which cannot be its next page"):
        flagged(vendor, api_of, page(following=following))


def test_the_key_is_sent_bare_and_the_version_named(vendor: Vendor, api_of: Made) -> None:
    vendor.says(LIST, page())
    LAUNCHDARKLY.check(api_of(LAUNCHDARKLY, project="shop"))
    headers = vendor.asked[0].headers
    assert (headers["authorization"], headers["ld-api-version"]) == ("sk-admin-abcdef123456", "20240415")


def test_a_limit_is_waited_out_until_its_millisecond(vendor: Vendor, api_of: Made, fake_time: FakeTime) -> None:
    reset = str(int(NOW.timestamp() * 1000) + 7000)
    vendor.says(LIST, httpx2.Response(429, headers={"X-Ratelimit-Reset": reset}), httpx2.Response(200, json=page()))
    assert list(LAUNCHDARKLY.collect(WINDOW, api_of(LAUNCHDARKLY, project="shop"))) == []
    assert fake_time.slept[0] == pytest.approx(7, abs=0.01)


def test_a_refused_token_is_told(vendor: Vendor, api_of: Made) -> None:
    vendor.says(LIST, httpx2.Response(401, json={"code": "unauthorized", "message": "Invalid key"}))
    with pytest.raises(RefusedError, match=r"the access token was refused \(HTTP 401: Invalid key\)"):
        LAUNCHDARKLY.check(api_of(LAUNCHDARKLY, project="shop"))


def phased(key: str, status: str, outcome: str | None = None, **more: Any) -> dict[str, Any]:
    ended = "2026-09-20T00:00:00Z" if status == "stopped" else ""
    return {
        "id": key,
        "trackingKey": f"prompt-{key}",
        "status": status,
        "archived": False,
        "dateCreated": "2026-09-02T00:00:00Z",
        "phases": [
            {"dateStarted": "2026-09-05T00:00:00Z", "dateEnded": "2026-09-10T00:00:00Z", "reason": "private"},
            {"dateStarted": "2026-09-10T00:00:00Z", "dateEnded": ended},
        ],
        "resultSummary": {"status": outcome, "conclusions": "private"} if outcome else None,
        "tags": ["ai"],
        **more,
    }


def read_phased(vendor: Vendor, api_of: Made, *pages: dict[str, Any], **settings: Any) -> dict[str, Experiment]:
    vendor.says(PHASED, *pages)
    return {row.experiment_id: row for row in GROWTHBOOK.collect(WINDOW, api_of(GROWTHBOOK, **settings))}


def test_phases_are_iterations_and_the_summary_is_the_outcome(vendor: Vendor, api_of: Made) -> None:
    items = [phased(word, "stopped", word) for word in ("won", "lost", "inconclusive", "dnf")]
    items += [phased("open", "running", "won"), phased("silent", "stopped", archived=True)]
    rows = read_phased(
        vendor, api_of, {"experiments": items, "hasMore": False}, experiments={"prompt-w*": {"team": "A"}}
    )
    assert rows["won"] == Experiment(
        source="growthbook",
        experiment_id="won",
        created_at=at(9, 2),
        status="stopped",
        team="A",
        started_at=at(9, 5),
        ended_at=at(9, 20),
        decided_at=at(9, 20),
        outcome="won",
        iteration_count=2,
    )
    assert {key: row.outcome for key, row in rows.items()} == {
        "won": "won",
        "lost": "lost",
        "inconclusive": "inconclusive",
        "dnf": "aborted",
        "open": None,
        "silent": None,
    }
    assert (rows["open"].ended_at, rows["silent"].status) == (None, "archived")


def test_growthbook_pages_by_offset_while_there_is_more(vendor: Vendor, api_of: Made) -> None:
    first = {"experiments": [phased("a", "draft"), phased("b", "stopped")], "hasMore": True}
    last = {"experiments": [phased("b", "stopped"), phased("c", "stopped")], "hasMore": False}
    assert read_phased(vendor, api_of, first, last).keys() == {"a", "b", "c"}
    assert [dict(query)["offset"] for query in vendor.queries(PHASED)] == ["0", "2"]
    with pytest.raises(DataError, match="an empty page says there is more"):
        read_phased(vendor, api_of, {"experiments": [], "hasMore": True})


def test_a_status_growthbook_does_not_know_is_an_error(vendor: Vendor, api_of: Made) -> None:
    with pytest.raises(DataError, match="'paused' is none of"):
        read_phased(vendor, api_of, {"experiments": [phased("a", "paused")], "hasMore": False})
