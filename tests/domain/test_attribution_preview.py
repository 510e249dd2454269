"""Other rules, tried on known costs: what moves, and that nothing is lost."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.attribution import Dimensions, Rule
from domain.attribution_preview import KeyCost, Share, preview

DAY = date(2026, 11, 2)


def rule(name: str, feature: str, **match: str) -> Rule:
    return Rule(name=name, match=match, tags={}, feature=feature)


def cost(project: str, amount: str, feature: str | None = None, day: date = DAY) -> KeyCost:
    return KeyCost(day, Dimensions(provider="openai", project_id=project), feature, Decimal(amount))


def test_a_rule_takes_over_what_nobody_owned_and_what_another_had() -> None:
    found = preview(
        [cost("a", "5", "desk"), cost("b", "3"), cost("c", "2"), cost("d", "1", "desk")],
        [rule("first", "desk", project_id="a"), rule("second", "chat", project_id="[bd]")],
    )
    assert [(r.rule, r.cost, r.moved_cost) for r in found.rules] == [("first", 5, 0), ("second", 4, 4), (None, 2, 0)]
    assert found.moves == {(None, "chat"): 3, ("desk", "chat"): 1}
    assert (found.unattributed_before, found.unattributed_after) == (Decimal(5), Decimal(2))


def test_a_rule_moves_the_days_on_which_it_holds() -> None:
    late = Rule(name="late", match={"project_id": "a"}, tags={}, feature="desk", valid_from=DAY + timedelta(days=1))
    found = preview([cost("a", "5"), cost("a", "7", day=DAY + timedelta(days=1))], [late])
    assert [r.cost for r in found.rules] == [7, 5]


def test_a_rule_that_splits_says_what_each_feature_would_bear() -> None:
    shared = Rule("shared", {"project_id": "a"}, {}, "desk", split_by="gateway")
    thirds = (Decimal(0), Decimal("0.333333333333"), Decimal(1))
    shares = {
        (DAY, cost("a", "0").dimensions): (Share("chat", thirds[0], thirds[1]), Share("desk", thirds[1], thirds[2]))
    }
    found = preview([cost("a", "10", "desk"), cost("a", "2", "chat", DAY + timedelta(days=1))], [shared], shares)
    assert found.rules[0].parts == {"chat": Decimal("3.33333333333"), "desk": Decimal("8.66666666667")}
    assert found.moves == {("desk", "chat"): Decimal("3.33333333333"), ("chat", "desk"): Decimal(2)}
    assert (found.rules[0].cost, found.rules[0].moved_cost) == (Decimal(12), Decimal("5.33333333333"))
    assert not found.rules[0].shares_nothing


def test_a_rule_that_splits_and_shares_nothing_is_found() -> None:
    shared = Rule("shared", {"project_id": "a"}, {}, "desk", split_by="gateway")
    (one, _) = preview([cost("a", "10", "desk")], [shared]).rules
    assert (one.shares_nothing, one.parts, one.moved_cost) == (True, {"desk": Decimal(10)}, Decimal(0))
    assert not preview([], [shared]).rules[0].shares_nothing


AMOUNTS = st.integers(-(10**15), 10**15).map(lambda n: Decimal(n).scaleb(-6))


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), AMOUNTS, st.sampled_from(["desk", "chat", None]))),
    st.lists(st.tuples(st.sampled_from(["a", "b", "[ab]", "*"]), st.sampled_from(["desk", "chat"])), max_size=3),
)
def test_the_rules_add_up_to_the_bill(
    costs: list[tuple[str, Decimal, str | None]], globs: list[tuple[str, str]]
) -> None:
    keys = [cost(project, str(amount), feature) for project, amount, feature in costs]
    rules = [rule(f"r{n}", feature, project_id=glob) for n, (glob, feature) in enumerate(globs)]
    found = preview(keys, rules)
    assert sum(r.cost for r in found.rules) == sum(amount for _, amount, _ in costs)
    assert sum(r.moved_cost for r in found.rules) == sum(found.moves.values())


@given(
    st.lists(st.tuples(st.sampled_from("ab"), AMOUNTS, st.sampled_from(["desk", "chat", None]))),
    st.lists(st.integers(0, 10**12), max_size=3),
)
def test_a_split_preview_adds_up_to_the_bill(costs: list[tuple[str, Decimal, str | None]], cuts: list[int]) -> None:
    keys = [cost(project, str(amount), feature) for project, amount, feature in costs]
    edges = [0, *sorted(cuts), 10**12]
    shares = [
        Share(f"f{n}", Decimal(low).scaleb(-12), Decimal(high).scaleb(-12))
        for n, (low, high) in enumerate(pairwise(edges))
    ]
    rules = [Rule("shared", {"project_id": "a"}, {}, "f0", split_by="gateway"), rule("rest", "chat", project_id="*")]
    found = preview(keys, rules, {(DAY, cost("a", "0").dimensions): shares})
    whole = sum(amount for project, amount, _ in costs if project == "a")
    assert sum(found.rules[0].parts.values()) == found.rules[0].cost == whole
    assert sum(r.moved_cost for r in found.rules) == sum(found.moves.values())
