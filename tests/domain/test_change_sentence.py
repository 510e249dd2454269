"""A change in words: what is said is what the effects are."""

from decimal import Decimal

import pytest

from domain.change_sentence import explain_in_words
from domain.explanation import Explanation
from tests.domain.explaining import Sides, explained, item, side

OUT, IN, CACHED = "output_tokens", "uncached_input_tokens", "cache_read_input_tokens"


def out(requests: int, cost: str, tokens: int | None = None) -> Sides:
    """Nothing before, so many requests of ten output tokens after."""
    return side(), side({OUT: tokens or 10 * requests}, requests, output_tokens=cost)


def between(before: tuple[int, str], after: tuple[int, str]) -> Sides:
    """Requests of ten output tokens and their cost, before and after."""
    (_, then), (_, now) = out(*before), out(*after)
    return then, now


def one(before: tuple[int, str], after: tuple[int, str]) -> Explanation:
    return explained({item(): between(before, after)})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (one((100, "1000"), (112, "1120")), "Cost rose by $120 (+12%) to $1,120: 12% more requests (+$120)."),
        (one((100, "1000"), (90, "900")), "Cost fell by $100 (-10%) to $900: 10% fewer requests (-$100)."),
        (one((100, "1000"), (100, "900")), "Cost fell by $100 (-10%) to $900: lower prices (-$100)."),
        (one((100, "1000"), (100, "1000")), "Cost stood still at $1,000."),
        (one((10, "10"), (500, "500")), "Cost rose by $490 (50×) to $500: 50 times as many requests (+$490)."),
        (explained({item(): out(10, "50")}), "Cost is new: $50, and nothing was billed before."),
        (explained({item(): (side(other="7"), side())}), "Cost is gone: $7 before, nothing was billed after."),
        (explained({}), "Cost: nothing was billed in either period."),
        (
            explained({item(model=None): (side(other="10"), side(other="14"))}),
            "Cost rose by $4 (+40%) to $14: costs without reported usage (+$4).",
        ),
        (
            explained({item(): (side({OUT: 100}, 10, output_tokens="10"), side({OUT: 150}, 10, output_tokens="15"))}),
            "Cost rose by $5 (+50%) to $15: more tokens per request (+$5).",
        ),
    ],
)  # fmt: skip
def test_a_sentence_says_which_effects_moved_the_cost(found: Explanation, words: str) -> None:
    assert explain_in_words(found) == words


def test_routing_to_another_model_is_a_mix_and_names_the_model() -> None:
    found = explained(
        {item(model="small"): between((90, "90"), (50, "50")), item(model="large"): between((10, "100"), (50, "500"))}
    )
    words = "Cost of guide rose by $360 (+189%) to $550: a dearer mix of models (+$360). Most of it is large (+$400)."
    assert explain_in_words(found, "Cost of guide") == words


def test_a_feature_is_called_by_its_name() -> None:
    found = explained({item("guide"): between((10, "10"), (100, "100")), item("desk"): between((10, "10"), (11, "11"))})
    assert explain_in_words(found).endswith("Most of it is Shopping guide (+$90).")


def test_moves_that_cancel_out_are_told_as_such() -> None:
    found = explained({item("guide"): between((10, "10"), (50, "50")), item("desk"): between((50, "50"), (10, "10"))})
    assert explain_in_words(found).endswith(
        "Moves nearly cancel out; the largest are Research desk (-$40) and Shopping guide (+$40)."
    )


def test_a_falling_cache_share_says_from_where_to_where() -> None:
    before = side({IN: 40, CACHED: 60}, 10, uncached_input_tokens="40", cache_read_input_tokens="6")
    after = side({IN: 60, CACHED: 40}, 10, uncached_input_tokens="60", cache_read_input_tokens="4")
    assert "cached input down from 60% to 40% (+$18)" in explain_in_words(explained({item(): (before, after)}))


def test_requests_and_tokens_that_both_count_are_told_beside_each_other() -> None:
    tokens_only = side({OUT: 100}, output_tokens="10"), side({OUT: 120}, output_tokens="12")
    found = explained({item("guide"): between((100, "10"), (110, "11")), item("desk"): tokens_only})
    assert "more use (+$3; requests +10%, tokens +20%)" in explain_in_words(found)


def test_new_and_vanished_models_are_listed_with_their_costs() -> None:
    then, now = between((5, "5"), (6, "6"))
    found = explained({item(model="new"): (side(), now), item(model="old"): (then, side())})
    assert [(one.model, one.cost) for one in found.appeared] == [("new", Decimal(6))]
    assert [(one.model, one.cost) for one in found.vanished] == [("old", Decimal(5))]
