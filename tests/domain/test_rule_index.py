"""Rules found by the index are those that trying all of them finds, in their order."""

from hypothesis import given
from hypothesis import strategies as st

from domain.attribution import Dimensions, Rule
from domain.rule_index import RuleIndex

VALUES = ("", "a", "b", "a*", "*", "[ab]")
NAMES = ("provider", "project_id", "api_key_id", "model")
MATCHES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=3)
TAGS = st.dictionaries(st.just("env"), st.sampled_from(VALUES), max_size=1)
RULES = st.lists(st.builds(Rule, st.just("rule"), MATCHES, TAGS, st.sampled_from(["search", "chat"])), max_size=12)
ROWS = st.builds(
    Dimensions, **{name: st.sampled_from([None, "a", "b", "ab"]) for name in NAMES}, account_id=st.just("org")
)


@given(RULES, ROWS)
def test_no_rule_that_matches_is_missed_and_their_order_stays(rules: list[Rule], row: Dimensions) -> None:
    found = RuleIndex(rules).candidates(row)
    tags = {"env": "a"}
    assert [id(rule) for rule in found if rule.matches(row, tags)] == [
        id(rule) for rule in rules if rule.matches(row, tags)
    ]


def test_a_rule_that_names_another_project_is_not_tried() -> None:
    rules = [Rule("one", {"project_id": "a"}, {}, "search"), Rule("two", {"project_id": "b", "model": "*"}, {}, "chat")]
    assert RuleIndex(rules).candidates(Dimensions(project_id="b")) == [rules[1]]
