"""The machine's clock jumps by hours, forwards and back: nothing is lost or told twice, and the record is true."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts import deliver
from alerts.base import Rule
from alerts.configured import routing_of
from alerts.outbox_rows import COLLECTING, LEASE, LONGEST_ASKED, OutboxRows
from alerts.transition import OPEN
from config.loader import Routes
from config.settings import Settings
from store.engine import Store
from tests.alerts.problems import at, do, events, look, notice, problem
from tests.alerts.support import NOW, SlackServer, alerts, collected, outbox
from tests.alerts.test_alerts_over_time import pass_by

_jumps = st.sampled_from([0.1, 0.1, 0.1, 1.0, 5.0, -0.5, -5.0, -23.0, 30.0])
_steps = st.lists(st.tuples(_jumps, st.sampled_from(["firing", "over", "acknowledge"])), min_size=3, max_size=12)
_names = iter(range(10**6))


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_steps)
def test_whatever_the_clock_does_the_record_is_in_order_and_says_how_it_stands(
    duckdb_store: Store, steps: list[tuple[float, str]]
) -> None:
    name, hours = f"problem {next(_names)}", 1000.0
    for jump, what in steps:
        hours += jump
        own = [alert for alert in alerts(duckdb_store) if alert.fingerprint == name]
        if what == "acknowledge":
            for alert in own:
                do(duckdb_store, hours, alert.alert_id, what)
        else:
            look(duckdb_store, hours, problem(name, state=what))  # type: ignore[arg-type]
    own = [alert for alert in alerts(duckdb_store) if alert.fingerprint == name]
    assert sum(alert.status in OPEN for alert in own) <= 1
    for alert in own:
        record = sorted(
            (one for one in events(duckdb_store) if one.alert_id == alert.alert_id), key=lambda one: one.occurred_at
        )
        assert len({one.occurred_at for one in record}) == len(record)
        assert record[0].transition == "opened"
        turns = [one.transition for one in record if one.transition in ("opened", "reopened", "resolved")]
        assert all((before == "resolved") != (after == "resolved") for before, after in pairwise(turns))
    look(duckdb_store, 2000)


def test_a_thread_opens_before_it_ends_although_its_end_is_dated_before_its_beginning(
    duckdb_store: Store, settings: Settings, slack: SlackServer
) -> None:
    routing = routing_of(Routes(), settings)[0]
    look(duckdb_store, 5, problem(), routing=routing)
    look(duckdb_store, 0.1, problem(state="over"), routing=routing)
    deliver(duckdb_store, settings, at(0.2), sleep=lambda _: None, clock=lambda: 0.0)
    (root,) = slack.roots()
    assert root["text"].startswith("✅ Resolved")
    assert [text.split(" ")[0] for text in slack.replies(root)] == ["Resolved"]
    assert {message.status for message in outbox(duckdb_store)} == {"sent"}


def test_what_a_wrong_clock_put_off_is_not_waited_for(
    duckdb_store: Store, settings: Settings, slack: SlackServer
) -> None:
    collected(duckdb_store, "openai_costs", at(0), "failed", error_kind="fatal", error_message="Set a key.")
    slack.faults.slack_down = True
    pass_by(duckdb_store, settings, slack, at(0.1))
    deliver(duckdb_store, settings, at(9), sleep=lambda _: None, clock=lambda: 0.0)
    slack.faults.slack_down = False
    assert deliver(duckdb_store, settings, at(0.2), sleep=lambda _: None, clock=lambda: 0.0).sent == 1


@pytest.mark.parametrize(("code", "is_due"), [("busy", True), (COLLECTING, False)])
def test_only_a_digest_waits_longer_than_any_failure(duckdb_store: Store, code: str, is_due: bool) -> None:
    look(duckdb_store, 0, problem())
    (message,) = outbox(duckdb_store)
    message.error_code, message.next_attempt_at = code, NOW + LONGEST_ASKED + 2 * LEASE
    rows = OutboxRows(duckdb_store, lambda: NOW)
    assert rows.is_due(message, retry_now=False) is is_due
    message.next_attempt_at = NOW + LONGEST_ASKED
    assert not rows.is_due(message, retry_now=False)


def test_rules_are_asked_at_once_when_the_clock_was_set_back() -> None:
    rule = Rule("r", "5m", {}, lambda *_: [], kind="cost")
    assert rule.is_due(at(0), at(5))
    assert not rule.is_due(NOW.replace(minute=27), NOW)


def test_no_message_tells_of_a_span_that_ends_before_it_begins(duckdb_store: Store) -> None:
    look(duckdb_store, 5, problem())
    look(duckdb_store, 0, problem(state="over"))
    assert {notice(message.payload).lead for message in outbox(duckdb_store)} == {
        "",
        "Resolved after less than a minute",
    }
