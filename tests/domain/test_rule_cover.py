"""Rules that leave nothing to a later one."""

from datetime import date
from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from domain.attribution import Dimensions, Rule
from domain.rule_cover import covers


def rule(match: dict[str, str], tags: dict[str, str] | None = None, **dates: date) -> Rule:
    return Rule(name="r", match=match, tags=tags or {}, feature="f", **dates)


def test_a_rule_covers_itself_and_what_names_more() -> None:
    wide = rule({"provider": "openai"})
    assert covers(wide, wide)
    assert covers(wide, rule({"provider": "openai", "project_id": "p"}, {"team": "x"}))
    assert not covers(rule({"provider": "openai", "project_id": "p"}), wide)


def test_a_rule_of_every_value_covers_what_does_not_name_it() -> None:
    assert covers(rule({"model": "*"}), rule({"project_id": "p"}))
    assert not covers(rule({"model": "gpt-*"}), rule({"project_id": "p"}))


def test_a_tag_must_be_there_to_match_anything() -> None:
    assert not covers(rule({}, {"team": "*"}), rule({"project_id": "p"}))
    assert covers(rule({}, {"team": "*"}), rule({"project_id": "p"}, {"team": "x"}))


def test_a_rule_of_other_days_covers_nothing() -> None:
    assert not covers(rule({"model": "m"}, valid_to=date(2026, 1, 1)), rule({"model": "m"}))
    assert covers(rule({"model": "m"}), rule({"model": "m"}, valid_to=date(2026, 1, 1)))


GLOBS = st.text("ab*?", min_size=1, max_size=4)


@given(GLOBS, GLOBS, st.text("ab", max_size=5))
def test_what_is_covered_never_reaches_the_later_rule(wide: str, narrow: str, value: str) -> None:
    if covers(rule({"model": wide}), rule({"model": narrow})) and fnmatchcase(value, narrow):
        assert rule({"model": wide}).matches(Dimensions(model=value), {})
