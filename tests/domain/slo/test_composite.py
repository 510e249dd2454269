"""Several promises as one."""

from decimal import Decimal
from fractions import Fraction

from domain.slo.attainment import State
from domain.slo.composite import Part, composite
from tests.domain.slo.vectors import counts


def part(name: str, bad: int, weight: int = 1, total: int = 1_000_000, budget: str = "0.01") -> Part:
    return Part(name, counts(total - bad, total), Decimal(budget), Decimal(weight))


def test_what_is_spent_is_the_weighted_mean_of_what_each_part_spent() -> None:
    found = composite([part("search", 2_000, weight=3), part("pay", 10_000, weight=1)])
    assert found.remaining == 1 - Fraction(3 * 2 + 10, 40)
    strict = composite([part("search", 2_000), part("pay", 1_000, budget="0.001")])
    assert strict.remaining == 1 - (Fraction(1, 5) + 1) / 2


def test_a_part_without_data_is_named_and_its_weight_goes_to_the_others() -> None:
    found = composite([part("search", 2_000), part("night", 0, total=0)])
    assert (found.remaining, found.unknown) == (Fraction(4, 5), ("night",))
    assert composite([part("night", 0, total=0)]).state is State.NO_DATA


def test_a_composite_is_missed_when_overspent_and_met_when_all_are() -> None:
    assert composite([part("a", 0), part("b", 0)]).state is State.MET
    assert composite([part("a", 30_000), part("b", 0)]).state is State.MISSED
    assert composite([part("a", 11_000), part("b", 0)]).state is State.NOT_ENOUGH
