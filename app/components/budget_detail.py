"""One budget: its way through the period, why it differs from plan, how good the forecast was, and its versions."""

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import streamlit as st

from app import budgets, data, events
from app import format as fmt
from app.budgets import Line
from app.charts.marks import marked
from app.charts.month import cumulative
from app.charts.waterfall import waterfall
from app.components import chart, columns, empty, table
from app.components.markdown import plain
from app.components.sql import show_sql
from app.data import Horizon
from app.effects import EFFECTS
from app.month import drawn_of
from domain.budget_bridge import bridge
from domain.compared import with_same_weekdays
from domain.forecast.backtest import DAYS_LEFT, BacktestLine, backtest
from domain.outlook import ORGANIZATION, Portfolio
from queries.explain import ask_items, explain
from queries.outlook import TESTED_DAYS, Budgets, ask_days, portfolio_of
from queries.runner import Result

STEPS = {
    "level": "Level of the 4 weeks before",
    **{effect.key: effect.label for effect in EFFECTS},
    "new_features": "New features",
}
"""Steps of the bridge → what they are called."""
OPTIONAL = ("cache", "without_usage", "new_features")
"""Left out where they are nothing."""


def draw(line: Line, found: Budgets, horizon: Horizon, currency: str, *, seasonal: bool) -> None:
    """Static: fits into a cached section."""
    pace = line.outlook.pace
    drawn = drawn_of(found.portfolio, line.scope, line.outlook, has_budget=True, seasonal=seasonal)
    of_scope = [] if line.scope == ORGANIZATION else [(line.row["scope_type"], [line.row["scope"]])]
    chart.draw(
        marked(
            cumulative(drawn, title=f"{budgets.verdict(line, currency)}", currency=currency),
            events.marks(pace.start, pace.end, of_scope),
        ),
        key=f"budget-{line.key}",
    )
    days = ask_days(
        data.ask,
        currency,
        today=horizon.today,
        complete_end=horizon.complete_end,
        since=pace.end - timedelta(days=1),
        history=TESTED_DAYS,
    )
    tested = _past(line, portfolio_of(days.table, horizon.complete_end))
    show_sql(found.status, found.days, days, events.asked(pace.start, pace.end))
    _bridge(line, found, currency, seasonal=seasonal)
    if any(one.month_count for one in tested):
        _past_table(tested)
    _versions(line, horizon, currency)


def versions(horizon: Horizon, currency: str, line: Line) -> Result:
    """Every version of the budgets of these days."""
    since = line.outlook.pace.end - timedelta(days=1)
    return data.ask("cost/budget_versions", day=horizon.today, ended_after=since, currencies=[currency])


def _past(line: Line, portfolio: Portfolio) -> list[BacktestLine]:
    """The forecast's own errors on earlier months of this scope, beside what anybody would have guessed."""
    outlook, place = line.outlook, portfolio.place(line.scope)
    if line.row["period"] != "month" or place is None:
        empty.nothing("The forecast is tested on past months, not on quarters or on what never cost anything.")
        return []
    values = portfolio.before(outlook.pace.end)[place : place + 1]
    left = max(0, (outlook.pace.end - max(outlook.pace.start, outlook.pace.complete_end)).days)
    tested = backtest(values, portfolio.first_day, sorted({left, *DAYS_LEFT} - {0}, reverse=True))
    now = next((one for one in tested if one.days_left == left), None)
    st.caption(plain(past_told(now) if now else "The month is over: the forecast is what was billed."))
    return tested


def past_told(past: BacktestLine) -> str:
    """One line of a back-test as a sentence."""
    if past.error_ratio is None:
        return "No whole past month is known well enough to test the forecast on."
    months = fmt.plural(past.month_count, "month")
    told = (
        f"Seen with {fmt.plural(past.days_left, 'day')} left, the forecast has been off by "
        f"{fmt.percent(past.error_ratio, 1)} (median of {months}), the run rate by "
        f"{fmt.percent(past.run_rate_error_ratio, 1)}, last week's weekdays by "
        f"{fmt.percent(past.seasonal_naive_error_ratio, 1)}."
    )
    if not past.interval_count:
        return told
    held = round(past.interval_count * (past.covered_80_ratio or 0))
    return f"{told} Its 80% range held {held} of {fmt.plural(past.interval_count, 'time')}."


def _past_table(tested: list[BacktestLine]) -> None:
    st.markdown("## How far past forecasts were off")
    drawn = pa.table(
        {
            "days_left": [one.days_left for one in tested],
            "months": [one.month_count for one in tested],
            "error": [one.error_ratio for one in tested],
            "run_rate": [one.run_rate_error_ratio for one in tested],
            "naive": [one.seasonal_naive_error_ratio for one in tested],
            "held_80": [one.covered_80_ratio for one in tested],
            "held_95": [one.covered_95_ratio for one in tested],
        }
    )
    shown = {
        "days_left": columns.number("Days left"),
        "months": columns.number("Months"),
        "error": columns.percent("Forecast", "Median error at the end of the month."),
        "run_rate": columns.percent("Run rate", "The average of the days so far for all days."),
        "naive": columns.percent("Last week", "Each day as the same weekday of the last known week."),
        "held_80": columns.percent("80% range held"),
        "held_95": columns.percent("95% range held"),
    }
    table.draw(drawn, shown, alt="Errors of past forecasts by the days that were left.")


def _bridge(line: Line, found: Budgets, currency: str, *, seasonal: bool) -> None:
    pace = line.outlook.pace
    end = min(pace.complete_end, pace.end)
    try:
        compared = with_same_weekdays(pace.start, end, found.portfolio.first_day)
    except ValueError:
        st.markdown("## Why it differs from plan")
        empty.nothing("A bridge needs a whole day of the period and a whole week of costs before it.")
        return
    filters = {} if line.scope == ORGANIZATION else {line.row["scope_type"]: (line.row["scope"],)}
    explanation = explain(data.ask, compared, currency, filters)
    made = bridge(line.outlook.pro_rated(seasonal=seasonal), explanation)
    steps = [(STEPS[name], amount) for name, amount in made.steps.items() if amount or name not in OPTIONAL]
    chart.draw(
        waterfall(
            ("Pro-rated budget", made.budget),
            steps,
            ("Spent", made.actual),
            title=_bridge_told(made.budget, made.actual, dict(steps), currency),
            subtitle=(
                f"From the pro-rated budget to the cost of {fmt.days(pace.start, end)}, in {currency}. The level is "
                f"what these weekdays cost in {fmt.days(compared.before_start, compared.before_end)}, minus their "
                "budget; the other steps are what changed since."
            ),
            currency=currency,
        ),
        key=f"bridge-{line.key}",
    )
    show_sql(ask_items(data.ask, compared, currency, filters))


def _bridge_told(budget: Decimal, actual: Decimal, steps: dict[str, Decimal], currency: str) -> str:
    gap = actual - budget
    way = "over" if gap > 0 else "under"
    name, amount = max(steps.items(), key=lambda step: abs(step[1]))
    return (
        f"{fmt.money_compact(abs(gap), currency)} {way} the pro-rated budget; "
        f"the largest step is {name.lower()} ({fmt.signed_money(round(amount, 2), currency)})."
    )


def _versions(line: Line, horizon: Horizon, currency: str) -> None:
    rows = [
        row
        for row in versions(horizon, currency, line).rows()
        if (row["scope_type"], row["scope"]) == line.scope
        and (row["period"], row["period_start"]) == (line.row["period"], line.row["period_start"])
    ]
    st.markdown(f"## Versions of the budget of {plain(line.label)}, {line.span}")
    drawn = pa.table(
        {
            "version": [row["version"] or fmt.UNKNOWN for row in rows],
            "amount": [fmt.money(row["budget_amount"], currency) for row in rows],
            "approved_on": [fmt.day(row["approved_on"]) for row in rows],
            "state": ["✓ In force" if row["is_current"] else "Superseded" for row in rows],
        }
    )
    shown = {
        "version": columns.text("Version"),
        "amount": columns.text("Amount"),
        "approved_on": columns.text("Approved"),
        "state": columns.text("State"),
    }
    table.draw(drawn, shown, alt=f"{fmt.plural(len(rows), 'version')} of this budget, newest first.")
