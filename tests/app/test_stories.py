"""Sentences that say what the numbers mean."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from app import stories
from app.month import Month
from domain.budget import BudgetPace
from domain.outlook import Outlook, Portfolio, outlooks

START, END = date(2026, 11, 1), date(2026, 12, 1)
AS_OF = date(2026, 11, 11)


def month_of(budget: int | None, *, cost: float = 100, days: int = 100) -> Month:
    """A month of an organisation that costs the same every day."""
    portfolio = Portfolio((("organization", ""),), AS_OF - timedelta(days=days), np.full((1, days), float(cost)))
    spent = Decimal(10) * Decimal(str(cost))
    pace = BudgetPace(START, END, AS_OF, Decimal(budget or 0), spent, spent)
    (outlook,) = outlooks(portfolio, [(("organization", ""), pace)])
    asked: Any = None
    return Month(START, END, outlook, budget is not None, spent, asked, asked)


@pytest.mark.parametrize(
    ("budget", "told"),
    [
        (2000, "November is on course for $3K, $1K (50%) over its budget of $2K."),
        (4000, "November is on course for $3K, $1K (25%) under its budget of $4K."),
        (0, "November is on course for $3K, $3K over its budget of $0.00."),
        (None, "November is on course for $3K; no budget is set."),
    ],
)
def test_the_headline_says_whether_the_month_lands(budget: int | None, told: str) -> None:
    assert stories.month_headline(month_of(budget), "USD") == told


def test_the_headline_without_a_known_day_promises_nothing() -> None:
    unknown = replace(month_of(None), outlook=Outlook(BudgetPace(START, END, START, Decimal(), Decimal(), Decimal())))
    assert "too few whole days" in stories.month_headline(unknown, "USD")
    assert stories.forecast_note(unknown, "USD") == ""


def test_the_note_of_the_forecast_has_its_range_and_the_run_rate() -> None:
    assert stories.forecast_note(month_of(None), "USD") == (
        "Forecast: 80% range $3K – $3K; at the run rate so far it would be $3K."
    )
    short = month_of(None, days=10)
    assert stories.forecast_note(short, "USD") == "Forecast: at the run rate so far it would be $3K."


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
