"""Who owns a row: spans cover all time without overlap, and the first rule that fits wins."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.attribution import OPEN_FROM, OPEN_TO, Dimensions, Rule, ownership

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no reason to fail."""

DAYS = st.integers(date(1960, 1, 1).toordinal(), date(3005, 1, 1).toordinal()).map(date.fromordinal)
GLOBS = st.sampled_from(["proj-1", "proj-*", "*", "proj-2", "?roj-1", ""])
ROW = Dimensions(provider="openai", project_id="proj-1", model="gpt-4o")


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return Rule(
        name=draw(st.sampled_from("abc")),
        match={"project_id": draw(GLOBS)},
        tags={},
        feature=draw(st.sampled_from(["search", "chat"])),
        valid_from=first,
        valid_to=last + timedelta(days=1),
    )


def rule(name: str = "r", tags: dict[str, str] | None = None, **match: str) -> Rule:
    return Rule(name=name, match=match, tags=tags or {}, feature=name)


@CALM
@given(st.lists(rules(), max_size=6))
def test_spans_cover_all_time_without_gap_or_overlap(given_rules: list[Rule]) -> None:
    spans = ownership(given_rules, ROW, {})
    assert (spans[0].valid_from, spans[-1].valid_to) == (OPEN_FROM, OPEN_TO)
    assert all(span.valid_from < span.valid_to for span in spans)
    for before, after in pairwise(spans):
        assert before.valid_to == after.valid_from
        assert before.rule is not after.rule


@CALM
@given(st.lists(rules(), max_size=6), st.dates(OPEN_FROM, OPEN_TO - timedelta(days=1)))
def test_on_every_day_the_first_rule_that_fits_and_is_valid_owns_the_row(given_rules: list[Rule], day: date) -> None:
    (span,) = [span for span in ownership(given_rules, ROW, {}) if span.valid_from <= day < span.valid_to]
    fitting = [rule for rule in given_rules if rule.matches(ROW, {}) and rule.valid_from <= day < rule.valid_to]
    assert span.rule is (fitting[0] if fitting else None)


@CALM
@given(st.lists(rules(), max_size=6))
def test_a_rule_that_comes_last_takes_nothing_from_those_before(given_rules: list[Rule]) -> None:
    whole = rule("rest", project_id="*")
    spans = ownership([*given_rules, whole], ROW, {})
    assert all(span.rule is not None for span in spans)
    before = ownership(given_rules, ROW, {})
    for span in before:
        if span.rule is not None:
            assert any(new.rule is span.rule and new.valid_from == span.valid_from for new in spans)


def test_every_named_dimension_and_tag_must_fit() -> None:
    assert rule(provider="openai", model="gpt-*").matches(ROW, {})
    assert not rule(provider="openai", model="claude-*").matches(ROW, {})
    assert rule(tags={"team": "s*"}).matches(ROW, {"team": "search"})
    assert not rule(tags={"team": "s*"}).matches(ROW, {})


def test_globs_mind_case_and_an_unknown_value_fits_only_a_glob_of_nothing() -> None:
    assert not rule(model="GPT-4O").matches(ROW, {})
    assert not rule(user_id="?*").matches(ROW, {})
    assert rule(user_id="*").matches(ROW, {})


def test_the_key_names_the_combination() -> None:
    assert ROW.key() == Dimensions(provider="openai", project_id="proj-1", model="gpt-4o").key()
    assert len(ROW.key()) == 32
    assert Dimensions(project_id="a").key() != Dimensions(api_key_id="a").key()
    assert Dimensions(user_id=None).key() == Dimensions(user_id="").key()


@pytest.mark.parametrize("name", Dimensions.__dataclass_fields__)
def test_every_dimension_is_part_of_the_key(name: str) -> None:
    assert Dimensions(**{name: "x"}).key() != Dimensions().key()
