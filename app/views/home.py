"""Where the money stands this month, what changed, and what needs a person."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import streamlit as st

from app import data, period, stories
from app import format as fmt
from app.charts import month, movers
from app.components import chart, empty, head, metrics, other_currencies
from app.components.alerts import open_alerts
from app.components.budgets import budgets_table
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sources_table import sources_table
from app.components.sql import show_sql
from app.components.table import toolbar
from app.pace import Pace, run_rates
from queries.runner import Result

PAGE = {"title": "Home", "url": "", "icon": ":material/home:", "order": 10}

WEEK, TREND = 7, 28


def render() -> None:
    """The page."""
    head.draw(data.settings().organization.name)
    horizon, currency = data.horizon(), data.currency()
    _headline(horizon.today, horizon.complete_end, currency)
    left, right = st.columns([5, 3], gap="large")
    with left:
        _month(horizon.today, horizon.complete_end, currency)
    with right:
        minute = data.now().replace(second=0, microsecond=0)
        _alerts(minute)
        toolbar(data.ask("ops/open_alerts"), name="open-alerts")
        _sources(minute)
        toolbar(data.ask("ops/sources"), name="sources")
    left, right = st.columns([5, 3], gap="large")
    with left:
        _movers(horizon.complete_end, currency)
    with right:
        _budgets(horizon.today, horizon.complete_end, currency)
        toolbar(_budget_status(horizon.today, horizon.complete_end, currency), name="budgets")


@section
def _alerts(minute: datetime) -> None:
    st.markdown("## Open alerts")
    open_alerts(data.ask("ops/open_alerts"), minute)


@section
def _sources(minute: datetime) -> None:
    st.markdown("## Data sources")
    sources_table(head.source_states(), minute)


@section
def _headline(today: date, complete_end: date, currency: str) -> None:
    start, end = _month_of(today)
    budgets, pace, billed = _pace(today, complete_end, currency)
    currencies = data.ask("cost/currencies", start=start, end=end)
    week = period.rolling(complete_end, WEEK)
    unit = data.ask("cost/unit_change", previous_start=week.before, start=week.start, end=week.end, currency=currency)
    trend_start = complete_end - timedelta(days=TREND)
    trend = data.ask("cost/unit_by_day", start=trend_start, end=complete_end, currency=currency)
    models = data.ask("usage/tokens_by_model", start=_utc(week.start), end=_utc(week.end))
    if billed is None:
        empty.no_costs(start, end, currency)
    else:
        st.markdown(f"## {plain(stories.month_headline(pace, currency))}")
    by_day = data.ask("cost/by_day", start=start, end=end, currency=currency)
    metrics.draw([*_month_cards(pace, billed, by_day.rows(), currency), *_week_cards(unit, trend, currency)])
    now = _span(unit, "now")
    told = stories.coverage(now["request_cost"], now["billed_cost"], stories.silent_providers(models.rows()))
    others = other_currencies.sentence(currencies.rows(), currency)
    days = "Days are UTC days; trends and forecasts use whole days only."
    st.caption(" ".join(filter(None, [told, others, days])))
    show_sql(budgets, by_day, currencies, unit, trend, models)


def _month_cards(pace: Pace, billed: Decimal | None, days: Sequence[Mapping[str, Any]], currency: str) -> list[Card]:
    name = fmt.month(pace.start)
    ahead = None if pace.ahead is None or not pace.pro_rated else pace.ahead / pace.pro_rated
    over = None if pace.overrun is None or not pace.budget else pace.overrun / pace.budget
    no_budget = "no budget is set"
    return [
        Card(
            f"Spend in {name}",
            fmt.money(billed, currency),
            delta=None if ahead is None else fmt.signed_percent(ahead),
            note=no_budget if pace.budget is None else f"vs pro-rated {fmt.money(pace.pro_rated, currency)}",
            rise_is_bad=True,
            trend=[float(row["billed_cost"]) for row in days if row["day"] < pace.complete_end],
            help="Everything billed this month, today so far included. The comparison takes whole days only.",
        ),
        Card(
            f"Run rate for {name}",
            fmt.money(pace.run_rate, currency),
            delta=None if over is None else fmt.signed_percent(over),
            note=no_budget if pace.budget is None else f"vs budget {fmt.money(pace.budget, currency)}",
            rise_is_bad=True,
            trend=[float(rate) for rate in run_rates(pace, days)],
            help="The average of this month's whole days times the days of the month; the line shows how it moved.",
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
def _month(today: date, complete_end: date, currency: str) -> None:
    start, end = _month_of(today)
    _, pace, _ = _pace(today, complete_end, currency)
    by_day = data.ask("cost/by_day", start=start, end=end, currency=currency)
    annotations = data.ask("ops/annotations", start=start, end=end)
    if not pace.complete_days:
        st.markdown(f"## {fmt.month(start)} so far")
        empty.nothing("The first whole day of the month is not billed yet.")
    else:
        drawn = month.cumulative(
            by_day.rows(),
            pace,
            title=f"{fmt.money_compact(pace.complete_cost, currency)} spent in {fmt.plural(pace.complete_days, 'day')}",
            currency=currency,
            annotations=annotations.rows(),
        )
        chart.draw(drawn, key="month")
    show_sql(by_day, annotations)


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
def _budgets(today: date, complete_end: date, currency: str) -> None:
    st.markdown(f"## Budgets of {fmt.month(today)}")
    budgets_table(_budget_status(today, complete_end, currency).rows(), complete_end, currency)


def _budget_status(today: date, complete_end: date, currency: str) -> Result:
    return data.ask("cost/budget_status", day=today, complete_end=complete_end, currency=currency)


def _pace(today: date, complete_end: date, currency: str) -> tuple[Result, Pace, Decimal | None]:
    """The organisation's budget with the month's costs; a month without any cost row is unknown, not free."""
    start, end = _month_of(today)
    budgets = _budget_status(today, complete_end, currency)
    days = data.ask("cost/by_day", start=start, end=end, currency=currency).rows()
    own = next((r for r in budgets.rows() if r["scope_type"] == "organization"), None)
    whole = sum((r["billed_cost"] for r in days if r["day"] < complete_end), Decimal())
    billed = sum((r["billed_cost"] for r in days), Decimal())
    pace = Pace(start, end, complete_end if days else start, whole, own["budget_amount"] if own else None)
    return budgets, pace, billed if days else None


def _month_of(today: date) -> tuple[date, date]:
    return today.replace(day=1), period.bucket_end(today.replace(day=1), "month")


def _utc(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


if __name__ == "__main__":
    render()
