"""What comes and goes is told as such, once; it ends when it stays away, and is never hidden while it is there."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.base import Finding, Severity, severity_rank
from alerts.flapping import QUIET_FOR, RETURNS, TURNS, WITHIN, course_of
from alerts.lifecycle import REOPEN_WITHIN, decide
from alerts.transition import OPEN, STARTS, UNTOLD, Change
from config.settings import Settings
from store.engine import Store
from store.tables import Alert
from tests.alerts.problems import containing, do, events, look, newest, problem, transitions
from tests.alerts.support import NOW, SlackServer, alerts, collected, outbox
from tests.alerts.test_alerts_over_time import pass_by

STEP = timedelta(minutes=10)
STARTS_WITHIN = RETURNS + 2
"""Of six hours: the first time, three returns, and one after three hours of quiet."""
WORDS = 3
"""A time that it is there is told by a start, one change for the worse, and an end, at most."""


class Story:
    """One alert as the engine would carry it on; `told` is what people hear of."""

    def __init__(self) -> None:
        self.known: dict[str, Alert] = {}
        self.turns: list[tuple[datetime, str]] = []
        self.told: list[tuple[datetime, str]] = []

    def look(self, at: datetime, finding: Finding | None) -> Alert | None:
        known = {name: one for name, one in self.known.items() if not one.resolved_at or at - one.resolved_at < _DAY}
        courses = {alert.alert_id: course_of(self.turns) for alert in known.values()}
        for change in decide(known, {"r": [finding] if finding else []}, (), at, courses):
            self._note(change, at)
        return self.known.get("f")

    def _note(self, change: Change, at: datetime) -> None:
        self.known[change.alert.fingerprint] = change.alert
        if change.transition == "opened":
            self.turns = []
        if change.transition in TURNS:
            self.turns.append((at, change.transition))
        if change.transition not in UNTOLD:
            self.told.append((at, change.transition))


_DAY = REOPEN_WITHIN
_states = st.sampled_from(["firing", "firing", "over", "over", "withdrawn", "gone", "pending"])
_severities: st.SearchStrategy[Severity] = st.sampled_from(["ticket", "ticket", "page"])
_steps = st.sampled_from([1, 1, 1, 1, 2, 2, 3, 25])
_stretches = st.lists(st.tuples(_steps, _states, _severities), min_size=10, max_size=40)


def _as_found(state: str, severity: Severity) -> Finding | None:
    return None if state == "gone" else problem(severity=severity, state=state)  # type: ignore[arg-type]


def _most_within(told: Sequence[tuple[datetime, str]], kinds: Sequence[str], span: timedelta) -> int:
    moments = [at for at, transition in told if transition in kinds]
    return max((sum(1 for at in moments if start <= at < start + span) for start in moments), default=0)


@given(_stretches)
def test_however_it_flaps_little_is_told_what_fires_is_open_and_it_ends_when_it_is_quiet(
    stretches: list[tuple[int, str, Severity]],
) -> None:
    story, at = Story(), NOW
    for steps, state, severity in stretches:
        for _ in range(steps):
            finding = _as_found(state, severity)
            alert = story.look(at, finding)
            if finding is not None and finding.state == "firing":
                assert alert is not None
                assert alert.status in OPEN
                assert severity_rank(alert.severity) >= severity_rank(finding.severity)
            at += STEP
    assert _most_within(story.told, STARTS, WITHIN) <= STARTS_WITHIN
    everything = [transition for _, transition in story.told]
    assert _most_within(story.told, everything, WITHIN) <= STARTS_WITHIN * WORDS + 1
    for _ in range(QUIET_FOR // STEP + 1):
        alert = story.look(at, problem(state="over"))
        at += STEP
    assert alert is None or alert.status not in OPEN


@given(st.lists(st.tuples(st.integers(1, 17), st.integers(1, 17)), min_size=1, max_size=40))
def test_what_flaps_on_and_on_is_told_until_it_is_known_to_flap_and_then_no_more(
    stretches: list[tuple[int, int]],
) -> None:
    story, at, flaps_since = Story(), NOW, None
    for there, away in stretches:
        for step in range(there + away):
            alert = story.look(at, problem(state="firing" if step < there else "over"))
            at += STEP
            flaps = alert is not None and "It comes and goes: " in alert.summary
            flaps_since = flaps_since or (len(story.told) if flaps else None)
            if flaps_since and course_of(story.turns).flaps(at):
                assert len(story.told) == flaps_since or story.told[-1][1] == "refreshed"
            else:
                flaps_since = None


@hypothesis_settings(max_examples=30)
@given(st.lists(st.sampled_from(["firing", "over"]), max_size=6))
def test_what_returns_less_often_is_told_as_ever(states: list[str]) -> None:
    story, plain, at = Story(), dict[str, Alert](), NOW
    for number, state in enumerate(states):
        at = NOW + number * timedelta(hours=3)
        finding = problem(state=state)  # type: ignore[arg-type]
        story.look(at, finding)
        for change in decide(plain, {"r": [finding]}, (), at):
            plain[change.alert.fingerprint] = change.alert
    assert [alert.status for alert in story.known.values()] == [alert.status for alert in plain.values()]


def _flapping(store: Store, hours: float = 0.0) -> list[str]:
    """On and off every half hour until it is known to flap; what was told."""
    told = []
    for number in range(RETURNS + 1):
        told += look(store, hours + number, problem())
        if number < RETURNS:
            told += look(store, hours + number + 0.5, problem(state="over"))
    return told


def test_the_third_return_says_that_it_comes_and_goes_and_the_thread_says_it_too(duckdb_store: Store) -> None:
    assert Counter(line.split()[-1] for line in _flapping(duckdb_store)) == {"opened": 1, "resolved": 6, "reopened": 6}
    said = newest(duckdb_store)
    assert (said.lead, said.summary) == (
        "Open again",
        "f at 1. It comes and goes: 4 times since 22 Nov 2026 08:26 UTC. It stays open until it was quiet for 3 hours.",
    )
    (alert,) = alerts(duckdb_store)
    assert alert.summary == said.summary


def test_then_nothing_is_told_until_it_is_quiet_for_three_hours(duckdb_store: Store) -> None:
    _flapping(duckdb_store)
    for hours in (3.5, 4.5, 5.5):
        assert look(duckdb_store, hours, problem(state="over")) == []
        assert look(duckdb_store, hours + 0.5, problem()) == []
    assert look(duckdb_store, 6.5, problem(state="over")) == []
    assert look(duckdb_store, 9.4, problem(state="over")) == []
    (alert,) = alerts(duckdb_store)
    assert alert.status == "open"
    assert look(duckdb_store, 9.5, problem(state="over")) == ["f slack update resolved", "f slack reply resolved"]
    assert newest(duckdb_store).summary == (
        "f at 1. It came and went, 7 times since 22 Nov 2026 08:26 UTC, and was quiet for 3 hours."
    )
    assert transitions(duckdb_store)[-8:] == ["quiet", "returned"] * 3 + ["quiet", "resolved"]
    assert {event.facts for event in events(duckdb_store) if event.transition in ("quiet", "returned")} == {"{}"}


def test_it_gets_worse_aloud_and_eases_only_when_it_is_there_for_six_hours(duckdb_store: Store) -> None:
    _flapping(duckdb_store)
    assert look(duckdb_store, 3.5, problem(state="over")) == []
    told = look(duckdb_store, 4, problem(severity="page"))
    assert told == ["f slack update worsened", "f slack reply worsened"]
    assert look(duckdb_store, 5, problem()) == []
    assert alerts(duckdb_store)[0].severity == "page"
    assert look(duckdb_store, 10, problem()) == ["f slack update eased"]
    assert look(duckdb_store, 10.5, problem(state="over"))[-1] == "f slack reply resolved"


def test_a_severity_that_comes_and_goes_is_damped_too(duckdb_store: Store) -> None:
    look(duckdb_store, 0, problem())
    told = [
        line
        for number in range(6)
        for line in (
            *look(duckdb_store, number + 0.2, problem(severity="page")),
            *look(duckdb_store, number + 0.7, problem()),
        )
    ]
    assert Counter(line.split()[-1] for line in told) == {"worsened": 8, "eased": 3}
    assert "It comes and goes: " in alerts(duckdb_store)[0].summary


@pytest.mark.parametrize("end", ["withdrawn", "gone", "grouped"])
def test_every_kind_of_end_waits(duckdb_store: Store, end: str) -> None:
    found = {"withdrawn": [problem(state="withdrawn")], "gone": [], "grouped": [containing("top", "f"), problem()]}[end]
    _flapping(duckdb_store)
    look(duckdb_store, 3.5, *found)
    assert [alert.status for alert in alerts(duckdb_store) if alert.fingerprint == "f"] == ["open"]
    look(duckdb_store, 6.5, *found)
    assert transitions(duckdb_store)[-1] == {"gone": "resolved"}.get(end, end)


def test_who_has_it_has_it_while_it_flaps(duckdb_store: Store) -> None:
    _flapping(duckdb_store)
    (alert,) = alerts(duckdb_store)
    assert do(duckdb_store, 3.2, alert.alert_id, "acknowledge").done
    look(duckdb_store, 3.5, problem(state="over"))
    look(duckdb_store, 4, problem())
    (alert,) = alerts(duckdb_store)
    assert (alert.status, alert.acknowledged_by) == ("acknowledged", "Ana")


def test_a_source_that_fails_every_second_run_is_one_thread_of_few_answers(
    duckdb_store: Store, settings: Settings, slack: SlackServer
) -> None:
    collected(duckdb_store, "openai_costs", NOW)
    for hour in range(12):
        at = NOW + timedelta(hours=hour)
        if hour % 2:
            collected(duckdb_store, "openai_costs", at)
        else:
            collected(duckdb_store, "openai_costs", at, "failed", error_kind="fatal", error_message="Set a key.")
        pass_by(duckdb_store, settings, slack, at + timedelta(minutes=5))
    (root,) = slack.roots()
    assert "It comes and goes: 4 times since" in root["text"]
    replies = slack.replies(root)
    assert [text.split(" ")[0] for text in replies] == ["Resolved", "Open"] * 3
    assert len(outbox(duckdb_store)) == 13
