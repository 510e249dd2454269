"""`alerts list`, `ack`, `snooze` and the others, and what the worker does of what pages asked for."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from alerts.actions import Outcome, act
from burnline.alert_answers import do_asked_actions
from burnline.cli import app
from burnline.context import open_context, utc_now
from burnline.exit_codes import BAD_INPUT
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from store.alert_requests import request_action, waiting_actions
from store.engine import Store, open_store
from store.errors import StoreError
from store.schema import table
from store.tables import Alert, AlertSilence
from tests.alerts.support import alerts, insert

Command = Callable[..., Result]
ALERT = "3fa2b1c4" * 4


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """One with an open alert."""
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, f"duckdb:///{tmp_path / 'store.duckdb'}")
    store = open_context().store
    now = utc_now()
    alert = Alert(
        alert_id=ALERT,
        fingerprint="f",
        rule="slo_burn",
        severity="page",
        status="open",
        title="Search burns",
        summary="It burns.",
        owner=None,
        page_path=None,
        level=1,
        impact_cost=None,
        currency=None,
        opened_at=now,
        updated_at=now,
    )
    insert(store, Alert, [alert])
    yield store
    open_store(str(store.engine.url)).close()


def burnline(*words: str) -> Result:
    return CliRunner().invoke(app, ["alerts", *words])


def test_an_alert_is_listed_acknowledged_snoozed_and_heard_again(store: Store) -> None:
    assert burnline("list").stdout.startswith("3fa2b1c4  page    Search burns (open; since ")
    assert "Acknowledged by Ana" in burnline("ack", ALERT[:6], "--by", "Ana").stdout
    assert "Ana has acknowledged" in burnline("ack", ALERT[:6], "--by", "Ben").stdout
    assert "Snoozed until" in burnline("snooze", ALERT, "--for", "4h", "--reason", "known", "--by", "Ana").stdout
    assert "(acknowledged by Ana, snooze until" in burnline("list").stdout
    (silence,) = json.loads(burnline("silences", "--json").stdout)["silences"]
    assert (silence["kind"], silence["reason"], silence["alert_count"]) == ("snooze", "known", 1)
    assert burnline("unmute", silence["silence_id"]).stdout.startswith("Ended: Snoozed until")
    assert burnline("silences").stdout == "Nothing is silent.\n"
    assert burnline("useful", ALERT, "--note", "at once", "--by", "Ana").exit_code == 0
    (row,) = json.loads(burnline("list", "--all", "--json").stdout)["alerts"]
    assert (row["acknowledged_by"], row["silence_kind"]) == ("Ana", None)


def test_a_mute_names_what_it_silences(store: Store) -> None:
    until = (utc_now() + timedelta(days=1)).isoformat()
    told = burnline("mute", "--rule", "slo_burn", "--until", until, "--reason", "move", "--maintenance", "--by", "Ben")
    assert told.stdout.startswith("In maintenance until ")
    assert "maintenance: rule slo_burn, " in burnline("silences").stdout
    assert "(1 alert)" in burnline("silences").stdout
    assert alerts(store)[0].silence_id is not None


def test_what_cannot_be_done_is_one_sentence(store: Store) -> None:
    for words, told in {
        ("ack", "nothere"): "There is no alert with the id 'nothere'",
        ("snooze", ALERT, "--reason", "x"): "either --for or --until",
        ("snooze", ALERT, "--reason", "x", "--for", "soon"): "--for: 'soon' is not a duration",
        ("expected", ALERT): "Until when is it expected?",
        ("mute", "--until", "2020-01-01", "--reason", "x", "--rule", "slo_burn"): "is over already",
        ("mute", "--until", "2099-01-01", "--reason", "x"): "at least one of",
        ("mute", "--until", "2099-01-01", "--reason", "x", "--rule", "slo_born"): "There is no rule 'slo_born'",
        ("mute", "--until", "soon", "--reason", "x", "--rule", "slo_burn"): "--until 'soon' is not a time",
        ("unmute", "nothere"): "No single silence",
    }.items():
        result = burnline(*words)
        assert result.exit_code == BAD_INPUT
        assert told in result.stderr
    assert alerts(store)[0].silence_id is None


def test_the_worker_does_what_pages_asked_and_names_what_it_cannot(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    now = utc_now()
    request_action(store, ALERT, "acknowledge", "Ana", now)
    request_action(store, "gone-since", "acknowledge", "Ben", now + timedelta(seconds=1))
    context = open_context()
    assert do_asked_actions(context, now) == 2
    assert alerts(store)[0].acknowledged_by == "Ana"
    assert "Ana: Acknowledged by Ana: “Search burns”" in caplog.text
    assert "Ben: There is no alert with the id 'gone-since'" in caplog.text
    assert do_asked_actions(context, now) == 0


def test_what_pages_asked_waits_for_a_store_that_fails_and_for_nothing_else(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = utc_now()
    request_action(store, ALERT, "useful", "Ana", now)
    request_action(store, ALERT, "acknowledge", "Ben", now + timedelta(seconds=1))
    context = open_context()

    def failing(error: Exception) -> None:
        def do(*given: Any, **more: Any) -> Outcome:
            if given[4] == "useful":
                raise error
            return act(*given, **more)

        monkeypatch.setattr("burnline.alert_answers.act", do)

    failing(StoreError("The store does not answer."))
    with pytest.raises(StoreError):
        do_asked_actions(context, now)
    assert len(waiting_actions(store)) == 2
    failing(ValueError("nobody thought of that"))
    assert do_asked_actions(context, now) == 2
    assert "Ana asked for 'useful' in vain: ValueError('nobody thought of that')" in caplog.text
    assert (alerts(store)[0].acknowledged_by, waiting_actions(store)) == ("Ben", [])


def test_two_workers_do_what_a_page_asks_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    request_action(store, ALERT, "snooze", "Ana", utc_now(), "known", utc_now() + timedelta(hours=4))
    both_saw = waiting_actions(store)
    monkeypatch.setattr("burnline.alert_answers.waiting_actions", lambda _: both_saw)
    context = open_context()
    for _ in range(2):
        assert do_asked_actions(context, utc_now()) == 1
    silences = table(AlertSilence)
    with store.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(silences)).scalar_one() == 1
