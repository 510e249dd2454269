"""Transitions as a pure function of known alerts and findings."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.base import Finding, Severity
from alerts.lifecycle import decide, open_for
from alerts.transition import Change
from store.tables import Alert, AlertEvent
from tests.alerts.support import NOW

FIRING = Finding(
    fingerprint="budget:team:x",
    severity="ticket",
    level=2,
    title="Half spent",
    summary="Team x has spent half.",
    facts={"spent": Decimal("1.5")},
)
OVER = replace(FIRING, state="over", summary="Team x is well.")
STEPS: list[tuple[int, Severity] | None] = [(1, "info"), (2, "info"), (2, "ticket"), (3, "page"), None]
OPENED = decide({}, {"r": [FIRING]}, (), NOW)[0].alert


def after(alert: Alert, *findings: Finding, hours: float = 1, unheard: tuple[str, ...] = ()) -> list[Change]:
    heard = {} if alert.rule in unheard else {alert.rule: list(findings)}
    return decide({alert.fingerprint: alert}, heard, unheard, NOW + timedelta(hours=hours))


def only(changes: list[Change]) -> Change:
    (change,) = changes
    return change


def test_a_new_finding_opens_an_alert_with_everything_it_says() -> None:
    alert = OPENED
    assert (alert.status, alert.severity, alert.level) == ("open", "ticket", 2)
    assert (alert.opened_at, alert.updated_at, alert.resolved_at) == (NOW, NOW, None)
    assert (alert.title, alert.summary, alert.rule) == ("Half spent", "Team x has spent half.", "r")


@pytest.mark.parametrize("finding", [OVER, replace(FIRING, state="pending")])
def test_what_does_not_fire_opens_nothing(finding: Finding) -> None:
    assert decide({}, {"r": [finding]}, (), NOW) == []


def test_the_same_finding_again_changes_nothing() -> None:
    assert after(OPENED, FIRING, hours=100) == []


@pytest.mark.parametrize("worse", [replace(FIRING, level=3), replace(FIRING, severity="page")])
def test_a_higher_level_or_severity_worsens_the_alert(worse: Finding) -> None:
    change = only(after(OPENED, worse))
    assert change.transition == "worsened"
    assert (change.alert.alert_id, change.alert.opened_at) == (OPENED.alert_id, NOW)
    assert (change.alert.level, change.alert.severity) == (worse.level, worse.severity)


def test_a_lower_level_eases_it_once() -> None:
    change = only(after(OPENED, replace(FIRING, level=1)))
    assert change.transition == "eased"
    assert after(change.alert, replace(FIRING, level=1), hours=2) == []


def test_new_numbers_alone_are_told_at_most_once_a_day() -> None:
    grown = replace(FIRING, summary="Team x has spent a bit more.")
    assert after(OPENED, grown, hours=23.9) == []
    change = only(after(OPENED, grown, hours=24))
    assert (change.transition, change.alert.summary) == ("refreshed", "Team x has spent a bit more.")
    assert after(change.alert, replace(FIRING, summary="And more."), hours=47) == []


def test_what_is_over_resolves_with_its_last_numbers() -> None:
    change = only(after(OPENED, OVER))
    assert (change.transition, change.alert.status) == ("resolved", "resolved")
    assert change.alert.summary == "Team x is well."
    assert change.alert.resolved_at == NOW + timedelta(hours=1)


def test_what_is_no_longer_found_resolves_and_says_so() -> None:
    change = only(after(OPENED))
    assert change.transition == "resolved"
    assert change.alert.summary.startswith("This is no longer watched")


def test_pending_keeps_an_open_alert_as_it_is() -> None:
    assert after(OPENED, replace(FIRING, state="pending", level=9)) == []


def test_a_rule_that_failed_or_was_not_asked_resolves_nothing() -> None:
    assert after(OPENED, unheard=("r",)) == []


def test_alerts_of_a_rule_that_is_gone_resolve() -> None:
    assert only(decide({OPENED.fingerprint: OPENED}, {"other": []}, (), NOW)).transition == "resolved"


def test_a_problem_that_returns_goes_on_in_its_alert() -> None:
    resolved = only(after(OPENED, OVER)).alert
    change = only(after(resolved, FIRING, hours=20))
    assert (change.transition, change.alert.status, change.alert.resolved_at) == ("reopened", "open", None)
    assert change.alert.alert_id == OPENED.alert_id


def test_an_acknowledged_alert_stays_acknowledged_while_it_lasts() -> None:
    acknowledged = replace(OPENED, status="acknowledged")
    assert only(after(acknowledged, replace(FIRING, level=3))).alert.status == "acknowledged"
    assert only(after(acknowledged, OVER)).alert.status == "resolved"


@given(st.permutations([replace(FIRING, level=1), replace(FIRING, level=4), OVER]))
def test_of_findings_with_one_fingerprint_the_gravest_counts(findings: list[Finding]) -> None:
    assert only(decide({}, {"r": findings}, (), NOW)).alert.level == 4


def test_time_open_is_the_sum_of_the_open_spans() -> None:
    def event(hours: float, transition: str) -> AlertEvent:
        at = NOW + timedelta(hours=hours)
        return AlertEvent(
            event_id=transition,
            alert_id="a",
            fingerprint="f",
            occurred_at=at,
            transition=transition,
            facts="{}",
        )

    history = [event(5, "reopened"), event(0, "opened"), event(1, "worsened"), event(2, "resolved")]
    assert open_for(history, NOW + timedelta(hours=6)) == timedelta(hours=3)
    assert open_for([], NOW) == timedelta(0)


@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_a_thread_opens_before_anything_else_and_ends_when_it_says_resolved(
    course: list[tuple[int, Severity] | None],
) -> None:
    known: dict[str, Alert] = {}
    told: list[str] = []
    for hour, step in enumerate(course):
        finding = OVER if step is None else replace(FIRING, level=step[0], severity=step[1])
        for change in decide(known, {"r": [finding]}, (), NOW + timedelta(hours=hour)):
            known[change.alert.fingerprint] = change.alert
            told.append(change.transition)
    assert told.count("opened") <= 1
    opening = [transition for transition in told if transition in ("opened", "reopened", "resolved")]
    assert opening == [("resolved" if i % 2 else "reopened" if i else "opened") for i in range(len(opening))]
    is_open = bool(course) and course[-1] is not None
    assert any(alert.status == "open" for alert in known.values()) == is_open
