"""Rules that fail, are slow or say nonsense, and days that cannot be judged: named once; everything else goes on."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import burnline.alerting as alerting
from alerts import check
from alerts.base import AskingRule, Finding, Situation, asking_rule
from alerts.evaluation import evaluate
from burnline.alerting import check_and_deliver, failure_log
from burnline.context import open_context
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE, Alerts, Settings
from queries.promises import Ask
from store.engine import Store, execute, open_store
from store.errors import StoreError
from tests.alerts.problems import problem
from tests.alerts.support import NOW, alerts

ENDLESS = """
select count(*)
from generate_series(1, 1000000) a (n), generate_series(1, 1000000) b (n), generate_series(1, 1000000) c (n)
where a.n + b.n + c.n < 0
"""  # no engine can answer it without looking at all 10^18 rows: a faster machine must not make it end


def saying(name: str, *findings: Any) -> AskingRule:
    return asking_rule(name, "5m", lambda _ask, _situation: list(findings), kind="cost")


def checked(store: Store, **findings: Sequence[Any]) -> Mapping[str, str]:
    rules = {name: saying(name, *of_rule) for name, of_rule in findings.items()}
    return check(store, Settings(), NOW, rules=rules).failed


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"fingerprint": " "}, "it has no fingerprint"),
        ({"impact_cost": Decimal("NaN")}, "'a' has a impact_cost that is no number"),
        ({"facts": {"score": float("inf")}}, "'a' has a score that is no number"),
        ({"severity": "urgent"}, "'a' has the unknown severity 'urgent'"),
        ({"state": "odd"}, "'a' has the unknown state 'odd'"),
        ({"level": 1.5}, "'a' has the level 1.5, which is no whole number"),
        ({"title": ""}, "'a' has no title or no summary"),
    ],
)
def test_a_finding_that_cannot_be_told_is_named_and_the_others_are_told(
    duckdb_store: Store, wrong: dict[str, Any], why: str
) -> None:
    rules = {"r": saying("r", replace(problem("a"), **wrong), problem("b")), "s": saying("s", problem("c"))}
    found = evaluate(duckdb_store, rules, Situation(NOW, Settings()))
    told = {finding.fingerprint for of_rule in found.findings.values() for finding in of_rule}
    assert told == {"b", "c"}
    assert found.failed == {"r": f"1 finding cannot be told: {why}"}


def test_what_a_rule_had_open_stays_while_it_says_nonsense_of_it(duckdb_store: Store) -> None:
    assert checked(duckdb_store, r=[problem("a"), problem("b")]) == {}
    nonsense = replace(problem("a"), impact_cost=Decimal("NaN"))
    assert "'a' has a impact_cost" in checked(duckdb_store, r=[nonsense, problem("b")])["r"]
    assert {alert.fingerprint: alert.status for alert in alerts(duckdb_store)} == {"a": "open", "b": "open"}


@pytest.mark.parametrize("store", ["duckdb", "postgresql"], indirect=True)
def test_a_question_without_end_is_stopped_and_the_next_one_is_answered(store: Store) -> None:
    def asks(statement: str) -> object:
        if store.dialect == "duckdb":
            with store.duckdb_cursor() as cursor:
                return cursor.execute(statement).fetchone()
        with store.read() as connection:
            return execute(connection, statement).one()

    began = time.monotonic()
    with store.time_limit(0.3), pytest.raises(StoreError, match=r"did not answer within|stopped a question"):
        asks(ENDLESS)
    assert time.monotonic() - began < 20, "it would have taken minutes"
    assert asks("select 1")


def test_a_slow_rule_is_given_up_and_the_others_are_asked(duckdb_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_ask: Ask, _situation: Situation) -> list[Finding]:
        with duckdb_store.duckdb_cursor() as cursor:
            cursor.execute(ENDLESS)
        return []

    slow = asking_rule("slow", "5m", endless, kind="cost")
    settings = Settings(alerts=Alerts(rule_limit="1s"))
    found = evaluate(duckdb_store, {"slow": slow, "r": saying("r", problem("a"))}, Situation(NOW, settings))
    assert found.failed == {"slow": "The store did not answer within 1 s; the question was stopped."}
    assert [finding.fingerprint for finding in found.findings["r"]] == ["a"]


def test_days_that_cannot_be_judged_silence_no_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, f"duckdb:///{tmp_path / 'store.duckdb'}")

    def fails(*_: object) -> None:
        raise ValueError("all values are NaN")

    monkeypatch.setattr(alerting, "detect_if_new", fails)
    monkeypatch.setattr(alerting, "watched", lambda _settings: {"r": saying("r", problem("a"))})
    context = open_context()
    done = check_and_deliver(context, NOW)
    open_store(str(context.store.engine.url)).close()
    assert done.failed
    assert "The detection of anomalies failed: ValueError: all values are NaN" in done.sentence()
    assert [told.transition for told in done.report.told] == ["opened"]
    assert done.well == {"The rule r"}


def test_what_fails_is_named_once_and_when_it_works_again(caplog: pytest.LogCaptureFixture) -> None:
    log, why = failure_log(), {"The rule r": "QueryError: no such table"}
    for trouble, well in [(why, set[str]()), (why, set[str]()), ({}, {"The rule r"}), ({}, {"The rule r"})]:
        log.tell(trouble, well)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "The rule r failed; what it had open stays as it is: QueryError: no such table"),
        (logging.WARNING, "The rule r works again."),
    ]


def test_a_limit_is_over_with_its_block(duckdb_store: Store) -> None:
    with duckdb_store.time_limit(timedelta(microseconds=1).total_seconds()):
        time.sleep(0.01)
        with pytest.raises(StoreError, match="did not answer"), duckdb_store.duckdb_cursor():
            pass
    with duckdb_store.duckdb_cursor() as cursor:
        assert cursor.execute("select 1").fetchone() == (1,)
