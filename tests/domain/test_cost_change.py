"""The split of a cost change: the published vectors, every special case, and exactness for any leaves."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import log, prod
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cost_change import FACTORS, Effects, added_effects, split_change
from domain.cost_factors import Leaves, factors_of
from domain.exact import PLACES, Units, from_units, to_units
from domain.shapley import effects_of

IN, OUT, CACHED = "uncached_input_tokens", "output_tokens", "cache_read_input_tokens"
KINDS = (IN, OUT, CACHED)
MILLION = 1_000_000


@dataclass(frozen=True)
class Leaf:
    """One kind of token of one item; requests are the item's and alike on all its leaves."""

    item: Hashable
    kind: str
    cost_before: Decimal
    cost_after: Decimal
    tokens_before: float | Decimal
    tokens_after: float | Decimal
    requests_before: float | Decimal
    requests_after: float | Decimal


@dataclass(frozen=True)
class Split:
    """The effects of these leaves, in the same order."""

    leaves: Sequence[Leaf]
    units: Sequence[Units]
    item_mix: Mapping[Hashable, Decimal]

    @property
    def total(self) -> Effects:
        return self.of(lambda _: True)

    def by_leaf(self) -> list[Effects]:
        return [added_effects(row) for row in self.units]

    def of(self, wanted: Callable[[Leaf], bool]) -> Effects:
        rows = [row for x, row in zip(self.leaves, self.units, strict=True) if wanted(x)]
        return added_effects(sum(rows, np.zeros(len(FACTORS), dtype=object)))


def columns(leaves: Sequence[Leaf]) -> tuple[Leaves, dict[Hashable, int]]:
    """The leaves as columns, and the place of each item."""
    places: dict[Hashable, int] = {}
    for x in leaves:
        places.setdefault(x.item, len(places))
    costs = np.zeros((2, len(places), len(KINDS)), dtype=object)
    tokens, requests = np.zeros(costs.shape), np.zeros(costs.shape[:2])
    for x in leaves:
        slot = places[x.item], KINDS.index(x.kind)
        for number, side in enumerate(("before", "after")):
            (costs[number, *slot],) = to_units([getattr(x, f"cost_{side}")])
            tokens[number, *slot] = getattr(x, f"tokens_{side}")
            requests[number, slot[0]] = getattr(x, f"requests_{side}")
    return Leaves(KINDS, costs, tokens, requests), places


def split(leaves: Sequence[Leaf]) -> Split:
    given, places = columns(leaves)
    change = split_change(given)
    rows = [change.units[places[x.item], KINDS.index(x.kind)] for x in leaves]
    return Split(leaves, rows, {item: from_units(change.item_mix[place]) for item, place in places.items()})


def leaf(
    item: str = "small",
    kind: str = IN,
    cost: tuple[str, str] = ("0", "0"),
    tokens: tuple[int, int] = (0, 0),
    requests: tuple[int, int] = (0, 0),
) -> Leaf:
    return Leaf(item, kind, Decimal(cost[0]), Decimal(cost[1]), *tokens, *requests)


SMALL, LARGE, MAX = (8000, 7200), (2000, 4320), (0, 480)
LEAVES = [
    leaf("small", IN, ("3.84", "4.32"), (9_600_000, 10_800_000), SMALL),
    leaf("small", OUT, ("3.84", "3.456"), (2_400_000, 2_160_000), SMALL),
    leaf("large", IN, ("9", "19.44"), (3_000_000, 7_776_000), LARGE),
    leaf("large", OUT, ("12", "25.92"), (800_000, 1_728_000), LARGE),
    leaf("max", IN, ("0", "10.80"), (0, 720_000), MAX),
    leaf("max", OUT, ("0", "10.80"), (0, 144_000), MAX),
]


def four(effects: Effects) -> list[Decimal]:
    """Volume, mix, intensity with cache, price, to four decimals."""
    parts = [effects.volume, effects.mix, effects.intensity + effects.cache, effects.price]
    return [part.quantize(Decimal("0.0001")) for part in parts]


def decimals(*numbers: str) -> list[Decimal]:
    return [Decimal(number).quantize(Decimal("0.0001")) for number in numbers]


def sums_up(effects: Effects) -> bool:
    return sum((Fraction(getattr(effects, name)) for name in FACTORS), Fraction()) == Fraction(effects.total)


def test_three_models_move_46_dollars_by_mix_above_all() -> None:
    change = split(LEAVES)
    assert four(change.total) == decimals("9.1180", "36.0760", "3.4540", "-2.5920")
    assert change.total.total == Decimal("46.056")
    by_leaf = change.by_leaf()
    assert four(by_leaf[2]) == decimals("2.5340", "7.9640", "2.5340", "-2.5920")
    assert by_leaf[2].total == Decimal("10.44")
    assert four(by_leaf[4]) == decimals("0.9", "9.9", "0", "0")
    assert change.total.cache == 0


@pytest.mark.parametrize(
    ("leaves", "expected"),
    [
        ([leaf(cost=("1", "2"), tokens=(100_000, 200_000), requests=(100, 200))], {"volume": "1"}),
        ([leaf(cost=("1", "1.5"), tokens=(100_000, 150_000), requests=(100, 100))], {"intensity": "0.5"}),
        ([leaf(cost=("1", "1.2"), tokens=(100_000, 100_000), requests=(100, 100))], {"price": "0.2"}),
        ([leaf(cost=("0", "1"), tokens=(0, 100_000), requests=(0, 100))], {"volume": "1"}),
        ([leaf(cost=("1", "0"), tokens=(100_000, 0), requests=(100, 0))], {"volume": "-1"}),
        (
            [
                leaf("cheap", cost=("0.9", "0.5"), tokens=(900_000, 500_000), requests=(900, 500)),
                leaf("dear", cost=("1", "5"), tokens=(100_000, 500_000), requests=(100, 500)),
            ],
            {"mix": "3.6"},
        ),
        ([leaf(cost=("1", "-0.5"), tokens=(100_000, 100_000), requests=(100, 100))], {"price": "-1.5"}),
        ([leaf(cost=("1", "0"), tokens=(100_000, 0), requests=(100, 100))], {"intensity": "-1"}),
        ([leaf(cost=("0", "1"), tokens=(0, 100_000), requests=(100, 100))], {"intensity": "1"}),
        ([leaf(cost=("0", "1"), requests=(100, 100))], {"price": "1"}),
        ([leaf(cost=("0", "1"))], {"price": "1"}),
        ([leaf(cost=("1", "3"), tokens=(100_000, 300_000))], {"intensity": "2"}),
        ([leaf(tokens=(100_000, 300_000), requests=(100, 200))], {}),
        ([leaf()], {}),
        ([], {}),
    ],
    ids=[
        "twice the requests",
        "longer requests",
        "dearer tokens",
        "a new scope",
        "a gone scope",
        "routing to a dearer model",
        "a credit",
        "a kind of token ends",
        "a kind of token begins",
        "a fee without tokens begins",
        "a fee without tokens and requests",
        "tokens without requests",
        "free tokens",
        "nothing at all",
        "no leaves",
    ],
)
def test_one_factor_at_a_time_is_that_factor_alone(leaves: list[Leaf], expected: dict[str, str]) -> None:
    total = split(leaves).total
    assert {name: getattr(total, name) for name in FACTORS if getattr(total, name)} == {
        name: Decimal(amount) for name, amount in expected.items()
    }
    assert sums_up(total)


def test_more_cache_hits_at_the_same_input_are_cache_share_alone() -> None:
    requests = (100, 100)
    change = split(
        [
            leaf("m", IN, ("10", "4"), (10 * MILLION, 4 * MILLION), requests),
            leaf("m", CACHED, ("0", "0.6"), (0, 6 * MILLION), requests),
            leaf("m", OUT, ("5", "5"), (MILLION, MILLION), requests),
        ]
    )
    total = change.total
    assert (total.cache, total.intensity, total.mix, total.volume, total.price) == (Decimal("-5.4"), 0, 0, 0, 0)


def test_longer_prompts_with_the_same_hit_rate_are_intensity_and_not_cache() -> None:
    requests = (100, 100)
    total = split(
        [
            leaf("m", IN, ("10", "20"), (10 * MILLION, 20 * MILLION), requests),
            leaf("m", CACHED, ("1", "2"), (10 * MILLION, 20 * MILLION), requests),
        ]
    ).total
    assert (total.cache, total.intensity) == (0, 11)


def test_a_new_item_is_mix_and_volume_and_never_price_intensity_or_cache() -> None:
    new = split(LEAVES).of(lambda leaf: leaf.item == "max")
    assert (new.price, new.intensity, new.cache) == (0, 0, 0)
    assert new.total == Decimal("21.6")


def test_item_mix_is_positive_for_the_dear_that_grows_and_the_cheap_that_shrinks() -> None:
    change = split(LEAVES)
    mix = change.item_mix
    assert mix["large"] > 0
    assert mix["max"] > 0
    assert mix["small"] > 0 > change.of(lambda leaf: leaf.item == "small").mix
    assert sum(mix.values()) == change.total.mix


def test_a_scaled_period_may_have_parts_of_requests() -> None:
    whole = split([leaf(cost=("1", "2"), tokens=(100_000, 100_000), requests=(100, 100))]).total
    part = Leaf("small", IN, Decimal(1), Decimal(2), Decimal(100_000), 100_000, Decimal("100.0"), 100)
    assert split([part]).total == whole


COSTS = st.decimals(min_value=-(10**9), max_value=10**9, places=12) | st.just(Decimal())
COUNTS = st.integers(0, 10**12) | st.just(0)
REQUESTS = st.integers(0, 10**9) | st.just(0)


@st.composite
def any_leaves(draw: st.DrawFn) -> list[Leaf]:
    leaves = []
    for item in range(draw(st.integers(0, 4))):
        requests = draw(REQUESTS), draw(REQUESTS)
        leaves += [
            Leaf(item, kind, draw(COSTS), draw(COSTS), draw(COUNTS), draw(COUNTS), *requests)
            for kind in draw(st.sets(st.sampled_from([IN, OUT, CACHED])))
        ]
    return leaves


@st.composite
def plain_leaves(draw: st.DrawFn, lowest: int = 1) -> list[Leaf]:
    """Everything positive and of one order, so that floats are as good as exact numbers."""
    size = st.integers(lowest, 1000)
    leaves = []
    for item in range(draw(st.integers(1, 4))):
        requests = draw(size), draw(size)
        for kind in draw(st.sets(st.sampled_from([IN, OUT, CACHED]), min_size=1)):
            costs = Decimal(draw(size)), Decimal(draw(size))
            leaves.append(Leaf(item, kind, *costs, draw(size), draw(size), *requests))
    return leaves


@given(any_leaves())
def test_effects_add_up_to_the_change_for_every_leaf_group_and_the_whole(leaves: list[Leaf]) -> None:
    change = split(leaves)
    for given_leaf, effects in zip(leaves, change.by_leaf(), strict=True):
        assert Fraction(effects.total) == Fraction(given_leaf.cost_after) - Fraction(given_leaf.cost_before)
        assert sums_up(effects)
    groups = [change.of(lambda leaf, kind=kind: leaf.kind == kind) for kind in KINDS]
    for name in (*FACTORS, "total"):
        parts = sum((Fraction(getattr(effects, name)) for effects in groups), Fraction())
        assert parts == Fraction(getattr(change.total, name))
    assert sum(map(Fraction, change.item_mix.values()), Fraction()) == Fraction(change.total.mix)


@given(any_leaves())
def test_what_floats_lost_is_less_than_a_billionth_of_the_cost(leaves: list[Leaf]) -> None:
    given_leaves, places = columns(leaves)
    effects, item_mix = (units / 10**PLACES for units in effects_of(factors_of(given_leaves)))
    for given_leaf in leaves:
        row = effects[places[given_leaf.item], KINDS.index(given_leaf.kind)].tolist()
        moved = given_leaf.cost_after - given_leaf.cost_before
        size = abs(given_leaf.cost_after) + abs(given_leaf.cost_before)
        assert sum(row) == pytest.approx(float(moved), abs=1e-9 * float(size) + 1e-12 * sum(map(abs, row)))
    assert item_mix.sum() == pytest.approx(effects[:, :, 1].sum(), abs=1e-9 * np.abs(effects).sum())


ROUNDED = 2e-12
"""Each effect of a leaf is rounded to the twelfth decimal, there and back."""


@given(any_leaves())
def test_a_change_undone_has_the_same_effects_with_the_other_sign(leaves: list[Leaf]) -> None:
    change = split(leaves)
    backwards = split([_turned(given_leaf) for given_leaf in leaves])
    size = float(sum(abs(x.cost_before) + abs(x.cost_after) for x in leaves))
    for name in FACTORS:
        assert float(getattr(change.total, name)) == pytest.approx(
            -float(getattr(backwards.total, name)), abs=1e-9 * size + ROUNDED * len(leaves), rel=1e-6
        )


def _turned(x: Leaf) -> Leaf:
    return replace(
        x,
        cost_before=x.cost_after,
        cost_after=x.cost_before,
        tokens_before=x.tokens_after,
        tokens_after=x.tokens_before,
        requests_before=x.requests_after,
        requests_after=x.requests_before,
    )


@given(plain_leaves())
def test_the_effects_are_the_average_over_all_orders_in_which_the_factors_may_change(leaves: list[Leaf]) -> None:
    change = split(leaves)
    for given_leaf, effects in zip(leaves, change.by_leaf(), strict=True):
        factors = _four_factors(leaves, given_leaf)
        found = [effects.volume, effects.mix, effects.intensity + effects.cache, effects.price]
        assert [float(part) for part in found] == pytest.approx(
            [float(part) for part in _average_over_orders(factors)], abs=1e-8, rel=1e-8
        )


def _four_factors(leaves: list[Leaf], x: Leaf) -> list[tuple[Fraction, Fraction]]:
    before, after = _factors(leaves, x, "before"), _factors(leaves, x, "after")
    return list(zip(before, after, strict=True))


def _factors(leaves: list[Leaf], x: Leaf, side: str) -> list[Fraction]:
    cost, tokens, requests = (Fraction(getattr(x, f"{name}_{side}")) for name in ("cost", "tokens", "requests"))
    volume = Fraction(sum({leaf.item: getattr(leaf, f"requests_{side}") for leaf in leaves}.values()))
    return [volume, requests / volume, tokens / requests, cost / tokens]


def _average_over_orders(factors: list[tuple[Fraction, Fraction]]) -> list[Fraction]:
    effects = [Fraction()] * len(factors)
    orders = list(permutations(range(len(factors))))
    for order in orders:
        now = [before for before, _ in factors]
        for place in order:
            earlier = prod(now)
            now[place] = factors[place][1]
            effects[place] += (prod(now) - earlier) / len(orders)
    return effects


@given(plain_leaves(lowest=900))
def test_where_all_is_positive_and_moves_little_the_logarithmic_split_agrees(leaves: list[Leaf]) -> None:
    total = split(leaves).total
    found = [total.volume, total.mix, total.intensity + total.cache, total.price]
    size = float(sum(x.cost_before + x.cost_after for x in leaves))
    assert [float(part) for part in found] == pytest.approx(_lmdi(leaves), abs=0.002 * size)


def _lmdi(leaves: list[Leaf]) -> list[float]:
    effects = [0.0] * 4
    for x in leaves:
        before, after = float(x.cost_before), float(x.cost_after)
        mean = before if before == after else (after - before) / (log(after) - log(before))
        for place, (low, high) in enumerate(_four_factors(leaves, x)):
            effects[place] += mean * log(high / low)
    return effects


def test_the_logarithmic_split_of_the_three_models_lies_where_it_was_published() -> None:
    """A new item has no logarithm; a trace of it stands for none."""
    trace = Decimal("1e-100")
    leaves = [
        replace(
            x,
            cost_before=x.cost_after * trace,
            tokens_before=x.tokens_after * trace,
            requests_before=x.requests_after * trace,
        )
        if x.item == "max"
        else x
        for x in LEAVES
    ]
    assert _lmdi(leaves) == pytest.approx([7.1747, 37.9719, 3.3810, -2.4716], abs=0.05)


@given(plain_leaves(), st.randoms())
def test_the_order_of_the_leaves_does_not_matter(leaves: list[Leaf], random: Random) -> None:
    change = split(leaves)
    shuffled = list(leaves)
    random.shuffle(shuffled)
    again = split(shuffled)
    for name in FACTORS:
        assert float(getattr(again.total, name)) == pytest.approx(float(getattr(change.total, name)), abs=1e-6)
