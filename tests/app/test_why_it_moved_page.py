"""Why it moved: the sentence, the waterfall and the tables tell of the same exact split."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import streamlit as st
from pyarrow import csv

from app import change_tables, comparison, data
from app import format as fmt
from app.as_file import as_csv
from app.components.filters import Chosen
from app.period import Period
from app.views import why_it_moved
from domain.compared import Compared
from queries.explain import explain
from store.engine import Store
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, reading

TODAY = NOW.date()
START = TODAY - timedelta(days=28)
EFFECTS = ["volume", "mix", "cache", "intensity", "price", "without_usage"]


def groups(app: Any) -> pd.DataFrame:
    return reading.table_with(app, "change_ratio")


def test_the_headline_is_the_change_of_the_bill(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    before, after = books.billed(START - timedelta(days=28), START), books.billed(START, TODAY)
    text = reading.text(open_app("why_it_moved"))
    assert "## Cost rose by $" in text
    assert f"Exactly {fmt.money_exact(after - before, 'USD')} is {fmt.money_exact(after, 'USD')} after" in text


def test_the_waterfall_goes_from_before_to_after(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    figure, alt = reading.charts(open_app("why_it_moved"))[0]
    before, *effects, after = figure["data"][0]["x"]
    assert after == pytest.approx(float(books.billed(START, TODAY)), abs=0.001)
    assert before + sum(effects) == pytest.approx(after, abs=0.01)
    assert alt.startswith("Cost rose by $")
    assert "Volume +$" in alt


@pytest.mark.parametrize("group", ["Feature", "Team", "Provider", "Model", "Key"])
def test_every_group_adds_up_in_its_row_and_to_the_change(
    full_store: Store, books: company.Books, open_app: OpenApp, group: str
) -> None:
    rows = groups(open_app("why_it_moved", group=group))
    change = books.billed(START, TODAY) - books.billed(START - timedelta(days=28), START)
    assert rows["change"].sum() == pytest.approx(float(change), abs=0.01)
    shown = [name for name in EFFECTS if name in rows.columns]
    assert (rows[shown].sum(axis=1) - rows["change"]).abs().max() < 0.01
    assert rows["change"].abs().is_monotonic_decreasing


def test_the_download_has_every_digit(full_store: Store, books: company.Books) -> None:
    compared = Compared(START - timedelta(days=28), START, START, TODAY)
    found = explain(data.ask, compared, "USD")
    table = csv.read_csv(BytesIO(as_csv(change_tables.exact_groups(found, "feature", found.parts("feature")))))
    rows = table.cast(pa.schema([(name, pa.string()) for name in table.column_names])).to_pylist()
    changes = [Decimal(row["after"]) - Decimal(row["before"]) for row in rows]
    assert len(rows) == len(company.FEATURES) + 1
    assert sum(changes) == pytest.approx(found.total.change, abs=Decimal("0.000001"))
    exact = change_tables.exact_groups(found, "feature", found.parts("feature")).to_pylist()
    assert sum(row["change"] for row in exact) == found.total.change
    assert all(sum(row[name] for name in EFFECTS) == row["change"] for row in exact)


def test_a_launch_is_new_carries_the_change_and_is_noted(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("why_it_moved", period="This month", compare="Month ago")
    moved = reading.table_with(app, "what")
    assert set(zip(moved["what"], moved["feature"], strict=True)) == {("New", "Shopping guide")}
    assert "Shopping guide" in set(reading.table_with(app, "element")["element"])
    assert "25 Oct 2026, launch: Shopping guide goes live" in reading.text(app)


@pytest.mark.parametrize(
    "params", [{"features": "Fraud review", "group": "Model"}, {"features": "fraud-review", "group": "model"}]
)
def test_a_scope_comes_from_the_url_as_labels_or_keys(
    full_store: Store, open_app: OpenApp, params: dict[str, str]
) -> None:
    app = open_app("why_it_moved", **params)
    assert "Only Feature: Fraud review." in reading.text(app)
    assert list(groups(app)["group"]) == ["claude-opus-5"]


def test_a_clicked_row_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    period = Period(START, TODAY, TODAY, START, START)
    compared = Compared(START - timedelta(days=28), START, START, TODAY)
    view = why_it_moved.View(Chosen(period, "USD"), "before", compared, "feature")
    state: dict[str, Any] = {view.table_key: SimpleNamespace(selection=SimpleNamespace(rows=[1]))}
    monkeypatch.setattr(st, "session_state", state)
    why_it_moved._look_into(view, ["call-notes", "fraud-review"])
    assert (state["features"], state["group"]) == (["fraud-review"], "model")


def test_the_same_weekdays_are_the_default_and_say_how_they_are_scaled(full_store: Store, open_app: OpenApp) -> None:
    told = "7 whole UTC days, 16–22 Nov 2026, beside the same weekdays of the 4 weeks before (19 Oct – 15 Nov 2026)"
    assert told in reading.text(open_app("why_it_moved", period="7 days"))


def test_two_currencies_are_never_added(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    text = reading.text(open_app("why_it_moved", currency="EUR"))
    assert f"is {fmt.money_exact(books.billed(START, TODAY, 'EUR'), 'EUR')} after" in text
    assert "costs without reported usage" in text


def test_nothing_to_compare_with_is_told_in_words(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("why_it_moved", period="120 days")
    assert "to compare with. Choose a shorter or a later period" in reading.text(app)
    assert not reading.charts(app)


def test_a_period_without_costs_says_so_and_offers_the_newest(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("why_it_moved", period="Custom", range=["2026-01-01", "2026-01-31"])
    assert any(button.label.startswith("Show ") for button in app.button)


def test_a_month_ago_is_the_whole_month_or_as_many_days() -> None:
    def ago(start: date, end: date) -> tuple[date, date]:
        found = comparison.compared("month", Period(start, end, end, start, start), date(2020, 1, 1))
        assert found
        return found.before_start, found.before_end

    assert ago(date(2026, 11, 1), date(2026, 12, 1)) == (date(2026, 10, 1), date(2026, 11, 1))
    assert ago(date(2026, 3, 30), date(2026, 4, 2)) == (date(2026, 2, 28), date(2026, 3, 3))
    assert ago(date(2026, 11, 1), date(2026, 11, 23)) == (date(2026, 10, 1), date(2026, 10, 23))
