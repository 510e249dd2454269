"""Alerts: what is open and at stake, who has it, what became of the rest, and whether rules are right."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from app import data
from app.components.alert_actions import UNTIL, WHO, WHY
from store.engine import Store
from store.schema import table
from store.tables import Alert, AlertRequest, Outbox, RulePast
from tests.app.conftest import CONFIG, NOW, OpenApp
from tests.app.support import reading
from tests.app.support.crowd import many_alerts
from tests.app.support.seed import insert


def requests(store: Store) -> list[Any]:
    chosen = sa.select(table(AlertRequest)).where(table(AlertRequest).c.requested_at == NOW.replace(tzinfo=None))
    with store.read() as connection:
        return list(connection.execute(chosen).mappings())


def click(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_the_page_opens_with_what_is_gravest_what_is_at_stake_and_who_has_it(
    full_store: Store, open_app: OpenApp
) -> None:
    app = open_app("alerts")
    text, cards = reading.text(app), {card.label: card for card in app.metric}
    assert (
        "3 alerts are open; the gravest: anthropic_usage has failed three times (page, for 2 h, nobody has it)" in text
    )
    assert cards["Open now"].proto.delta_description == "1 page, 2 tickets"
    assert cards["Money at stake"].value == "$412.50"
    assert cards["Money at stake"].proto.delta_description == "known of 1 of 3 alerts"
    assert cards["Nobody has it"].value == "3 of 3"


def test_open_alerts_are_ranked_by_money_at_stake(full_store: Store, open_app: OpenApp) -> None:
    shown = reading.table_with(open_app("alerts"), "open_for")
    assert list(shown["title"]) == [
        "Semantic search costs 40% more than its past",
        "anthropic_usage has failed three times",
        "Discovery spent 80% of its November budget",
    ]
    assert shown["team"][0] == "Discovery", "the team of its feature"
    assert shown["told"][0] == "silenced until 24 Nov 10:20 UTC"


def test_of_many_the_two_hundred_with_the_most_at_stake_are_drawn_and_any_can_be_asked_for(
    full_store: Store, open_app: OpenApp
) -> None:
    many_alerts(full_store, 250)
    app = open_app("alerts", alert="many-3")
    assert list(reading.table_with(app, "open_for")["title"])[:2] == ["Many 249", "Many 248"]
    assert len(reading.table_with(app, "open_for")) == 200
    text = reading.text(app)
    assert "The 200 with the most at stake of 253; filters narrow them, and the file holds all." in text
    assert "Many 3" in text, "one beyond them, by its address"
    assert {card.label: card.value for card in app.metric}["Open now"] == "253"


def test_a_part_of_a_larger_open_alert_counts_its_money_once(full_store: Store, open_app: OpenApp) -> None:
    alert = table(Alert)
    with full_store.write() as connection:
        connection.execute(
            sa.update(alert)
            .where(alert.c.alert_id == "budget-discovery")
            .values(impact_cost=100, currency="USD", fingerprint="cost:part")
        )
        connection.execute(
            sa.text('update alert_event set facts = replace(facts, \'"children":[]\', \'"children":["cost:part"]\')')
        )
    assert reading.metrics(open_app("alerts"))["Money at stake"] == "$412.50"


def test_precision_counts_what_was_answered_and_withdrawn_and_leaves_out_the_rest(
    full_store: Store, open_app: OpenApp
) -> None:
    app = open_app("alerts")
    rules = reading.table_with(app, "precision").set_index("rule")
    assert rules.loc["cost_anomaly", "precision"] == "2 of 5"
    counted = ["fired", "acknowledged", "useful", "expected", "not_useful", "withdrawn", "unanswered"]
    assert list(rules.loc["cost_anomaly", counted]) == [7, 1, 1, 1, 1, 1, 1]
    assert rules.loc["cost_anomaly", "notice"] == "25 min", "the median of 10, 20, 30 and 50"
    assert rules.loc["cost_anomaly", "noticed"] == "4 of 7"
    assert rules.loc["source_stale", "precision"] == "–", "nobody answered anything"
    cards = {card.label: card for card in app.metric}
    assert cards["Time to notice, 90 days"].proto.delta_description == "median of 4 of 10"


def test_an_answer_changed_later_counts_as_it_is_now(full_store: Store, open_app: OpenApp) -> None:
    with full_store.write() as connection:
        connection.execute(
            sa.text(
                "insert into alert_event (event_id, alert_id, fingerprint, occurred_at, transition, facts, actor) "
                "values ('later', 'spike-b', 'cost:spike-b', :at, 'useful', '{}', 'Ines Okafor')"
            ),
            {"at": NOW.replace(tzinfo=None)},
        )
    rules = reading.table_with(open_app("alerts"), "precision").set_index("rule")
    assert rules.loc["cost_anomaly", "precision"] == "3 of 5"


def test_rules_stand_beside_what_they_would_have_done_also_when_off(
    full_store: Store, environment: Any, open_app: OpenApp
) -> None:
    path = environment.parent / "config" / "burnline.toml"
    path.write_text(CONFIG + '[alerts]\noff = ["usage_anomaly"]\n', encoding="utf-8")
    app = open_app("alerts")
    rules = reading.table_with(app, "estimate").set_index("rule")
    assert rules.loc["cost_anomaly", "estimate"] == "7 in 90 days", "the newest backtest"
    assert rules.loc["source_stale", "estimate"] == "present only"
    assert tuple(rules.loc["usage_anomaly", ["state", "estimate"]]) == ("○ off", "31 in 90 days")
    assert "usage_anomaly is switched off" in reading.text(app)


def test_what_did_not_arrive_stands_out_by_destination_with_the_reason(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("alerts")
    assert [box.value for box in app.error] == [
        "**gone** (slack: C0GONE): 1 message could not be delivered (is\\_archived); the newest, 3 h ago: "
        "Semantic search costs 40% more than its past."
    ]
    waiting, possibly = (box.value for box in app.warning)
    assert "**archive**" in waiting
    assert "is paused (http\\_503): 1 message waiting" in waiting
    assert "nobody knows whether 1 message arrived" in possibly


def test_a_dead_digest_is_named_too(full_store: Store, open_app: OpenApp) -> None:
    rows = [
        Outbox(
            message_id="d", alert_id="digest:board:2026-W47", position=1, destination="board", sink="teams", target="x",
            action="post", payload="{}", status="dead", created_at=NOW - timedelta(hours=6), attempt_count=1,
            next_attempt_at=NOW, error_code="http_400",
        )
    ]  # fmt: skip
    insert(full_store, Outbox, rows)
    assert "**board** (teams: x): 1 message could not be delivered" in open_app("alerts").error[0].value


def test_the_detail_tells_why_who_did_what_and_where_it_was_told(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("alerts", alert="search-cost")
    text = reading.text(app)
    assert "31% more requests (+$14)" in text
    assert "Reindexing began 2 hours before" in text
    assert "Silenced until 24 Nov 10:20 UTC by Yuki Lindqvist: Reindexing until tomorrow" in text
    assert "(why-it-moved?feature=semantic-search)" in text
    events = reading.table_with(app, "said")
    assert list(events["what"]) == ["Opened", "Silenced"]
    assert list(events["who"]) == ["Burnline", "Yuki Lindqvist"]
    told = reading.table_with(app, "destination").set_index("destination")
    assert told.loc["archive (webhook: hooks.larkfield.example)", "status"] == "… Waiting"
    assert told.loc["archive (webhook: hooks.larkfield.example)", "why"] == "http_503, next try 23 Nov 09:25 UTC"
    assert told.loc["gone (slack: C0GONE)", "why"] == "is_archived"
    assert told.loc["finops (slack: C0FINOPS)", "route"] == "route 2 (line 14)"
    assert "Yuki Lindqvist asked just now to call it useful; the worker does it within seconds" in text


def test_a_button_leaves_a_request_with_who_and_why(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("alerts", alert="source-stale")
    app.text_input(key=WHO).set_value("Rafael Nkemelu")
    app.text_input(key=WHY).set_value("Looking at the key")
    click(app, "Acknowledge")
    (asked,) = requests(full_store)
    assert (asked["alert_id"], asked["action"], asked["requested_by"], asked["reason"], asked["until"]) == (
        "source-stale", "acknowledge", "Rafael Nkemelu", "Looking at the key", None,
    )  # fmt: skip
    assert "Rafael Nkemelu asked just now to acknowledge it; the worker does it within seconds" in reading.text(app)


def test_a_snooze_has_an_end_and_a_reason(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("alerts", alert="source-stale")
    app.text_input(key=WHO).set_value("Rafael Nkemelu")
    click(app, "Snooze until …")
    assert "Write a reason" in app.error[-1].value
    assert requests(full_store) == []
    app.text_input(key=WHY).set_value("The vendor is at it")
    app.session_state[UNTIL] = datetime(2026, 11, 23, 18, 0)  # noqa: DTZ001  the widget has no zone
    click(app, "Snooze until …")
    (asked,) = requests(full_store)
    assert asked["until"] == datetime(2026, 11, 23, 18, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(("who", "until", "told"), [("", None, "Write your name"), ("Ines", NOW, "still to come")])
def test_a_request_that_lacks_something_is_refused_with_a_sentence(
    full_store: Store, open_app: OpenApp, who: str, until: datetime | None, told: str
) -> None:
    app = open_app("alerts", alert="source-stale")
    app.text_input(key=WHO).set_value(who)
    if until:
        app.session_state[UNTIL] = until.replace(tzinfo=None)
    click(app, "Expected until …")
    assert told in app.error[-1].value
    assert requests(full_store) == []


def test_filters_come_from_the_address(full_store: Store, open_app: OpenApp) -> None:
    def titles(**params: str) -> list[str]:
        return list(reading.table_with(open_app("alerts", **params), "open_for")["title"])

    assert titles(severity="page") == ["anthropic_usage has failed three times"]
    assert (
        titles(team="Discovery")
        == titles(features="semantic-search")
        == ["Semantic search costs 40% more than its past"]
    )
    assert titles(rule="budget_threshold") == ["Discovery spent 80% of its November budget"]
    withdrawn = open_app("alerts", status="withdrawn", period="90d")
    assert list(reading.table_with(withdrawn, "lasted")["status"]) == ["↶ Withdrawn"]
    assert "No alert is open with these filters" in reading.text(withdrawn)


def test_the_history_has_durations_and_ends_with_the_period(full_store: Store, open_app: OpenApp) -> None:
    week = reading.table_with(open_app("alerts", period="7d"), "lasted")
    assert list(week["title"]) == [
        "Workplace Tools spent 50% of its budget", "Cost is unlike its past (spike-f)",
        "Cost is unlike its past (spike-e)",
    ]  # fmt: skip
    assert list(week["lasted"]) == ["3.8 days", "3 h", "8 h"]
    assert list(week["noticed"])[1:] == ["30 min", "20 min"]


def test_silences_that_hold_or_are_planned_have_end_reason_and_who(full_store: Store, open_app: OpenApp) -> None:
    shown = reading.table_with(open_app("alerts"), "created_by")
    assert list(shown["what"]) == [
        "Snooze: Semantic search costs 40% more than its past", "Maintenance: team Back Office",
    ]  # fmt: skip
    assert list(shown["state"]) == ["○ Silent now", "→ Planned"]
    assert list(shown["alerts"]) == [1, 0]


def test_noise_counts_new_messages_by_week_and_destination(full_store: Store, open_app: OpenApp) -> None:
    figure, alt = reading.charts(open_app("alerts"))[0]
    drawn = {trace["name"]: dict(zip(trace["x"], trace["y"], strict=True)) for trace in figure["data"]}
    assert len(drawn["finops"]) == 12
    assert drawn["finops"]["2026-11-16"] == 2
    assert drawn["oncall"]["2026-11-23"] == 1, "possibly sent is noise"
    assert "archive" not in drawn, "what waits has disturbed nobody yet"
    assert "3 new messages this week" in alt


def test_the_page_is_new_when_somebody_answered_or_a_message_went_out(full_store: Store, open_app: OpenApp) -> None:
    open_app("alerts")
    before = data.newest_version(full_store.label)
    with full_store.write() as connection:
        connection.execute(sa.text("update outbox set status = 'sent' where message_id = 'search-cost-2'"))
    sent = data.newest_version(full_store.label)
    insert(full_store, RulePast, [RulePast(rule="slo_burn", judged_at=NOW + timedelta(days=1), days=90, fired_count=0)])
    assert len({before, sent, data.newest_version(full_store.label)}) == 3
