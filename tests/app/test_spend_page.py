"""Spend: totals, parts and filters that live in the URL."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app import data
from app import format as fmt
from store import attributed
from store.engine import Store
from store.tables import FxRate
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, reading, seed

TODAY = NOW.date()
START = TODAY - timedelta(days=28)


def test_the_total_is_the_bill_of_28_whole_days(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    app = open_app("spend")
    total = books.billed(START, TODAY)
    assert reading.metrics(app)["Billed cost"] == fmt.money(total, "USD")
    assert f"Exactly {fmt.money_exact(total, 'USD')}" in reading.text(app)
    change = fmt.change(total, books.billed(START - timedelta(days=28), START))
    assert app.metric[0].delta == fmt.signed_percent(change)


@pytest.mark.parametrize("dimension", ["Feature", "Team", "Provider", "Model", "Project", "Environment"])
def test_parts_add_up_to_the_bill_by_every_dimension(
    full_store: Store, books: company.Books, open_app: OpenApp, dimension: str
) -> None:
    parts = reading.table_with(open_app("spend", by=dimension), "exact")
    amounts = [Decimal(text.removesuffix(" USD").replace(",", "")) for text in parts["exact"]]
    assert parts.iloc[-1]["item_name"] == "Total"
    assert sum(amounts[:-1]) == amounts[-1] == books.billed(START, TODAY)


@pytest.mark.parametrize("dimension", ["Feature", "Team", "Environment"])
def test_unattributed_is_drawn_in_chart_and_table(full_store: Store, open_app: OpenApp, dimension: str) -> None:
    app = open_app("spend", by=dimension)
    figure, alt = reading.charts(app)[0]
    assert figure["data"][-1]["name"] == "Unattributed"
    assert "Unattributed" in alt
    names = [name.lower() for name in reading.table_with(app, "exact")["item_name"]]
    assert "unattributed" in names


def test_the_chart_adds_up_to_the_total(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    figure, _ = reading.charts(open_app("spend"))[0]
    drawn = sum(value for trace in figure["data"] for value in trace["y"])
    assert drawn == pytest.approx(float(books.billed(START, TODAY)), abs=0.05)


@pytest.mark.parametrize("params", [{"team": "Discovery", "by": "Team"}, {"team": "Discovery", "by": "team"}])
def test_filters_come_from_the_url_as_labels_or_keys(
    full_store: Store, books: company.Books, open_app: OpenApp, params: dict[str, str]
) -> None:
    app = open_app("spend", **params)
    own = {f.feature for f in company.FEATURES if f.team == "Discovery"}
    keys = {s.attribution_key for s in company.STREAMS if s.feature in own}
    total = sum(
        (
            c.billed_cost
            for c in books.costs
            if c.attribution_key in keys and START <= c.day < TODAY and c.billing_currency == "USD"
        ),
        Decimal(),
    )
    assert reading.metrics(app)["Billed cost"] == fmt.money(total, "USD")
    assert "Only Team: Discovery." in reading.text(app)


def test_a_feature_key_in_a_link_becomes_its_name(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("spend", features="fraud-review")
    assert list(reading.table_with(app, "exact")["item_name"]) == ["Fraud review", "Total"]


def test_two_currencies_are_never_added(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    euros = books.billed(START, TODAY, "EUR")
    assert fmt.money(euros, "EUR") in reading.text(open_app("spend"))
    app = open_app("spend", currency="EUR")
    assert reading.metrics(app)["Billed cost"] == fmt.money(euros, "EUR")


def test_costs_with_a_rate_are_included_and_the_rest_is_named(
    full_store: Store, books: company.Books, open_app: OpenApp
) -> None:
    days = sorted({c.day for c in books.costs if c.billing_currency == "EUR" and START <= c.day < TODAY})
    rate = FxRate(currency="EUR", to_currency="USD", valid_from=START, valid_to=days[-1], rate=Decimal("1.25"))
    seed.insert(full_store, FxRate, [rate])
    with full_store.write() as connection:
        attributed.rebuild(connection)
    data.forget_answers()
    app = open_app("spend")
    euros, late = books.billed(START, days[-1], "EUR"), books.billed(days[-1], TODAY, "EUR")
    assert reading.metrics(app)["Billed cost"] == fmt.money(
        books.billed(START, TODAY, "USD") + euros * Decimal("1.25"), "USD"
    )
    assert f"Includes {fmt.money(euros, 'EUR')} at the day's rate." in reading.text(app)
    assert f"Not included: {fmt.money(late, 'EUR')}" in reading.text(app)
    assert f"without a rate in fx_rates.csv from {fmt.day(days[-1])} on" in reading.text(app)


def test_today_is_marked_and_left_out_of_the_change(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    app = open_app("spend", period="This month")
    month = TODAY.replace(day=1)
    assert reading.metrics(app)["Billed cost"] == fmt.money(books.billed(month, TODAY + timedelta(days=1)), "USD")
    before = books.billed(date(2026, 10, 1), date(2026, 10, 23))
    assert app.metric[0].delta == fmt.signed_percent(fmt.change(books.billed(month, TODAY), before))
    figure, _ = reading.charts(app)[0]
    assert figure["data"][0]["marker"]["opacity"][-2:] == [1, 0.45]
    assert "Today is not whole yet" in reading.text(app)


def test_a_day_that_was_restated_says_what_it_was(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("spend")
    restated = reading.table_with(app, "before_cost")
    assert list(restated["source"]) == ["openai_costs"]
    assert list(restated["change_cost"].round(3)) == [8.167]
    assert "corrected the bill of 1 day by +$8.17" in reading.text(app)


def test_effective_cost_is_another_measure(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    app = open_app("spend", measure="Effective")
    total = sum(
        (c.effective_cost for c in books.costs if START <= c.day < TODAY and c.billing_currency == "USD"), Decimal()
    )
    assert reading.metrics(app)["Effective cost"] == fmt.money(total, "USD")


def test_without_costs_before_there_is_no_change(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("spend", period="120 days")
    assert not app.metric[0].delta
    assert set(reading.table_with(app, "exact")["change_cost"].dropna()) == set()


def test_a_period_without_costs_says_so_and_offers_the_newest(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("spend", period="Custom", range=["2026-01-01", "2026-01-31"])
    assert "No costs in USD between 1–31 Jan 2026" in reading.text(app)
    offer = next(button for button in app.button if button.label.startswith("Show "))
    offer.click().run()
    assert "Billed cost" in reading.metrics(app)


def test_an_empty_store_says_what_to_do(empty_store: Store, open_app: OpenApp) -> None:
    app = open_app("spend")
    assert "Connect a source" in reading.text(app)
    assert not reading.charts(app)
