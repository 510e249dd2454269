"""Promises of providers: kept, broken, or not to be said."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.provider_sla import Fates, Sla, availability_state, p95_state, sla_of, together
from domain.slo.attainment import Counts, State, state
from domain.slo.buckets import Histogram

COUNTS = st.integers(0, 10_000)
EDGES = (Decimal(1), Decimal(2), Decimal(4))


def fates(request: int, throttled: int = 0, rejected: int = 0, failed: int = 0) -> Fates:
    return Fates(request, throttled, rejected, failed)


def histogram(*counts: int) -> Histogram:
    """Counts up to 1, 2, 4 seconds and above."""
    sums = [Fraction(sum(counts[: place + 1])) for place in range(len(counts))]
    return Histogram(EDGES, tuple(sums[:3]), sums[-1])


def test_errors_and_throttling_are_shares_of_all_but_the_callers_mistakes() -> None:
    found = fates(1000, throttled=90, rejected=100, failed=9)
    assert (found.error_ratio, found.throttle_ratio) == (Fraction(9, 900), Fraction(90, 900))
    assert found.served() == Counts(Fraction(801), Fraction(900))
    assert found.served(throttled_is_bad=False) == Counts(Fraction(801), Fraction(810))


def test_of_nothing_but_mistakes_nothing_is_known() -> None:
    found = fates(5, rejected=5)
    assert (found.error_ratio, found.throttle_ratio) == (None, None)
    assert availability_state(found, Sla("p", availability=Decimal("0.99"))) is State.NO_DATA
    assert availability_state(None, Sla("p", availability=Decimal("0.99"))) is State.NO_DATA


@pytest.mark.parametrize(
    ("throttled_is_bad", "expected"), [(True, State.MISSED), (False, State.MET)], ids=["bad", "invalid"]
)
def test_a_contract_says_whether_throttled_requests_count(throttled_is_bad: bool, expected: State) -> None:
    sla = Sla("p", availability=Decimal("0.95"), throttled_is_bad=throttled_is_bad)
    assert availability_state(fates(10_000, throttled=2000), sla) is expected


def test_the_first_that_matches_a_model_counts() -> None:
    mini, rest, other = Sla("p", "*-mini"), Sla("p"), Sla("q")
    slas = (mini, rest, other)
    assert sla_of(slas, "p", "gpt-mini") is mini
    assert sla_of(slas, "p", "gpt") is rest
    assert sla_of(slas, "p", None) is rest, "a provider as a whole has the promise for all models"
    assert sla_of((mini,), "p", None) is None
    assert sla_of(slas, "r", "gpt") is None


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("2", State.MET), ("3", State.MET), ("1.5", State.NOT_ENOUGH), ("1", State.MISSED), ("0.5", State.MISSED)],
)
def test_between_two_edges_a_promise_is_judged_only_where_both_agree(limit: str, expected: State) -> None:
    found = histogram(5000, 4900, 50, 50)
    assert p95_state(found, Sla("p", p95_seconds=Decimal(limit))) is expected


def test_a_p95_of_nothing_is_no_verdict() -> None:
    assert p95_state(None, Sla("p", p95_seconds=Decimal(1))) is State.NO_DATA
    assert p95_state(histogram(0, 0, 0, 0), Sla("p", p95_seconds=Decimal(1))) is State.NO_DATA
    assert p95_state(histogram(1, 0, 0, 0), Sla("p")) is None


def test_one_broken_promise_breaks_the_whole() -> None:
    assert together([State.MET, State.MISSED, None]) is State.MISSED
    assert together([State.NO_DATA, State.MET]) is State.MET
    assert together([None, None]) is None


@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=6))
def test_models_add_up_to_their_provider(parts: list[tuple[int, int, int, int]]) -> None:
    made = [fates(sum(part), part[1], part[2], part[3]) for part in parts]
    whole = sum(made[1:], made[0])
    assert whole.served().good == sum(part[0] for part in parts)
    assert whole.served().total == sum(one.served().total for one in made)


@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), st.sampled_from(EDGES))
def test_at_an_edge_the_verdict_is_that_of_the_exact_count(counts: tuple[int, int, int, int], limit: Decimal) -> None:
    found = histogram(*counts)
    exact = Counts(found.cumulative[EDGES.index(limit)], found.total)
    assert p95_state(found, Sla("p", p95_seconds=limit)) is state(exact, Decimal("0.95"))
