"""Spans of impact: pauses of a reopened incident are none of it, shared time counts once."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.incident.spans import ImpactSpan, clipped, impact_spans, impact_time, is_ordered
from domain.window import Window
from tests.domain.incident.times import at, span

MINUTES = st.integers(0, 500)
CHANGES = st.lists(st.tuples(MINUTES, st.booleans()), max_size=12)
SPANS = st.lists(st.tuples(MINUTES, st.integers(0, 90)), max_size=8)


def test_one_end_makes_one_span() -> None:
    assert impact_spans(at(0), [(at(60), True)]) == (span(0, 60),)


def test_a_reopened_incident_has_two_spans_and_the_pause_is_no_impact() -> None:
    spans = impact_spans(at(0), [(at(60), True), (at(90), False), (at(100), True)])
    assert spans == (span(0, 60), span(90, 100))
    assert impact_time(spans) == timedelta(minutes=70)


def test_the_last_span_goes_on_until_somebody_ends_it() -> None:
    spans = impact_spans(at(0), [(at(60), True), (at(90), False)])
    assert spans == (span(0, 60), span(90, None))
    assert impact_time(spans) is None


def test_resolving_twice_does_not_make_the_impact_longer() -> None:
    assert impact_spans(at(0), [(at(60), True), (at(80), True)]) == (span(0, 60),)


def test_without_a_start_there_is_no_span() -> None:
    assert impact_spans(None, [(at(60), True)]) == ()


def test_an_end_before_the_start_is_kept_and_told() -> None:
    spans = impact_spans(at(30), [(at(10), True)])
    assert spans == (span(30, 10),)
    assert not is_ordered(spans)


def test_time_that_two_spans_share_counts_once() -> None:
    assert impact_time([span(0, 60), span(30, 90)]) == timedelta(minutes=90)


@given(CHANGES)
def test_spans_follow_each_other_and_only_the_last_may_go_on(changes: list[tuple[int, bool]]) -> None:
    spans = impact_spans(at(0), [(at(minute), over) for minute, over in changes])
    assert spans
    assert all(one.ended_at is not None for one in spans[:-1])
    assert all(a.ended_at is not None and a.ended_at <= b.started_at for a, b in pairwise(spans))


@given(SPANS)
def test_impact_is_never_longer_than_from_first_start_to_last_end(given_spans: list[tuple[int, int]]) -> None:
    spans = [span(start, start + length) for start, length in given_spans]
    total = impact_time(spans)
    assert total is not None
    ends = [one.ended_at for one in spans if one.ended_at]
    reach = max(ends) - min(one.started_at for one in spans) if spans else timedelta()
    assert timedelta() <= total <= reach
    assert total >= max((one.ended_at - one.started_at for one in spans if one.ended_at), default=timedelta())


@given(SPANS, st.integers(1, 400))
def test_cutting_spans_in_two_changes_no_total(given_spans: list[tuple[int, int]], cut: int) -> None:
    spans = [span(start, start + length) for start, length in given_spans]
    pieces: list[ImpactSpan] = []
    for one in spans:
        if one.ended_at and one.started_at < at(cut) < one.ended_at:
            pieces += [ImpactSpan(one.started_at, at(cut)), ImpactSpan(at(cut), one.ended_at)]
        else:
            pieces.append(one)
    assert impact_time(pieces) == impact_time(spans)


def test_a_span_that_goes_on_is_cut_off_where_the_window_ends() -> None:
    window = Window(at(10), at(60))
    assert clipped([span(0, 20), span(30, None), span(60, 70), span(5, 10)], window) == (span(10, 20), span(30, 60))


@given(SPANS, st.integers(1, 599))
def test_the_impact_in_two_halves_of_a_time_is_that_of_the_whole(given_spans: list[tuple[int, int]], cut: int) -> None:
    spans = [span(start, start + length) for start, length in given_spans]

    def impact_in(start: datetime, end: datetime) -> timedelta:
        return impact_time(clipped(spans, Window(start, end))) or timedelta()

    assert impact_in(at(0), at(cut)) + impact_in(at(cut), at(600)) == impact_in(at(0), at(600))
