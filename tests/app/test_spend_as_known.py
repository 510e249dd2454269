"""Spend with `as_of`: closed weeks as they were known, beside today's numbers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from app import data
from app import format as fmt
from store import attributed
from store.cost_snapshots import take_cost_snapshot
from store.engine import Store
from store.schema import table
from store.tables import Attribution, CostDay, CostSnapshot
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, reading
from tests.app.support.seed import RECORD_DAYS_AGO

TODAY = NOW.date()
THEN = TODAY - timedelta(days=2)
"""A day after weeks were put on record."""
RECORDED = NOW - timedelta(days=RECORD_DAYS_AGO)
OPEN_WEEK = date(2026, 11, 16)
"""Over today, but not when weeks were put on record."""
FIRST_WEEK = date(2026, 10, 26)
"""The first week of the last 28 days."""
LATE = Decimal("12.25")
RESTATED = date(2026, 11, 11)


@pytest.fixture
def restated(full_store: Store) -> Store:
    """A vendor billed 12.25 USD more for 11 November, after its week was on record."""
    costs = table(CostDay)
    one = (costs.c.day == RESTATED) & (costs.c.attribution_key == company.STREAMS[0].attribution_key)
    with full_store.write() as connection:
        connection.execute(sa.update(costs).where(one).values(billed_cost=costs.c.billed_cost + LATE))
        attributed.rebuild(connection, [RESTATED])
    take_cost_snapshot(full_store, NOW)
    data.forget_answers()
    return full_store


def known(books: company.Books) -> Decimal:
    return books.billed(FIRST_WEEK, OPEN_WEEK)


def as_of(open_app: OpenApp, day: date = THEN, **params: str | list[str]) -> AppTest:
    return open_app("spend", as_of=day.isoformat(), **params)


def test_a_restated_week_shows_the_old_value_and_todays(
    restated: Store, books: company.Books, open_app: OpenApp
) -> None:
    app = as_of(open_app)
    text = reading.text(app)
    assert f"As known on 21 Nov 2026: {fmt.money(known(books), 'USD')} for 3 closed weeks" in text
    assert "today's numbers for them are $12.25 higher." in text
    weeks = reading.table_with(app, "taken_at").set_index("week")
    changed = weeks.loc["9–15 Nov 2026"]
    old = books.billed(date(2026, 11, 9), date(2026, 11, 16))
    assert (changed["known_cost"], changed["current_cost"]) == pytest.approx((float(old), float(old + LATE)))
    assert changed["taken_at"] == fmt.moment(RECORDED)
    assert changed["changed_at"] == fmt.moment(NOW)
    assert weeks.loc["2–8 Nov 2026"]["change_cost"] == 0


def test_without_as_of_the_page_shows_todays_numbers_only(
    restated: Store, books: company.Books, open_app: OpenApp
) -> None:
    app = open_app("spend")
    start = TODAY - timedelta(days=28)
    assert reading.metrics(app)["Billed cost"] == fmt.money(books.billed(start, TODAY) + LATE, "USD")
    assert "As known on 21 Nov" not in reading.text(app)


def test_a_later_day_knows_the_correction(restated: Store, open_app: OpenApp) -> None:
    assert "today's numbers for them are the same." in reading.text(as_of(open_app, TODAY))


def test_a_week_that_was_not_closed_is_named_and_has_no_number(restated: Store, open_app: OpenApp) -> None:
    app = as_of(open_app)
    assert "Not over by 21 Nov 2026: 16–22 Nov 2026." in reading.text(app)
    weeks = reading.table_with(app, "taken_at").set_index("week")
    assert weeks.loc["16–22 Nov 2026"][["known_cost", "current_cost", "change_cost"]].isna().all()


def test_nothing_of_today_is_drawn_under_that_label(restated: Store, open_app: OpenApp) -> None:
    app = as_of(open_app)
    assert reading.charts(app) == []
    assert "Changed after the day was complete" not in reading.text(app)
    assert "Billed cost" not in reading.metrics(app)


@pytest.mark.parametrize("dimension", ["Feature", "Team", "Provider", "Model", "Environment"])
def test_parts_add_up_to_what_was_known(
    restated: Store, books: company.Books, open_app: OpenApp, dimension: str
) -> None:
    parts = next(t for t in reading.tables(as_of(open_app, by=dimension)) if "scope" in t.columns)
    assert parts.iloc[-1]["scope"] == "Total"
    assert parts.iloc[-1]["known_cost"] == pytest.approx(float(known(books)))
    assert parts.iloc[:-1]["known_cost"].sum() == pytest.approx(float(known(books)))
    assert parts.iloc[:-1]["change_cost"].sum() == pytest.approx(float(LATE))


def test_an_owner_that_changed_later_has_its_costs_of_then(restated: Store, open_app: OpenApp) -> None:
    owners = table(Attribution)
    with restated.write() as connection:
        own = owners.c.feature == "call-notes"
        connection.execute(sa.update(owners).where(own).values(feature="voice-replies"))
        attributed.rebuild(connection)
    data.forget_answers()
    app = as_of(open_app)
    parts = next(t for t in reading.tables(app) if "scope" in t.columns).set_index("scope")
    assert parts.loc["Call notes"]["known_cost"] > 0
    assert parts.loc["Call notes"]["current_cost"] == 0
    assert parts.loc["Voice replies"]["change_cost"] == pytest.approx(parts.loc["Call notes"]["known_cost"])
    assert "$12.25 higher" in reading.text(app)


def test_a_filter_shows_the_weeks_of_its_scopes(restated: Store, books: company.Books, open_app: OpenApp) -> None:
    app = as_of(open_app, team="Customer Care", by="Team")
    total = sum(
        (
            cost.billed_cost
            for cost in books.costs
            if FIRST_WEEK <= cost.day < OPEN_WEEK
            and cost.billing_currency == "USD"
            and cost.project_id in ("proj_support-assistant", "proj_call-notes", "proj_voice-replies")
        ),
        Decimal(),
    )
    assert f"As known on 21 Nov 2026: {fmt.money(total, 'USD')} for 3 closed weeks" in reading.text(app)
    assert "Only Team: Customer Care." in reading.text(app)


def test_a_split_within_a_filter_is_refused_in_one_sentence(restated: Store, open_app: OpenApp) -> None:
    app = as_of(open_app, team="Customer Care", by="Model")
    assert "on record by model for the whole organisation only: leave out the filter of team" in reading.text(app)
    assert len(reading.tables(app)) == 1


def test_two_filters_together_are_refused_in_one_sentence(restated: Store, open_app: OpenApp) -> None:
    app = as_of(open_app, team="Customer Care", provider="openai")
    assert "cannot be shown for Provider and Team together" in reading.text(app)
    assert reading.tables(app) == []


def test_projects_are_not_on_record(restated: Store, open_app: OpenApp) -> None:
    assert "Closed weeks are not on record by project" in reading.text(as_of(open_app, by="Project"))


def test_other_currencies_and_measures_have_their_own_record(
    restated: Store, books: company.Books, open_app: OpenApp
) -> None:
    euros = books.billed(FIRST_WEEK, OPEN_WEEK, "EUR")
    assert fmt.money(euros, "EUR") in reading.text(as_of(open_app, currency="EUR"))
    assert "today's numbers for them are the same." in reading.text(as_of(open_app, measure="Effective"))


@pytest.mark.parametrize(
    ("given", "told"),
    [("last week", "is not a day"), ("2026-11-24", "lies in the future"), ("1999-01-01", "lies before 1 Jan 2000")],
)
def test_a_bad_day_is_one_sentence_and_the_rest_works(
    full_store: Store, open_app: OpenApp, given: str, told: str
) -> None:
    app = open_app("spend", as_of=given, by="Team")
    assert [told in warning.value for warning in app.warning] == [True]
    assert "Billed cost" in reading.metrics(app)
    assert "Customer Care" in list(reading.table_with(app, "exact")["item_name"])


def test_before_the_first_record_it_says_so_and_shows_no_number(full_store: Store, open_app: OpenApp) -> None:
    app = as_of(open_app, TODAY - timedelta(days=10))
    text = reading.text(app)
    assert "On 13 Nov 2026 no week of this period was on record." in text
    assert f"The first of them went on record on {fmt.moment(RECORDED)}." in text
    assert reading.tables(app) == []
    assert not app.metric


def test_the_date_input_leads_there_and_the_button_back(restated: Store, open_app: OpenApp) -> None:
    app = open_app("spend", by="Team")
    app.date_input(key="as_of").set_value(THEN).run()
    assert not app.exception
    assert "As known on 21 Nov 2026" in reading.text(app)
    assert "By team as known on 21 Nov 2026" in reading.text(app)
    next(button for button in app.button if button.label == "Back to today's numbers").click().run()
    assert "Billed cost" in reading.metrics(app)
    assert "## By team" in reading.text(app)


def test_a_period_without_costs_says_so(full_store: Store, open_app: OpenApp) -> None:
    app = as_of(open_app, period="Custom", range=["2026-01-01", "2026-01-31"])
    assert "No costs in USD between 1–31 Jan 2026" in reading.text(app)


def test_a_store_whose_record_is_empty_shows_no_number(full_store: Store, open_app: OpenApp) -> None:
    with full_store.write() as connection:
        connection.execute(sa.delete(table(CostSnapshot)))
    data.forget_answers()
    assert "no week of this period was on record" in reading.text(as_of(open_app))


def test_the_sql_and_the_exact_rows_are_there(restated: Store, open_app: OpenApp) -> None:
    app = as_of(open_app)
    labels = [found.proto.label for found in app.get("download_button")]
    assert labels.count("CSV") == labels.count("Parquet") == len(reading.tables(app)) == 2
    assert reading.popovers(app).count("Show the SQL") >= 3
