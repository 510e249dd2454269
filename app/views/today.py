"""Where the money stands this month, what changed, and what needs a person."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import streamlit as st

from app import data, events, period, stories
from app import format as fmt
from app.budgets import lines_of
from app.charts import movers
from app.charts.marks import marked
from app.charts.month import cumulative
from app.components import chart, empty, head, metrics, other_currencies
from app.components.alerts import open_alerts
from app.components.budgets import budgets_table
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sources_table import sources_table
from app.components.sql import show_sql
from app.components.table import toolbar
from app.data import Horizon
from app.month import Month, month_so_far
from queries.runner import Result

PAGE = {"title": "Today", "url": "today", "icon": ":material/today:", "order": 12}

WEEK, TREND = 7, 28


def render() -> None:
    """The page."""
    head.draw("Today")
    horizon, currency = data.horizon(), data.currency()
    _headline(horizon, currency)
    left, right = st.columns([5, 3], gap="large")
    with left:
        _month(horizon, currency)
    with right:
        minute = data.now().replace(second=0, microsecond=0)
        _alerts(minute)
        toolbar(data.ask("ops/open_alerts"), name="open-alerts")
    left, right = st.columns([5, 3], gap="large")
    with left:
        _movers(horizon.complete_end, currency)
    with right:
        _budgets(horizon, currency)
        budgets = data.budgets(horizon, currency, horizon.today.replace(day=1))
        toolbar(budgets.status, budgets.days, name="budgets")
    _sources(minute)
    toolbar(data.ask("ops/sources"), name="sources")


@section
def _alerts(minute: datetime) -> None:
    st.markdown("## Open alerts")
    open_alerts(data.ask("ops/open_alerts"), minute)


@section
def _sources(minute: datetime) -> None:
    st.markdown("## Data sources")
    sources_table(head.source_states(), minute)


@section
def _headline(horizon: Horizon, currency: str) -> None:
    month = month_so_far(horizon, currency)
    start, end = month.start, month.end
    currencies = data.ask("cost/currencies", start=start, end=end)
    week = period.rolling(horizon.complete_end, WEEK)
    unit = data.ask("cost/unit_change", previous_start=week.before, start=week.start, end=week.end, currency=currency)
    trend_start = horizon.complete_end - timedelta(days=TREND)
    trend = data.ask("cost/unit_by_day", start=trend_start, end=horizon.complete_end, currency=currency)
    models = data.ask("usage/tokens_by_model", start=_utc(week.start), end=_utc(week.end))
    if month.billed is None:
        empty.no_costs(start, end, currency)
    else:
        st.markdown(f"## {plain(stories.month_headline(month, currency))}")
    metrics.draw([*_month_cards(month, currency), *_week_cards(unit, trend, currency)])
    now = _span(unit, "now")
    told = stories.coverage(now["request_cost"], now["billed_cost"], stories.silent_providers(models.rows()))
    others = other_currencies.sentence(currencies.rows(), currency)
    days = "Days are UTC days; trends and forecasts use whole days only."
    st.caption(" ".join(filter(None, [stories.forecast_note(month, currency), told, others, days])))
    show_sql(month.days, month.budgets.status, month.budgets.days, currencies, unit, trend, models)


def _month_cards(month: Month, currency: str) -> list[Card]:
    name, outlook = fmt.month(month.start), month.outlook
    pace, forecast = outlook.pace, outlook.forecast
    ahead = outlook.variance(seasonal=False) if month.has_budget and pace.complete_days else None
    over = outlook.overrun_ratio if month.has_budget else None
    pro_rated = f"vs pro-rated {fmt.money(pace.pro_rated, currency)}" if month.has_budget else "no budget is set"
    budget = f"vs budget {fmt.money(month.budget, currency)}" if month.has_budget else "no budget is set"
    days = [row for row in month.days.rows() if row["day"] < pace.complete_end]
    return [
        Card(
            f"Spend in {name}",
            fmt.money(month.billed, currency),
            delta=None if ahead is None else fmt.signed_percent(ahead),
            note=pro_rated,
            rise_is_bad=True,
            trend=[float(row["billed_cost"]) for row in days],
            help="Everything billed this month, today so far included. The comparison takes whole days only.",
        ),
        Card(
            f"Forecast for {name}",
            fmt.money(forecast.total if forecast else None, currency),
            delta=None if over is None else fmt.signed_percent(over),
            note=budget,
            rise_is_bad=True,
            help="Whole days so far plus every day to come, by level, weekday and day of the month.",
        ),
    ]


def _week_cards(unit: Result, trend: Result, currency: str) -> list[Card]:
    this, last = _span(unit, "now"), _span(unit, "before")
    days = trend.rows()
    return [
        Card(
            "Requests, 7 days",
            fmt.compact(this["request_count"]),
            delta=_delta(this["request_count"], last["request_count"]),
            note="vs 7 days before" if this["request_count"] is not None else "not reported",
            trend=[row["request_count"] for row in days] if this["request_count"] is not None else None,
            help="Requests of the last 7 whole days, as far as sources report them; the line shows 28 days.",
        ),
        Card(
            "Cost per 1K requests",
            fmt.money(this["cost_per_1k_requests"], currency),
            delta=_delta(this["cost_per_1k_requests"], last["cost_per_1k_requests"]),
            note="vs 7 days before" if this["cost_per_1k_requests"] is not None else "nothing to divide",
            rise_is_bad=True,
            trend=[row["cost_per_1k_requests"] for row in days] if this["cost_per_1k_requests"] else None,
            help="Last 7 whole days. Only costs of features and providers whose usage reports requests count.",
        ),
    ]


def _span(unit: Result, name: str) -> dict[str, Any]:
    """One span of cost/unit_change; without costs and usage everything is unknown."""
    return next((row for row in unit.rows() if row["span"] == name), dict.fromkeys(unit.query.returns))


def _delta(now: float | None, before: float | None) -> str | None:
    ratio = fmt.change(now, before)
    return None if ratio is None else fmt.signed_percent(ratio)


@section
def _month(horizon: Horizon, currency: str) -> None:
    month = month_so_far(horizon, currency)
    pace = month.outlook.pace
    if month.billed is None or not pace.complete_days:
        st.markdown(f"## {fmt.month(month.start)} so far")
        empty.nothing("The first whole day of the month is not billed yet.")
    else:
        drawn = cumulative(
            month.drawn(),
            title=f"{fmt.money_compact(pace.complete_cost, currency)} spent in {fmt.plural(pace.complete_days, 'day')}",
            currency=currency,
        )
        chart.draw(marked(drawn, events.marks(month.start, month.end)), key="month")
    show_sql(month.days, month.budgets.status, month.budgets.days, events.asked(month.start, month.end))


@section
def _movers(complete_end: date, currency: str) -> None:
    week = period.rolling(complete_end, WEEK)
    result = data.ask(
        "cost/spend_by_item",
        start=week.start,
        end=week.end,
        complete_end=week.complete_end,
        previous_start=week.before,
        previous_end=week.before_end,
        currency=currency,
        dimension="feature",
        measure="billed",
    )
    if result.row_count:
        subtitle = (
            f"Change of billed cost in {currency}, {fmt.days(week.start, week.end)} "
            f"against {fmt.days(week.before, week.before_end)}."
        )
        rows = result.rows()
        drawn = movers.movers(rows, title=stories.movers_headline(rows, currency), subtitle=subtitle, currency=currency)
        chart.draw(drawn, key="movers")
    else:
        st.markdown("## What changed in a week")
        empty.nothing(f"No costs between {fmt.days(week.before, week.end)}.")
    show_sql(result)


@section
def _budgets(horizon: Horizon, currency: str) -> None:
    st.markdown(f"## Budgets of {fmt.month(horizon.today)}")
    budgets_table(lines_of(month_so_far(horizon, currency).budgets, horizon.today), currency)


def _utc(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


if __name__ == "__main__":
    render()
