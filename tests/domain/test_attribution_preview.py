"""Other rules, tried on known costs: what moves, and that nothing is lost."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.attribution import Dimensions, Rule
from domain.attribution_preview import KeyCost, preview

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
