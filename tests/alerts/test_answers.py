"""What people do with alerts: each answer is an event, and its message says it."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from alerts.silencing import mute, unmute
from config.settings import Settings, SettingsError
from queries.runner import run
from store.alert_requests import end_request, request_action, waiting_actions
from store.engine import Store
from store.tables import AlertSilence
from tests.alerts.problems import SLACK, at, do, events, look, newest, problem, routing_to, told_since, transitions
from tests.alerts.support import NOW, alerts, outbox

ANOMALY = "anomaly:cost:feature:search:2026-11-20"


@pytest.fixture
def store(duckdb_store: Store) -> Store:
    return duckdb_store


def opened(store: Store, name: str = "f", hours: float = 0) -> str:
    look(store, hours, problem(name))
    return alerts(store)[-1].alert_id


def muted(store: Store, hours: float, lasting: float, **matchers: str) -> AlertSilence:
    return mute(
        store,
        Settings(),
        SLACK,
        matchers,
        starts_at=at(hours),
        ends_at=at(hours + lasting),
        reason="moving house",
        by="Ben",
        now=at(0.5),
    )


def test_who_acknowledges_is_named_in_the_message_and_again_changes_nothing(store: Store) -> None:
    alert = opened(store)
    first = do(store, 1, alert[:6], "acknowledge")
    assert (first.done, first.sentence) == (True, "Acknowledged by Ana: “f is bad”. Nobody else is woken for it.")
    again = do(store, 2, alert, "acknowledge", by="Ben")
    assert (again.done, again.sentence) == (True, "Ana has acknowledged “f is bad” already.")
    assert told_since(store, 1) == ["f slack update acknowledged"]
    assert newest(store).fields[0] == ("Acknowledged", "by Ana, 22 Nov 2026 09:26 UTC")
    assert [(e.transition, e.actor) for e in events(store)][1:] == [("acknowledged", "Ana")]
    assert look(store, 3, problem(level=2)) == ["f slack update worsened", "f slack reply worsened"]
    (known,) = alerts(store)
    assert (known.status, known.acknowledged_by) == ("acknowledged", "Ana")
    look(store, 4, problem(state="over"))
    late = do(store, 5, alert, "acknowledge")
    assert (late.done, late.sentence) == (False, "“f is bad” is over (resolved), so there is nothing to acknowledge.")
    assert do(store, 5, alert, "useful", reason="found it early").done
    look(store, 6, problem())
    (known,) = alerts(store)
    assert (known.status, known.acknowledged_by, known.acknowledged_at) == ("open", None, None)


def test_what_cannot_be_done_is_one_sentence(store: Store) -> None:
    alert = opened(store)
    for given, told in {
        ("nothere", "acknowledge"): "There is no alert with the id 'nothere'",
        (alert[:5], "acknowledge"): "There is no alert with the id",
        ("%%%%%%", "acknowledge"): "There is no alert with the id",
        (alert, "dance"): "Burnline knows no such action; an alert can be: acknowledge,",
        (alert, "snooze"): "Until when? Give a snooze an end",
        (alert, "expected"): "Until when is it expected?",
        (alert, "unsnooze"): "“f is bad” is not snoozed",
    }.items():
        outcome = do(store, 1, *given)
        assert not outcome.done
        assert outcome.sentence.startswith(told)
    assert not do(store, 1, alert, "snooze", until=at(2)).done
    assert not do(store, 1, alert, "snooze", until=at(0), reason="why").done
    with pytest.raises(SettingsError, match="at least one of"):
        muted(store, 1, 2)
    with pytest.raises(SettingsError, match="is over already"):
        muted(store, -5, 5, rule="r")
    with pytest.raises(SettingsError, match="No single silence"):
        unmute(store, Settings(), SLACK, "", "Ben", at(1))
    assert transitions(store) == ["opened"]


def test_a_snoozed_alert_lives_on_in_silence_and_is_told_when_the_snooze_ends(store: Store) -> None:
    everywhere = routing_to("slack", "teams", "pagerduty", "webhook")
    look(store, 0, problem(), routing=everywhere)
    alert = alerts(store)[0].alert_id
    assert do(store, 1, alert, "snooze", until=at(5), reason="a known import", routing=everywhere).done
    assert told_since(store, 4) == ["f slack update silenced", "f webhook update silenced"]
    assert newest(store).fields[0] == ("Snoozed", "until 22 Nov 2026 13:26 UTC by Ana: a known import")
    assert look(store, 2, problem(level=2), routing=everywhere) == []
    ended = look(store, 3, problem(state="over"), routing=everywhere)
    assert sorted(ended) == ["f pagerduty post resolved", "f slack update resolved", "f webhook update resolved"]
    assert look(store, 4, problem(level=2), routing=everywhere) == [
        "f slack update reopened",
        "f webhook update reopened",
    ]
    told = look(store, 5, problem(level=2), routing=everywhere)
    assert sorted(told) == [
        "f pagerduty post unsilenced",
        "f slack reply unsilenced",
        "f slack update unsilenced",
        "f teams post unsilenced",
        "f webhook update unsilenced",
    ]
    assert newest(store).lead == "Still open after 4 hours"
    assert transitions(store) == ["opened", "silenced", "worsened", "resolved", "reopened", "unsilenced"]


def test_what_becomes_a_page_breaks_a_snooze_but_no_mute(store: Store) -> None:
    alert = opened(store)
    do(store, 1, alert, "snooze", until=at(20), reason="known")
    assert look(store, 2, problem(severity="page")) == ["f slack update worsened", "f slack reply worsened"]
    assert {event.reason for event in events(store) if event.transition == "unsilenced"} == {"It is a page now."}
    do(store, 3, alert, "snooze", until=at(20), reason="seen")
    assert look(store, 4, problem(severity="page", level=5)) == [], "whoever snoozes a page knows that it is one"
    look(store, 5, problem(state="over"))
    muted(store, 6, 10, team="Discovery")
    assert look(store, 7, problem("g", severity="page")) == []
    assert look(store, 16, problem("g", severity="page")) == ["g slack post unsilenced"]


def test_a_mute_holds_for_what_fits_and_ends_early(store: Store) -> None:
    opened(store)
    silence = muted(store, 1, 10, rule="r", feature="search")
    muted(store, 1, 10, rule="r", feature="desk")
    assert look(store, 2, problem(), problem("g")) == ["f slack update silenced"]
    rows = run(store, "alert/silences", now=at(2)).rows()
    assert sorted(row["alert_count"] for row in rows) == [0, 2]
    before = len(outbox(store))
    unmute(store, Settings(), SLACK, silence.silence_id[:6], "Ana", at(3))
    assert sorted(told_since(store, before)) == [
        "f slack reply unsilenced",
        "f slack update unsilenced",
        "g slack post unsilenced",
    ]
    assert [e.actor for e in events(store) if e.transition == "unsilenced"] == ["Ana", "Ana"]
    listed = run(store, "alert/recent", since=at(0)).rows()
    assert [row["silence_kind"] for row in listed] == [None, None]


def test_an_answer_to_an_anomaly_changes_what_days_are_judged_by(store: Store) -> None:
    alert = opened(store, ANOMALY)
    before = run(store, "anomaly/inputs").one()["answer_count"]
    assert do(store, 1, alert, "not useful").done
    assert do(store, 2, alert, "not useful").sentence.startswith("Ana has said so already"), "an opinion counts once"
    assert do(store, 2, alert, "not useful", by="Ben").done
    until = datetime.combine(date(2026, 11, 25), datetime.min.time(), NOW.tzinfo)
    assert do(store, 3, alert, "expected", until=until).done
    assert run(store, "anomaly/inputs").one()["answer_count"] == before + 3
    days = [row for row in run(store, "anomaly/calendar", since=date(2026, 1, 1)).rows() if row["kind"] == "expected"]
    assert [(row["start_on"], row["end_on"]) for row in days] == [(date(2026, 11, 20), date(2026, 11, 25))]
    refused = do(store, 4, alert, "expected", until=at(-100))
    assert (refused.done, "lies before the incident" in refused.sentence) == (False, True)
    assert transitions(store) == ["opened", "not useful", "not useful", "expected"]


def test_what_is_expected_of_another_rule_is_a_snooze(store: Store) -> None:
    alert = opened(store)
    assert do(store, 1, alert, "expected", until=at(5), reason="month end").done
    assert sorted(e.transition for e in events(store)) == ["expected", "opened", "silenced"]
    assert newest(store).fields[0][1].endswith("by Ana: expected: month end")


def test_what_a_page_asks_waits_until_it_is_done_and_pages_notice(store: Store) -> None:
    alert = opened(store)
    before = run(store, "ops/data_version").rows()
    request_action(store, alert, "snooze", "Ana", at(1), "later", at(3))
    assert run(store, "ops/data_version").rows() != before
    (asked,) = waiting_actions(store)
    assert (asked.action, asked.requested_by, asked.reason, asked.until) == ("snooze", "Ana", "later", at(3))
    assert waiting_actions(store) == [asked]
    end_request(store, asked.request_id, at(1))
    assert waiting_actions(store) == []
    before = run(store, "ops/data_version").rows()
    do(store, 1, asked.alert_id, asked.action, reason=asked.reason, until=asked.until)
    assert run(store, "ops/data_version").rows() != before


def test_an_answer_that_dies_midway_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = opened(store, ANOMALY)

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("alerts.ledger._event", power_cut)
        with pytest.raises(KeyboardInterrupt):
            do(store, 1, alert, "not useful")
    with store.read() as connection:
        assert connection.execute(sa.text("select count(*) from anomaly_feedback")).scalar() == 0
    assert transitions(store) == ["opened"]


def test_escalation_waits_while_nobody_is_told(store: Store) -> None:
    from alerts.routing import Route, Routing

    places = routing_to("slack", "teams")
    later = Route(label="late", match={}, to=("teams",), after=timedelta(hours=1))
    routing = Routing(places.destinations, (later,), ("slack",))
    look(store, 0, problem(), routing=routing)
    do(store, 0.5, alerts(store)[0].alert_id, "snooze", until=at(5), reason="known", routing=routing)
    assert look(store, 3, problem(), routing=routing) == []
    assert look(store, 5, problem(), routing=routing) == ["f slack update unsilenced", "f slack reply unsilenced"]
    assert look(store, 5.9, problem(), routing=routing) == []
    assert look(store, 6, problem(), routing=routing) == ["f teams post escalated"]


def test_every_act_is_on_the_access_log_once_and_what_was_refused_is_not(store: Store) -> None:
    alert = opened(store)
    do(store, 1, alert, "acknowledge")
    do(store, 2, alert, "acknowledge", by="Ben")
    do(store, 3, alert, "snooze", reason="known", until=at(9))
    do(store, 4, alert, "unsnooze")
    do(store, 5, alert, "unsnooze")
    silence = muted(store, 6, 2, rule="r")
    unmute(store, Settings(), SLACK, silence.silence_id, "Ana", at(7))
    rows = run(store, "ops/audit_log", since=at(0)).rows()
    assert [(row["actor"], row["action"], row["subject"], row["detail"]) for row in reversed(rows)] == [
        (
            "Ben",
            "mute",
            f"silence/{silence.silence_id}",
            "rule r, 22 Nov 2026 14:26 UTC to 22 Nov 2026 16:26 UTC: moving house",
        ),
        ("Ana", "acknowledge", f"alert/{alert}", None),
        ("Ana", "snooze", f"alert/{alert}", "known"),
        ("Ana", "unsnooze", f"alert/{alert}", None),
        ("Ana", "ended mute", f"silence/{silence.silence_id}", None),
    ]
