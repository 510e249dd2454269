"""What stands on top of every page says how far the costs reach, and when they have stopped."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import data
from app import format as fmt
from store.engine import Store
from store.schema import table
from store.tables import CollectorRun, SourceHealth
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, reading


def badge(text: str) -> str:
    """The markdown of the badge on costs."""
    return next(line for line in text.splitlines() if "Costs" in line or "No costs yet" in line)


def last_day(books: company.Books) -> str:
    return fmt.day(max(cost.day for cost in books.costs))


@pytest.mark.parametrize("days", [15, 400])
def test_costs_that_ended_long_ago_are_stale_and_not_absent(
    full_store: Store, books: company.Books, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    monkeypatch.setattr(data, "now", lambda: NOW + timedelta(days=days))
    told = badge(reading.text(open_app()))
    assert f"Costs until {last_day(books)}" in told
    assert "orange-badge" in told


def test_costs_of_the_last_days_are_up_to_date(full_store: Store, open_app: OpenApp) -> None:
    told = badge(reading.text(open_app()))
    assert "Costs to 23 Nov 13:" in told
    assert "gray-badge" in told


def test_recent_costs_without_a_run_are_not_stale(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    with full_store.write() as connection:
        for ledger in (CollectorRun, SourceHealth):
            connection.execute(sa.delete(table(ledger)))
    told = badge(reading.text(open_app()))
    assert f"Costs until {last_day(books)}" in told
    assert "gray-badge" in told


def test_a_store_without_costs_says_so(empty_store: Store, open_app: OpenApp) -> None:
    assert "No costs yet" in badge(reading.text(open_app()))
