"""Tokens at list price: exact, dated, and None where anything has no price."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.price import MILLION, TOKEN_UNITS, PriceList, estimate

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
