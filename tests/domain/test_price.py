"""Tokens at list price: exact, dated, and None where anything has no price."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.price import MILLION, MODALITY_UNITS, TOKEN_UNITS, PriceList, disjoint, estimate, quantity_unit

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no reason to fail."""

OLD = PriceList("old", date(2025, 1, 1), date(2026, 1, 1), {"output_tokens": Decimal(10)})
NEW = PriceList(
    "new",
    date(2026, 1, 1),
    date(2999, 1, 1),
    {"output_tokens": Decimal(8), "uncached_input_tokens": Decimal("2.5")},
)
LISTS = (NEW, OLD)
DAY = date(2026, 11, 3)
COUNTS = st.integers(0, 10**12)


def test_each_kind_of_token_has_its_price() -> None:
    counts = {"uncached_input_tokens": 1_000_000, "output_tokens": 500_000}
    assert estimate(LISTS, DAY, counts) == (Decimal("6.5"), "new")


@pytest.mark.parametrize(
    ("day", "version"),
    [(date(2024, 12, 31), None), (date(2025, 12, 31), "old"), (date(2026, 1, 1), "new"), (date(2999, 1, 1), None)],
)
def test_the_list_in_force_on_the_day_counts(day: date, version: str | None) -> None:
    found = estimate(LISTS, day, {"output_tokens": 1})
    assert (found[1] if found else None) == version


def test_a_unit_without_price_makes_the_whole_unknown_and_never_nought() -> None:
    assert estimate(LISTS, DAY, {"output_tokens": 5, "cache_read_input_tokens": 1}) is None
    assert estimate((), DAY, {"output_tokens": 5}) is None


@pytest.mark.parametrize("nothing", [None, 0])
def test_a_unit_that_was_not_used_needs_no_price(nothing: int | None) -> None:
    assert estimate(LISTS, DAY, {"output_tokens": 1_000_000, "cache_read_input_tokens": nothing}) == (Decimal(8), "new")


@CALM
@given(st.lists(COUNTS, min_size=6, max_size=6), st.lists(COUNTS, min_size=6, max_size=6))
def test_the_cost_of_two_parts_is_the_cost_of_the_whole(first: list[int], second: list[int]) -> None:
    prices = PriceList("all", date(2026, 1, 1), date(2999, 1, 1), dict.fromkeys(TOKEN_UNITS, Decimal("0.075")))

    def cost(counts: list[int]) -> Decimal:
        found = estimate([prices], DAY, dict(zip(TOKEN_UNITS, counts, strict=True)))
        assert found is not None
        return found[0]

    assert cost(first) + cost(second) == cost([a + b for a, b in zip(first, second, strict=True)])
    assert cost(first) == sum(first) * Decimal("0.075") / MILLION


@CALM
@given(st.lists(st.integers(0, 1000), min_size=6, max_size=6), st.lists(st.integers(0, 400), min_size=6, max_size=6))
def test_every_token_has_exactly_one_price_or_none_is_told(kinds: list[int], parts: list[int]) -> None:
    reported: dict[str, int | None] = {}
    reported |= dict(zip(TOKEN_UNITS, kinds, strict=True))
    for name, (total, cached, output) in {"audio": parts[:3], "image": parts[3:]}.items():
        reported |= {
            f"input_{name}_tokens": total,
            f"cache_read_{name}_tokens": cached,
            f"output_{name}_tokens": output,
        }
    found = disjoint(reported)
    fits = (
        parts[0] >= parts[1]
        and parts[3] >= parts[4]
        and kinds[0] >= parts[0] - parts[1] + parts[3] - parts[4]
        and kinds[1] >= parts[1] + parts[4]
        and kinds[5] >= parts[2] + parts[5]
    )
    assert (found is not None) == fits
    if found is not None:
        assert sum(found.values()) == sum(kinds)
        assert found.keys() == set(TOKEN_UNITS) | set(MODALITY_UNITS)


def test_audio_in_a_cache_that_nobody_splits_is_unknown() -> None:
    reported = {"uncached_input_tokens": 100, "cache_read_input_tokens": 50, "input_audio_tokens": 20}
    assert disjoint(reported) is None
    split = disjoint({**reported, "cache_read_input_tokens": 0})
    assert split is not None
    assert (split["uncached_input_tokens"], split["input_audio_tokens"]) == (80, 20)


def test_a_quantity_is_priced_in_the_unit_of_its_tool() -> None:
    assert quantity_unit("web_search_calls", "calls") == quantity_unit("web_search", "calls") == "web_searches"
    assert quantity_unit("file_search_calls", "calls") == "file_searches"
    assert quantity_unit("images", "images") == "images"
