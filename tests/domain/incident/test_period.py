"""A period's clocks: who is in it, and what no average shows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.incident.clocks import BEFORE_IMPACT, OUT_OF_ORDER
from domain.incident.incident import Incident
from domain.incident.period import IN_FUTURE, period_clocks
from domain.incident.spread import spread
from domain.window import Window
from tests.domain.incident.times import NOON, at, incident, span

PERIOD = Window(NOON - timedelta(days=1), NOON + timedelta(days=1))
NOW = NOON + timedelta(days=2)


def test_mean_median_and_p90_come_together() -> None:
    found = spread([60, 120, 600, 60, 60], 6)
    assert (found.mean_seconds, found.median_seconds) == (180, 60)
    assert found.p90_seconds == pytest.approx(408)
    assert (found.count, found.of_count, found.coverage_ratio) == (5, 6, 5 / 6)


def test_of_nothing_there_is_no_average() -> None:
    assert spread([], 2) == spread([], 2)
    assert (spread([], 2).mean_seconds, spread([], 2).coverage_ratio, spread([], 0).coverage_ratio) == (None, 0, None)


def test_an_incident_restored_later_counts_in_the_period_of_its_restoration() -> None:
    late = incident(impact_started=0, detected=3, resolved=60 * 30)
    clocks = period_clocks([late], PERIOD, NOW)
    assert (clocks.declared_count, clocks.restored_count, clocks.restore.count) == (1, 0, 0)
    assert clocks.detect.mean_seconds == 180
    following = Window(PERIOD.end, NOW)
    assert period_clocks([late], following, NOW).restore.mean_seconds == 30 * 3600


def test_merged_and_declined_ones_count_nowhere() -> None:
    gone = [incident(status, status, impact_started=0, detected=1, resolved=9) for status in ("merged", "declined")]
    clocks = period_clocks(gone, PERIOD, NOW)
    assert (clocks.declared_count, clocks.restored_count, clocks.open.count) == (0, 0, 0)


def test_coverage_tells_how_many_have_no_impact_start() -> None:
    clocks = period_clocks([incident("a", impact_started=0, resolved=60), incident("b", resolved=60)], PERIOD, NOW)
    assert clocks.restored_count == 2
    assert (clocks.restore.count, clocks.restore.of_count, clocks.restore.coverage_ratio) == (1, 2, 0.5)


def test_an_open_incident_stands_beside_the_mean_and_warns_when_it_is_older() -> None:
    done = incident("a", impact_started=0, resolved=60)
    opened = incident("b", "open", impact_started=30)
    clocks = period_clocks([done, opened], PERIOD, at(100))
    assert clocks.restore.mean_seconds == 3600
    assert (clocks.open.count, clocks.open.is_flattered) == (1, True)
    assert clocks.open.incidents[0].age_seconds == 70 * 60
    assert not period_clocks([done, opened], PERIOD, at(90)).open.is_flattered


def test_an_open_incident_without_a_start_is_aged_from_its_declaration_and_says_so() -> None:
    (found,) = period_clocks([incident(status="open", declared=5)], PERIOD, at(65)).open.incidents
    assert (found.age_seconds, found.is_since_start) == (3600, False)


def test_odd_times_are_named() -> None:
    early = incident("early", impact_started=10, detected=4, resolved=60)
    backwards = incident("backwards", impact_started=60, resolved=30)
    ahead = incident("ahead", impact_started=0, resolved=60 * 72)
    clocks = period_clocks([early, backwards, ahead], PERIOD, NOW)
    assert clocks.flags == (
        (("pagerduty", "ahead"), IN_FUTURE),
        (("pagerduty", "backwards"), OUT_OF_ORDER),
        (("pagerduty", "early"), BEFORE_IMPACT),
    )
    assert [one.key[1] for one in clocks.open.incidents] == ["ahead"]


def test_what_is_declared_in_the_future_is_not_there_yet() -> None:
    clocks = period_clocks([incident(declared=90, impact_started=0)], PERIOD, at(60))
    assert (clocks.declared_count, clocks.open.count) == (0, 0)


MINUTE = st.integers(-600, 900)
MAYBE = st.none() | MINUTE


@st.composite
def incidents(draw: st.DrawFn) -> list[Incident]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        status = draw(st.sampled_from(["open", "mitigated", "resolved", "merged", "declined"]))
        minutes = {
            name: draw(MAYBE) for name in ("impact_started", "detected", "acknowledged", "mitigated", "resolved")
        }
        made = incident(str(number), status, declared=draw(MINUTE), **minutes)
        if made.spans and draw(st.booleans()):
            made = replace(made, spans=(*made.spans, span(draw(MINUTE), draw(MAYBE))))
        found.append(made)
    return found


@given(incidents())
def test_splitting_a_period_splits_its_incidents(given_incidents: list[Incident]) -> None:
    whole = period_clocks(given_incidents, PERIOD, NOW)
    parts = [period_clocks(given_incidents, part, NOW) for part in PERIOD.split(timedelta(hours=7))]
    assert whole.declared_count == sum(part.declared_count for part in parts)
    assert whole.restored_count == sum(part.restored_count for part in parts)
    totals = [(part.restore.mean_seconds or 0) * part.restore.count for part in parts]
    assert (whole.restore.mean_seconds or 0) * whole.restore.count == pytest.approx(sum(totals))


@given(incidents())
def test_averages_are_of_what_has_happened_and_never_negative(given_incidents: list[Incident]) -> None:
    clocks = period_clocks(given_incidents, PERIOD, NOW)
    for one in (clocks.detect, clocks.acknowledge, clocks.restore):
        assert 0 <= one.count <= one.of_count
        values = (one.mean_seconds, one.median_seconds, one.p90_seconds)
        assert (None in values) == (one.count == 0)
        assert all(value is None or value >= 0 for value in values)
    assert all(one.age_seconds >= 0 for one in clocks.open.incidents)


@given(incidents(), st.integers(-600, 900))
def test_what_happens_later_changes_nothing_known_now(given_incidents: list[Incident], minute: int) -> None:
    now = at(minute)
    before = Window(PERIOD.start, now) if now > PERIOD.start else PERIOD
    resolved = [
        replace(one, resolved_at=now + timedelta(hours=1), status="resolved") if one.is_open else one
        for one in given_incidents
        if one.resolved_at is None and one.mitigated_at is None and not one.spans
    ]
    kept = [one for one in given_incidents if one.resolved_at is None and one.mitigated_at is None and not one.spans]
    one, other = period_clocks(kept, before, now), period_clocks(resolved, before, now)
    assert (one.restore, one.detect, one.open) == (other.restore, other.detect, other.open)
