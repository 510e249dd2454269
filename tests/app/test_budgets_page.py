"""Budgets: who lands over, how sure that is, why, and which lines of finance's file are left out."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app import format as fmt
from store.engine import Store
from store.tables import Budget, Commitment
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, reading
from tests.app.support.seed import ORGANIZATION_BUDGET, TEAM_BUDGET, insert

TODAY = NOW.date()
MONTH = date(2026, 11, 1)
TEAM = "team:Discovery:month"


def budget(scope_type: str, scope: str, amount: str, **changes: object) -> Budget:
    values = {
        "scope_type": scope_type,
        "scope": scope,
        "period": "month",
        "period_start": MONTH,
        "period_end": date(2026, 12, 1),
        "amount": Decimal(amount),
        "currency": "USD",
    }
    return Budget(**{**values, **changes})  # type: ignore[arg-type]


def test_the_page_begins_with_who_lands_over(full_store: Store, open_app: OpenApp) -> None:
    text = reading.text(open_app("budgets"))
    assert "Credits and commitments" not in text, "none are declared"
    assert "Discovery has exceeded its November 2026 budget of $3K and heads for $" in text
    assert "; 1 other budget will not hold either." in text


def test_the_cards_are_those_of_the_organisation(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    shown = reading.metrics(open_app("budgets"))
    assert shown["Spent"] == fmt.money(books.billed(MONTH, TODAY + timedelta(days=1)), "USD")
    assert shown["Pro-rated budget"] == fmt.money(ORGANIZATION_BUDGET * 22 / 30, "USD")
    assert shown["Forecast"] == reading.metrics(open_app("today"))["Forecast for November"]
    assert shown["Chance to go over"] == ">99%"


def test_the_cards_are_those_of_the_month_whatever_a_quarters_risk_is(full_store: Store, open_app: OpenApp) -> None:
    quarter = {"period": "quarter", "period_start": date(2026, 10, 1), "period_end": date(2027, 1, 1)}
    insert(full_store, Budget, [budget("organization", "", "100", **quarter)])
    page = open_app("budgets")
    assert next(iter(reading.table_with(page, "chance")["span"])) == "Q4 2026"
    assert reading.metrics(page)["Pro-rated budget"] == fmt.money(ORGANIZATION_BUDGET * 22 / 30, "USD")
    assert "The cards are those of Organisation, November 2026." in reading.text(page)


def test_credits_and_commitments_say_how_long_they_last(full_store: Store, open_app: OpenApp) -> None:
    shared = {"provider": "openai", "currency": "USD", "starts_on": date(2026, 11, 1)}
    insert(
        full_store,
        Commitment,
        [
            Commitment(name="Prepaid", kind="credit", amount=Decimal(10), ends_on=date(2027, 1, 1), **shared),
            Commitment(name="Agreed", kind="commitment", amount=Decimal(10**9), ends_on=date(2027, 11, 1), **shared),
        ],
    )
    page = open_app("budgets")
    rows = reading.table_with(page, "remaining")
    assert list(rows["name"]) == ["Prepaid", "Agreed"]
    assert list(rows["last_day"]) == ["31 Dec 2026", "31 Oct 2027"]
    assert rows["state"][0] == "● Used up"
    assert rows["state"][1].startswith("▼ Ends with $9")
    assert "Prepaid: used up; Agreed: ends with $9" in reading.text(page)


def test_budgets_of_any_scope_stand_in_one_table_riskiest_first(full_store: Store, open_app: OpenApp) -> None:
    insert(
        full_store,
        Budget,
        [
            budget("provider", "openai", "900000"),
            budget("model", "gpt-5.4", "900000"),
            budget("environment", "production", "900000"),
            budget("feature", "fraud-review", "900000"),
            budget(
                "organization",
                "",
                "70000",
                period="quarter",
                period_start=date(2026, 10, 1),
                period_end=date(2027, 1, 1),
            ),
        ],
    )
    rows = reading.table_with(open_app("budgets"), "chance")
    assert list(rows["status"])[:2] == ["✕ Exceeded", "! Will not hold"]
    assert set(zip(rows["scope"], rows["kind"], rows["span"], strict=True)) == {
        ("Discovery", "Team", "November 2026"),
        ("Organisation", "Organisation", "November 2026"),
        ("Organisation", "Organisation", "Q4 2026"),
        ("OpenAI", "Provider", "November 2026"),
        ("gpt-5.4", "Model", "November 2026"),
        ("production", "Environment", "November 2026"),
        ("Fraud review", "Feature", "November 2026"),
    }
    assert set(rows[rows["budget"] == "$900K"]["status"]) == {"✓ On track"}


def test_a_budget_shows_its_way_its_bridge_and_its_past_errors(
    full_store: Store, books: company.Books, open_app: OpenApp
) -> None:
    app = open_app("budgets", budget=TEAM)
    (way, _), (bridge, told) = reading.charts(app)
    names = {trace.get("name") for trace in way["data"]}
    assert names >= {"Actual", "Forecast", "Budget, pro rata", "80% range", "95% range"}
    steps = bridge["data"][0]
    assert (steps["y"][0], steps["y"][-1]) == ("Pro-rated budget", "Spent")
    assert steps["x"][0] == pytest.approx(float(TEAM_BUDGET) * 22 / 30)
    spent = steps["x"][-1]
    assert sum(steps["x"][:-1]) == pytest.approx(spent, abs=0.01)
    actual = next(trace for trace in way["data"] if trace.get("name") == "Actual")["y"][-1]
    assert spent == pytest.approx(actual, abs=0.01)
    assert "Level of the 4 weeks before" in told
    text = reading.text(app)
    assert "Seen with 8 days left, the forecast has been off by" in text
    errors = reading.table_with(app, "held_80")
    assert list(errors["days_left"]) == [25, 20, 15, 10, 8, 5]
    assert (errors["months"] == 2).all()


def test_a_new_feature_is_a_step_of_its_own(full_store: Store, open_app: OpenApp) -> None:
    insert(
        full_store,
        Budget,
        [
            budget(
                "organization",
                "",
                "60000",
                period="quarter",
                period_start=date(2026, 10, 1),
                period_end=date(2027, 1, 1),
            )
        ],
    )
    _, (bridge, _) = reading.charts(open_app("budgets", budget="organization::quarter"))
    steps = dict(zip(bridge["data"][0]["y"], bridge["data"][0]["x"], strict=True))
    assert steps["New features"] > 0


def test_the_pro_rated_budget_may_follow_the_season(full_store: Store, open_app: OpenApp) -> None:
    flat = reading.metrics(open_app("budgets"))["Pro-rated budget"]
    assert reading.metrics(open_app("budgets", prorata="seasonal"))["Pro-rated budget"] != flat


def test_every_version_of_a_budget_is_listed_and_the_last_counts(full_store: Store, open_app: OpenApp) -> None:
    insert(
        full_store,
        Budget,
        [
            budget("feature", "fraud-review", "5000", version="plan", position=1, approved_on=date(2026, 9, 30)),
            budget("feature", "fraud-review", "900000", version="R1", position=2),
        ],
    )
    app = open_app("budgets", budget="feature:fraud-review:month")
    versions = reading.table_with(app, "approved_on")
    assert versions.to_numpy().tolist() == [
        ["R1", "$900,000", "–", "✓ In force"],
        ["plan", "$5,000.00", "30 Sep 2026", "Superseded"],
    ]
    rows = reading.table_with(app, "chance")
    assert list(rows[rows["scope"] == "Fraud review"]["budget"]) == ["$900K"]


def test_a_month_that_is_over_has_held_or_not(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    october = {"period_start": date(2026, 10, 1), "period_end": MONTH}
    insert(
        full_store,
        Budget,
        [budget("organization", "", "1000", **october), budget("team", "Discovery", "900000", **october)],
    )
    app = open_app("budgets", month="2026-10-01", budget="organization::month")
    rows = reading.table_with(app, "chance")
    assert rows[["scope", "status", "chance"]].to_numpy().tolist() == [
        ["Organisation", "✕ Exceeded", "–"],
        ["Discovery", "✓ Held", "–"],
    ]
    shown = reading.metrics(app)
    assert shown["Spent"] == shown["Forecast"] == fmt.money(books.billed(date(2026, 10, 1), MONTH), "USD")
    assert "The month is over: the forecast is what was billed." in reading.text(app)


def test_a_month_without_a_budget_says_how_to_write_one(
    full_store: Store, empty_month: None, open_app: OpenApp
) -> None:
    text = reading.text(open_app("budgets"))
    assert "No budget in USD covers November 2026. Write one into `config/budgets.csv`." in text


@pytest.fixture
def empty_month(full_store: Store) -> None:
    with full_store.write() as connection:
        connection.exec_driver_sql("delete from budget")


def test_a_budget_without_costs_is_not_forecast(full_store: Store, open_app: OpenApp) -> None:
    insert(full_store, Budget, [budget("model", "gpt-9", "100")])
    app = open_app("budgets", budget="model:gpt-9:month")
    rows = reading.table_with(app, "chance")
    row = rows[rows["scope"] == "gpt-9"].iloc[0]
    assert (row["status"], row["spent"], row["forecast"], row["chance"]) == ("– No forecast", "$0.00", "–", "–")
    assert "not on quarters or on what never cost anything" in reading.text(app)


def test_lines_that_are_left_out_are_named_on_budgets_and_sources(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    config = environment.parent / "config"
    (config / "budgets.csv").write_text("scope_type,scope,period_start,amount,currency\nfeature,serch,2026-11,5,USD\n")
    (config / "features.toml").write_text('[[feature]]\nkey = "a"\nname = "A"\nteam = "T"\ntier = "gold"\n')
    on_budgets, on_sources = (reading.text(open_app(view)) for view in ("budgets", "sources"))
    assert "budgets.csv: line 2: the feature 'serch' is not in features.toml" in on_budgets
    assert "gold" not in on_budgets
    assert "line 2: the feature 'serch'" in on_sources
    assert "features.toml: line 1: a has the tier 'gold'" in on_sources


def test_a_reference_file_that_cannot_be_read_is_told_and_the_page_is_drawn(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    (environment.parent / "config" / "attribution.toml").write_text("[[rule]\n")
    app = open_app("budgets")
    assert "attribution.toml is not valid TOML" in reading.text(app)
    assert reading.tables(app)
