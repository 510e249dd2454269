"""What Burnline said of alerts that are long over is forgotten; what is open, waits, or was done by a person is not."""

from datetime import timedelta

import sqlalchemy as sa

from alerts.retention import MESSAGES_KEPT, REQUESTS_KEPT, TRANSITIONS_KEPT, Forgotten, forget_old
from queries.runner import run
from store.alert_requests import end_request, request_action, waiting_actions
from store.engine import Store
from store.schema import table
from store.tables import AlertSilence, Outbox
from tests.alerts.problems import do, events, look, problem, transitions
from tests.alerts.support import NOW, alerts, deliveries, insert, outbox

_LATER = NOW + timedelta(days=1)


def _forget(store: Store, after: timedelta) -> Forgotten:
    with store.write() as connection:
        return forget_old(connection, _LATER + after)


def _all_sent(store: Store) -> None:
    with store.write() as connection:
        connection.execute(sa.update(table(Outbox)).values(status="sent"))


def _weekly(key: str, action: str = "post") -> Outbox:
    return Outbox(
        message_id=f"{key} {action}",
        alert_id=key,
        position=1,
        destination="slack",
        sink="slack",
        target="C1",
        action=action,
        payload="{}",
        status="sent",
        created_at=NOW,
        attempt_count=1,
        next_attempt_at=NOW,
    )


def _ended_and_open(store: Store) -> None:
    look(store, 0, problem("ended"), problem("open"))
    ended = next(alert.alert_id for alert in alerts(store) if alert.fingerprint == "ended")
    do(store, 1, ended, "acknowledge")
    look(store, 2, problem("ended", state="over"), problem("open"))


def test_what_burnline_said_of_an_ended_alert_is_forgotten_on_every_engine(store: Store) -> None:
    _ended_and_open(store)
    _all_sent(store)
    assert _forget(store, MESSAGES_KEPT - timedelta(days=2)).total == 0
    assert _forget(store, MESSAGES_KEPT) == Forgotten(messages=4, places=1, transitions=0, requests=0)
    assert _forget(store, TRANSITIONS_KEPT) == Forgotten(messages=0, places=0, transitions=2, requests=0)
    assert sorted(alert.status for alert in alerts(store)) == ["open", "resolved"]
    assert transitions(store) == ["opened", "acknowledged"], "of the open one, and by a person"
    assert [event.actor for event in events(store) if event.actor] == ["Ana"]
    assert (len(outbox(store)), len(deliveries(store))) == (1, 1)


def test_what_was_not_sent_and_the_key_of_a_week_stay(duckdb_store: Store) -> None:
    _ended_and_open(duckdb_store)
    weekly = ["digest:slack:2026-W47", "review:slack:2026-W47"]
    insert(duckdb_store, Outbox, [*map(_weekly, weekly), _weekly("digest:slack:2026-11-22", "update")])
    assert _forget(duckdb_store, TRANSITIONS_KEPT).messages == 1
    left = outbox(duckdb_store)
    assert {one.alert_id for one in left if one.status == "sent"} == set(weekly)
    assert sum(one.status == "pending" for one in left) == 5


def test_a_request_stays_until_it_is_done_and_silences_for_good(duckdb_store: Store) -> None:
    _ended_and_open(duckdb_store)
    alert = alerts(duckdb_store)[0].alert_id
    done = request_action(duckdb_store, alert, "useful", "Ana", NOW)
    request_action(duckdb_store, alert, "expected", "Ana", NOW)
    end_request(duckdb_store, done, NOW)
    silence = AlertSilence(
        silence_id="s",
        kind="mute",
        starts_at=NOW,
        ends_at=_LATER,
        reason="known",
        created_by="Ana",
        created_at=NOW,
        team="Shop",
    )
    insert(duckdb_store, AlertSilence, [silence])
    assert _forget(duckdb_store, REQUESTS_KEPT).requests == 1
    assert [one.action for one in waiting_actions(duckdb_store)] == ["expected"]
    assert _forget(duckdb_store, 10 * TRANSITIONS_KEPT).requests == 0
    assert len(run(duckdb_store, "evidence/silences", start=NOW, end=_LATER).rows()) == 1


def test_the_numbers_of_the_page_do_not_change(duckdb_store: Store) -> None:
    _ended_and_open(duckdb_store)
    _all_sent(duckdb_store)
    asked = {"start": NOW - timedelta(days=1), "end": _LATER}
    filters: dict[str, list[str]] = {"severity": [], "rule": []}

    def numbers() -> list[object]:
        found = run(duckdb_store, "alert/by_rule", **asked, **filters).rows()
        answers = run(duckdb_store, "evidence/alert_answers", **asked).rows()
        return [found, answers, run(duckdb_store, "alert/noticed", **asked, **filters).rows()]

    before, noise = numbers(), run(duckdb_store, "alert/noise", **asked).rows()
    _forget(duckdb_store, MESSAGES_KEPT - timedelta(days=2))
    assert run(duckdb_store, "alert/noise", **asked).rows() == noise
    _forget(duckdb_store, 10 * TRANSITIONS_KEPT)
    assert numbers() == before
