"""Budgets: what is spent, where each will land, how sure that is, and why it differs."""

from collections.abc import Mapping
from datetime import date, timedelta

import streamlit as st

from app import budgets, data, period
from app import format as fmt
from app.budgets import Line
from app.components import budget_detail, chooser, columns, empty, filters, head, metrics, problems, table
from app.components.budgets import MISSING
from app.components.commitments import commitments_table
from app.components.filters import Options
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.data import Horizon
from domain.commitment import RECENT_DAYS
from queries.outlook import Budgets

PAGE = {"title": "Budgets", "url": "budgets", "icon": ":material/savings:", "order": 40}

PRO_RATED = {"flat": "Flat", "seasonal": "By season"}


def render() -> None:
    """The page."""
    horizon = data.horizon()
    found = data.ask("cost/budget_versions", day=horizon.today, ended_after=date(2000, 1, 1))
    months = _months([row["period_start"] for row in found.rows()], horizon.today)
    labels = {budgets.key_of(row): budgets.label_of(row) for row in found.rows()}
    keys = {"month": months, "prorata": PRO_RATED, "budget": labels}
    filters.accept_keys(Options(keys), **{name: name for name in keys})
    head.draw("Budgets")
    file = data.settings().budgets.path.rpartition("/")[2]
    problems.note([sentence for name, sentence in data.reference_problems() if name in ("", file)])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        month = date.fromisoformat(_choose_month(months))
        currency = filters.choose_currency(sorted({row["currency"] for row in found.rows()}))
        seasonal = filters.choose_one("Pro-rated budget", PRO_RATED, "prorata") == "seasonal"
    lines = budgets.lines_of(data.budgets(horizon, currency, month), month)
    if not lines:
        empty.nothing(MISSING.format(currency).replace("this month", fmt.span("month", month)))
        show_sql(found)
        _commitments(horizon)
        return
    _summary(horizon, currency, month, seasonal)
    _list(lines, horizon, currency, month, seasonal)
    by_key = {line.key: line for line in lines}
    key = chooser.box(
        {key: line.label for key, line in by_key.items()}, "budget", "Click a row above or choose a budget"
    )
    if key:
        _detail(key, horizon, currency, month, seasonal)
        table.toolbar(budget_detail.versions(horizon, currency, by_key[key]), name="budget-versions")
    _commitments(horizon)


def _commitments(horizon: Horizon) -> None:
    """Only where commitments.csv declares some."""
    found = data.ask(
        "cost/commitments", day=horizon.complete_end, recent_since=horizon.complete_end - timedelta(days=RECENT_DAYS)
    )
    if found.row_count:
        commitments_table(found.rows(), horizon)
        table.toolbar(found, name="commitments")


def _months(starts: list[date], today: date) -> dict[str, str]:
    """First days of the months from the first budget to today, newest first, with their names."""
    month = today.replace(day=1)
    first = min([*starts, month])
    names = {}
    while month >= first:
        names[month.isoformat()] = fmt.span("month", month)
        month = period.month_before(month)
    return names


def _choose_month(months: Mapping[str, str]) -> str:
    chosen = st.selectbox(
        "Month", list(months), format_func=months.__getitem__, key="month", bind=filters.URL, width=200
    )
    return chosen or next(iter(months))


@section
def _summary(horizon: Horizon, currency: str, month: date, seasonal: bool) -> None:
    found = data.budgets(horizon, currency, month)
    lines = budgets.lines_of(found, month)
    st.markdown(f"## {plain(budgets.headline(lines, currency))}")
    whole = min(lines, key=lambda line: (line.row["scope_type"] != "organization", line.row["period"] != "month"))
    metrics.draw(_cards(whole, currency, seasonal))
    shape = "by weekday and day of the month" if seasonal else "evenly"
    reason = whole.outlook.forecast.reason if whole.outlook.forecast else None
    under = reason or "Below the forecast stands its 80% range, made from its own past errors."
    cards = f"The cards are those of {plain(whole.label)}, {whole.span}."
    st.caption(f"{cards} The pro-rated budget spreads {shape} over whole UTC days. {under}")
    show_sql(found.status, found.days)


def _cards(line: Line, currency: str, seasonal: bool) -> list[Card]:
    outlook = line.outlook
    pace, forecast = outlook.pace, outlook.forecast
    over, ahead = outlook.overrun_ratio, outlook.variance(seasonal=seasonal)
    begun = pace.complete_days > 0
    return [
        Card("Spent", fmt.money(pace.actual, currency), note=f"of {fmt.money(pace.amount, currency)}"),
        Card(
            "Pro-rated budget",
            fmt.money(outlook.pro_rated(seasonal=seasonal) if begun else None, currency),
            delta=fmt.signed_percent(ahead) if begun and ahead is not None else None,
            note=f"in {fmt.plural(pace.complete_days, 'day')}" if begun else "no whole day yet",
            rise_is_bad=True,
        ),
        Card(
            "Forecast",
            fmt.money(forecast.total if forecast else None, currency),
            delta=None if over is None else fmt.signed_percent(over),
            note=budgets.range_80(outlook, currency),
            rise_is_bad=True,
        ),
        Card(
            "Chance to go over",
            fmt.UNKNOWN if outlook.is_settled else fmt.chance(outlook.chance_over),
            note="it is over" if outlook.is_settled else f"by {fmt.day(pace.end - timedelta(days=1))}",
        ),
    ]


def _list(lines: list[Line], horizon: Horizon, currency: str, month: date, seasonal: bool) -> None:
    """Not cached as a section: its rows can be clicked."""
    st.markdown("## All budgets, riskiest first")
    drawn = data.derived(
        ("budget-table", horizon, currency, month, seasonal),
        lambda: budgets.table(lines, currency, seasonal=seasonal),
    )
    shown = {
        "status": columns.text("Status"),
        "scope": columns.text("Budget of", pinned=True),
        "kind": columns.text("Scope"),
        "span": columns.text("Period"),
        "budget": columns.text("Budget"),
        "spent": columns.text("Spent"),
        "used": st.column_config.ProgressColumn("Used", format="percent", min_value=0, max_value=1),
        "variance": columns.text("Against pro-rated", "Cost of the whole days over their part of the budget."),
        "forecast": columns.text("Forecast"),
        "range": columns.text("80% range"),
        "chance": columns.text("Chance over", "How likely the period ends over its budget."),
    }
    chooser.rows(
        drawn,
        shown,
        [line.key for line in lines],
        "budget",
        alt=f"{fmt.plural(len(lines), 'budget')}, riskiest first: {budgets.verdict(lines[0], currency)}.",
    )
    found: Budgets = data.budgets(horizon, currency, month)
    table.toolbar(found.status, found.days, name="budgets")


@section
def _detail(key: str, horizon: Horizon, currency: str, month: date, seasonal: bool) -> None:
    found = data.budgets(horizon, currency, month)
    line = next(line for line in budgets.lines_of(found, month) if line.key == key)
    budget_detail.draw(line, found, horizon, currency, seasonal=seasonal)


if __name__ == "__main__":
    render()
