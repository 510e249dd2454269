"""PagerDuty: who is told when, what came back, what was merged; limits and refusals."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from collectors.base import Api
from collectors.errors import DataError
from collectors.refusals import RefusedError
from collectors.sources.pagerduty import SOURCE
from domain.own_incidents import incident_key
from domain.window import Window
from store.tables import Incident, IncidentSpan

WINDOW = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
PAGE = {"limit": 100, "offset": 0, "total": 0, "more": False}

Collected = Callable[..., list[Any]]


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, second, tzinfo=UTC)


@pytest.fixture
def told(vendor: Any, recorded: Any) -> Any:
    vendor.says("/incidents", recorded("pagerduty/incidents_first_page"), recorded("pagerduty/incidents_last_page"))
    vendor.says("/log_entries", recorded("pagerduty/log_entries"))
    own = [one for one in recorded("pagerduty/log_entries")["log_entries"] if one["incident"]["id"] == "PINC003"]
    vendor.says("/incidents/PINC003/log_entries", {**PAGE, "log_entries": own})
    vendor.says("/priorities", recorded("pagerduty/priorities"))
    return vendor


def incidents(rows: list[Any]) -> dict[str, Incident]:
    return {row.incident_id: row for row in rows if isinstance(row, Incident)}


def spans(rows: list[Any]) -> list[tuple[str, datetime, datetime | None]]:
    return [(row.incident_id, row.started_at, row.ended_at) for row in rows if isinstance(row, IncidentSpan)]


def test_an_incident_holds_what_pagerduty_says(told: Any, collected: Collected) -> None:
    rows = collected(SOURCE, WINDOW, services={"llm-*": {"feature": "assistant", "ai_related": True}})
    assert incidents(rows)["PINC001"] == Incident(
        source="pagerduty",
        incident_id="PINC001",
        number="101",
        url="https://demo.pagerduty.com/incidents/PINC001",
        title="LLM gateway 5xx",
        status="resolved",
        severity="sev2",
        severity_from="priority",
        service="llm-gateway",
        feature="assistant",
        team="AI Platform",
        kind="incident_default",
        ai_related=True,
        declared_at=at(2, 10, 5, 11),
        detected_at=at(2, 10, 5, 11),
        acknowledged_at=at(2, 10, 9, 41),
        resolved_at=at(2, 11, 40, 3),
        updated_at=at(2, 11, 40, 3),
        postmortem_due_at=at(5, 11, 40, 3),
    )


def test_without_a_field_for_it_nobody_knows_when_the_impact_started(told: Any, collected: Collected) -> None:
    rows = collected(SOURCE, WINDOW)
    assert {row.impact_started_at for row in incidents(rows).values()} == {None}
    assert spans(rows) == []


def test_a_custom_field_tells_when_the_impact_started(told: Any, recorded: Any, collected: Collected) -> None:
    for key in ("PINC001", "PINC003", "PINC004"):
        told.says(f"/incidents/{key}/custom_fields/values", {"custom_fields": []})
    told.says("/incidents/PINC001/custom_fields/values", recorded("pagerduty/custom_fields"))
    rows = collected(SOURCE, WINDOW, fields={"impact_started_at": "impact_started"})
    assert spans(rows) == [("PINC001", at(2, 9, 58), at(2, 11, 40, 3))]
    assert told.queries("/incidents/PINC002/custom_fields/values") == []


def test_custom_fields_tell_what_pagerduty_has_no_field_for(told: Any, collected: Collected) -> None:
    given = {"impact": "2026-10-02T09:58:00Z", "fixed": "2026-10-02T11:00:00Z", "ai": True, "doc": "https://wiki/1"}
    values = [{"id": name, "name": name, "value": value} for name, value in given.items()]
    for key in ("PINC003", "PINC004"):
        told.says(f"/incidents/{key}/custom_fields/values", {"custom_fields": []})
    told.says("/incidents/PINC001/custom_fields/values", {"custom_fields": values})
    fields = {"impact_started_at": "impact", "mitigated_at": "fixed", "ai_related": "ai", "postmortem_url": "doc"}
    rows = collected(SOURCE, WINDOW, fields=fields)
    one = incidents(rows)["PINC001"]
    assert (one.mitigated_at, one.ai_related, one.postmortem_url) == (at(2, 11), True, "https://wiki/1")
    assert spans(rows) == [("PINC001", at(2, 9, 58), at(2, 11))]
    assert one.postmortem_due_at == at(5, 11)


def test_every_incident_comes_once_although_pages_overlap(told: Any, collected: Collected) -> None:
    rows = [row for row in collected(SOURCE, WINDOW) if isinstance(row, Incident)]
    assert [row.incident_id for row in rows] == ["PINC001", "PINC002", "PINC003", "PINC004"]
    first, second = (dict(query) for query in told.queries("/incidents"))
    assert (first["since"], first["until"]) == ("2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z")
    assert (first["limit"], first["offset"], second["offset"]) == ("100", "0", "100")


def test_a_merged_incident_names_the_one_that_counts_and_owes_nothing(told: Any, collected: Collected) -> None:
    merged = incidents(collected(SOURCE, WINDOW))["PINC002"]
    assert (merged.status, merged.merged_into, merged.postmortem_due_at) == ("merged", "PINC001", None)


def test_without_a_priority_the_urgency_speaks_and_is_named(told: Any, collected: Collected) -> None:
    opened = incidents(collected(SOURCE, WINDOW))["PINC003"]
    assert (opened.severity, opened.severity_from) == ("sev4", "urgency")
    assert (opened.status, opened.resolved_at, opened.acknowledged_at) == ("open", None, at(3, 8, 12))


def test_the_settings_name_priorities_before_their_place_in_the_list(told: Any, collected: Collected) -> None:
    rows = incidents(collected(SOURCE, WINDOW, severities={"P2": "sev1", "P1": "sev3"}))
    assert (rows["PINC001"].severity, rows["PINC004"].severity) == ("sev1", "sev3")


def test_an_account_without_priorities_has_urgencies(told: Any, collected: Collected) -> None:
    told.says("/priorities", httpx2.Response(402, json={"error": {"message": "Account Ability Required"}}))
    assert incidents(collected(SOURCE, WINDOW))["PINC001"].severity_from == "urgency"


def test_a_reopened_incident_has_a_span_for_each_time_it_hurt(told: Any, collected: Collected) -> None:
    start = {"custom_fields": [{"id": "PF2", "name": "impact_started", "value": "2026-10-04T11:50:00+00:00"}]}
    for key in ("PINC001", "PINC003"):
        told.says(f"/incidents/{key}/custom_fields/values", {"custom_fields": []})
    told.says("/incidents/PINC004/custom_fields/values", start)
    rows = collected(SOURCE, WINDOW, fields={"impact_started_at": "impact_started"})
    assert spans(rows) == [
        ("PINC004", at(4, 11, 50), at(4, 13)),
        ("PINC004", at(5, 9), at(5, 9, 30)),
    ]
    assert incidents(rows)["PINC004"].resolved_at == at(5, 9, 30)


def test_an_old_open_incident_is_asked_for_its_own_log(told: Any, recorded: Any, collected: Collected) -> None:
    entries = recorded("pagerduty/log_entries")["log_entries"]
    late = {**entries[1], "id": "RLATE", "created_at": "2026-10-20T10:00:00Z"}
    told.says("/log_entries", {**PAGE, "log_entries": []})
    told.says("/incidents/PINC003/log_entries", {**PAGE, "log_entries": [late]})
    short = Window(at(3, 0), at(4, 0))
    assert incidents(collected(SOURCE, short))["PINC003"].acknowledged_at == at(20, 10)


def test_incidents_outside_the_window_are_left_out(told: Any, collected: Collected) -> None:
    assert incidents(collected(SOURCE, Window(at(3, 0), WINDOW.end))).keys() == {"PINC003", "PINC004"}


def test_more_than_the_vendor_gives_is_asked_for_in_halves(vendor: Any, collected: Collected) -> None:
    many = {**PAGE, "incidents": [], "total": 10_001, "more": True}
    vendor.says("/incidents", many, {**PAGE, "incidents": []})
    assert collected(SOURCE, Window(at(1, 0), at(3, 0))) == []
    asked = [(dict(query)["since"], dict(query)["until"]) for query in vendor.queries("/incidents")]
    assert asked[1:] == [
        ("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"),
        ("2026-10-02T00:00:00Z", "2026-10-03T00:00:00Z"),
    ]


def test_more_than_the_vendor_gives_in_one_second_is_told(vendor: Any, collected: Collected) -> None:
    vendor.says("/incidents", {**PAGE, "incidents": [], "total": 10_001, "more": True})
    with pytest.raises(DataError, match="more than 10,000 in one second"):
        collected(SOURCE, Window(at(1, 0), at(1, 0) + timedelta(seconds=2)))


def test_a_list_that_never_ends_is_refused(vendor: Any, collected: Collected) -> None:
    vendor.says("/incidents", {**PAGE, "incidents": [], "more": True})
    with pytest.raises(DataError, match="an empty page says there is more"):
        collected(SOURCE, WINDOW)


@pytest.mark.parametrize(("answer", "sentence"), [("error_400", "refused /incidents"), ("error_401", "was refused")])
def test_a_refusal_names_what_to_change(
    vendor: Any, recorded: Any, collected: Collected, answer: str, sentence: str
) -> None:
    vendor.says("/incidents", httpx2.Response(int(answer[-3:]), json=recorded(f"pagerduty/{answer}")))
    with pytest.raises(RefusedError, match=sentence):
        collected(SOURCE, WINDOW)


def test_a_status_nobody_knows_is_an_error_and_no_guess(told: Any, recorded: Any, collected: Collected) -> None:
    page = recorded("pagerduty/incidents_last_page")
    page["incidents"][1]["status"] = "snoozed"
    told.says("/incidents", page)
    with pytest.raises(DataError, match="'snoozed' is none of"):
        collected(SOURCE, WINDOW)


def test_the_vendor_is_spoken_to_in_its_own_version(told: Any, api_of: Callable[..., Api]) -> None:
    SOURCE.check(api_of(SOURCE))
    headers = told.asked[0].headers
    assert headers["accept"] == "application/vnd.pagerduty+json;version=2"
    assert headers["authorization"] == "Token token=sk-admin-abcdef123456"


def test_what_burnline_itself_opened_is_left_out(vendor: Any, collected: Collected) -> None:
    row = {"status": "triggered", "service": {"summary": "llm"}, "created_at": "2026-10-02T10:00:00Z", "teams": []}
    own = {**row, "id": "P1", "incident_key": incident_key("slo_burn:chat")}
    other = {**row, "id": "P2", "incident_key": "lat-p95:chat"}
    vendor.says("/incidents", {**PAGE, "incidents": [own, other]})
    for path in ("/log_entries", "/incidents/P2/log_entries"):
        vendor.says(path, {**PAGE, "log_entries": []})
    vendor.says("/priorities", {**PAGE, "priorities": []})
    assert list(incidents(collected(SOURCE, WINDOW))) == ["P2"]
