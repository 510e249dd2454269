"""The budget rule as a pure function: which budgets fire, how grave, and in what words."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.base import Finding, Situation
from alerts.rules.budget_threshold import judge
from config.settings import Alerts, Settings
from domain.forecast.month import MonthForecast
from domain.outlook import Outlook
from queries.outlook import pace_of
from tests.alerts.support import NOW


def row(**changes: Any) -> dict[str, Any]:
    """Team Workplace on 22 November: 8,123 of 10,000 spent, 21 whole days."""
    values = {
        "scope_type": "team",
        "scope": "Workplace",
        "name": "Workplace",
        "owner": "Lucía Farrow",
        "period": "month",
        "period_start": date(2026, 11, 1),
        "period_end": date(2026, 12, 1),
        "budget_amount": Decimal(10_000),
        "currency": "USD",
        "billed_cost": Decimal(8123),
        "complete_end": date(2026, 11, 22),
        "complete_cost": Decimal("7842.80"),
    }
    return values | changes


def found(
    now: datetime = NOW, settings: Settings | None = None, forecast: MonthForecast | None = None, **changes: Any
) -> Finding:
    told = row(**changes)
    (finding,) = judge([(told, Outlook(pace_of(told), forecast))], Situation(now, settings or Settings()))
    return finding


def test_the_sentence_says_how_much_of_what_how_long_and_where_it_lands() -> None:
    finding = found()
    assert finding.summary == (
        "Team Workplace has spent 81% of its November budget: $8,123 of $10,000 with 8 days left; "
        "at this pace it lands at $11,204 (+12%)."
    )
    assert finding.title == "Team Workplace is heading over its November budget"
    assert finding.severity == "ticket"
    assert finding.owner == "Lucía Farrow"
    assert finding.page_path == "spend?by=feature&period=mtd&team=Workplace"
    assert finding.facts["spent"] == Decimal(8123)
    assert finding.facts["highest_threshold_percent"] == 80
    assert finding.facts["run_rate"] == Decimal(11_204)
    assert finding.impact_cost == Decimal(1204)


@pytest.mark.parametrize(
    ("spent", "complete", "level", "severity"),
    [
        ("4000", "3900", 0, None),
        ("5001", "4900", 2, "info"),
        ("5001", "7100", 3, "ticket"),
        ("4000", "7100", 1, "ticket"),
        ("8123", "6900", 4, "info"),
        ("8123", "7100", 5, "ticket"),
        ("10000.000000000001", "7100", 6, "ticket"),
        ("10001", "6900", 6, "ticket"),
    ],
)
def test_the_level_counts_marks_with_the_pace_between_them(
    spent: str, complete: str, level: int, severity: str | None
) -> None:
    finding = found(billed_cost=Decimal(spent), complete_cost=Decimal(complete))
    assert finding.state == ("firing" if level else "over")
    assert finding.level == level
    assert severity is None or finding.severity == severity


@pytest.mark.parametrize("mark", [50, 80, 100])
def test_a_budget_exactly_at_a_mark_has_not_passed_it(mark: int) -> None:
    at_the_mark = found(billed_cost=Decimal(100 * mark), complete_cost=Decimal(0))
    above = found(billed_cost=Decimal(100 * mark) + Decimal("0.000000000001"), complete_cost=Decimal(0))
    assert above.level == at_the_mark.level + 2


def test_before_the_third_whole_day_only_marks_count_and_half_a_budget_is_urgent() -> None:
    early = datetime(2026, 11, 3, 8, tzinfo=UTC)
    two_days: dict[str, Any] = {"complete_end": date(2026, 11, 3), "complete_cost": Decimal(4000)}
    assert found(early, billed_cost=Decimal(4000), **two_days).state == "over"
    half = found(early, billed_cost=Decimal(5100), **two_days)
    assert (half.state, half.severity, half.level) == ("firing", "ticket", 2)
    assert half.summary.endswith("$5,100 of $10,000 with 27 days left.")


def test_marks_come_from_the_settings() -> None:
    settings = Settings(alerts=Alerts(budget_thresholds=(90, 70)))
    assert found(settings=settings, billed_cost=Decimal(6900), complete_cost=Decimal(0)).state == "over"
    assert found(settings=settings, billed_cost=Decimal(9100), complete_cost=Decimal(0)).level == 4


def test_a_budget_closes_when_its_last_day_is_billed_and_not_before() -> None:
    december = datetime(2026, 12, 1, 6, tzinfo=UTC)
    waiting = found(december, billed_cost=Decimal(10_100), complete_end=date(2026, 11, 30))
    assert waiting.state == "firing"
    closed = found(december, billed_cost=Decimal(11_204), complete_end=date(2026, 12, 1))
    assert closed.state == "over"
    assert closed.summary == (
        "Team Workplace has spent 112% of its November budget: $11,204 of $10,000; the month is over."
    )


def test_each_scope_names_itself_and_its_page() -> None:
    organization = found(scope_type="organization", scope="", name="", owner=None)
    assert organization.title.startswith("The organisation is heading")
    assert organization.page_path == "spend?by=team&period=mtd"
    feature = found(scope_type="feature", scope="desk", name="Research desk")
    assert feature.summary.startswith("Feature Research desk has spent")
    assert feature.page_path == "spend?by=model&period=mtd&features=desk"


def test_a_quarter_is_called_one_and_is_not_its_first_month() -> None:
    quarter: dict[str, Any] = {
        "period": "quarter",
        "period_start": date(2026, 10, 1),
        "period_end": date(2027, 1, 1),
        "budget_amount": Decimal(14_000),
    }
    finding = found(**quarter)
    assert finding.title == "Team Workplace has spent 58% of its Q4 budget"
    assert "of its Q4 budget: $8,123 of $14,000 with 39 days left" in finding.summary
    assert dict(finding.fields)["Quarter at this pace"] == "$13,876 (-0.9%)"
    assert finding.page_path == "spend?by=feature&period=90d&team=Workplace"
    assert finding.fingerprint != found(period_start=date(2026, 10, 1)).fingerprint
    over = found(datetime(2027, 1, 1, 6, tzinfo=UTC), **{**quarter, "complete_end": date(2027, 1, 1)})
    assert over.summary.endswith("; the quarter is over.")


@pytest.mark.parametrize(("scope_type", "page"), [("model", "model=gpt-5.4"), ("environment", "environment=gpt-5.4")])
def test_any_scope_has_a_page(scope_type: str, page: str) -> None:
    finding = found(scope_type=scope_type, scope="gpt-5.4", name="gpt-5.4")
    assert finding.page_path == f"spend?by=feature&period=mtd&{page}"


def test_budgets_of_one_scope_in_two_currencies_are_two_problems() -> None:
    dollars, euros = found(), found(currency="EUR")
    assert dollars.fingerprint != euros.fingerprint
    assert "€8,123 of €10,000" in euros.summary


def test_the_fingerprint_does_not_depend_on_numbers() -> None:
    assert found().fingerprint == found(billed_cost=Decimal(1), budget_amount=Decimal(5)).fingerprint


def test_a_budget_of_zero_is_told_without_a_share() -> None:
    finding = found(budget_amount=Decimal(0))
    assert finding.state == "firing"
    assert "has spent more than its November budget: $8,123 of $0" in finding.summary


@given(
    budget=st.decimals(min_value=0, max_value=10**9, places=12),
    spends=st.lists(st.decimals(min_value=0, max_value=10**9, places=12), min_size=2, max_size=2),
    day=st.integers(1, 30),
)
def test_more_spend_never_lowers_the_level(budget: Decimal, spends: list[Decimal], day: int) -> None:
    now = datetime(2026, 11, day, 12, tzinfo=UTC)
    less, more = (
        found(now, budget_amount=budget, billed_cost=s, complete_cost=s, complete_end=now.date())
        for s in sorted(spends)
    )
    assert more.level >= less.level
    assert not (less.state == "firing" and more.state == "over")
    assert more.facts["spent"] == max(spends)


def forecast(total: float, low: float | None, high: float | None) -> MonthForecast:
    """November's forecast with its 80 % range."""
    start, end = date(2026, 11, 1), date(2026, 12, 1)
    return MonthForecast(start, end, 0, total, total, low, high, low, high, 12, None, (1.0,) * 30)


def test_a_forecast_over_the_budget_alerts_though_the_pace_is_within_it() -> None:
    finding = found(billed_cost=Decimal(4000), complete_cost=Decimal(3900), forecast=forecast(10_900, 10_400, 11_500))
    assert (finding.state, finding.severity, finding.level) == ("firing", "ticket", 1)
    assert finding.title == "Team Workplace is heading over its November budget"
    assert "at this pace it lands at $5,571 (-44%), the forecast is $10,900 (+9.0%)" in finding.summary
    assert ("Forecast, 80% range", "$10,400 to $11,500") in finding.fields
    assert finding.impact_cost == Decimal(900)


def test_a_pace_over_the_budget_is_only_worth_knowing_when_the_forecast_stays_within_it() -> None:
    finding = found(billed_cost=Decimal(4000), complete_cost=Decimal(7100), forecast=forecast(9_500, 9_000, 9_900))
    assert (finding.state, finding.severity) == ("firing", "info")
    assert finding.impact_cost is None


def test_a_forecast_without_a_range_is_a_guess_and_decides_nothing() -> None:
    finding = found(billed_cost=Decimal(4000), complete_cost=Decimal(3900), forecast=forecast(10_900, None, None))
    assert finding.state == "over"
