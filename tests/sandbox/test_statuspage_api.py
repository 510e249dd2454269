"""The providers' status pages: what each kind of host tells, and how a page that has moved looks."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from sandbox.faults import Faults


def ask(client: TestClient, provider: str, name: str) -> Any:
    answer = client.get(f"/status/{provider}/api/v2/{name}.json")
    assert answer.status_code == 200
    return answer.json()


def test_a_page_lists_its_incidents_newest_first(client: TestClient) -> None:
    for provider in ("openai", "anthropic"):
        starts = [one["started_at"] for one in ask(client, provider, "incidents")["incidents"]]
        assert starts == sorted(starts, reverse=True)
        assert len(starts) > 10


def test_one_host_tells_more_than_the_other(client: TestClient) -> None:
    statuspage = ask(client, "anthropic", "incidents")["incidents"]
    imitation = ask(client, "openai", "incidents")["incidents"]
    assert all(one["components"] and one["resolved_at"] for one in statuspage)
    assert all(one["components"] == [] and one["resolved_at"] is None for one in imitation)
    assert all(update["body"] == "" for one in imitation for update in one["incident_updates"])


def test_what_is_not_over_is_unresolved_and_on_the_summary(client: TestClient) -> None:
    (opened,) = ask(client, "openai", "incidents/unresolved")["incidents"]
    assert (opened["status"], opened["impact"]) == ("identified", "minor")
    summary = ask(client, "openai", "summary")
    assert summary["incidents"] == [opened]
    assert summary["status"]["indicator"] == "minor"
    assert [one["name"] for one in summary["components"] if one["status"] != "operational"] == ["Batch"]
    assert ask(client, "anthropic", "status")["status"]["indicator"] == "none"


def test_no_key_is_asked_for_and_other_pages_do_not_exist(client: TestClient) -> None:
    assert client.get("/status/nobody/api/v2/incidents.json").status_code == 404


def test_a_page_that_has_moved_answers_with_html(client: TestClient, faults: Faults) -> None:
    faults.malformed_page = True
    answer = client.get("/status/openai/api/v2/incidents.json")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/html")
    faults.malformed_page, faults.rate_limit_rate = False, 1.0
    assert client.get("/status/openai/api/v2/incidents.json").status_code == 429
