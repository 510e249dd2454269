"""Shared costs: no rule creates or loses a last decimal, and no money flows in a circle."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.allocation import Allocation, SplitRule, allocate, split

LAST = Decimal("0.000000000001")
MONEY = st.decimals(min_value=-(10**14), max_value=10**14, places=12)
WEIGHTS = st.integers(0, 10**12) | st.decimals(min_value=0, max_value=10**6, places=6)


def total(amounts: dict[str, Decimal]) -> Fraction:
    return sum((Fraction(amount) for amount in amounts.values()), Fraction())


def test_a_third_each_leaves_one_last_decimal_to_the_first_by_name() -> None:
    assert split(Decimal(100), {"c": 1, "b": 1, "a": 1}) == {
        "a": Decimal("33.333333333334"),
        "b": Decimal("33.333333333333"),
        "c": Decimal("33.333333333333"),
    }


def test_the_largest_remainder_gets_the_last_decimal() -> None:
    assert split(LAST, {"a": 1, "b": 2}) == {"a": 0, "b": LAST}


def test_a_credit_splits_like_a_cost() -> None:
    costs = split(Decimal(100), {"a": 1, "b": 2})
    assert split(Decimal(-100), {"a": 1, "b": 2}) == {name: -part for name, part in costs.items()}


@given(MONEY, st.dictionaries(st.text(max_size=3), WEIGHTS, min_size=1, max_size=8).filter(lambda w: any(w.values())))
def test_parts_add_up_and_lie_within_one_last_decimal_of_what_is_due(
    amount: Decimal, weights: dict[str, int | Decimal]
) -> None:
    parts = split(amount, weights)
    assert total(parts) == Fraction(amount)
    whole = sum(Fraction(weight) for weight in weights.values())
    for name, weight in weights.items():
        assert abs(Fraction(parts[name]) - Fraction(amount) * Fraction(weight) / whole) < Fraction(LAST)
        assert weight or not parts[name]


@pytest.mark.parametrize(
    ("amount", "weights", "sentence"),
    [
        ("1", {"a": -1, "b": 2}, "the weight of a is -1; a share cannot be below 0"),
        ("1", {"a": 0}, "no receiver has a weight above 0"),
        ("1", {}, "no receiver has a weight above 0"),
        ("0.0000000000001", {"a": 1}, "more than 12 decimals"),
        ("NaN", {"a": 1}, "no amount of money"),
    ],
)
def test_what_cannot_be_split_is_refused(amount: str, weights: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        split(Decimal(amount), weights)


COSTS = {"platform": Decimal(100), "search": Decimal(30), "chat": Decimal(10)}


@pytest.mark.parametrize(
    ("method", "weights", "expected"),
    [
        ("fixed", {"search": Decimal("0.6"), "chat": Decimal("0.4")}, {"platform": 0, "search": 90, "chat": 50}),
        ("fixed", {"search": Decimal("0.6")}, {"platform": 40, "search": 90, "chat": 10}),
        ("even", {"search": None, "chat": 0}, {"platform": 0, "search": 80, "chat": 60}),
        ("proportional", {"search": 3000, "chat": 1000}, {"platform": 0, "search": 105, "chat": 35}),
        ("proportional", {"search": 3000, "new": 1000}, {"platform": 0, "search": 105, "chat": 10, "new": 25}),
    ],
)
def test_each_method_moves_the_origins_cost(
    method: str, weights: dict[str, Decimal | None], expected: dict[str, int]
) -> None:
    found = allocate(COSTS, [SplitRule("r", "platform", method, weights)])  # type: ignore[arg-type]
    assert found.costs == expected
    assert not found.notes


@pytest.mark.parametrize(
    ("method", "weights", "why"),
    [
        ("proportional", {"search": 0, "chat": 0}, "all weights are 0"),
        ("proportional", {"search": 5, "chat": None}, "the weight of chat is unknown"),
        ("fixed", {"search": None}, "the weight of search is unknown"),
        ("even", {}, "the rule names no receiver"),
    ],
)
def test_a_cost_that_nobody_can_be_given_stays_and_says_so(method: str, weights: dict[str, int], why: str) -> None:
    found = allocate(COSTS, [SplitRule("r", "platform", method, weights)])  # type: ignore[arg-type]
    assert found == Allocation(COSTS, [], [f"r: the cost stays with platform, because {why}."])


def test_a_later_rule_moves_on_what_an_earlier_one_brought() -> None:
    rules = [
        SplitRule("cloud", "cloud", "even", {"platform": 1, "search": 1}),
        SplitRule("platform", "platform", "proportional", {"search": 3, "chat": 1}),
    ]
    found = allocate({"cloud": Decimal(40), "platform": Decimal(20)}, rules)
    assert found.costs == {"cloud": 0, "platform": 0, "search": 50, "chat": 10}
    assert [(m.rule, m.receiver, m.amount) for m in found.moves] == [
        ("cloud", "platform", 20),
        ("cloud", "search", 20),
        ("platform", "search", 30),
        ("platform", "chat", 10),
    ]


def test_two_rules_may_share_an_origin_and_the_second_takes_the_rest() -> None:
    rules = [
        SplitRule("part", "platform", "fixed", {"search": Decimal("0.25")}),
        SplitRule("rest", "platform", "even", {"chat": 1}),
    ]
    assert allocate(COSTS, rules).costs == {"platform": 0, "search": 55, "chat": 85}


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ([("r", "platform", "even", {"platform": 1})], "r: platform cannot receive its own cost"),
        (
            [("one", "platform", "even", {"search": 1}), ("two", "search", "even", {"platform": 1})],
            "two: platform was allocated by 'one' before, and no cost flows back",
        ),
        (
            [("r", "platform", "fixed", {"search": Decimal("0.7"), "chat": Decimal("0.5")})],
            "r: the fixed shares add up to 1.2",
        ),
        ([("r", "platform", "proportional", {"search": -1, "chat": 5})], "r: the weight of search is -1;"),
        ([("r", "platform", "fixed", {"search": Decimal("-0.5")})], "r: the weight of search is -0.5;"),
    ],
)
def test_rules_that_cannot_be_right_are_refused(
    rules: list[tuple[str, str, str, dict[str, int]]], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        allocate(COSTS, [SplitRule(*rule) for rule in rules])  # type: ignore[arg-type]


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[str, Decimal], list[SplitRule]]:
    """Costs of up to eight pools, and rules that only give to pools further down."""
    names = "abcdefgh"[: draw(st.integers(2, 8))]
    costs = {name: draw(MONEY) for name in names}
    rules = []
    for place, origin in enumerate(names[:-1]):
        receivers = draw(st.sets(st.sampled_from(names[place + 1 :])))
        method = draw(st.sampled_from(["fixed", "even", "proportional"]))
        weight = (
            st.fractions(0, Fraction(1, 8), max_denominator=100) if method == "fixed" else st.one_of(st.none(), WEIGHTS)
        )
        rules.append(SplitRule(origin, origin, method, {receiver: draw(weight) for receiver in sorted(receivers)}))
    return costs, rules


@given(trees())
def test_rules_neither_create_nor_lose_money_and_every_move_is_accounted_for(
    tree: tuple[dict[str, Decimal], list[SplitRule]],
) -> None:
    costs, rules = tree
    found = allocate(costs, rules)
    assert total(found.costs) == total(costs)
    flows: Counter[str] = Counter()
    for move in found.moves:
        flows[move.origin] -= Fraction(move.amount)  # type: ignore[assignment]
        flows[move.receiver] += Fraction(move.amount)  # type: ignore[assignment]
    for name in found.costs:
        assert Fraction(found.costs[name]) == Fraction(costs.get(name, 0)) + flows[name]
    moved = {move.origin for move in found.moves}
    for rule in rules:
        if rule.origin in moved and rule.method != "fixed":
            assert found.costs[rule.origin] == 0
    assert len(found.notes) == sum(rule.origin not in moved for rule in rules)
