"""Sentences that say what the numbers mean."""

from datetime import date
from decimal import Decimal

import pytest

from app import stories
from app.pace import Pace

START, END = date(2026, 11, 1), date(2026, 12, 1)


@pytest.mark.parametrize(
    ("cost", "budget", "told"),
    [
        (1000, 2000, "November is on course for $3K, $1K (50%) over its budget of $2K."),
        (1000, 4000, "November is on course for $3K, $1K (25%) under its budget of $4K."),
        (1000, None, "November is on course for $3K; no budget is set."),
    ],
)
def test_the_headline_says_whether_the_month_lands(cost: int, budget: int | None, told: str) -> None:
    pace = Pace(START, END, date(2026, 11, 11), Decimal(cost), None if budget is None else Decimal(budget))
    assert stories.month_headline(pace, "USD") == told


def test_the_headline_of_the_first_day_promises_nothing() -> None:
    assert "too few whole days" in stories.month_headline(Pace(START, END, START, Decimal(0), None), "USD")


@pytest.mark.parametrize(
    ("covered", "billed", "silent", "told"),
    [
        ("61", "100", ["anthropic"], "covers 61% of spend: Anthropic does not report requests."),
        ("61", "100", ["a", "b"], "covers 61% of spend: a and b do not report requests."),
        ("100", "100", [], "covers all spend."),
        (None, "100", ["anthropic"], "No source reports requests"),
        (None, None, [], ""),
    ],
)
def test_coverage_says_what_a_cost_per_request_leaves_out(
    covered: str | None, billed: str | None, silent: list[str], told: str
) -> None:
    amounts = [None if text is None else Decimal(text) for text in (covered, billed)]
    found = stories.coverage(amounts[0], amounts[1], silent)
    assert told in found
    assert bool(told) == bool(found)


def test_a_provider_that_reports_some_requests_is_not_silent() -> None:
    rows = [("a", None), ("a", 3), ("b", None)]
    assert stories.silent_providers([{"provider": p, "request_count": n} for p, n in rows]) == ["b"]


def test_unpriced_tokens_are_named_beside_the_estimate() -> None:
    note = stories.list_price_note([{"unpriced_tokens": 1_200_000}, {"unpriced_tokens": None}])
    assert "1.2M tokens have no price" in note
    assert "no price" not in stories.list_price_note([{"unpriced_tokens": 0}])
