"""MLflow, Langfuse and LaunchDarkly as the sandbox plays them: keys, pages, faults, and what is not known yet."""

from __future__ import annotations

import base64
from datetime import timedelta
from statistics import fmean
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.delivery import company_delivery
from sandbox.evaluations import (
    AUTOMATED,
    DIP_FEATURE,
    REGRESSION,
    answer_scores,
    evaluation_runs,
)
from sandbox.experiments import company_experiments
from sandbox.faults import Faults
from sandbox.keys import KEYS_LANGFUSE, TOKEN_LAUNCHDARKLY, TOKEN_MLFLOW
from tests.sandbox.conftest import ANCHOR, NOW

RUNS = evaluation_runs(7, ANCHOR)
PAST = [run for run in RUNS if run.ended_at <= NOW]
PATHS = {
    "mlflow": "/mlflow/api/2.0/mlflow/runs/search",
    "langfuse": "/langfuse/api/public/v3/scores",
    "launchdarkly": "/launchdarkly/api/v2/projects/larkfield/environments/production/experiments",
}
KEYS = {
    "mlflow": f"Bearer {TOKEN_MLFLOW}",
    "langfuse": f"Basic {base64.b64encode(KEYS_LANGFUSE.encode()).decode()}",
    "launchdarkly": TOKEN_LAUNCHDARKLY,
}
ALWAYS = {
    "filter": f"attributes.status = 'FINISHED' AND attributes.end_time >= 0 AND attributes.end_time < {2**42}",
    "experiment_ids": ["1"],
}
SPAN = {"fromTimestamp": "2020-01-01T00:00:00Z", "toTimestamp": "2030-01-01T00:00:00Z"}


def ask(client: TestClient, vendor: str, params: dict[str, Any] | None = None, key: str | None = None) -> Any:
    headers = {"Authorization": KEYS[vendor] if key is None else key}
    if vendor == "mlflow":
        return client.post(PATHS[vendor], json={**ALWAYS, **(params or {})}, headers=headers)
    span = SPAN if vendor == "langfuse" else {}
    return client.get(PATHS[vendor], params={**span, **(params or {})}, headers=headers)


def test_nearly_every_release_is_evaluated_twice_the_day_before() -> None:
    releases = [one for one in company_delivery(7, ANCHOR).releases if one.succeeds and not one.reverts]
    suites: dict[Any, set[str]] = {}
    for run in RUNS:
        suites.setdefault((run.version, run.ended_at.date() + timedelta(days=1)), set()).add(run.suite)
    covered = sum(suites.get((one.sha, one.finished_at.date())) == {AUTOMATED, REGRESSION} for one in releases)
    assert 0.82 < covered / len(releases) < 0.97


def test_quality_rises_but_for_a_dip_of_one_feature() -> None:
    early, late = ([run.quality for run in some] for some in (PAST[:100], PAST[-100:]))
    assert 0.03 < fmean(late) - fmean(early) < 0.12
    dipped = [run for run in PAST if run.feature == DIP_FEATURE]
    lowest = min(dipped, key=lambda run: run.quality)
    assert 50 < (ANCHOR - lowest.ended_at.date()).days < 140


def test_every_way_an_experiment_can_end_is_there() -> None:
    known = [one for one in company_experiments(7, ANCHOR) if one.created_at <= NOW]
    assert {one.outcome for one in known} == {"won", "lost", "inconclusive", "aborted"}
    assert any(one.spans and one.spans[0][0] <= NOW < one.spans[-1][1] for one in known)


def test_pages_go_on_until_everything_that_is_known_was_listed(client: TestClient) -> None:
    found, token = [], None
    while True:
        page = ask(client, "mlflow", {"max_results": 250} | ({"page_token": token} if token else {})).json()
        found += [run["info"]["run_id"] for run in page["runs"]]
        if not (token := page.get("next_page_token")):
            break
    assert found == [run.run_id for run in PAST]
    rows, cursor = [], None
    while True:
        answer = ask(client, "langfuse", {"limit": 100} | ({"cursor": cursor} if cursor else {})).json()
        rows += [row["id"] for row in answer["data"]]
        if not (cursor := answer["meta"].get("cursor")):
            break
    assert rows == [score.score_id for score in answer_scores(7, ANCHOR) if score.at <= NOW]
    active = ask(client, "launchdarkly").json()
    everything = ask(client, "launchdarkly", {"lifecycleState": "active,archived"}).json()
    assert active["total_count"] < everything["total_count"]
    assert "previousIterations" not in active["items"][0]
    assert everything["_links"]["next"]["href"].startswith("/api/v2/projects/")


@pytest.mark.parametrize("vendor", PATHS)
def test_a_wrong_key_and_an_expired_one_are_refused(client: TestClient, faults: Faults, vendor: str) -> None:
    assert ask(client, vendor, key="wrong").status_code == 401
    faults.change({"key_expired": True})
    assert ask(client, vendor).status_code == 401


@pytest.mark.parametrize("vendor", PATHS)
def test_faults_reach_these_vendors_too(client: TestClient, faults: Faults, vendor: str) -> None:
    faults.change({"truncated_body": True})
    with pytest.raises(ValueError):
        ask(client, vendor).json()
    faults.change({"truncated_body": False, "malformed_page": True})
    spoiled = ask(client, vendor).json()
    assert not isinstance(spoiled.get("runs", spoiled.get("data", spoiled.get("items"))), list)
    faults.change({"malformed_page": False, "server_error_rate": 1, "html_errors": True})
    assert ask(client, vendor).headers["content-type"].startswith("text/html")
    faults.change({"server_error_rate": 0, "rate_limit_rate": 1})
    limited = ask(client, vendor)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "1")


@pytest.mark.parametrize(
    ("vendor", "params"),
    [
        ("mlflow", {"max_results": 50_001}),
        ("mlflow", {"filter": "nonsense"}),
        ("langfuse", {"limit": "101"}),
        ("langfuse", {"fromTimestamp": "yesterday"}),
        ("launchdarkly", {"limit": "many"}),
    ],
)
def test_what_a_vendor_does_not_take_is_refused(client: TestClient, vendor: str, params: dict[str, Any]) -> None:
    answer = ask(client, vendor, params)
    assert answer.status_code == 400
    assert answer.json()["message"]
