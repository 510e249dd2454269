"""Items and their leaves: what a bill and a usage report do not agree on is still split to the last decimal."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cost_change import FACTORS, Effects, added_effects
from domain.exact import from_units
from domain.item_use import KINDS, OTHER, Item, UseChange, bases_of, split_use
from domain.key_share import shared_by_keys
from tests.domain.explaining import Side, Sides, explained, item, side, sides_of, used

COSTS = st.dictionaries(st.sampled_from(KINDS), st.decimals(-900, 9000, places=12).filter(bool), max_size=5)
TOKENS = st.dictionaries(st.sampled_from(KINDS[:-1]), st.integers(1, 10**9), max_size=4)
SIDES = st.builds(Side, COSTS, TOKENS, st.integers(0, 10**6))
ITEMS = st.builds(
    Item,
    st.sampled_from(["openai", "anthropic"]),
    st.sampled_from(["guide", "desk", "notes"]),
    st.just("Discovery"),
    st.sampled_from(["production", "staging"]),
    st.sampled_from(["small", "large", None]),
    st.sampled_from(["p1", "p2", None]),
    st.sampled_from(["k1", "k2", None]),
)
SCOPES = st.dictionaries(ITEMS, st.tuples(SIDES, SIDES), max_size=12)


def billed(items: dict[Item, Sides], place: int) -> Decimal:
    return sum((cost for sides in items.values() for cost in sides[place].costs.values()), Decimal())


def by_kind(found: UseChange, kind: str) -> Effects:
    return added_effects(found.units[:, KINDS.index(kind)].sum(axis=0))


def split(items: dict[Item, Sides]) -> UseChange:
    return split_use(used(items))


def share(items: dict[Item, Sides]) -> dict[Item, Sides]:
    return sides_of(shared_by_keys(used(items)))


@given(SCOPES)
def test_effects_of_any_bill_and_usage_add_up_in_all_and_in_every_group(items: dict[Item, Sides]) -> None:
    found = explained(items)
    assert (found.total.before, found.total.after) == (billed(items, 0), billed(items, 1))
    for parts in ([found.total], *(found.by(name) for name in ("feature", "provider", "model", "environment", "key"))):
        for part in parts:
            assert sum(getattr(part.effects, name) for name in FACTORS) == part.change == part.after - part.before
        for name in (*FACTORS, "total"):
            assert sum(getattr(part.effects, name) for part in parts) == getattr(found.total.effects, name)


@given(SCOPES)
def test_sharing_costs_by_keys_keeps_every_cent_with_its_project_and_kind(items: dict[Item, Sides]) -> None:
    shared = share(items)
    for place in range(2):
        assert _by_project(shared, place) == _by_project(items, place)


def _by_project(items: dict[Item, Sides], place: int) -> dict[tuple[Item, str], Decimal]:
    sums: dict[tuple[Item, str], Decimal] = {}
    for one, sides in items.items():
        for kind, cost in sides[place].costs.items():
            slot = one._replace(key=None), kind
            sums[slot] = sums.get(slot, Decimal()) + cost
    return {slot: cost for slot, cost in sums.items() if cost}


def test_a_key_bears_its_projects_cost_by_its_tokens_of_that_kind() -> None:
    unnamed, first, second = (item(project="p", key=key) for key in (None, "k1", "k2"))
    shared = share(
        {
            unnamed: (side(), side(uncached_input_tokens="9", output_tokens="8")),
            first: (side(), side({"uncached_input_tokens": 10, "output_tokens": 3})),
            second: (side(), side({"uncached_input_tokens": 20, "output_tokens": 1})),
        }
    )
    assert unnamed not in shared
    assert shared[first][1].costs == {"uncached_input_tokens": Decimal(3), "output_tokens": Decimal(6)}
    assert shared[second][1].costs == {"uncached_input_tokens": Decimal(6), "output_tokens": Decimal(2)}


def test_what_no_key_used_stays_without_a_key() -> None:
    unnamed = item(project="p")
    shared = share({unnamed: (side(), side(other="5")), item(project="q", key="k"): (side({}, 3), side())})
    assert shared[unnamed][1].costs == {OTHER: Decimal(5)}


def test_volume_is_counted_in_requests_only_where_they_are_reported_in_both_periods() -> None:
    some, more = side({"output_tokens": 5}), side({"output_tokens": 6}, 3)
    items = {
        item("asked"): (side({"output_tokens": 5}, 2), more),
        item("asked later"): (some, more),
        item("new"): (side(), more),
        item("billed"): (side(other="3"), side(other="4")),
    }
    by_requests, by_tokens = bases_of(used(items))
    assert by_requests.tolist() == [True, False, True, False]
    assert by_tokens.tolist() == [False, True, False, False]


def test_requests_and_tokens_of_different_items_are_never_added() -> None:
    asked = side({"output_tokens": 100}, 10, output_tokens="1"), side({"output_tokens": 200}, 20, output_tokens="2")
    silent = side({"output_tokens": 50}, output_tokens="1"), side({"output_tokens": 100}, output_tokens="2")
    found = explained({item("guide"): asked, item("desk"): silent})
    assert (found.use.before.requests, found.use.before.tokens) == (10, 50)
    assert (found.total.effects.volume, found.total.effects.mix) == (2, 0)


def test_a_bill_without_kinds_is_divided_by_all_tokens() -> None:
    tokens, as_many = ({"uncached_input_tokens": n, "output_tokens": 100 - n} for n in (60, 90))
    found = split({item(): (side(tokens, 5, other="10"), side(as_many, 5, other="8"))})
    effects = by_kind(found, OTHER)
    assert (effects.price, effects.intensity, effects.total) == (-2, 0, -2)


def test_a_bill_that_names_kinds_in_one_period_only_is_compared_without_them() -> None:
    tokens = {"uncached_input_tokens": 60, "output_tokens": 40}
    found = split({item(): (side(tokens, 5, other="10"), side(tokens, 5, output_tokens="6", other="4"))})
    assert not found.units.any()


def test_a_fee_beside_tokens_counts_per_request() -> None:
    tokens = {"output_tokens": 40}
    found = split(
        {item(): (side(tokens, 10, output_tokens="4", other="1"), side(tokens, 20, output_tokens="4", other="2"))}
    )
    fee = by_kind(found, OTHER)
    assert (fee.volume, fee.price) == (1, 0)


def test_a_cost_that_nothing_was_used_for_is_no_price_rise() -> None:
    found = explained({item(model=None): (side(other="3"), side(other="5"))})
    assert found.total.without_usage == found.total.change == 2
    assert found.total.price == 0


def test_a_bill_that_comes_after_the_use_ended_is_apart() -> None:
    found = split({item(): (side({"output_tokens": 40}, 10, output_tokens="4"), side(output_tokens="1"))})
    assert by_kind(found, "output_tokens").volume == -4
    assert from_units(found.without_usage.sum()) == 1


def test_use_that_is_not_billed_counts_nowhere() -> None:
    paid = (side({"output_tokens": 40}, 10, output_tokens="4"), side({"output_tokens": 40}, 10, output_tokens="4"))
    free = (side({"output_tokens": 1}, 1), side({"output_tokens": 900}, 900))
    assert explained({item("guide"): paid, item("desk"): free}).total.effects.volume == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [(side({"output_tokens": -1}), "desk at openai has fewer than 0 tokens"), (side({}, -1), "fewer than 0 requests")],
)
def test_counts_below_zero_are_refused(wrong: Side, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        used({item("guide"): (side(), side()), item("desk"): (side(), wrong)})
