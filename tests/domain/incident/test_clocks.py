"""The three clocks of one incident, and what is flagged instead of believed."""

from dataclasses import replace

from domain.incident.clocks import BEFORE_DECLARED, BEFORE_IMPACT, OUT_OF_ORDER, Clock, acknowledge, detect, restore
from domain.incident.incident import as_known_at
from tests.domain.incident.times import at, incident, span

WHOLE = incident(impact_started=0, detected=4, acknowledged=8, mitigated=50, resolved=200)


def test_each_clock_has_its_own_start_and_stop() -> None:
    assert detect(WHOLE) == Clock(4 * 60)
    assert acknowledge(WHOLE) == Clock(3 * 60)
    assert restore(WHOLE) == Clock(50 * 60)


def test_without_a_mitigation_the_resolution_restores() -> None:
    assert restore(incident(impact_started=0, resolved=200)) == Clock(200 * 60)


def test_detected_before_the_impact_counts_nothing_and_is_flagged() -> None:
    assert detect(incident(impact_started=10, detected=4)) == Clock(0, BEFORE_IMPACT)


def test_acknowledged_before_it_was_declared_counts_nothing_and_is_flagged() -> None:
    assert acknowledge(incident(declared=9, acknowledged=8)) == Clock(0, BEFORE_DECLARED)


def test_a_missing_impact_start_is_never_replaced_by_the_declaration() -> None:
    one = incident(detected=5, acknowledged=9, resolved=60)
    assert (detect(one).seconds, restore(one).seconds) == (None, None)
    assert acknowledge(one).seconds == 4 * 60


def test_a_reopened_incident_counts_the_sum_of_its_spans() -> None:
    one = replace(WHOLE, spans=(span(0, 50), span(300, 310)))
    assert restore(one) == Clock(60 * 60)
    assert one.restored_at == at(310)


def test_an_open_incident_has_no_restore_time_yet() -> None:
    one = incident(status="open", impact_started=0, detected=4)
    assert restore(one) == Clock(None)
    assert one.restored_at is None
    assert detect(one).seconds == 4 * 60


def test_over_before_it_began_is_flagged_and_has_no_time() -> None:
    assert restore(incident(impact_started=60, resolved=30)) == Clock(None, OUT_OF_ORDER)


def test_resolved_at_an_unknown_time_is_not_open_and_not_restored() -> None:
    one = incident(impact_started=0)
    assert (one.is_open, one.restored_at, restore(one)) == (False, None, Clock(None))


def test_a_resolution_in_the_future_has_not_happened() -> None:
    known, was_cut = as_known_at(WHOLE, at(30))
    assert was_cut
    assert (known.is_open, known.restored_at, known.spans) == (True, None, (span(0, None),))
    assert (known.detected_at, known.acknowledged_at) == (at(4), at(8))


def test_a_resolved_incident_without_start_is_open_until_its_resolution_comes() -> None:
    assert as_known_at(incident(resolved=60), at(30))[0].is_open
    assert not as_known_at(incident(resolved=60), at(90))[0].is_open


def test_an_impact_start_in_the_future_is_unknown_and_reopens_nothing() -> None:
    known, was_cut = as_known_at(incident(impact_started=100, resolved=30), at(60))
    assert was_cut
    assert (known.impact_started_at, known.is_open, restore(known).seconds) == (None, False, None)


def test_before_it_is_reopened_an_incident_is_over() -> None:
    told = replace(WHOLE, spans=(span(0, 50), span(300, 310)), mitigated_at=None, resolved_at=at(310))
    known, _ = as_known_at(told, at(200))
    assert (known.is_open, known.restored_at) == (False, at(50))


def test_what_is_not_late_stays_as_it_is() -> None:
    assert as_known_at(WHOLE, at(200)) == (WHOLE, False)
