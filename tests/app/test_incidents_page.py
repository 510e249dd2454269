"""Incidents: clocks with their spread, what is open, one timeline, and what is still owed."""

from datetime import timedelta
from statistics import mean, median

import numpy as np
import pytest
import sqlalchemy as sa

from app import format as fmt
from store.engine import Store
from store.schema import table
from store.tables import Incident, RequestHour
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, outcomes, reading, seed

HOUR = 3600.0
RESTORED = [2 * HOUR, 4 * HOUR, 1 * HOUR]
"""Incidents 1, 2 (came back: three hours and one) and 7; 3 has no impact start, 4 is open."""


def test_the_clocks_stand_with_mean_median_p90_and_of_how_many(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("incidents")
    cards = {card.label: card for card in app.metric}
    assert cards["MTTR"].value == fmt.clock(mean(RESTORED))
    p90 = float(np.percentile(RESTORED, 90))
    note = f"median {fmt.clock(median(RESTORED))}, P90 {fmt.clock(p90)}; 3 of 4"
    assert cards["MTTR"].proto.delta_description == note
    detected = [HOUR, 0.0, HOUR, 0.0]
    assert cards["MTTD"].value == fmt.clock(mean(detected))
    assert cards["MTTD"].proto.delta_description.endswith("4 of 5")
    acknowledged = [HOUR / 10, HOUR / 6, HOUR, HOUR / 4]
    assert cards["MTTA"].value == fmt.clock(mean(acknowledged))


def test_an_open_incident_stands_beside_the_mean_that_leaves_it_out(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("incidents")
    text = reading.text(app)
    assert "#4 Incident 4 has been open for 2 days; 5 incidents were declared in 27 Oct – 23 Nov 2026" in text
    assert "An open incident is older than the mean time to restore of 2.3 h" in app.warning[0].value
    assert reading.metrics(app)["Open now"] == "1"
    assert reading.table_with(app, "restored").iloc[0]["restored"] == "open 2 days"


def test_sev1_and_sev2_of_ai_are_counted_by_their_declaration(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("incidents")
    assert reading.metrics(app)["Sev1 + sev2 of AI"] == "4"
    assert reading.metrics(open_app("incidents", period="7 days"))["Sev1 + sev2 of AI"] == "2"


def test_what_no_average_has_is_said(full_store: Store, open_app: OpenApp) -> None:
    text = reading.text(open_app("incidents"))
    assert "1 of 5 declared incidents without an impact start or a time of detection is not in" in text
    assert "1 of 4 restored incidents without an impact start, or over before it, is not in" in text
    assert "2 merged or declined incidents are in no number, list or chart" in text


def test_the_list_has_ours_and_the_providers_with_durations_and_debts(full_store: Store, open_app: OpenApp) -> None:
    shown = reading.table_with(open_app("incidents"), "restored")
    assert list(shown["title"][:2]) == ["#4 Incident 4", "Elevated error rates"], "what is open comes first"
    ours = shown.set_index("title")
    assert set(shown["title"]) == {
        "Elevated error rates",
        *(f"#{number} Incident {number}" for number in (1, 2, 3, 4, 7)),
    }
    assert ours.loc["#2 Incident 2", "restored"] == "4 h", "the pause between both spans is none of it"
    assert ours.loc["#3 Incident 3", "restored"] == fmt.UNKNOWN
    assert ours.loc["#1 Incident 1", "detected"] == "60 min"
    assert ours.loc["#2 Incident 2", "postmortem"] == "✕ overdue by 6 days"
    assert ours.loc["#1 Incident 1", "postmortem"] == "✓ published"
    assert ours.loc["#7 Incident 7", "postmortem"] == "due in 2 days"


def test_filters_come_from_the_address(full_store: Store, open_app: OpenApp) -> None:
    grave = reading.table_with(open_app("incidents", severity="sev1", whose="own"), "restored")
    assert sorted(grave["title"]) == ["#1 Incident 1", "#7 Incident 7"]
    team = reading.table_with(open_app("incidents", team="Back Office", whose="Our own"), "restored")
    assert list(team["title"]) == ["#2 Incident 2"]
    theirs = open_app("incidents", whose="providers")
    assert set(reading.table_with(theirs, "restored")["provider"]) == {"OpenAI", "Anthropic"}
    assert "Providers had 3 incidents" in reading.text(theirs)
    hours = reading.metrics(theirs)
    assert hours["Anthropic, hours of impact"] == fmt.clock(0.3 * 24 * HOUR)
    assert hours["OpenAI, hours of impact"] == fmt.clock((0.5 + 0.5) * 24 * HOUR)


def test_our_error_rate_runs_over_the_providers_incidents(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("incidents")
    figure, alt = reading.charts(app)[0]
    errors = next(trace for trace in figure["data"] if trace["name"] == "Our errors")
    requests = outcomes.requests(NOW)
    by_hour: dict[str, list[bool]] = {}
    for one in requests:
        by_hour.setdefault(one.started_at.replace(minute=0, second=0).isoformat(), []).append(one.status_code != 200)
    drawn = {hour: ratio for hour, ratio in zip(errors["x"], errors["y"], strict=True) if ratio is not None}
    assert drawn == {hour: pytest.approx(mean(bad), abs=1e-5) for hour, bad in by_hour.items()}
    bands = [shape["x0"] for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert len(bands) == 3
    assert figure["layout"]["yaxis"]["ticktext"] == ["✕ sev1", "! sev2", "• sev3", "Anthropic", "OpenAI"]
    assert "sev1: 2" in alt
    assert "while a provider was in trouble" not in reading.text(app), "no request fell into such an hour"


def test_an_error_rate_beside_a_providers_incident_is_told(full_store: Store, open_app: OpenApp) -> None:
    during = RequestHour(
        hour=NOW.replace(minute=0) - timedelta(hours=5), source="request_log", service="inference", provider="openai",
        model="gpt-5.4", attribution_key="x", request_count=110, throttled_count=5, rejected_count=10, failed_count=45,
    )  # fmt: skip
    seed.insert(full_store, RequestHour, [during])
    requests = outcomes.requests(NOW)
    otherwise = mean(one.status_code != 200 for one in requests)
    text = reading.text(open_app("incidents"))
    assert (
        f"50.0% of our requests failed while a provider was in trouble, {fmt.percent(otherwise, 1)} otherwise" in text
    )


def test_the_error_rate_is_that_of_the_chosen_team_and_feature(full_store: Store, open_app: OpenApp) -> None:
    logged = {stream.attribution_key: stream.feature for stream in company.STREAMS}
    for chosen, feature, whose in (
        ({"team": "Back Office"}, "invoice-reader", "Back Office"),
        ({"features": "Research desk"}, "research-desk", "Research desk"),
        ({"team": "Workplace Tools", "features": "Research desk"}, "research-desk", "Workplace Tools, Research desk"),
    ):
        app = open_app("incidents", **chosen)
        figure, alt = reading.charts(app)[0]
        errors = next(trace for trace in figure["data"] if trace["name"] == "Our errors")
        by_hour: dict[str, list[bool]] = {}
        for one in outcomes.requests(NOW):
            if logged[one.attribution_key] == feature:
                hour = one.started_at.replace(minute=0, second=0).isoformat()
                by_hour.setdefault(hour, []).append(one.status_code != 200)
        drawn = {hour: ratio for hour, ratio in zip(errors["x"], errors["y"], strict=True) if ratio is not None}
        assert drawn == {hour: pytest.approx(mean(bad), abs=1e-5) for hour, bad in by_hour.items()}
        assert f"failed and throttled of the requests of {whose} by hour" in alt + reading.text(app)
    nothing = open_app("incidents", team="Trust & Safety")
    assert "None of the requests of Trust & Safety is logged" in reading.text(nothing)
    assert "yaxis2" not in reading.charts(nothing)[0][0]["layout"]


def test_without_a_request_log_the_page_says_so(full_store: Store, open_app: OpenApp) -> None:
    with full_store.write() as connection:
        connection.execute(sa.delete(table(RequestHour)))
    app = open_app("incidents")
    assert "No request log is connected, so our own error rate is unknown" in reading.text(app)
    assert "yaxis2" not in reading.charts(app)[0][0]["layout"]


def test_remediation_items_and_postmortems_name_what_is_late(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("incidents")
    text = reading.text(app)
    assert "4 remediation items are to be done, 1 of them overdue" in text
    items = reading.table_with(app, "late")
    assert list(items["state"]) == ["✕ Overdue", "○ Due", "○ Due", "? No due date"]
    assert items.iloc[0]["late"] == "3 days late"
    assert "2 postmortems are owed, 1 of them overdue" in text


def test_one_incident_is_told_in_detail(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("incidents", incident="#2 Incident 2 (pagerduty/Q2)")
    text = reading.text(app)
    assert "#2 Incident 2 (sev2) hurt for 4 h" in text
    assert "It came back: 2 spans of impact" in text
    assert "Postmortem: ✕ overdue by 6 days" in text
    assert "Item 2 (no owner, due)" in text
    times = reading.table_with(app, "after")
    assert list(times["what"])[-1] == "Impact ended (2 of 2)"
    assert times["at"].is_monotonic_increasing


def test_an_incident_that_the_address_no_longer_names_is_no_error(full_store: Store, open_app: OpenApp) -> None:
    assert not open_app("incidents", incident="gone").error


def test_an_incident_that_ends_in_the_future_is_open(full_store: Store, open_app: OpenApp) -> None:
    late = Incident(
        source="pagerduty", incident_id="Q9", title="Clock ahead", status="resolved", severity="sev1",
        declared_at=NOW - timedelta(hours=2), resolved_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    seed.insert(full_store, Incident, [late])
    shown = reading.table_with(open_app("incidents"), "restored").set_index("title")
    assert shown.loc["Clock ahead", "status"] == "▲ Open"


def test_without_incidents_the_page_says_what_to_do(empty_store: Store, open_app: OpenApp) -> None:
    app = open_app("incidents")
    assert "No incident is known. Connect PagerDuty" in reading.text(app)
    assert not app.metric
