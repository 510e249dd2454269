"""The bridge from budget to actual adds up to the last decimal."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.budget_bridge import bridge
from tests.domain.explaining import explained, item, side

TOKENS = {"output_tokens": 1000}
AMOUNT = st.decimals(0, 10**6, places=6).map(str)


@given(
    pro_rated=st.decimals(0, 10**6, places=12),
    costs=st.lists(st.tuples(AMOUNT, AMOUNT, st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=5),
)
def test_budget_and_steps_are_what_was_spent(pro_rated: Decimal, costs: list[tuple[str, str, int, int]]) -> None:
    items = {
        item(f"feature {number}"): (
            side({"output_tokens": asked} if asked else {}, asked, output_tokens=before),
            side({"output_tokens": now} if now else {}, now, output_tokens=after),
        )
        for number, (before, after, asked, now) in enumerate(costs)
    }
    made = bridge(pro_rated, explained(items))
    assert made.budget == pro_rated
    assert made.actual == sum(Decimal(after) for _, after, _, _ in costs)
    assert made.budget + sum(made.steps.values()) == made.actual


def test_the_level_is_what_was_there_before_against_the_budget() -> None:
    same = side(TOKENS, 10, output_tokens="50")
    made = bridge(Decimal(60), explained({item(): (same, same)}))
    assert {name: amount for name, amount in made.steps.items() if amount} == {"level": -10}
    assert (made.budget, made.actual) == (60, 50)


def test_a_feature_that_is_new_is_one_step_and_moves_no_other() -> None:
    old = side(TOKENS, 10, output_tokens="50")
    new = (side(), side(TOKENS, 5, output_tokens="30"))
    made = bridge(Decimal(50), explained({item(): (old, old), item("desk"): new}))
    assert {name: amount for name, amount in made.steps.items() if amount}.keys() >= {"new_features"}
    assert made.new_features == 30
    assert made.volume + made.mix == 0
    assert made.actual == 80


@pytest.mark.parametrize(
    ("after", "step"),
    [
        (side(TOKENS, 10, output_tokens="70"), "price"),
        (side({"output_tokens": 2000}, 20, output_tokens="100"), "volume"),
        (side({"output_tokens": 2000}, 10, output_tokens="100"), "intensity"),
    ],
)
def test_each_cause_has_its_step(after: object, step: str) -> None:
    before = side(TOKENS, 10, output_tokens="50")
    made = bridge(Decimal(50), explained({item(): (before, after)}))  # type: ignore[dict-item]
    assert [name for name, amount in made.steps.items() if amount] == [step]


def test_costs_without_usage_are_told_apart_from_prices() -> None:
    made = bridge(Decimal(50), explained({item(): (side(other="50"), side(other="70"))}))
    assert (made.without_usage, made.price, made.actual) == (20, 0, 70)
