"""Today: the month, the week, what needs a person."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from app import data
from app import format as fmt
from domain.forecast.month import forecast_month
from domain.forecast.series import daily_values
from store.engine import Store
from store.tables import Budget, CollectorRun
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, reading
from tests.app.support.crowd import many_alerts
from tests.app.support.seed import FAILURE, ORGANIZATION_BUDGET, insert

MONTH, TODAY = date(2026, 11, 1), NOW.date()
WEEK = timedelta(days=7)


def test_today_shows_the_month_and_where_it_leads(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    app = open_app("today")
    shown = reading.metrics(app)
    assert shown["Spend in November"] == fmt.money(books.billed(MONTH, TODAY + timedelta(days=1)), "USD")
    first = TODAY - timedelta(days=company.DAYS)
    days = {
        first + timedelta(days=n): books.billed(first + timedelta(days=n), first + timedelta(days=n + 1))
        for n in range(company.DAYS)
    }
    values = daily_values(days, first, TODAY - timedelta(days=1))[np.newaxis, :]
    total = forecast_month(values, first, MONTH, date(2026, 12, 1))[0].total
    assert total is not None
    assert shown["Forecast for November"] == fmt.money(total, "USD")
    overrun = fmt.money_compact(Decimal(total) - ORGANIZATION_BUDGET, "USD")
    text = reading.text(app)
    assert f"{overrun} " in text
    run_rate = books.billed(MONTH, TODAY) / 22 * 30
    assert f"at the run rate so far it would be {fmt.money_compact(run_rate, 'USD')}." in text


def test_today_divides_only_costs_whose_usage_reports_requests(
    full_store: Store, books: company.Books, open_app: OpenApp
) -> None:
    app = open_app("today")
    days = [TODAY - timedelta(days=n) for n in range(1, 8)]
    requests = {
        (u.day, u.provider, _feature(u.attribution_key)): 0
        for u in books.usage
        if u.day in days and u.request_count is not None
    }
    for u in books.usage:
        key = (u.day, u.provider, _feature(u.attribution_key))
        if key in requests:
            requests[key] += u.request_count or 0
    bills = [c for c in books.costs if c.day in days and c.billing_currency == "USD"]
    covered = [c for c in bills if (c.day, c.provider, _feature(c.attribution_key)) in requests]
    billed = {(c.day, c.provider, _feature(c.attribution_key)) for c in covered}
    cost = sum((c.billed_cost for c in covered), Decimal())
    counted = sum(n for key, n in requests.items() if key in billed)
    assert reading.metrics(app)["Cost per 1K requests"] == fmt.money(cost * 1000 / counted, "USD")
    share = fmt.percent(cost / sum((c.billed_cost for c in bills), Decimal()))
    assert f"covers {share} of spend: Anthropic does not report requests" in reading.text(app)


def _feature(attribution_key: str) -> str | None:
    return next(s.feature for s in (*company.STREAMS, company.LOG_ONLY) if s.attribution_key == attribution_key)


def test_today_names_money_in_other_currencies_and_adds_none(
    full_store: Store, books: company.Books, open_app: OpenApp
) -> None:
    euros = books.billed(MONTH, date(2026, 12, 1), "EUR")
    assert f"Not included: {fmt.money(euros, 'EUR')}" in reading.text(open_app("today"))


def test_today_lists_open_alerts_gravest_first_and_no_closed_one(full_store: Store, open_app: OpenApp) -> None:
    text = reading.text(open_app("today"))
    assert text.index("✕ Page") < text.index("! Ticket")
    assert "50% of its budget" not in text
    assert "[anthropic_usage has failed three times](alerts?alert=source-stale)" in text


def test_today_names_the_gravest_alerts_and_counts_the_rest(full_store: Store, open_app: OpenApp) -> None:
    many_alerts(full_store, 25)
    text = reading.text(open_app("today"))
    assert text.count("](alerts?alert=") == 8
    assert "20 more are open. [All alerts" in text


def test_today_shows_failing_sources_first(full_store: Store, open_app: OpenApp) -> None:
    sources = reading.table_with(open_app("today"), "last_run")
    assert sources.iloc[0]["source"] == "anthropic_usage"
    assert sources.iloc[0]["state"] == "✕ Failing"


def test_today_says_which_budget_will_not_hold(full_store: Store, open_app: OpenApp) -> None:
    budgets = reading.table_with(open_app("today"), "forecast").set_index("name_in_month")["status"].to_dict()
    assert budgets == {"Organisation": "! Will not hold", "Discovery": "✕ Exceeded"}


def test_today_tells_the_budget_of_a_quarter_from_that_of_the_month(full_store: Store, open_app: OpenApp) -> None:
    quarter = Budget(
        scope_type="team",
        scope="Discovery",
        period="quarter",
        period_start=date(2026, 10, 1),
        period_end=date(2027, 1, 1),
        amount=Decimal(900_000),
        currency="USD",
    )
    insert(full_store, Budget, [quarter])
    names = list(reading.table_with(open_app("today"), "forecast")["name_in_month"])
    assert sorted(names) == ["Discovery", "Discovery, Q4 2026", "Organisation"]


def test_an_empty_store_shows_no_zero_and_says_what_to_do(empty_store: Store, open_app: OpenApp) -> None:
    app = open_app("today")
    assert set(reading.metrics(app).values()) == {"–"}
    assert "python -m burnline import focus" in reading.text(app)
    assert not reading.charts(app)


def test_the_first_backfill_shows_its_progress(empty_store: Store, open_app: OpenApp) -> None:
    insert(empty_store, CollectorRun, [_run("openai_costs", "running"), _run("other", "ok")])
    app = open_app("today")
    progress = app.get("progress")[0].proto
    assert progress.value == 33
    assert "1 of 3 sources loaded; loading openai_costs; waiting: anthropic_usage. 40 rows so far" in progress.text


def test_the_first_backfill_counts_the_windows_that_are_loaded(empty_store: Store, open_app: OpenApp) -> None:
    first = replace(_run("openai_costs", "ok"), run_id="first", watermark_at=NOW - timedelta(days=60))
    insert(empty_store, CollectorRun, [first, _run("openai_costs", "running")])
    progress = open_app("today").get("progress")[0].proto
    assert progress.value == 25
    assert "0 of 2 sources loaded; loading openai_costs (50%); waiting: anthropic_usage." in progress.text


def _run(source: str, status: str) -> CollectorRun:
    return CollectorRun(
        run_id=source,
        source=source,
        kind="backfill",
        started_at=NOW,
        status=status,
        window_start_at=NOW - timedelta(days=120),
        window_end_at=NOW,
        finished_at=NOW if status == "ok" else None,
        watermark_at=NOW if status == "ok" else None,
        row_count=40 if status == "ok" else None,
    )


def test_on_the_first_of_a_month_everything_is_forecast(
    full_store: Store, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "now", lambda: datetime(2026, 12, 1, 3, tzinfo=UTC))
    app = open_app("today")
    assert reading.metrics(app)["Forecast for December"].startswith("$")
    assert "at the run rate" not in reading.text(app)
    assert FAILURE not in reading.text(app)
